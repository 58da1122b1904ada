// Outcomes and crossing times of the batch engine against the scalar one at a fine tolerance, on mismatch samples.
// node bench/transient-parity.mjs [samples]
import { ptm130, readingFrom, sensePair, sensePairs, sky130 } from "rramlab";
import { amplifierSamples } from "./amplifier-samples.mjs";

const samples = Number(process.argv[2] ?? 10000);
const STROBES = [0.5, 1, 2, 5, 10, 20, 50, 100].map((ns) => ns * 1e-9);
const SEED = "transient parity";
console.log(
  `seed "${SEED}", ${samples} mismatch samples a condition (three states in rotation), tt 27 degC; scalar engine at 1e-6 V`,
);
for (const [technology, supply] of [
  [sky130, 1.2],
  [sky130, 0.8],
  [ptm130, 1.2],
]) {
  const { amplifier, chips, reads } = amplifierSamples(technology, supply, samples, SEED);
  const exact = chips.map((chip, i) => sensePair(amplifier, chip, [reads.left[i], reads.right[i]], STROBES, 1e-6));
  for (const tolerance of [1e-3, 2e-4, 1e-4]) {
    const before = process.cpuUsage();
    const batch = sensePairs(amplifier, reads, STROBES, tolerance);
    const { user, system } = process.cpuUsage(before);
    const errors = [];
    let ties = 0;
    let others = 0;
    let signs = 0;
    exact.forEach((scalar, i) => {
      const time = batch.decisionTimes[i];
      if (scalar.decisionTime !== null && !Number.isNaN(time)) errors.push(Math.abs(time / scalar.decisionTime - 1));
      STROBES.forEach((strobe, s) => {
        const found = readingFrom(batch.readings[i * STROBES.length + s]);
        if (found === scalar.readings[s]) return;
        if (found === -scalar.readings[s]) signs++;
        if (Math.abs((scalar.decisionTime ?? Number.NaN) / strobe - 1) < 1e-3) ties++;
        else others++;
      });
    });
    errors.sort((a, b) => a - b);
    const percent = (q) =>
      `${(100 * errors[Math.min(errors.length - 1, Math.floor(q * errors.length))]).toPrecision(2)} %`;
    const within = (100 * errors.filter((e) => e <= 1e-3).length) / errors.length;
    console.log(
      `${technology.name} ${supply} V, ${tolerance} V: crossing error median ${percent(0.5)}, 95th ${percent(0.95)}, largest ${percent(1)}, ` +
        `within 0.1 %: ${within.toFixed(2)} %; of ${samples * STROBES.length} outcomes ${ties} differ with the crossing within 1e-3 of the strobe, ` +
        `${others} elsewhere (${signs} of the other sign); ${batch.failures.length} failed; ${((user + system) / samples).toFixed(1)} us CPU a read`,
    );
  }
}
