// Read errors of the sense amplifier by importance sampling: against plain Monte Carlo at 1e-3 and 1e-4, and the CPU time
// to 5 % relative error at 1e-6 and 1e-9, the search for failure points included. node bench/rare-errors.mjs [samples]
import {
  compileSenseAmplifier,
  findFailurePoints,
  fold,
  normalsInto,
  REFERENCE_SIZING,
  RRAM_SETS,
  rootKey,
  sampleByImportance,
  senseLimitState,
  sky130,
} from "rramlab";
import { conditions } from "./measure.mjs";

const samples = Number(process.argv[2] ?? 600_000);
const SEED = "bench rare errors";
const key = rootKey(SEED);
const amplifier = compileSenseAmplifier({
  ...REFERENCE_SIZING,
  technology: sky130,
  corner: "tt",
  supply: 0.9,
  temperature: 300.15,
});
const spent = (before) => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};
console.log(
  `sky130 tt 0.9 V 27 degC, device set reference, zeros read as +-1 (type 3); seed "${SEED}"; ${conditions()}`,
);
for (const [strobe, plain] of [
  [2e-9, true],
  [1.57e-9, true],
  [1.18e-9, false],
  [0.955e-9, false],
]) {
  const limit = senseLimitState(amplifier, RRAM_SETS.reference, 1, "type3", strobe, 5e-4);
  const before = process.cpuUsage();
  const search = findFailurePoints(limit, key);
  const found = sampleByImportance(limit, search, { relativeError: 0.05, firstRound: 2000, mostSamples: 200_000 }, key);
  const seconds = spent(before);
  let brute = "";
  if (plain) {
    const start = process.cpuUsage();
    let failures = 0;
    const points = new Float64Array(4096 * limit.dimensions);
    for (let from = 0; from < samples; from += 4096) {
      const count = Math.min(4096, samples - from);
      normalsInto(points, fold(fold(key, "plain"), from));
      for (const margin of limit.margins(points, count)) if (!(margin > 0)) failures++;
    }
    const p = failures / samples;
    brute = `; plain Monte Carlo ${p.toExponential(2)} +- ${(100 / Math.sqrt(failures)).toFixed(1)} % from ${samples} reads, ${spent(start).toFixed(1)} s CPU`;
  }
  console.log(
    `strobe ${(strobe * 1e9).toPrecision(3)} ns: ${found.probability.toExponential(2)} +- ${(100 * found.relativeError).toFixed(1)} %, ${seconds.toFixed(2)} s CPU ` +
      `(${search.evaluations} reads to search, ${found.samples} to sample; ${found.effectiveSamples.toFixed(0)} effective; doubts: ${found.doubts.join("; ") || "none"})${brute}`,
  );
}
