import { afterPulse, pulsedDeviceAt, samplePulsedPopulation } from "#devices/index";
import { type Kernels, rowMajor, transposed } from "#src/kernels/kernels";
import type { EventSynapses, HeldSynapses } from "#src/learning/index";
import type { Activations } from "#src/networks/index";
import { fold, type Key, normal, normalsInto, uniform } from "#src/random/index";
import type { ArrayUse } from "./array-use.ts";
import { type LineShares, lineShares } from "./line-shares.ts";
import { checkPairs, mostPulsesAtOnce, type PlasticPairsDesign } from "./plastic-pairs-design.ts";

/** Synapses on cells, and what they have been through. */
export interface PlasticPairs extends EventSynapses, HeldSynapses {
  /** What the pairs stand for now, read without noise: inputs x outputs. */
  weights(): Float32Array;
  use(): ArrayUse;
  /** Pulses of each pair's two devices so far: inputs x outputs x 2. */
  readonly pulseCounts: Float32Array;
}

/** Updates between two looks at what lines take: conductances drift by little in between. */
const LINES_EVERY = 50;

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
  const { inputs, outputs, device, largestWeight, update, rounding, readNoise, lines, timing } = design;
  const size = inputs * outputs;
  const population = samplePulsedPopulation(device, 2 * size, fold(chip, "devices"));
  const range = device.most - device.least;
  const perSiemens = largestWeight / range;
  // States of the devices, 2 k the positive one of pair k, as shares of their own ranges.
  const x = new Float32Array(2 * size);
  const pulseCounts = new Float32Array(2 * size);
  const signal = kernels.float32(size);
  const variance = readNoise > 0 ? kernels.float32(size) : null;
  const totals = new Float64Array(size);
  // Wanted pulses not given yet.
  const carried = new Float32Array(rounding.kind === "carried" ? size : 0);
  const rowSums = new Float64Array(inputs);
  const columnSums = new Float64Array(outputs);
  let shares: LineShares | null = null;
  let updates = 0;
  let [reads, events, readEnergy, pulsesDone, pulseEnergy] = [0, 0, 0, 0, 0];
  // Of a line read for one input of 1, over its conductance.
  const perRead = timing.readVoltage ** 2 * timing.readTime;

  const conductance = (d: number): number => population.least[d] + (population.most[d] - population.least[d]) * x[d];
  const refreshPair = (k: number): void => {
    const [plus, minus] = [conductance(2 * k), conductance(2 * k + 1)];
    const [seenPlus, seenMinus] = shares ? [shares.positive[k] * plus, shares.negative[k] * minus] : [plus, minus];
    signal[k] = perSiemens * (seenPlus - seenMinus);
    if (variance) variance[k] = (readNoise * perSiemens) ** 2 * (seenPlus ** 2 + seenMinus ** 2);
    totals[k] = plus + minus;
  };
  const refresh = (): void => {
    if (lines && lines.segmentResistance > 0 && updates % LINES_EVERY === 0) {
      shares = lineShares(lines, inputs, outputs, conductance);
      for (let k = 0; k < size; k++) refreshPair(k);
    }
    rowSums.fill(0);
    columnSums.fill(0);
    for (let i = 0, k = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++, k++) {
        rowSums[i] += totals[k];
        columnSums[o] += totals[k];
      }
  };
  // Sums of one pair's lines, in the order in which `refresh` makes them.
  const refreshLinesOf = (k: number): void => {
    const [row, column] = [Math.floor(k / outputs), k % outputs];
    rowSums[row] = 0;
    for (let o = 0; o < outputs; o++) rowSums[row] += totals[row * outputs + o];
    columnSums[column] = 0;
    for (let i = 0; i < inputs; i++) columnSums[column] += totals[i * outputs + column];
  };
  const nearestState = (share: number): number => {
    const kept = Math.min(1, Math.max(0, share));
    return device.states === null ? kept : Math.round(kept * (device.states - 1)) / (device.states - 1);
  };
  for (let k = 0; k < size; k++)
    for (const [d, sign] of [
      [2 * k, 1],
      [2 * k + 1, -1],
    ]) {
      const wanted = device.least + range * (0.5 + (sign * start[k]) / (2 * largestWeight));
      const own = population.most[d] - population.least[d];
      x[d] = own > 0 ? nearestState((wanted - population.least[d]) / own) : 0;
    }
  for (let k = 0; k < size; k++) refreshPair(k);
  refresh();

  const widest = Math.max(inputs, outputs);
  const squares = variance ? kernels.float32(batch * widest) : null;
  const spreads = variance ? kernels.float32(batch * widest) : null;
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
    reads += count;
    readEnergy += driven * perRead;
  };

  // What a controller knows of a pulse: the mean device's step at mid-range, up on one side and down on the other.
  const typical = (nonlinearity: number, pulses: number): number => {
    const half = nonlinearity / 2;
    return ((half === 0 ? 1 : Math.sinh(half) / half) * Math.exp(device.spread.logStep ** 2 / 2)) / pulses;
  };
  const { nonlinearity, pulses: toCross } = device;
  const perPair = largestWeight * (typical(nonlinearity.set, toCross.set) + typical(nonlinearity.reset, toCross.reset));
  const mostAtOnce = mostPulsesAtOnce(device);
  const weightOf = (k: number): number => perSiemens * (conductance(2 * k) - conductance(2 * k + 1));
  // As far as a pair's own bounds go.
  const highest = (k: number): number => perSiemens * (population.most[2 * k] - population.least[2 * k + 1]);
  const lowest = (k: number): number => perSiemens * (population.least[2 * k] - population.most[2 * k + 1]);
  const verifyPair = (k: number): void => {
    reads++;
    readEnergy += (conductance(2 * k) + conductance(2 * k + 1)) * perRead;
  };
  const pulsePair = (k: number, sign: 1 | -1, key: Key, turn: number): void => {
    for (const side of [0, 1] as const) {
      const d = 2 * k + side;
      const direction = (side === 0 ? sign : -sign) as 1 | -1;
      pulsesDone++;
      pulseEnergy += conductance(d) * timing.pulseVoltage ** 2 * timing.pulseTime;
      pulseCounts[d]++;
      const at = 2 * turn + side;
      const draw = device.cycleToCycle > 0 ? normal(key, 2 * at) : 0;
      const rounding = device.states === null ? 0 : uniform(key, 2 * at + 1);
      x[d] = afterPulse(pulsedDeviceAt(population, d), x[d], direction, draw, rounding);
    }
  };
  /** Pulses that a wanted change becomes now, below 0 for down: a register, not the last change, may say which way. */
  const pulsesFor = (k: number, change: number, chance: Key, draw: number): number => {
    const sign = change > 0 ? 1 : -1;
    const exact = Math.min(mostAtOnce, Math.abs(change) / perPair);
    if (rounding.kind === "stochastic") {
      const whole = Math.floor(exact);
      return sign * (whole + (uniform(chance, draw) < exact - whole ? 1 : 0));
    }
    if (rounding.kind === "dropped") return exact < rounding.least ? 0 : sign * Math.max(1, Math.round(exact));
    const wanted = Math.min(mostAtOnce, Math.max(-mostAtOnce, carried[k] + sign * exact));
    const whole = Math.abs(wanted) >= rounding.least ? Math.trunc(wanted) : 0;
    carried[k] = wanted - whole;
    return whole;
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
    const wanted = Math.min(highest(k), Math.max(lowest(k), weightOf(k) + sign * pulses * perPair));
    for (let p = 0; p < pulses; p++) pulsePair(k, sign, own, p);
    if (update.kind === "write-verify")
      for (let p = 0; p < update.mostPulses; p++) {
        verifyPair(k);
        const missing = wanted - weightOf(k);
        if (Math.abs(missing) <= perPair / 2) break;
        pulsePair(k, missing > 0 ? 1 : -1, own, pulses + p);
      }
    refreshPair(k);
    return true;
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
      readEnergy += lineSums[list[s]] * perRead;
    }
    if (variance) for (let t = 0; t < there; t++) sums[t] += Math.sqrt(eventSpread[t]) * normal(key, t);
    events += count;
  };
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
        if (change[t] !== 0 && movePair(k, by * change[t], chance, s * widest + t, noise)) refreshLinesOf(k);
      }
  };
  return {
    inputs,
    outputs,
    pulseCounts,
    seen: signal,
    deliverInto: (sums, list, count, key) => deliver(sums, list, count, key, false),
    deliverBackInto: (sums, list, count, key) => deliver(sums, list, count, key, true),
    moveOnInputs: (list, count, change, by, key) => moveOn(list, count, change, by, key, (i, o) => i * outputs + o),
    moveOnOutputs: (list, count, change, by, key) => moveOn(list, count, change, by, key, (o, i) => i * outputs + o),
    countEvents: (ofInputs, ofOutputs) => {
      const count = (spikes: ArrayLike<number>, lineSums: Float64Array): void => {
        for (let n = 0; n < spikes.length; n++) {
          events += spikes[n];
          readEnergy += spikes[n] * lineSums[n] * perRead;
        }
      };
      count(ofInputs, rowSums);
      count(ofOutputs, columnSums);
    },
    forwardInto: (y, from, key) => read(y, from, key, false),
    transposedInto: (out, from, key) => read(out, from, key, true),
    moveInPlace: (change, key) => {
      const [chance, noise] = [fold(key, "fraction"), fold(key, "pulses")];
      for (let k = 0; k < size; k++) if (change[k] !== 0) movePair(k, change[k], chance, k, noise);
      updates++;
      refresh();
    },
    weights: () => Float32Array.from({ length: size }, (_, k) => weightOf(k)),
    use: () => ({ reads, events, readEnergy, pulses: pulsesDone, pulseEnergy }),
    save: () => ({
      states: x.slice(),
      pulseCounts: pulseCounts.slice(),
      carried: carried.slice(),
      use: Float64Array.of(updates, reads, events, readEnergy, pulsesDone, pulseEnergy),
      ...(shares ?? {}),
    }),
    restore: (saved) => {
      x.set(saved["states"]);
      pulseCounts.set(saved["pulseCounts"]);
      carried.set(saved["carried"]);
      [updates, reads, events, readEnergy, pulsesDone, pulseEnergy] = saved["use"];
      if (saved["positive"]) {
        const side = (name: string): Float64Array => Float64Array.from(saved[name]);
        shares = { positive: side("positive"), negative: side("negative") };
      }
      for (let k = 0; k < size; k++) refreshPair(k);
      refresh();
    },
  };
};
