// Does reading a ternary weight several times and taking the majority spare it from being misread?
import * as lab from "rramlab";

const design = { ...lab.REFERENCE_SIZING, technology: lab.sky130, corner: "tt", supply: 0.9, temperature: 300.15 };
const amplifier = lab.compileSenseAmplifier(design);
const reads = { kind: "integer", unit: "1", default: 1, min: 1, max: 99, says: "reads of a weight", source: "chosen" };
const noise = { ...reads, kind: "quantity", default: 0.05, min: 0, max: 2, says: "read noise, sigma of ln R" };
export const majorityRead = lab.defineExperiment({
  name: "majority-read",
  summary: "Misread zeros after a majority of reads.",
  module: import.meta.url,
  parameters: { reads, noise },
  axes: ["noise", "reads"],
  grid: () => [{ noise: [0.05, 0.5], reads: [1, 3, 9] }],
  trials: 600,
  block: 100,
  numbers: { misread: { kind: "rate", says: "a stored 0 is read as +1 or -1" } },
  trial: (_context, params, key) => {
    const { hrs } = lab.RRAM_SETS.weak;
    const device = { ...lab.RRAM_SETS.weak, hrs: { ...hrs, spread: { ...hrs.spread, readToRead: params.noise } } };
    const chip = lab.sampleSenseAmplifier(design, 1, lab.fold(key, "amplifier"));
    const cells = lab.programSynapse(
      device,
      lab.sampleSynapse(device, lab.fold(key, "cells")),
      0,
      lab.fold(key, "write"),
    );
    let zeros = 0;
    for (let i = 0; i < params.reads; i++) {
      const seen = lab.synapseResistances(device, cells, design.temperature, lab.fold(lab.fold(key, "read"), i));
      const sensed = lab.sensePair(amplifier, chip, seen, [3e-9], 1e-3);
      if (!sensed.ok) return { failed: sensed.reason };
      if (sensed.readings[0] === 0) zeros++;
    }
    return { numbers: { misread: zeros > params.reads / 2 ? 0 : 1 } };
  },
});
