import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { fold, rootKey, uniform } from "#src/random/index";
import { index, inFolder, main } from "../experiments/run-rramlab.ts";

const { place, rramlab } = inFolder();
const KILLS = 100;

test("a run killed a hundred times at random and resumed has the bytes of one that was left alone", async () => {
  // A part, arrays, kept trials and rounds to a precision: everything a run writes. 3 ms a trial.
  writeFileSync(
    join(place.folder, "coin.mjs"),
    `import { defineExperiment, normal, uniform } from ${JSON.stringify(index)};
const until = (end) => { while (performance.now() < end); };
export const coin = defineExperiment({ name: "coin", summary: "A coin.", module: import.meta.url,
  parameters: { bias: { kind: "quantity", unit: "1", default: 0.5, min: 0, max: 1, says: "chance of heads", source: "chosen" } },
  axes: ["bias"], grid: () => [{ bias: [0.02, 0.2, 0.5] }], trials: 400, block: 10,
  numbers: { heads: { kind: "rate", says: "heads" }, height: { kind: "mean", unit: "m", says: "height", quantiles: [0.5] } },
  arrays: { pair: { unit: "1", says: "two draws", shape: [2] } },
  prepare: { edge: { uses: ["bias"], make: (p) => { until(performance.now() + 100); return Float64Array.of(p.bias); } } },
  trial: ({ edge }, _params, key) => { until(performance.now() + 3); const u = uniform(key);
    return u > 0.99 ? { failed: "edge" } : { numbers: { heads: u < edge[0] ? 1 : 0, height: Math.exp(normal(key, 1)) }, arrays: { pair: [u, uniform(key, 2)] } }; } });`,
  );
  const asked = ["coin.mjs", "--precision", "heads=10%", "--trials", "12800", "--keep-trials"];
  expect((await rramlab("run", ...asked, "--out", "alone")).status).toBe(0);
  await rramlab("plan", ...asked, "--out", "killed");
  const count = (folder: string): number =>
    existsSync(join(place.folder, "killed", folder)) ? readdirSync(join(place.folder, "killed", folder)).length : 0;
  const presentShards = (): string[] =>
    count("shards") > 0
      ? readdirSync(join(place.folder, "killed", "shards")).filter((name) => name.endsWith(".jsonl"))
      : [];
  const log: string[] = [];
  const key = fold(rootKey("hundred kills"), 0);
  const contents = new Map<string, string>();
  let kills = 0;
  let ends = 0;
  for (let sitting = 0; kills < KILLS && ends === 0; sitting++) {
    const child = spawn(process.execPath, [main, "resume", "killed", "--workers", "2"], {
      cwd: place.folder,
      stdio: "ignore",
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    // After so many new files, and a moment: a slow machine is killed at the same places as a quick one.
    const written = (): number => count("shards") + count("parts") + count("rounds") + count("trials");
    const enough = written() + 1 + Math.floor(12 * uniform(key, sitting));
    while (child.exitCode === null && written() < enough) await new Promise((resolve) => setTimeout(resolve, 2));
    await new Promise((resolve) => setTimeout(resolve, 20 * uniform(fold(key, 1), sitting)));
    child.kill("SIGKILL");
    const code = await ended;
    if (code === null) kills++;
    else {
      // It was done before the kill: everything after the shards is done once more.
      expect(code).toBe(0);
      ends++;
    }
    // Nothing that was written once is ever lost or changed.
    for (const name of presentShards()) {
      const text = readFileSync(join(place.folder, "killed", "shards", name), "utf8");
      if (contents.has(name)) expect(text).toBe(contents.get(name));
      contents.set(name, text);
    }
    expect([...contents.keys()].every((name) => existsSync(join(place.folder, "killed", "shards", name)))).toBe(true);
    if (sitting % 10 === 9 || kills === KILLS)
      log.push(
        `${String(kills).padStart(4)} kills, ${ends} ends: ${contents.size} shards, round ${1 + count("rounds")}, ${count("parts")} parts`,
      );
  }
  expect(kills).toBeGreaterThanOrEqual(0.6 * KILLS);
  expect(contents.size).toBeGreaterThan(2 * kills);
  expect((await rramlab("resume", "killed")).status).toBe(0);
  const files = (run: string): string[] =>
    readdirSync(join(place.folder, run), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(jsonl?|csv|parquet|npy)$/.test(name) && !name.endsWith("manifest.json"))
      .sort();
  expect(files("killed")).toEqual(files("alone"));
  for (const name of files("alone"))
    expect([name, readFileSync(join(place.folder, "killed", name)).toString("base64")]).toEqual([
      name,
      readFileSync(join(place.folder, "alone", name)).toString("base64"),
    ]);
  const left = readdirSync(join(place.folder, "killed"), { recursive: true, encoding: "utf8" });
  expect(left.filter((name) => name.endsWith(".tmp"))).toEqual([]);
  log.push(`${files("alone").length} files (shards, rounds, parts, trials, arrays, results) are equal, byte for byte`);
  process.stderr.write(`${log.join("\n")}\n`);
});
