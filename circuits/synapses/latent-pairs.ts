import { arraysIn } from "#src/kernels/declared-arrays";
import { type Kernels, rowMajor, transposed } from "#src/kernels/kernels";
import type { Activations, PlasticSynapses, WeightErrors } from "#src/networks/index";
import { checkErrors } from "#src/networks/index";
import { fold, type Key, uniform } from "#src/random/index";
import type { ArrayUse } from "./array-use.ts";

/** Weights in 2T2R cells of two or three states, beside accumulators that hold what the cells cannot. */
export interface LatentPairsDesign {
  readonly inputs: number;
  readonly outputs: number;
  readonly kind: "binary" | "ternary";
  /** Weight of a cell read as +1. */
  readonly scale: number;
  /** Ternary: accumulators within this of 0 are a 0. */
  readonly threshold: number;
  /** Accumulators stop here. */
  readonly limit: number;
  /** Probability that a cell, once written, is read as another state until it is written again. */
  readonly errors: WeightErrors;
  /** Of reading a cell, and of writing one (both devices) [J]. */
  readonly readEnergy: number;
  readonly writeEnergy: number;
}

export interface LatentPairs extends PlasticSynapses {
  /** States as read, -1, 0, +1: inputs x outputs. */
  states(): Int8Array;
  use(): ArrayUse;
  /** Writes of each cell since the first: inputs x outputs. */
  readonly writeCounts: Float32Array;
}

/** @throws RangeError for a design that cannot be. */
const check = (
  { scale, threshold, limit, errors, kind, readEnergy, writeEnergy }: LatentPairsDesign,
  start: Float32Array,
): void => {
  checkErrors(errors);
  if (!start.every(Number.isFinite)) throw new RangeError("latent pairs: an accumulator to begin with is no number.");
  if (!(readEnergy >= 0 && writeEnergy >= 0))
    throw new RangeError(`latent pairs: energies of ${readEnergy} and ${writeEnergy} J; expected 0 J or more.`);
  if (kind !== "binary" && kind !== "ternary")
    throw new RangeError(`latent pairs: kind "${kind}"; expected binary, ternary.`);
  if (!(scale > 0 && threshold >= 0 && limit > threshold))
    throw new RangeError(
      `latent pairs: scale ${scale}, threshold ${threshold}, limit ${limit}; expected scale > 0 and 0 <= threshold < limit.`,
    );
};

/** What a cell written as `state` is read as, by a uniform number. */
const readAs = (state: number, { type1, type2, type3 }: WeightErrors, u: number): number => {
  if (state === 0) return u < type3 ? (u < type3 / 2 ? -1 : 1) : 0;
  if (u < type1) return -state;
  return u < type1 + type2 ? 0 : state;
};

/** Arrays of latent pairs: what the cells are read as. */
export const latentPairsArrays = (inputs: number, outputs: number) => ({ seen: inputs * outputs });

/**
 * A layer's weights as 2T2R cells read by sense amplifiers: a weight is `scale` times the state of its cell, ±1 or 0, which is the
 * sign of a digital accumulator that takes every change. A cell is written only when its state changes; what was written is read
 * wrong with the probabilities of its amplifier, until it is written again.
 *
 * @param start Accumulators to begin with, inputs x outputs.
 */
export const latentPairs = (
  kernels: Kernels,
  design: LatentPairsDesign,
  start: Float32Array,
  batch: number,
  chip: Key,
): LatentPairs => {
  check(design, start);
  const { inputs, outputs, kind, scale, threshold, limit, errors } = design;
  const size = inputs * outputs;
  if (start.length !== size)
    throw new RangeError(`latent pairs: ${start.length} weights for ${inputs} inputs and ${outputs} outputs.`);
  const latent = start.map((h) => Math.min(limit, Math.max(-limit, h)));
  const written = new Float32Array(size);
  const writeCounts = new Float32Array(size);
  const { seen } = arraysIn(kernels, latentPairsArrays(inputs, outputs));
  const luck = fold(chip, "reads");
  let [reads, writes] = [0, 0];

  const stateOf = (h: number): number =>
    kind === "binary" ? (h >= 0 ? 1 : -1) : h > threshold ? 1 : h < -threshold ? -1 : 0;
  const store = (k: number, state: number): void => {
    written[k] = state;
    seen[k] = scale * readAs(state, errors, uniform(fold(luck, k), writeCounts[k]));
  };
  for (let k = 0; k < size; k++) store(k, stateOf(latent[k]));

  const read = (out: Float32Array, { values, batch: count, width }: Activations, backwards: boolean): void => {
    const [here, there] = backwards ? [outputs, inputs] : [inputs, outputs];
    if (width !== here || count > batch || out.length < count * there)
      throw new RangeError(`latent pairs: ${count} inputs ${width} wide; expected at most ${batch}, ${here} wide.`);
    const matrix = backwards ? transposed(seen, outputs) : rowMajor(seen, outputs);
    kernels.gemm(out, rowMajor(values, here), matrix, count, there, here);
    reads += count;
  };
  return {
    inputs,
    outputs,
    writeCounts,
    forwardInto: (y, x) => read(y, x, false),
    transposedInto: (x, y) => read(x, y, true),
    moveInPlace: (change) => {
      for (let k = 0; k < size; k++) {
        if (change[k] === 0) continue;
        if (!Number.isFinite(change[k]))
          throw new RangeError(
            `latent pairs: the change of input ${Math.floor(k / outputs)}, output ${k % outputs} is ${change[k]}.`,
          );
        latent[k] = Math.min(limit, Math.max(-limit, latent[k] + change[k]));
        const state = stateOf(latent[k]);
        if (state === written[k]) continue;
        writes++;
        writeCounts[k]++;
        store(k, state);
      }
    },
    states: () => Int8Array.from(seen, (w) => Math.sign(w)),
    use: () => ({
      reads,
      events: 0,
      readEnergy: reads * size * design.readEnergy,
      pulses: 2 * writes,
      pulseEnergy: writes * design.writeEnergy,
    }),
    save: () => ({
      latent: latent.slice(),
      written: written.slice(),
      seen: seen.slice(),
      writeCounts: writeCounts.slice(),
      use: Float64Array.of(reads, writes),
    }),
    restore: (saved) => {
      latent.set(saved["latent"]);
      written.set(saved["written"]);
      seen.set(saved["seen"]);
      writeCounts.set(saved["writeCounts"]);
      [reads, writes] = saved["use"];
    },
  };
};
