// The device sets measured-c and measured-a: what `rramlab fit` makes of A. Levy's data. C first: A borrows what its own files do not tell.
// node scripts/make-measured-sets.mjs MEASURED [--check] [measured-c] [measured-a], MEASURED a folder with the files as published (.csv or .csv.xz);
// --check: print, write nothing, and say whether the sets that come with the program are these (exit code 1: they are not).
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { RRAM_SETS } from "rramlab";

const root = fileURLToPath(new URL("../", import.meta.url));
const [folder, ...words] = process.argv.slice(2);
const checks = words.includes("--check");
const chosen = words.filter((word) => word !== "--check");
const file = (name) => [".csv.xz", ".csv"].map((end) => join(folder, name + end)).find((path) => existsSync(path));
const DATA =
  "github.com/akashlevy/RRAM-Relaxation-Master-Model (MIT licence, copyright 2021 Akash Levy), digits cut to five";
const SETS = {
  "measured-c": {
    constant: "MEASURED_C",
    technology: "technology C",
    files: ["techc-relaxation"],
    flags: ["--low", "31", "--high", "1"],
  },
  "measured-a": {
    constant: "MEASURED_A",
    technology: "technology A",
    files: ["techa-bake", "techa-time-series"],
    flags: ["--rate", "400", "--low", "210..240 uS", "--high", "5..15 uS", "--temperatures", "100..180 degC"],
  },
};
const out = mkdtempSync(join(tmpdir(), "rramlab-sets-"));
for (const [name, { constant, technology, files, flags }] of Object.entries(SETS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const made = join(out, `${name}.json`);
  const program = join(root, "dist/experiments/command-line/main.js");
  const args = ["fit", ...files.map((one) => basename(file(one))), ...flags, "--name", name, "--out", made];
  const text = execFileSync(process.execPath, [program, ...args], { cwd: folder, encoding: "utf8" });
  console.log(text.replace(/\nDevice: [\s\S]*$/, ""));
  const device = JSON.parse(readFileSync(made, "utf8"));
  const source = `${technology} of ${DATA}: ${device.source}`;
  device.source = source;
  device.relaxation.source = source;
  if (checks) {
    const same = JSON.stringify(device) === JSON.stringify(RRAM_SETS[name]);
    console.log(`The set "${name}" that comes with the program is ${same ? "this one" : "ANOTHER one"}.\n`);
    if (!same) process.exitCode = 1;
    continue;
  }
  const lines = [
    'import type { RramParams } from "../params.ts";',
    "",
    `/** ${technology[0].toUpperCase()}${technology.slice(1)} of A. Levy's measurements (RRAM-Relaxation-Master-Model, MIT), as \`node scripts/make-measured-sets.mjs\` fitted it. */`,
    `export const ${constant}: RramParams = ${JSON.stringify(device, null, 2)};`,
    "",
  ];
  const target = join(root, `devices/rram/measured/${name}.ts`);
  writeFileSync(target, lines.join("\n"));
  execFileSync(process.execPath, [join(root, "node_modules/@biomejs/biome/bin/biome"), "check", "--write", target]);
}
rmSync(out, { recursive: true, force: true });
