import type { Synapses, WeightMatrix } from "#src/networks/index";

/** Sums of whole numbers, one after the other: the twin of every substrate that reads without errors. */
export const naiveSynapses = ({ inputs, outputs, values }: WeightMatrix): Synapses => ({
  inputs,
  outputs,
  forwardInto: (y, x) => {
    for (let b = 0; b < x.batch; b++)
      for (let o = 0; o < outputs; o++) {
        let sum = 0;
        for (let i = 0; i < inputs; i++) sum += x.values[b * inputs + i] * values[o * inputs + i];
        y[b * outputs + o] = sum;
      }
  },
});
