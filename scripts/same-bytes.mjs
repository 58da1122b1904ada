// Runs studies in small under this Node and another one and compares every byte of plan digest, parts, shards and results:
// node scripts/same-bytes.mjs PATH_OF_THE_OTHER_NODE. Ends with exit code 1 where any differs.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wordsOf } from "./published-page.mjs";

const program = fileURLToPath(new URL("../dist/experiments/command-line/main.js", import.meta.url));
const other = process.argv[2];
if (!other) {
  console.error("node scripts/same-bytes.mjs PATH_OF_THE_OTHER_NODE");
  process.exit(2);
}
const STUDIES = [
  "ternary-versus-binary --set seeds=1 --set epochs=1 --set samples=40 --set widths=784-16-10 --trials 2",
  "sense-errors --trials 200 --grid supply=0.8V,1V --grid temperature=253.15,358.15 --set activationEnergyHrs=0.1eV",
  'sense-errors --trials 100 --vary supply=loguniform(0.8V,1.1V) --vary "temperature=normal(300 K, 9 K)"',
  "gdu --quick --set widths=784-20-10",
  "write-disturb --grid access=V/2,1T1R --set size=4 --trials 2",
  "analog-versus-digital --set seeds=1 --set epochs=1 --set images=100 --trials 1 --grid converterBits=4",
];

const compared = (name) => /\.(jsonl?|csv|parquet|npy)$/.test(name) && name !== "manifest.json" && name !== "plan.json";
const filesOf = (folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(compared).sort();
const digestOf = (folder) => JSON.parse(readFileSync(join(folder, "plan.json"), "utf8")).digest;

const place = mkdtempSync(join(tmpdir(), "rramlab-bytes-"));
const versions = [process.execPath, other].map((node) =>
  execFileSync(node, ["--version"], { encoding: "utf8" }).trim(),
);
let differing = 0;
STUDIES.forEach((study, i) => {
  const folders = [process.execPath, other].map((node, k) => {
    const folder = join(place, `${i}-${k}`);
    execFileSync(node, [program, "run", ...wordsOf(study), "--out", folder], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    return folder;
  });
  const [names, others] = folders.map(filesOf);
  const bytes = (folder, name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "hex") : null);
  const unlike = [...new Set([...names, ...others])].filter((n) => bytes(folders[0], n) !== bytes(folders[1], n));
  const same = unlike.length === 0 && digestOf(folders[0]) === digestOf(folders[1]);
  if (!same) differing++;
  console.log(
    `${same ? "same bytes" : "DIFFERENT "}  ${names.length} files  ${study}${same ? "" : `: ${unlike.join(", ")}`}`,
  );
});
rmSync(place, { recursive: true, force: true });
console.log(
  `${STUDIES.length - differing} of ${STUDIES.length} studies give the same bytes under Node ${versions.join(" and ")}`,
);
process.exitCode = differing === 0 ? 0 : 1;
