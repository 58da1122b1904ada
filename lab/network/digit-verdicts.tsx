import { useEffect, useRef } from "preact/hooks";
import type { Digits } from "../work/task.ts";
import type { OpenedShown } from "./chip-histogram.tsx";
import { type Condition, KINDS, type Kind } from "./condition.ts";

interface DigitVerdictsProps {
  readonly digits: Digits;
  readonly condition: Condition | null;
  readonly opened: OpenedShown;
  readonly chip: number;
  readonly onChip: (chip: number) => void;
}

const SIDE = 28;
/** Digits that are drawn. */
const MOST = 36;

const Digit = ({ pixels, label }: { pixels: Uint8Array; label: string }) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(SIDE, SIDE);
    pixels.forEach((p, i) => {
      image.data.set([255 - p, 255 - p, 255 - p, 255], 4 * i);
    });
    context.putImageData(image, 0, 0);
  }, [pixels]);
  return <canvas ref={canvas} width={SIDE} height={SIDE} role="img" aria-label={label} />;
};

/** What one chip gets wrong: digits that a network of it takes for others, with the verdicts. */
export const DigitVerdicts = ({ digits, condition, opened, chip, onChip }: DigitVerdictsProps) => {
  const { images, labels, count } = digits;
  const kinds = KINDS.filter((kind) => opened[kind]);
  const known = kinds.map((kind) => ({ kind, classes: condition?.chips[kind][chip]?.classes }));
  const drawn = Math.min(...kinds.map((kind) => condition?.chips[kind].length ?? 0));
  const all = Array.from({ length: count }, (_, i) => i);
  const wrong = (kind: Kind, i: number): boolean => {
    const classes = known.find((k) => k.kind === kind)?.classes;
    return classes !== undefined && classes[i] !== labels[i];
  };
  /** Wrong on this chip, though right without its errors: what the chip is to blame for. */
  const blamed = all.filter((i) => kinds.some((kind) => wrong(kind, i) && opened[kind]?.cleanClasses[i] === labels[i]));
  return (
    <section class="figure" id="figure-digits" aria-label="Digits that this chip gets wrong">
      <header>
        <h3>What chip {chip} gets wrong</h3>
        <div class="take">
          <button type="button" disabled={chip === 0} onClick={() => onChip(chip - 1)} aria-label="Chip before">
            ←
          </button>
          <button type="button" disabled={chip + 1 >= drawn} onClick={() => onChip(chip + 1)} aria-label="Next chip">
            →
          </button>
        </div>
      </header>
      <p class="caption">
        {known.map(({ kind, classes }) =>
          classes ? (
            <span key={kind} class={`key ${kind}`}>
              {kind}: {all.filter((i) => wrong(kind, i)).length} of {count} wrong
              {opened[kind]
                ? `, ${all.filter((i) => opened[kind]?.cleanClasses[i] !== labels[i]).length} without errors`
                : ""}
            </span>
          ) : (
            <span key={kind} class={`key ${kind}`}>
              {kind}: …
            </span>
          ),
        )}{" "}
        Below: those that a network without errors gets right, {Math.min(MOST, blamed.length)} of {blamed.length}.
      </p>
      <div class="digits">
        {blamed.slice(0, MOST).map((i) => (
          <figure key={i}>
            <Digit pixels={images.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE)} label={`a ${labels[i]}`} />
            <figcaption>
              {known.map(({ kind, classes }) => (
                <span key={kind} class={wrong(kind, i) ? `${kind} wrong` : `${kind} right`}>
                  {classes?.[i] ?? "…"}
                </span>
              ))}
            </figcaption>
          </figure>
        ))}
      </div>
    </section>
  );
};
