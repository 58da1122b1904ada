import {
  compileSenseAmplifier,
  fold,
  REFERENCE_SIZING,
  RRAM_SETS,
  rootKey,
  sampleResistancesInto,
  sampleSenseAmplifier,
  separateAmplifiers,
} from "rramlab";

/** The reference amplifier at one supply, and mismatch samples of it with cells in the three states in rotation. */
export const amplifierSamples = (technology, supply, count, seed) => {
  const amplifier = compileSenseAmplifier({
    ...REFERENCE_SIZING,
    technology,
    corner: "tt",
    supply,
    temperature: 300.15,
  });
  const key = rootKey(seed);
  const draw = (state, label) => {
    const out = new Float64Array(count);
    sampleResistancesInto(out, RRAM_SETS.reference, state, 300.15, fold(key, label));
    return out;
  };
  const [low, left, right] = [draw("lrs", "low"), draw("hrs", "left"), draw("hrs", "right")];
  const chips = Array.from({ length: count }, (_, i) => sampleSenseAmplifier(amplifier.design, 1, fold(key, i)));
  return {
    amplifier,
    chips,
    reads: {
      count,
      left: left.map((ohm, i) => (i % 3 === 0 ? low[i] : ohm)),
      right: right.map((ohm, i) => (i % 3 === 1 ? low[i] : ohm)),
      ...separateAmplifiers(chips),
    },
  };
};
