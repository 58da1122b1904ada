import type { Kernels } from "#src/kernels/kernels";
import { MOST_ROWS, packedInputArrays, packedWeightsArrays, sumsArrays, type WeightMatrix } from "./bit-planes.ts";
import { type IntegerNetwork, levelsOfPatches, type NetworkArray } from "./integer-form.ts";
import { isMultiplied, multipliedArrays, multipliedConvolution } from "./multiplied-convolution.ts";
import { packedConvolution, packedConvolutionArrays } from "./packed-convolution.ts";
import { type PackedInputs, packedSynapses } from "./packed-synapses.ts";
import type { Synapses } from "./synapses.ts";

const isDense = ({ at }: NetworkArray): boolean => at.layer.kind === "dense";

/** An array's weights in packed form (multiplied where that is faster), as they should be or as a chip holds them. */
export const idealArray = (
  kernels: Kernels,
  array: NetworkArray,
  weights: WeightMatrix = array.weights,
  known?: PackedInputs,
): Synapses => {
  if (isDense(array)) return packedSynapses(kernels, weights, known);
  return (isMultiplied(array) ? multipliedConvolution : packedConvolution)(kernels, array, weights);
};

/** Arrays of the kernels' memory for a network's weights, and for any read of them. */
export const packedArrays = ({ arrays }: IntegerNetwork) => ({
  weights: arrays.map((array) => packedWeightsArrays(array.weights)),
  reads: arrays.map((array) => ({
    rows: {
      input: packedInputArrays(levelsOfPatches(array), MOST_ROWS, array.geometry.inputs),
      ...sumsArrays(MOST_ROWS, array.geometry.outputs),
    },
    places: isDense(array) || isMultiplied(array) ? null : packedConvolutionArrays(array),
    multiplied: !isDense(array) && isMultiplied(array) ? multipliedArrays(array) : null,
  })),
});
