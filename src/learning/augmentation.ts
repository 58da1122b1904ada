import { fold, type Key, uniform } from "#src/random/index";

/**
 * Training images as they are; or each moved by up to `reach` pixels either way, what comes in at the border being the border's own
 * pixels; or also turned left to right with chance 1/2.
 */
export type Augmentation =
  | { readonly kind: "none" }
  | { readonly kind: "move"; readonly reach: number }
  | { readonly kind: "flip and move"; readonly reach: number };

export const AS_THEY_ARE: Augmentation = { kind: "none" };

/** Where pixel p of a varied image of this side comes from. */
export const variedPlace = (
  side: number,
  key: Key,
  b: number,
  { kind, reach }: Exclude<Augmentation, { readonly kind: "none" }>,
): ((p: number) => number) => {
  const draw = (name: string): number => uniform(fold(key, name), b);
  const flipped = kind === "flip and move" && draw("flip") < 0.5;
  const shift = (name: string): number => Math.floor(draw(name) * (2 * reach + 1)) - reach;
  const [down, right] = [shift("down"), shift("right")];
  const inside = (at: number): number => Math.min(side - 1, Math.max(0, at));
  return (p) => {
    const x = p % side;
    const y = inside(Math.floor(p / side) + down);
    return y * side + inside((flipped ? side - 1 - x : x) + right);
  };
};
