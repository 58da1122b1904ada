import * as lab from "rramlab";

const amplifierAt = lab.oncePerPoint(({ supply }) => lab.compileSenseAmplifier({
  ...lab.REFERENCE_SIZING, technology: lab.sky130, corner: "tt", temperature: 300.15, supply }));
export const missed = lab.defineExperiment({
  name: "missed-reads", summary: "A 2T2R pair that holds +1, missed at 2 ns.", module: import.meta.url,
  parameters: { supply: lab.quantity("V", 0.9, [0.5, 1.2], "supply", "chosen") },
  axes: ["supply"], grid: () => [{ supply: [0.78, 0.8, 0.82, 0.84, 0.86] }], trials: 2000, block: 500,
  numbers: { missed: lab.rate("+1 not read as +1") },
  together: (_context, params, keys) =>
    lab.readSamples(amplifierAt(params), lab.RRAM_SETS.reference, 1, [2e-9], 1e-3, keys)
      .reads.filter(({ weight }) => weight === 1)
      .map(({ failed, readings }) => (failed ? { failed: "not solved" } : { numbers: { missed: readings[0] === 1 ? 0 : 1 } })),
});
if (lab.isProgram(import.meta.url)) console.log(lab.summariesText((await lab.run(missed)).summaries));
