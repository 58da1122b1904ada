import { fold, type Key, normal } from "#src/random/index";
import type { PulsedParams } from "./params.ts";

/** One device as fabricated. Steps are shares of its range. */
export interface PulsedDevice {
  readonly least: number;
  readonly most: number;
  readonly setStep: number;
  readonly resetStep: number;
  readonly setNonlinearity: number;
  readonly resetNonlinearity: number;
  readonly cycleToCycle: number;
  readonly states: number | null;
}

/** @throws RangeError for parameters out of range. */
export const checkPulsed = (p: PulsedParams): void => {
  const refuse = (what: string): never => {
    throw new RangeError(`pulsed device "${p.name}": ${what}`);
  };
  if (!(p.least >= 0 && p.most > p.least))
    refuse(`conductances ${p.least} to ${p.most} S; expected 0 S or more, ascending.`);
  for (const name of ["pulses", "nonlinearity"] as const)
    for (const way of ["set", "reset"] as const)
      if (typeof p[name]?.[way] !== "number")
        refuse(`${name}.${way} is ${p[name]?.[way]}; expected a number for set and one for reset.`);
  for (const [name, count] of Object.entries(p.pulses))
    if (!(count >= 1)) refuse(`${count} ${name} pulses from bound to bound; expected 1 or more.`);
  for (const [name, b] of Object.entries(p.nonlinearity))
    if (!(Math.abs(b) <= 20)) refuse(`${name} nonlinearity ${b}; expected -20 to 20.`);
  if (p.states !== null && !(Number.isInteger(p.states) && p.states >= 2))
    refuse(`${p.states} states; expected a whole number from 2, or null for any.`);
  for (const sigma of [p.cycleToCycle, ...Object.values(p.spread)])
    if (!(sigma >= 0 && sigma < Number.POSITIVE_INFINITY)) refuse(`standard deviation ${sigma}; expected 0 or more.`);
};

/**
 * Draws a device. Bounds that its spread would turn round are drawn together at their mean: such a device does not move.
 * @throws RangeError for parameters out of range.
 */
export const samplePulsed = (p: PulsedParams, key: Key): PulsedDevice => {
  checkPulsed(p);
  const { spread } = p;
  const range = p.most - p.least;
  const shifted = (bound: number, name: string): number =>
    Math.max(0, bound + spread.bounds * range * normal(fold(key, name)));
  const [low, high] = [shifted(p.least, "least"), shifted(p.most, "most")];
  const middle = (low + high) / 2;
  const step = (pulses: number, name: string): number => Math.exp(spread.logStep * normal(fold(key, name))) / pulses;
  return {
    least: Math.min(low, middle),
    most: Math.max(high, middle),
    setStep: step(p.pulses.set, "set"),
    resetStep: step(p.pulses.reset, "reset"),
    setNonlinearity: p.nonlinearity.set + spread.nonlinearity * normal(fold(key, "set bend")),
    resetNonlinearity: p.nonlinearity.reset + spread.nonlinearity * normal(fold(key, "reset bend")),
    cycleToCycle: p.cycleToCycle,
    states: p.states,
  };
};
