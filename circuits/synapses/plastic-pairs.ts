import { arraysIn } from "#src/kernels/declared-arrays";
import type { Kernels } from "#src/kernels/kernels";
import type { EventSynapses, HeldSynapses } from "#src/learning/index";
import { fold, type Key } from "#src/random/index";
import { type ArrayUse, type Ledger, NO_USE } from "./array-use.ts";
import { createPairCells } from "./pair-cells.ts";
import { createPairLines } from "./pair-lines.ts";
import { createPairReader, type PairReads, readerArrays } from "./pair-reader.ts";
import { checkPairs, type PlasticPairsDesign } from "./plastic-pairs-design.ts";
import { createWantedPulses } from "./wanted-pulses.ts";

/** Synapses on cells, and what they have been through. */
export interface PlasticPairs extends EventSynapses, HeldSynapses {
  /** What the pairs stand for now, read without noise: inputs x outputs. */
  weights(): Float32Array;
  use(): ArrayUse;
  /** Pulses of each pair's two devices so far: inputs x outputs x 2. */
  readonly pulseCounts: Float32Array;
}

const shownArrays = ({ inputs, outputs, readNoise }: PairReads) => ({
  signal: inputs * outputs,
  variance: readNoise > 0 ? inputs * outputs : null,
});

/** Arrays of an array of pairs, read at most `batch` at once. */
export const plasticPairsArrays = (design: PairReads, batch: number) => ({
  shown: shownArrays(design),
  reader: readerArrays(design, batch),
});

/**
 * A layer's weights as pairs of devices on an array: w = largestWeight (G+ - G-) / (Gmax - Gmin), bounds nominal.
 *
 * Read: currents of a column's pairs are subtracted; read noise enters as the variance of the sums, which for independent Gaussian
 * noise of each device is their very distribution. Read backwards, the columns are driven and the rows collected: the same
 * conductances. With lines each pair keeps a share of its current (reciprocity: the same both ways), looked at anew every 50 updates.
 *
 * Spikes: each is a read pulse on its neuron's line, either way, with noise of its own.
 *
 * Moved: a wanted change is as many pulses as the mean device would need at mid-range (what a controller calibrates), its fraction as
 * `rounding` says; they raise one device of the pair and lower the other. What they do is the device's own: nonlinearity, asymmetry, noise, states, bounds.
 *
 * @param start Weights to begin with, inputs x outputs: written exactly but for the devices' states and bounds, where larger ones stop.
 * @param chip What the fab gave.
 */
export const plasticPairs = (
  kernels: Kernels,
  design: PlasticPairsDesign,
  start: Float32Array,
  batch: number,
  chip: Key,
): PlasticPairs => {
  checkPairs(design, start);
  const { inputs, outputs, update, timing } = design;
  const size = inputs * outputs;
  const use: Ledger = { ...NO_USE };
  const { signal, variance } = arraysIn(kernels, shownArrays(design));
  const cells = createPairCells(design, start, chip, use);
  const lines = createPairLines(design, cells, signal, variance);
  const { perPair, carried, pulsesFor } = createWantedPulses(design, size);
  let updates = 0;
  const refreshAll = (): void => {
    for (let k = 0; k < size; k++) lines.refreshPair(k);
    lines.refresh(updates);
  };
  refreshAll();
  // Of a line read for one input of 1, over its conductance.
  const perRead = timing.readVoltage ** 2 * timing.readTime;
  const reader = createPairReader(kernels, design, { signal, variance, lines, batch, perRead }, use);

  /** Pulses until the pair is within half a pulse of what is wanted, as far as its bounds go. */
  const verify = (k: number, wanted: number, key: Key, from: number, most: number): void => {
    for (let p = 0; p < most; p++) {
      use.reads++;
      use.readEnergy += (cells.conductance(2 * k) + cells.conductance(2 * k + 1)) * perRead;
      const missing = wanted - cells.weightOf(k);
      if (Math.abs(missing) <= perPair / 2) break;
      cells.pulse(k, missing > 0 ? 1 : -1, key, from + p);
    }
  };
  /** Gives pair k what a change becomes; whether it was pulsed. */
  const movePair = (k: number, change: number, chance: Key, draw: number, noise: Key): boolean => {
    if (!Number.isFinite(change))
      throw new RangeError(
        `plastic pairs: the change of input ${Math.floor(k / outputs)}, output ${k % outputs} is ${change}.`,
      );
    const found = pulsesFor(k, change, chance, draw);
    if (found === 0) return false;
    const sign = found > 0 ? 1 : -1;
    const pulses = Math.abs(found);
    const own = fold(noise, draw);
    const wanted = cells.within(k, cells.weightOf(k) + sign * pulses * perPair);
    for (let p = 0; p < pulses; p++) cells.pulse(k, sign, own, p);
    if (update.kind === "write-verify") verify(k, wanted, own, pulses, update.mostPulses);
    lines.refreshPair(k);
    return true;
  };
  const widest = Math.max(inputs, outputs);
  const moveOn = (
    list: Int32Array,
    count: number,
    change: Float32Array,
    by: number,
    key: Key,
    place: (spike: number, t: number) => number,
  ): void => {
    const [chance, noise] = [fold(key, "fraction"), fold(key, "pulses")];
    for (let s = 0; s < count; s++)
      for (let t = 0; t < change.length; t++) {
        const k = place(list[s], t);
        if (change[t] !== 0 && movePair(k, by * change[t], chance, s * widest + t, noise)) lines.refreshLinesOf(k);
      }
  };
  return {
    inputs,
    outputs,
    pulseCounts: cells.pulseCounts,
    seen: signal,
    ...reader,
    moveOnInputs: (list, count, change, by, key) => moveOn(list, count, change, by, key, (i, o) => i * outputs + o),
    moveOnOutputs: (list, count, change, by, key) => moveOn(list, count, change, by, key, (o, i) => i * outputs + o),
    moveInPlace: (change, key) => {
      const [chance, noise] = [fold(key, "fraction"), fold(key, "pulses")];
      for (let k = 0; k < size; k++) if (change[k] !== 0) movePair(k, change[k], chance, k, noise);
      updates++;
      lines.refresh(updates);
    },
    weights: () => Float32Array.from({ length: size }, (_, k) => cells.weightOf(k)),
    use: () => ({ ...use }),
    save: () => ({
      states: cells.states.slice(),
      pulseCounts: cells.pulseCounts.slice(),
      carried: carried.slice(),
      use: Float64Array.of(updates, use.reads, use.events, use.readEnergy, use.pulses, use.pulseEnergy),
      ...(lines.shares() ?? {}),
    }),
    restore: (saved) => {
      cells.states.set(saved["states"]);
      cells.pulseCounts.set(saved["pulseCounts"]);
      carried.set(saved["carried"]);
      [updates, use.reads, use.events, use.readEnergy, use.pulses, use.pulseEnergy] = saved["use"];
      const side = (name: string): Float64Array => Float64Array.from(saved[name]);
      if (saved["positive"]) lines.restore({ positive: side("positive"), negative: side("negative") });
      refreshAll();
    },
  };
};
