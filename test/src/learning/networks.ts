import {
  type Cost,
  denseNetwork,
  type ExactExample,
  initialParameters,
  type PrimitiveFunction,
  type StateActivation,
} from "#src/learning/index";
import { sizeOf } from "#src/networks/index";
import { fold, rootKey, uniform } from "#src/random/index";

export const INSIDE: Cost = { kind: "squared error", nudge: "inside" };
export const OUTSIDE: Cost = { kind: "squared error", nudge: "outside" };

/** A small convolutional network: 1 x 8 x 8, two convolutions, the first pooled or not, and a dense output. */
export const smallConvolutional = (activation: StateActivation, cost: Cost, pool = true): PrimitiveFunction => ({
  input: { channels: 2, height: 8, width: 7 },
  layers: [
    { kind: "convolution", channels: 3, kernel: 3, padding: 1, pool },
    { kind: "convolution", channels: 4, kernel: 2, padding: 0, pool: false },
    { kind: "dense", outputs: 3 },
  ],
  activation,
  cost,
});

export const smallDense = (activation: StateActivation, cost: Cost): PrimitiveFunction =>
  denseNetwork([7, 9, 6, 3], activation, cost);

/** Random images with random classes. */
export const examplesFor = (phi: PrimitiveFunction, count: number, seed: string): ExactExample[] => {
  const key = rootKey(seed);
  const last = phi.layers[phi.layers.length - 1];
  const classes = last.kind === "dense" ? last.outputs : 0;
  return Array.from({ length: count }, (_, i) => ({
    x: Float64Array.from({ length: sizeOf(phi.input) }, (_, k) => Math.fround(uniform(fold(key, i), k))),
    target: Float64Array.from({ length: classes }, (_, k) => (k === i % classes ? 1 : 0)),
  }));
};

/** Parameters that differ from layer to layer, somewhat smaller or larger than the usual start. */
export const parametersFor = (phi: PrimitiveFunction, seed: string, scale = 1) => {
  const { weights, biases } = initialParameters(phi, rootKey(seed));
  return { weights: weights.map((w) => w.map((v) => scale * v)), biases };
};

/** Two pooled convolutions, as the published networks have them: the second's choices depend on states that move. */
export const twicePooled = (activation: StateActivation, cost: Cost): PrimitiveFunction => ({
  input: { channels: 1, height: 11, width: 10 },
  layers: [
    { kind: "convolution", channels: 3, kernel: 2, padding: 0, pool: true },
    { kind: "convolution", channels: 4, kernel: 3, padding: 1, pool: true },
    { kind: "dense", outputs: 3 },
  ],
  activation,
  cost,
});
