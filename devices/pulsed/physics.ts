import type { PulsedDevice } from "./sample.ts";

/**
 * Mean step [share of range] of one pulse from state x in 0 .. 1:
 *
 *     SET    dx = (1 / N+) c(b+) exp(-b+ x)         RESET   dx = -(1 / N-) c(b-) exp(-b- (1 - x))
 *
 * with c(b) = (exp(b) - 1) / b, so that N pulses lead from bound to bound whatever the nonlinearity b (to first order in 1/N):
 * the exponential form of device updates used by array simulators, here with the pulse count kept.
 */
export const pulseStep = (device: PulsedDevice, x: number, direction: 1 | -1): number => {
  const up = direction > 0;
  const b = up ? device.setNonlinearity : device.resetNonlinearity;
  const whole = Math.abs(b) < 1e-9 ? 1 : Math.expm1(b) / b;
  const scale = up ? device.setStep : device.resetStep;
  return direction * scale * whole * Math.exp(-b * (up ? x : 1 - x));
};

/**
 * State after one pulse: the mean step, the noise of this pulse, the bounds, and the nearest state where states are finite.
 *
 * @param draw A standard normal: this pulse's noise.
 * @param rounding A uniform number: where states are finite, a step between two of them goes to either with the chance that keeps
 * its mean, so that steps smaller than a state's distance are not lost.
 */
export const afterPulse = (
  device: PulsedDevice,
  x: number,
  direction: 1 | -1,
  draw: number,
  rounding: number,
): number => {
  const step = pulseStep(device, x, direction);
  const scale = direction > 0 ? device.setStep : device.resetStep;
  const next = Math.min(1, Math.max(0, x + step + device.cycleToCycle * scale * draw));
  if (device.states === null) return next;
  const intervals = device.states - 1;
  const at = next * intervals;
  const below = Math.floor(at);
  return Math.min(intervals, below + (rounding < at - below ? 1 : 0)) / intervals;
};

/** Conductance of state x [S]. */
export const pulsedConductance = (device: PulsedDevice, x: number): number =>
  device.least + (device.most - device.least) * x;
