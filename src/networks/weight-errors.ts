import { fold, forEachChosen, type Key, uniform } from "#src/random/index";
import type { WeightMatrix } from "./bit-planes.ts";
import type { Synapses } from "./synapses.ts";

/** Probability that a weight stored as -1, 0 or +1 is read as something else, each error independent of all others. */
export interface WeightErrors {
  /** A ±1 is read with the other sign. For binary weights the only error. */
  readonly type1: number;
  /** A ±1 is read as 0. */
  readonly type2: number;
  /** A 0 is read as +1 or -1, either with half of this. */
  readonly type3: number;
}

export const NO_ERRORS: WeightErrors = { type1: 0, type2: 0, type3: 0 };

/** @throws RangeError for a probability outside 0 .. 1, or type1 + type2 above 1. */
export const checkErrors = ({ type1, type2, type3 }: WeightErrors): void => {
  for (const [name, p] of Object.entries({ type1, type2, type3 }))
    if (!(p >= 0 && p <= 1)) throw new RangeError(`errors: ${name} is ${p}; expected a probability, 0 .. 1.`);
  if (type1 + type2 > 1)
    throw new RangeError(`errors: type1 + type2 is ${type1 + type2}; both befall the same weights.`);
};

/**
 * Calls `visit(place, read)` for each of `count` weights that is read wrong, in ascending order. Places are drawn by geometric gaps
 * at the largest rate and thinned, so that the work follows the number of errors. What a place is read as depends on the key and on the
 * weight that is there, on no other weight.
 */
export const forEachError = (
  count: number,
  weightAt: (place: number) => number,
  errors: WeightErrors,
  key: Key,
  visit: (place: number, read: -1 | 0 | 1) => void,
): void => {
  const { type1, type2, type3 } = errors;
  const most = Math.max(type1 + type2, type3);
  const thinKey = fold(key, "kind");
  forEachChosen(fold(key, "place"), count, most, (place) => {
    const weight = weightAt(place);
    const u = uniform(thinKey, place) * most;
    if (weight === 0) {
      if (u < type3) visit(place, u < type3 / 2 ? 1 : -1);
    } else if (u < type1) visit(place, weight > 0 ? -1 : 1);
    else if (u < type1 + type2) visit(place, 0);
  });
};

/** The weights as one chip holds them: errors drawn once and frozen. */
export const frozenErrors = (weights: WeightMatrix, errors: WeightErrors, key: Key): WeightMatrix => {
  checkErrors(errors);
  const values = weights.values.slice();
  forEachError(
    values.length,
    (place) => weights.values[place],
    errors,
    key,
    (place, read) => {
      values[place] = read;
    },
  );
  return { ...weights, values };
};

/**
 * Synapses whose every read, image by image, draws its errors anew: the ideal sums plus what each error changes. Their
 * mean accuracy is that of frozen errors, their spread over chips is not.
 */
export const redrawnErrors = (ideal: Synapses, weights: WeightMatrix, errors: WeightErrors): Synapses => {
  checkErrors(errors);
  const { inputs, outputs, values } = weights;
  return {
    inputs,
    outputs,
    forwardInto: (y, x, key) => {
      ideal.forwardInto(y, x, key);
      for (let b = 0; b < x.batch; b++)
        forEachError(
          values.length,
          (place) => values[place],
          errors,
          fold(key, b),
          (place, read) => {
            const i = place % inputs;
            const o = (place - i) / inputs;
            y[b * outputs + o] += (read - values[place]) * x.values[b * inputs + i];
          },
        );
    },
  };
};
