import type { SwitchingDevice } from "../elements/switching-device.ts";

/** Of Newton's method on a length [m]: its end, and its largest step, over which rates change by some tens of per cent. */
const CONVERGED = 1e-17;
const LARGEST_STEP = 0.02e-9;
const MOST_STEPS = 60;
/** Least slope of a cell that stands for one that falls, as a share of that of the cell at rest. */
const LEAST_SLOPE = 0.2;

/** A filament at the end of a stage, and what a crossbar's Newton method needs of it. */
export interface FilamentStage {
  /** [m], [K] */
  length: number;
  kelvin: number;
  /** [A], and its slope by the voltage [S], the filament's own answer included. */
  current: number;
  slope: number;
}

const currents = new Float64Array(3);
const rates = new Float64Array(4);

/**
 * Rates of a filament's length [m/s] and temperature [K/s] at `out[0..1]`:
 *
 *     dL/dt = r(V, L, T)      dT/dt = V I / C - (T - T0) / tau
 */
export const filamentRatesInto = <P>(
  out: Float64Array,
  device: SwitchingDevice<P>,
  p: P,
  ambient: number,
  volts: number,
  length: number,
  kelvin: number,
): void => {
  device.currentInto(currents, p, volts, length);
  device.rateInto(rates, p, volts, length, kelvin);
  out[0] = rates[0];
  out[1] = (volts * currents[0]) / device.thermalCapacitance(p) - (kelvin - ambient) / device.thermalTime(p);
};

/**
 * Solves the implicit equations of a stage for one filament whose voltage is known,
 *
 *     L = fromLength + dh r(V, L, T)      T = fromKelvin + dh (V I / C - (T - T0) / tau)
 *
 * the second for T at a given L, the first by Newton's method from the length held in `stage`.
 *
 * @param dh Weight of the stage's own rate [s].
 * @returns whether it converged; `stage` then holds the solution.
 */
export const solveFilamentStage = <P>(
  stage: FilamentStage,
  device: SwitchingDevice<P>,
  p: P,
  ambient: number,
  volts: number,
  fromLength: number,
  fromKelvin: number,
  dh: number,
): boolean => {
  const time = device.thermalTime(p);
  const cooled = 1 + dh / time;
  const perWatt = dh / (device.thermalCapacitance(p) * cooled);
  const rest = (fromKelvin + (dh * ambient) / time) / cooled;
  let at = stage.length;
  for (let k = 0; k < MOST_STEPS; k++) {
    device.currentInto(currents, p, volts, at);
    const [current, byVoltage, byLength] = currents;
    const kelvin = rest + perWatt * volts * current;
    device.rateInto(rates, p, volts, at, kelvin);
    const slope = 1 - dh * (rates[2] + rates[3] * perWatt * volts * byLength);
    const step = -(at - fromLength - dh * rates[0]) / slope;
    if (!Number.isFinite(step)) return false;
    if (Math.abs(step) <= CONVERGED + 1e-15 * at) {
      const answer = (dh * (rates[1] + rates[3] * perWatt * (current + volts * byVoltage))) / slope;
      stage.length = at + step;
      stage.kelvin = kelvin;
      stage.current = current + byLength * step;
      stage.slope = Math.max(LEAST_SLOPE * byVoltage, byVoltage + byLength * answer);
      return slope > 0;
    }
    at += Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, step));
  }
  return false;
};

/**
 * A step's error of length and temperature, filtered by the stage's own Newton matrix with the voltage held (Hosea and
 * Shampine): in place, `error[0..1]` [m], [K].
 */
export const filterStageError = <P>(
  error: Float64Array,
  device: SwitchingDevice<P>,
  p: P,
  volts: number,
  { length, kelvin }: FilamentStage,
  dh: number,
): void => {
  device.currentInto(currents, p, volts, length);
  device.rateInto(rates, p, volts, length, kelvin);
  const [a, b] = [1 - dh * rates[2], -dh * rates[3]];
  const [c, d] = [(-dh * volts * currents[2]) / device.thermalCapacitance(p), 1 + dh / device.thermalTime(p)];
  const determinant = a * d - b * c;
  [error[0], error[1]] = [(d * error[0] - b * error[1]) / determinant, (a * error[1] - c * error[0]) / determinant];
};
