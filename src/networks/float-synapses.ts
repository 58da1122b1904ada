import { arraysIn } from "#src/kernels/declared-arrays";
import { type Kernels, rowMajor, transposed } from "#src/kernels/kernels";
import type { GroupWeights } from "./arrays.ts";
import { MOST_ROWS } from "./bit-planes.ts";
import type { Synapses } from "./synapses.ts";

/** Arrays of a group's weights and of a read. */
export const floatSynapsesArrays = ({ geometry: { inputs, outputs } }: Pick<GroupWeights, "geometry">) => ({
  held: inputs * outputs,
  x: MOST_ROWS * inputs,
  y: MOST_ROWS * outputs,
});

/** A group's weights in single precision, read by the kernels' product: what large floating-point convolutions are computed by. */
export const floatSynapses = (kernels: Kernels, group: GroupWeights): Synapses => {
  const { inputs, outputs } = group.geometry;
  const { held, x, y } = arraysIn(kernels, floatSynapsesArrays(group));
  held.set(group.weights);
  return {
    inputs,
    outputs,
    forwardInto: (sums, { values, batch }) => {
      for (let from = 0; from < batch; from += MOST_ROWS) {
        const rows = Math.min(MOST_ROWS, batch - from);
        x.set(values.subarray(from * inputs, (from + rows) * inputs));
        kernels.gemm(y, rowMajor(x, inputs), transposed(held, inputs), rows, outputs, inputs);
        sums.set(y.subarray(0, rows * outputs), from * outputs);
      }
    },
  };
};
