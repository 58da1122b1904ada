import { arraysIn } from "#src/kernels/declared-arrays";
import { type Kernels, rowMajor, transposed } from "#src/kernels/kernels";
import type { StoredArrays } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import type { NetworkParameters } from "../primitive-function.ts";
import type { HeldSynapses } from "./event-synapses.ts";
import type { Moves } from "./spiking-dynamics.ts";
import type { SpikingNetwork } from "./spiking-network.ts";
import { restoreSynapses, saveSynapses } from "./synapse-store.ts";

/** Neurons of a layer filled up to whole vectors. */
export const wholeVectors = (width: number): number => 4 * Math.ceil(width / 4);

/** Arrays of a network's weights both ways, a row for whoever spikes, and of what the kernel sums for them. */
export const rowsArrays = ({ widths, input }: SpikingNetwork, images: number) => {
  const [inputs, ...own] = widths;
  const wide = own.map(wholeVectors);
  const rows = wide.map((w, l) => (l === 0 ? inputs : wide[l - 1]) * w);
  const upper = rows.map((length, l) => (l === 0 ? 0 : length));
  return {
    rows,
    // A constant input moves its weights by a product at the end, and has no use for sums of its own.
    changes: input.kind === "spikes" ? rows : upper,
    upper,
    upperChanges: upper,
    drives: images * wide[0],
    errors: images * wide[0],
  };
};

type Rows = ReturnType<typeof placeRows>;

export const placeRows = (kernels: Kernels, network: SpikingNetwork, images: number) =>
  arraysIn(kernels, rowsArrays(network, images));

/** Writes a layer's weights, inputs x outputs, into the rows of either way. */
const setRows = ({ rows, upper }: Rows, widths: readonly number[], l: number, weights: Float32Array): void => {
  const [below, above] = [widths[l], widths[l + 1]];
  const [wide, wideBelow] = [wholeVectors(above), wholeVectors(below)];
  for (let i = 0; i < below; i++)
    for (let o = 0; o < above; o++) {
      rows[l][i * wide + o] = weights[i * above + o];
      if (l > 0) upper[l][o * wideBelow + i] = weights[i * above + o];
    }
};

/** What the rows of a fused network stand for: weights as numbers, or synapses read after each move. */
export interface FusedWeights {
  /** What a constant input x (count images) drives the first layer with, into rows of whole vectors. */
  driveInto(drives: Float32Array, x: Float32Array, count: number, key: Key): void;
  /** Moves by what the first `count` images taught; `x` is the constant input, errors what it met. */
  descend(x: Float32Array, count: number, moves: Moves, key: Key): void;
  save(biases: readonly Float32Array[]): StoredArrays;
  restore(biases: readonly Float32Array[], saved: StoredArrays): void;
}

/** Weights as numbers, in the rows themselves. */
export const idealRows = (
  kernels: Kernels,
  { widths, input }: SpikingNetwork,
  arrays: Rows,
  start: NetworkParameters,
): FusedWeights => {
  const [inputs, ...own] = widths;
  const { rows, changes, upper, upperChanges, errors } = arrays;
  const first = wholeVectors(own[0]);
  start.weights.forEach((weights, l) => {
    setRows(arrays, widths, l, weights);
  });
  /** Both ways by the sum of both ways' changes. */
  const moveBetween = (l: number, by: number): void => {
    const [w, u, change, back] = [rows[l], upper[l], changes[l], upperChanges[l]];
    const [wide, wideBelow] = [wholeVectors(own[l]), wholeVectors(own[l - 1])];
    for (let i = 0; i < own[l - 1]; i++)
      for (let o = 0; o < own[l]; o++) {
        const [at, up] = [i * wide + o, o * wideBelow + i];
        u[up] = w[at] += Math.fround(by * Math.fround(change[at] + back[up]));
      }
    change.fill(0);
    back.fill(0);
  };
  const moveSpiking = (by: number): void => {
    const [w, change] = [rows[0], changes[0]];
    for (let k = 0; k < w.length; k++) w[k] += Math.fround(by * change[k]);
    change.fill(0);
  };
  return {
    driveInto: (drives, x, count) => kernels.addProduct(drives, rowMajor(x, inputs), rows[0], count, first, inputs),
    descend: (x, count, { immediate, rates }) => {
      const by = rates.map((rate) => Math.fround(rate / count));
      for (let l = 1; l < own.length && !immediate; l++) moveBetween(l, by[l]);
      if (input.kind !== "spikes") {
        for (let k = 0; k < count * first; k++) errors[k] *= by[0];
        kernels.addProduct(rows[0], transposed(x, inputs), errors, inputs, first, count);
      } else if (!immediate) moveSpiking(Math.fround(by[0] / input.mostRate));
    },
    save: (biases) => {
      const saved: Record<string, Float32Array> = {};
      own.forEach((above, l) => {
        const below = widths[l];
        const weights = new Float32Array(below * above);
        const wide = wholeVectors(above);
        for (let i = 0; i < below; i++) weights.set(rows[l].subarray(i * wide, i * wide + above), i * above);
        saved[`${l}.weights`] = weights;
        saved[`${l}.biases`] = biases[l].slice();
      });
      return saved;
    },
    restore: (biases, saved) =>
      own.forEach((_, l) => {
        setRows(arrays, widths, l, Float32Array.from(saved[`${l}.weights`]));
        biases[l].set(saved[`${l}.biases`]);
      }),
  };
};

/** What held synapses are asked for, the first layer's: inputs x outputs. */
export const heldArrays = ({ widths: [inputs, first] }: SpikingNetwork) => ({ asked: inputs * first });

/** Synapses that are no numbers behind the rows: they are asked to move, and read again. */
export const heldRows = (
  kernels: Kernels,
  network: SpikingNetwork,
  arrays: Rows,
  synapses: readonly HeldSynapses[],
): FusedWeights => {
  const { widths, input } = network;
  const [inputs, ...own] = widths;
  const { changes, upperChanges, errors } = arrays;
  const { asked } = arraysIn(kernels, heldArrays(network));
  const wide = own.map(wholeVectors);
  synapses.forEach(({ seen }, l) => {
    setRows(arrays, widths, l, seen);
  });
  /** What layer l has been taught, times `by`: inputs x outputs. */
  const changeOf = (l: number, by: number): Float32Array => {
    const change = new Float32Array(own[l - 1] * own[l]);
    for (let i = 0; i < own[l - 1]; i++)
      for (let o = 0; o < own[l]; o++)
        change[i * own[l] + o] = by * Math.fround(changes[l][i * wide[l] + o] + upperChanges[l][o * wide[l - 1] + i]);
    return change;
  };
  const spikingChange = (by: number): Float32Array => {
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < own[0]; o++) asked[i * own[0] + o] = by * changes[0][i * wide[0] + o];
    return asked;
  };
  const constantChange = (x: Float32Array, count: number, by: number): Float32Array => {
    for (let b = 0; b < count; b++)
      for (let o = 0; o < own[0]; o++) errors[b * own[0] + o] = by * errors[b * wide[0] + o];
    asked.fill(0);
    kernels.addProduct(asked, transposed(x, inputs), errors, inputs, own[0], count);
    return asked;
  };
  return {
    driveInto: (drives, x, count, key) => {
      synapses[0].forwardInto(drives, { batch: count, width: inputs, levels: "real", values: x }, key);
      for (let b = count - 1; b >= 0; b--) drives.copyWithin(b * wide[0], b * own[0], (b + 1) * own[0]);
    },
    descend: (x, count, { rates }, key) =>
      synapses.forEach((synapse, l) => {
        const by = Math.fround(rates[l] / count);
        if (l > 0) synapse.moveInPlace(changeOf(l, by), fold(key, l));
        else if (input.kind === "spikes")
          synapse.moveInPlace(spikingChange(Math.fround(by / input.mostRate)), fold(key, l));
        else synapse.moveInPlace(constantChange(x, count, by), fold(key, l));
        changes[l].fill(0);
        upperChanges[l].fill(0);
        // The kernel has no use for the weights of a constant input.
        if (l > 0 || input.kind === "spikes") setRows(arrays, widths, l, synapse.seen);
      }),
    save: (biases) => saveSynapses(synapses, biases),
    restore: (biases, saved) => {
      restoreSynapses(synapses, biases, saved);
      synapses.forEach(({ seen }, l) => {
        setRows(arrays, widths, l, seen);
      });
    },
  };
};
