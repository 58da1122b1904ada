/** A place of a curve. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * Where a curve first reaches a level, by straight lines between its places, x rising; "below" where it begins there, "above" where it never
 * comes, "unknown" where a place before it is no number.
 */
export const firstCrossing = (places: readonly Place[], level: number): number | "below" | "above" | "unknown" => {
  let before: Place | null = null;
  for (const { x, y } of places) {
    if (!Number.isFinite(y)) return "unknown";
    if (y >= level) return before ? before.x + ((x - before.x) * (level - before.y)) / (y - before.y) : "below";
    before = { x, y };
  }
  return "above";
};
