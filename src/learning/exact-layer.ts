import { forEachConvolved } from "#src/kernels/reference";
import { convolutionShape, type PlacedLayer } from "./primitive-function.ts";

/**
 * One layer for one image in double precision, written as the equations stand: the oracle of everything faster.
 *
 * `choices`: of each pooled neuron, the place before pooling whose value it took.
 */
interface ExactDrive {
  /** A(s), without biases. */
  readonly values: Float64Array;
  readonly choices: Int32Array | null;
}

type Weights = ArrayLike<number>;

const forEachProduct = (
  layer: PlacedLayer & { readonly kind: "convolution" },
  visit: (weight: number, from: number, to: number) => void,
): void => forEachConvolved(convolutionShape(layer), visit);

/** The largest of each 2 x 2, and where it stood: the first where several are. */
const pooled = (values: Float64Array, layer: PlacedLayer & { readonly kind: "convolution" }): ExactDrive => {
  const { convolved, to } = layer;
  const out = new Float64Array(layer.outputs);
  const choices = new Int32Array(layer.outputs);
  for (let c = 0; c < to.channels; c++)
    for (let y = 0; y < to.height; y++)
      for (let x = 0; x < to.width; x++) {
        const k = (c * to.height + y) * to.width + x;
        const corner = (c * convolved.height + 2 * y) * convolved.width + 2 * x;
        let best = corner;
        for (const at of [corner + 1, corner + convolved.width, corner + convolved.width + 1])
          if (values[at] > values[best]) best = at;
        choices[k] = best;
        out[k] = values[best];
      }
  return { values: out, choices };
};

/** A(s). */
export const exactForward = (layer: PlacedLayer, weights: Weights, s: ArrayLike<number>): ExactDrive => {
  if (layer.kind === "dense") {
    const values = new Float64Array(layer.outputs);
    for (let i = 0; i < layer.inputs; i++)
      if (s[i] !== 0) for (let o = 0; o < layer.outputs; o++) values[o] += s[i] * weights[i * layer.outputs + o];
    return { values, choices: null };
  }
  const { channels, height, width } = layer.convolved;
  const values = new Float64Array(channels * height * width);
  forEachProduct(layer, (w, from, to) => {
    values[to] += weights[w] * s[from];
  });
  return layer.pool ? pooled(values, layer) : { values, choices: null };
};

/** What stands before pooling: `above` at the chosen places, 0 elsewhere. */
const unpooled = (
  layer: PlacedLayer & { readonly kind: "convolution" },
  above: ArrayLike<number>,
  choices: Int32Array | null,
): ArrayLike<number> => {
  if (choices === null) return above;
  const { channels, height, width } = layer.convolved;
  const values = new Float64Array(channels * height * width);
  for (let k = 0; k < layer.outputs; k++) values[choices[k]] += above[k];
  return values;
};

/** A^T(above) with the choices of a forward. */
export const exactTransposed = (
  layer: PlacedLayer,
  weights: Weights,
  above: ArrayLike<number>,
  choices: Int32Array | null,
): Float64Array => {
  const values = new Float64Array(layer.inputs);
  if (layer.kind === "dense") {
    for (let i = 0; i < layer.inputs; i++)
      for (let o = 0; o < layer.outputs; o++) values[i] += weights[i * layer.outputs + o] * above[o];
    return values;
  }
  const spread = unpooled(layer, above, choices);
  forEachProduct(layer, (w, from, to) => {
    values[from] += weights[w] * spread[to];
  });
  return values;
};

/** A(s) with choices made before: the same linear map as the transpose is of. */
export const exactChosen = (
  layer: PlacedLayer,
  weights: Weights,
  s: ArrayLike<number>,
  choices: Int32Array | null,
): Float64Array => {
  if (layer.kind === "dense" || choices === null) return exactForward(layer, weights, s).values;
  const { values } = exactForward({ ...layer, pool: false }, weights, s);
  return Float64Array.from(choices, (at) => values[at]);
};

/** gradient += scale * d(above . A(below)) / d weights. */
export const addExactGradient = (
  gradient: Float64Array,
  layer: PlacedLayer,
  below: ArrayLike<number>,
  above: ArrayLike<number>,
  choices: Int32Array | null,
  scale: number,
): void => {
  if (layer.kind === "dense") {
    for (let i = 0; i < layer.inputs; i++)
      if (below[i] !== 0)
        for (let o = 0; o < layer.outputs; o++) gradient[i * layer.outputs + o] += scale * below[i] * above[o];
    return;
  }
  const spread = unpooled(layer, above, choices);
  forEachProduct(layer, (w, from, to) => {
    gradient[w] += scale * below[from] * spread[to];
  });
};
