/** A source's value against time; volt or ampere, seconds, hertz. */
export type Waveform =
  | { readonly kind: "dc"; readonly value: number }
  /** Straight lines between [time, value] points; constant before the first and after the last. */
  | { readonly kind: "pwl"; readonly points: readonly (readonly [number, number])[] }
  /** SPICE's PULSE: `low` until `delay`, then `high` for `width` between linear edges (both longer than 0), every `period`. */
  | {
      readonly kind: "pulse";
      readonly low: number;
      readonly high: number;
      readonly delay: number;
      readonly rise: number;
      readonly fall: number;
      readonly width: number;
      readonly period: number;
    }
  /** SPICE's SIN without damping: `offset` until `delay`, then offset + amplitude sin(2 pi frequency (t - delay)). */
  | {
      readonly kind: "sin";
      readonly offset: number;
      readonly amplitude: number;
      readonly frequency: number;
      readonly delay: number;
    };

export const WAVEFORM_KINDS = ["dc", "pwl", "pulse", "sin"] as const satisfies readonly Waveform["kind"][];

export const dc = (value: number): Waveform => ({ kind: "dc", value });

const linear = (points: readonly (readonly [number, number])[], time: number): number => {
  const last = points.length - 1;
  if (time <= points[0][0]) return points[0][1];
  if (time >= points[last][0]) return points[last][1];
  let i = 1;
  while (points[i][0] < time) i++;
  const [t0, v0] = points[i - 1];
  const [t1, v1] = points[i];
  return v0 + ((v1 - v0) * (time - t0)) / (t1 - t0);
};

/** Value of the waveform at `time`. */
export const waveformAt = (w: Waveform, time: number): number => {
  switch (w.kind) {
    case "dc":
      return w.value;
    case "pwl":
      return linear(w.points, time);
    case "pulse": {
      const phase = time < w.delay ? 0 : (time - w.delay) % w.period;
      if (phase < w.rise) return w.low + ((w.high - w.low) * phase) / w.rise;
      if (phase < w.rise + w.width) return w.high;
      if (phase < w.rise + w.width + w.fall) return w.high - ((w.high - w.low) * (phase - w.rise - w.width)) / w.fall;
      return w.low;
    }
    case "sin":
      return time < w.delay
        ? w.offset
        : w.offset + w.amplitude * Math.sin(2 * Math.PI * w.frequency * (time - w.delay));
  }
};

/** Edges of one source that an analysis can land on. */
const MOST_CORNERS = 1_000_000;

/** Times in (0, stop) at which the waveform's slope jumps: an integrator must land on them. */
export const breakpoints = (w: Waveform, stop: number): number[] => {
  const inside = (t: number): boolean => t > 0 && t < stop;
  switch (w.kind) {
    case "dc":
      return [];
    case "pwl":
      return w.points.map(([t]) => t).filter(inside);
    case "sin":
      return [w.delay].filter(inside);
    case "pulse": {
      const edges = (4 * (stop - w.delay)) / w.period;
      if (edges > MOST_CORNERS)
        throw new RangeError(
          `pulse: about ${edges.toPrecision(2)} edges before ${stop} s; at most ${MOST_CORNERS}. Shorten the analysis.`,
        );
      const resolution = stop * 2 ** -52;
      const shortest = Math.min(w.rise, w.fall);
      if (w.delay < stop && shortest < resolution)
        throw new RangeError(
          `pulse: an edge of ${shortest} s cannot be told from a jump at ${stop} s, where times are ${resolution.toPrecision(2)} s apart. Lengthen the edge or shorten the analysis.`,
        );
      return Array.from({ length: Math.max(0, Math.ceil((stop - w.delay) / w.period)) }, (_, k) => {
        const start = w.delay + k * w.period;
        return [start, start + w.rise, start + w.rise + w.width, start + w.rise + w.width + w.fall];
      })
        .flat()
        .filter(inside);
    }
  }
};

/** Longest step that still sees the waveform: a twentieth of a period of a sine, no limit otherwise. */
export const longestStep = (w: Waveform): number =>
  w.kind === "sin" ? 1 / (20 * w.frequency) : Number.POSITIVE_INFINITY;
