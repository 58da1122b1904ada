// How far crossing times and outcomes at the Monte Carlo tolerance are from a fine one, on mismatch samples.
// node bench/sense-accuracy.mjs [samples]
import { compileSenseAmplifier, fold, REFERENCE_SIZING, RRAM_SETS, rootKey, sampleReads, sky130 } from "rramlab";

const samples = Number(process.argv[2] ?? 100);
const strobes = [1e-9, 3e-9, 10e-9, 30e-9];
const seed = "sense-accuracy";
console.log(
  `seed "${seed}", ${samples} samples of three states, sky130 tt 27 degC, device set reference; against tolerance 1e-6 V`,
);
for (const supply of [1.2, 0.9, 0.8, 0.7]) {
  const amplifier = compileSenseAmplifier({
    ...REFERENCE_SIZING,
    technology: sky130,
    corner: "tt",
    supply,
    temperature: 300.15,
  });
  const read = (tolerance) =>
    Array.from({ length: samples }, (_, i) =>
      sampleReads(amplifier, RRAM_SETS.reference, 1, strobes, tolerance, fold(rootKey(seed), i)),
    ).flat();
  const exact = read(1e-6);
  for (const tolerance of [1e-3, 3e-4, 1e-4]) {
    const before = process.cpuUsage();
    const reads = read(tolerance);
    const { user, system } = process.cpuUsage(before);
    const errors = [];
    let outcomes = 0;
    reads.forEach(({ sensed }, i) => {
      const other = exact[i].sensed;
      if (sensed.decisionTime !== null && other.decisionTime !== null)
        errors.push(Math.abs(sensed.decisionTime / other.decisionTime - 1));
      sensed.readings.forEach((r, s) => {
        if (r !== other.readings[s]) outcomes++;
      });
    });
    errors.sort((a, b) => a - b);
    const percent = (q) =>
      `${(100 * errors[Math.min(errors.length - 1, Math.floor(q * errors.length))]).toPrecision(2)} %`;
    console.log(
      `${supply} V, tolerance ${tolerance} V: crossing error median ${percent(0.5)}, 95th ${percent(0.95)}, largest ${percent(1)}; ` +
        `${outcomes} of ${reads.length * strobes.length} outcomes differ; ${Math.round((user + system) / reads.length)} us CPU a transient`,
    );
  }
}
