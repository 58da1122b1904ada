import type { Kernels } from "#src/kernels/kernels";
import {
  frozenErrors,
  idealArray,
  type NetworkArray,
  type PackedInputs,
  type Synapses,
  type WeightErrors,
} from "#src/networks/index";
import type { Key } from "#src/random/index";

/**
 * Synapses read from 2T2R cells of one chip: every weight is read wrong with the probability its state has at the
 * amplifier's conditions, drawn once for the chip and frozen. Errors are independent: no amplifier is shared.
 */
export const synapses2T2R = (
  kernels: Kernels,
  array: NetworkArray,
  errors: WeightErrors,
  chip: Key,
  known?: PackedInputs,
): Synapses => idealArray(kernels, array, frozenErrors(array.weights, errors, chip), known);
