/*
 * What a waveform is inside one accepted step: the parabola through its values at the step's start, inner stage and end
 * (see transient.ts). Steps land on the sources' corners, so that a driven node's straight lines are themselves.
 */

/** One accepted step: its span, and states, currents and charges at its start, its inner stage and its end. */
export interface Step {
  readonly start: number;
  readonly length: number;
  readonly end: number;
  /** Place of the inner stage in the step, 0 .. 1. */
  readonly inner: number;
  /** The method's own quadrature weights of start, inner stage and end. */
  readonly weights: readonly [number, number, number];
  readonly x: readonly [Float64Array, Float64Array, Float64Array];
  readonly currents: readonly [Float64Array, Float64Array, Float64Array];
  readonly charges: readonly [Float64Array, Float64Array, Float64Array];
}

/** The value at `place`, 0 .. 1, of the parabola through the values at 0, `inner` and 1. */
export const curveAt = (v0: number, vm: number, v1: number, inner: number, place: number): number =>
  (v0 * (place - inner) * (place - 1)) / inner +
  (vm * place * (place - 1)) / (inner * (inner - 1)) +
  (v1 * place * (place - inner)) / (1 - inner);

/** Weights of the values at 0, `inner` and 1 in the integral of the parabola through them from 0 to `place`. */
export const integralsTo = (place: number, inner: number): readonly [number, number, number] => {
  const [square, cube] = [(place * place) / 2, (place * place * place) / 3];
  return [
    (cube - (1 + inner) * square + inner * place) / inner,
    (cube - square) / (inner * (inner - 1)),
    (cube - inner * square) / (1 - inner),
  ];
};

/** Value of unknown or driven node number `row` at a place of a step. */
export const stepValue = ({ x, inner }: Step, row: number, place: number): number =>
  curveAt(x[0][row], x[1][row], x[2][row], inner, place);

/** Place of the parabola's extremum, where it lies inside the step; else null. */
const extremum = (v0: number, vm: number, v1: number, inner: number): number | null => {
  // Slopes of the chords to the inner stage and from it; their difference is the curvature.
  const [before, after] = [(vm - v0) / inner, (v1 - vm) / (1 - inner)];
  const curvature = after - before;
  if (curvature === 0) return null;
  const place = inner / 2 - before / (2 * curvature);
  return place > 0 && place < 1 ? place : null;
};

/** Halvings that leave a place to the last bit. */
const HALVINGS = 60;

/** A passage of a node through a value inside a step. */
interface StepPassage {
  /** 0 .. 1 */
  readonly place: number;
  readonly rises: boolean;
}

/**
 * Where a node passes a value in the part of a step from `from` on, in order: at most a way up and a way down. Starting at
 * the value is no passage, ending at it is one.
 */
export const passagesIn = (s: Step, row: number, value: number, from: number): readonly StepPassage[] => {
  const [v0, vm, v1] = [s.x[0][row], s.x[1][row], s.x[2][row]];
  const top = extremum(v0, vm, v1, s.inner);
  const bends = top !== null && top > from ? [from, top, 1] : [from, 1];
  const found: StepPassage[] = [];
  for (let k = 1; k < bends.length; k++) {
    const at = (place: number): number => (place === 0 ? v0 : place === 1 ? v1 : curveAt(v0, vm, v1, s.inner, place));
    let [low, high] = [bends[k - 1], bends[k]];
    const [a, b] = [at(low), at(high)];
    const rises = a < value && b >= value;
    if (!rises && !(a > value && b <= value)) continue;
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (low + high) / 2;
      if (rises ? at(middle) >= value : at(middle) <= value) high = middle;
      else low = middle;
    }
    found.push({ place: high, rises });
  }
  return found;
};
