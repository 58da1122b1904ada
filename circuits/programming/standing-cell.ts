import type { SwitchingDevice } from "../elements/switching-device.ts";

/** Largest way of a filament in one step [m]: its rate changes little over it. */
const STEP = 2e-12;
const MOST_STEPS = 4000;
const out = new Float64Array(4);

/**
 * Length [m] of a filament that stood at `voltage` for `time`: an unselected cell, whose voltage the array holds. Its heat
 * follows at once (a fraction of a nanosecond against microseconds): T = T0 + V I tau / C.
 */
export const standingLength = <P>(
  device: SwitchingDevice<P>,
  p: P,
  length: number,
  voltage: number,
  time: number,
  ambient: number,
): number => {
  let [at, left] = [length, time];
  for (let k = 0; k < MOST_STEPS && left > 0; k++) {
    device.currentInto(out, p, voltage, at);
    const kelvin = device.steadyTemperature(p, ambient, voltage * out[0]);
    device.rateInto(out, p, voltage, at, kelvin);
    const rate = out[0];
    const step = Math.abs(rate) * left > STEP ? STEP / Math.abs(rate) : left;
    at = Math.min(device.mostLength(p), Math.max(device.leastLength(p), at + rate * step));
    left -= step;
  }
  return at;
};
