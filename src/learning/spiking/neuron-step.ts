import type { StepFactors } from "./neuron-design.ts";

/*
 * One step of many neurons, a function a quantity, over flat arrays of single precision: every operation is rounded as the kernel
 * rounds it, so that both give the same bits (a spike more or less would change everything after it).
 */
const round = Math.fround;

/** signal[i] = scale (fast[i] - slow[i]): change of a rate, times what the nudge makes of it. */
export const rateChangeInto = (signal: Float32Array, fast: Float32Array, slow: Float32Array, scale: number): void => {
  for (let i = 0; i < signal.length; i++) signal[i] = round(scale) * round(fast[i] - slow[i]);
};

/** nudged[k] = drive[k] + nudge (target[k] - trace[k]). */
export const nudgedDriveInto = (
  nudged: Float32Array,
  drive: Float32Array,
  targets: Float32Array,
  trace: Float32Array,
  nudge: number,
): void => {
  for (let k = 0; k < nudged.length; k++) nudged[k] = drive[k] + round(round(nudge) * round(targets[k] - trace[k]));
};

/**
 * Moves the membranes by a step and sets fired[i] to 1 for a spike, else 0.
 *
 * @param spikes Where the neurons that fired are listed, in order.
 * @returns how many
 */
export const integrateAndFireInPlace = (
  membranes: Float32Array,
  fired: Float32Array,
  spikes: Int32Array,
  drive: Float32Array,
  currents: Float32Array,
  { keepMembrane, threshold, floor }: StepFactors,
): number => {
  let count = 0;
  for (let i = 0; i < membranes.length; i++) {
    const v = round(round(round(keepMembrane * membranes[i]) + drive[i]) + currents[i]);
    const fires = v >= threshold;
    const left = fires ? round(v - threshold) : v;
    membranes[i] = left < floor ? floor : left;
    fired[i] = fires ? 1 : 0;
    if (fires) spikes[count++] = i;
  }
  return count;
};

/** trace[i] += share (fired[i] - trace[i]). */
export const traceInPlace = (trace: Float32Array, fired: Float32Array, share: number): void => {
  for (let i = 0; i < trace.length; i++) trace[i] += round(share * round(fired[i] - trace[i]));
};

/** currents[i] = keep currents[i] + by arrivals[i]. */
export const currentsInPlace = (currents: Float32Array, arrivals: Float32Array, keep: number, by: number): void => {
  for (let i = 0; i < currents.length; i++) currents[i] = round(keep * currents[i]) + round(round(by) * arrivals[i]);
};

/**
 * Inputs as spikes at regular intervals: each phase grows by its rate (spikes a step, up to 1), a spike where it reaches 1, which is
 * taken from it.
 *
 * @returns how many are listed in `spikes`
 */
export const fireInputsInPlace = (
  phases: Float32Array,
  rates: Float32Array,
  numbers: Int32Array,
  spikes: Int32Array,
): number => {
  let count = 0;
  for (let i = 0; i < phases.length; i++) {
    const phase = round(phases[i] + rates[i]);
    const fires = phase >= 1;
    phases[i] = fires ? phase - 1 : phase;
    if (fires) spikes[count++] = numbers[i];
  }
  return count;
};
