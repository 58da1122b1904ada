// Two workers of one run against two independent processes that each do a whole run, interleaved: what the machine itself
// gives for a second process is the peer. Beside it, what a shard costs that has nothing to compute, and a large run.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { conditions, median } from "./measure.mjs";

const ROUNDS = 5;
const main = fileURLToPath(new URL("../dist/experiments/command-line/main.js", import.meta.url));
const index = new URL("../dist/index.js", import.meta.url).href;

/** A command of the program: wall time [s] and the largest resident memory [MiB]. */
const rramlab = (folder, ...args) =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: "ignore" });
    let memory = 0;
    const look = setInterval(() => {
      try {
        const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
        memory = Math.max(memory, Number(kib) / 1024);
      } catch {
        // Not on Linux, or it has just ended.
      }
    }, 50);
    child.once("exit", (code) => {
      clearInterval(look);
      if (code === 0) resolve({ seconds: (performance.now() - began) / 1000, memory });
      else reject(new Error(`rramlab ${args.join(" ")}: exit code ${code}`));
    });
  });

const NOTHING = `import { defineExperiment, uniform } from ${JSON.stringify(index)};
export const nothing = defineExperiment({ name: "nothing", summary: "A coin.", module: import.meta.url, parameters: {}, axes: [],
  trials: 4000, block: 1, numbers: { heads: { kind: "rate", says: "heads" }, place: { kind: "mean", unit: "1", says: "a number", quantiles: [0.5, 0.99] } },
  trial: (_context, _params, key) => { const u = uniform(key); return { numbers: { heads: u < 0.01 ? 1 : 0, place: u } }; } });`;

export default async () => {
  const folder = mkdtempSync(join(tmpdir(), "rramlab-bench-"));
  let out = 0;
  const job = (workers) =>
    rramlab(folder, "run", "sense-errors", "--trials", "20000", "--workers", String(workers), "--out", `r${out++}`);
  try {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const one = await job(1);
      const two = await job(2);
      const began = performance.now();
      await Promise.all([job(1), job(1)]);
      const both = (performance.now() - began) / 1000;
      rounds.push({
        one: one.seconds,
        two: two.seconds,
        both,
        gain: one.seconds / two.seconds,
        machine: (2 * one.seconds) / both,
      });
    }
    console.log("round  1 worker  2 workers  gain   two processes  gain   ratio");
    rounds.forEach(({ one, two, both, gain, machine }, i) => {
      console.log(
        `${String(i + 1).padStart(5)}  ${one.toFixed(2).padStart(6)} s  ${two.toFixed(2).padStart(7)} s  ${gain.toFixed(2)}  ${both.toFixed(2).padStart(11)} s  ${machine.toFixed(2)}  ${(gain / machine).toFixed(2).padStart(6)}`,
      );
    });
    writeFileSync(join(folder, "nothing.mjs"), NOTHING);
    const idle = await rramlab(folder, "run", "nothing.mjs", "--trials", "1", "--workers", "1", "--out", "one-shard");
    const empty = await rramlab(folder, "run", "nothing.mjs", "--workers", "1", "--out", "shards");
    const shards = readdirSync(join(folder, "shards", "shards")).length;
    const overhead = (empty.seconds - idle.seconds) / (shards - 1);
    console.log(
      `overhead: ${(1e3 * overhead).toFixed(2)} ms a shard (${shards} shards of one trial that draws one number)`,
    );
    const many = await rramlab(folder, "run", "nothing.mjs", "--trials", "10000000", "--out", "many");
    const merge = await rramlab(folder, "merge", "many");
    console.log(
      `1e7 trials: ${many.seconds.toFixed(1)} s, ${Math.round(many.memory - idle.memory)} MiB above a run of one trial; merging its ${readdirSync(join(folder, "many", "shards")).length} shards again ${merge.seconds.toFixed(1)} s`,
    );
    const ours = median(rounds.map((r) => r.gain));
    const peer = median(rounds.map((r) => r.machine));
    return {
      name: "workers",
      unit: "times as fast",
      ours: Number(ours.toPrecision(4)),
      peer: Number(peer.toPrecision(4)),
      ratio: Number(median(rounds.map((r) => r.gain / r.machine)).toPrecision(3)),
      runs: ROUNDS,
      conditions: `${conditions()}; wall time, peer: two independent processes`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
