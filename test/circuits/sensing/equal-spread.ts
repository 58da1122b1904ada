import { RRAM_SETS, type RramParams } from "#devices/index";

/** Two states of equal ln-sigma whose means are 2 z sigma apart, the spread in all three terms. */
export const equalSpread = (z: number, sigma = 0.5): RramParams => {
  const each = sigma / Math.sqrt(3);
  const spread = { deviceToDevice: each, cycleToCycle: each, readToRead: each };
  const low = 1e4;
  return {
    ...RRAM_SETS.reference,
    lrs: { medianResistance: low, spread, activationEnergy: 0 },
    hrs: { medianResistance: low * Math.exp(2 * z * sigma), spread, activationEnergy: 0 },
  };
};
