// A whole array read cell by cell with transients: every synapse with its own devices and access transistors, every
// column with its own amplifier. node bench/chip.mjs [rows] [columns]
import {
  compileSenseAmplifier,
  fold,
  REFERENCE_SIZING,
  RRAM_SETS,
  readChip,
  rootKey,
  sampleChip,
  sky130,
  uniform,
} from "rramlab";
import { conditions } from "./measure.mjs";

const rows = Number(process.argv[2] ?? 1000);
const columns = Number(process.argv[3] ?? 1000);
const SEED = "bench chip";
for (const supply of [0.9, 1.2]) {
  const amplifier = compileSenseAmplifier({
    ...REFERENCE_SIZING,
    technology: sky130,
    corner: "tt",
    supply,
    temperature: 300.15,
  });
  const before = process.cpuUsage();
  const start = process.hrtime.bigint();
  const chip = sampleChip({ amplifier, rram: RRAM_SETS.reference, rows, columns, mismatch: 1 }, rootKey(SEED));
  const weightKey = fold(rootKey(SEED), "weights");
  const weights = Int8Array.from({ length: rows * columns }, (_, i) => Math.floor(3 * uniform(weightKey, i)) - 1);
  const { readings, failed } = readChip(chip, weights, [3e-9], 1e-3, fold(rootKey(SEED), "read"));
  const { user, system } = process.cpuUsage(before);
  const wall = Number(process.hrtime.bigint() - start) / 1e9;
  let wrong = 0;
  readings.forEach((r, i) => {
    if (r !== weights[i]) wrong++;
  });
  console.log(
    `sky130 tt ${supply} V, device set reference, strobe 3 ns: ${rows} x ${columns} synapses read in ${((user + system) / 1e6).toFixed(1)} s CPU (${wall.toFixed(1)} s wall), ` +
      `${((user + system) / rows / columns).toFixed(1)} us each; ${((100 * wrong) / readings.length).toPrecision(3)} % read wrong, ${failed} failed; seed "${SEED}", ${conditions()}`,
  );
}
