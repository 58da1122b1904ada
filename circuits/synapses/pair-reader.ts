import { arraysIn } from "#src/kernels/declared-arrays";
import { type Kernels, rowMajor, transposed } from "#src/kernels/kernels";
import type { EventSynapses, HeldSynapses } from "#src/learning/index";
import type { Activations } from "#src/networks/index";
import { type Key, normal, normalsInto } from "#src/random/index";
import type { Ledger } from "./array-use.ts";
import type { PairLines } from "./pair-lines.ts";
import type { PlasticPairsDesign } from "./plastic-pairs-design.ts";

/** What is read: `signal` and `variance` of an input of 1, inputs x outputs; energy of such a read over the line's conductance. */
interface Shown {
  readonly signal: Float32Array;
  readonly variance: Float32Array | null;
  readonly lines: Pick<PairLines, "rowSums" | "columnSums">;
  readonly batch: number;
  readonly perRead: number;
}

type PairReader = Pick<EventSynapses, "forwardInto" | "transposedInto" | "deliverInto" | "deliverBackInto"> &
  Pick<HeldSynapses, "countEvents">;

/** What reads of pairs depend on. */
export type PairReads = Pick<PlasticPairsDesign, "inputs" | "outputs" | "readNoise">;

/** Arrays of reads with noise: squared inputs, and the spread of the sums. */
export const readerArrays = ({ inputs, outputs, readNoise }: PairReads, batch: number) => {
  const widest = readNoise > 0 ? batch * Math.max(inputs, outputs) : null;
  return { squares: widest, spreads: widest };
};

/** Reads of an array of pairs, rows or columns driven, by whole inputs or spike by spike. @param use Gets reads and their energies. */
export const createPairReader = (
  kernels: Kernels,
  design: PairReads,
  { signal, variance, lines, batch, perRead }: Shown,
  use: Pick<Ledger, "reads" | "events" | "readEnergy">,
): PairReader => {
  const { inputs, outputs } = design;
  const { rowSums, columnSums } = lines;
  const widest = Math.max(inputs, outputs);
  const { squares, spreads } = arraysIn(kernels, readerArrays(design, batch));
  const draws = new Float32Array(variance ? batch * widest : 0);
  const read = (out: Float32Array, from: Activations, key: Key, backwards: boolean): void => {
    const { values, batch: count, width } = from;
    const [here, there] = backwards ? [outputs, inputs] : [inputs, outputs];
    if (width !== here || count > batch || out.length < count * there)
      throw new RangeError(
        `plastic pairs: ${count} inputs ${width} wide into ${out.length} sums; expected at most ${batch}, ${here} wide, into ${count * there}.`,
      );
    const matrix = (of: Float32Array) => (backwards ? transposed(of, outputs) : rowMajor(of, outputs));
    kernels.gemm(out, rowMajor(values, here), matrix(signal), count, there, here);
    if (variance && squares && spreads) {
      for (let k = 0; k < count * here; k++) squares[k] = values[k] * values[k];
      kernels.gemm(spreads, rowMajor(squares, here), matrix(variance), count, there, here);
      const drawn = draws.subarray(0, count * there);
      normalsInto(drawn, key);
      for (let k = 0; k < drawn.length; k++) out[k] += Math.sqrt(spreads[k]) * drawn[k];
    }
    const sums = backwards ? columnSums : rowSums;
    let driven = 0;
    for (let b = 0, k = 0; b < count; b++)
      for (let i = 0; i < here; i++, k++) driven += values[k] * values[k] * sums[i];
    use.reads += count;
    use.readEnergy += driven * perRead;
  };
  const eventSpread = new Float64Array(variance ? widest : 0);
  /** Read pulses on the lines of listed neurons. */
  const deliver = (sums: Float32Array, list: Int32Array, count: number, key: Key, backwards: boolean): void => {
    if (count === 0) return;
    const [there, step, stride] = backwards ? [inputs, outputs, 1] : [outputs, 1, outputs];
    const lineSums = backwards ? columnSums : rowSums;
    if (variance) eventSpread.fill(0, 0, there);
    for (let s = 0; s < count; s++) {
      const first = list[s] * stride;
      for (let t = 0; t < there; t++) sums[t] += signal[first + t * step];
      if (variance) for (let t = 0; t < there; t++) eventSpread[t] += variance[first + t * step];
      use.readEnergy += lineSums[list[s]] * perRead;
    }
    if (variance) for (let t = 0; t < there; t++) sums[t] += Math.sqrt(eventSpread[t]) * normal(key, t);
    use.events += count;
  };
  return {
    forwardInto: (y, from, key) => read(y, from, key, false),
    transposedInto: (out, from, key) => read(out, from, key, true),
    deliverInto: (sums, list, count, key) => deliver(sums, list, count, key, false),
    deliverBackInto: (sums, list, count, key) => deliver(sums, list, count, key, true),
    countEvents: (ofInputs, ofOutputs) => {
      const count = (spikes: ArrayLike<number>, lineSums: Float64Array): void => {
        for (let n = 0; n < spikes.length; n++) {
          use.events += spikes[n];
          use.readEnergy += spikes[n] * lineSums[n] * perRead;
        }
      };
      count(ofInputs, rowSums);
      count(ofOutputs, columnSums);
    },
  };
};
