import type { Key } from "#src/random/index";
import type { ParameterStore } from "./parameter-store.ts";
import type { PlacedLayer } from "./primitive-function.ts";

/** A batch on its way back through dense layers: what each layer takes and its errors, images x neurons; the top's errors are given. */
interface Backward {
  readonly layers: readonly PlacedLayer[];
  readonly below: (l: number) => Float32Array;
  readonly errors: readonly Float32Array[];
  readonly count: number;
  /** Gradients are sums over images divided by this. */
  readonly divisor: number;
  /** Multiplies the errors at the outputs of layer l, `size` numbers, by the slopes of its neurons. */
  readonly slopeInPlace: (errors: Float32Array, l: number, size: number) => void;
  /** The noise of the transposed read that brings errors to the outputs of layer l. */
  readonly key: (l: number) => Key;
}

/**
 * Errors from the top down to every layer's outputs, d_n = f'(u_n) A_{n+1}^T d_{n+1} by the connections' transposed reads, and the
 * gradients of weights and biases into the store.
 */
export const backpropagateInto = (
  { byWeights, byBiases, connections }: Pick<ParameterStore, "byWeights" | "byBiases" | "connections">,
  { layers, below, errors, count, divisor, slopeInPlace, key }: Backward,
): void => {
  for (let l = layers.length - 1; l >= 0; l--) {
    const { outputs, inputs } = layers[l];
    byWeights[l].fill(0);
    connections[l].addGradient(byWeights[l], below(l), errors[l], count, 1 / divisor);
    byBiases[l].fill(0);
    for (let b = 0, k = 0; b < count; b++)
      for (let o = 0; o < outputs; o++, k++) byBiases[l][o] += errors[l][k] / divisor;
    if (l === 0) return;
    const [error, size] = [errors[l - 1], count * inputs];
    error.fill(0, 0, size);
    connections[l].addTransposed(error, errors[l], count, key(l - 1));
    slopeInPlace(error, l - 1, size);
  }
};
