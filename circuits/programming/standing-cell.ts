import { type FilamentPhysics, filamentCurrentInto, filamentRateInto, steadyTemperature } from "#devices/index";

/** Largest way of a filament in one step [m]: its rate changes little over it. */
const STEP = 2e-12;
const MOST_STEPS = 4000;
const out = new Float64Array(4);

/**
 * Length [m] of a filament that stood at `voltage` for `time`: an unselected cell, whose voltage the array holds. Its heat
 * follows at once (a fraction of a nanosecond against microseconds): T = T0 + V I tau / C.
 */
export const standingLength = (
  filament: FilamentPhysics,
  length: number,
  voltage: number,
  time: number,
  ambient: number,
): number => {
  let [at, left] = [length, time];
  for (let k = 0; k < MOST_STEPS && left > 0; k++) {
    filamentCurrentInto(out, filament, voltage, at);
    const kelvin = steadyTemperature(filament, ambient, voltage * out[0]);
    filamentRateInto(out, filament, voltage, at, kelvin);
    const rate = out[0];
    const step = Math.abs(rate) * left > STEP ? STEP / Math.abs(rate) : left;
    at = Math.min(filament.mostFilament, Math.max(filament.leastFilament, at + rate * step));
    left -= step;
  }
  return at;
};
