import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { index, inFolder, main } from "../run-rramlab.ts";
import { type Cluster, eventually, slurmMissing, startCluster } from "./slurm-cluster.ts";

const { place, rramlab, json } = inFolder();

/**
 * Trials that take a while, 40 ms each, four to a shard; on node n2 they wait as long as a file called "held" is beside them, so
 * that there is a middle to be killed in, however slow the machine.
 */
const slowCoin = `import { existsSync } from "node:fs";
import { defineExperiment, normal, uniform } from ${JSON.stringify(index)};
const until = (end) => { while (performance.now() < end); };
const held = new URL("./held", import.meta.url);
const wait = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
export const coin = defineExperiment({ name: "slow-coin", summary: "A slow coin.", module: import.meta.url,
  parameters: { bias: { kind: "quantity", unit: "1", default: 0.5, min: 0, max: 1, says: "chance of heads", source: "chosen" } },
  axes: ["bias"], grid: () => [{ bias: [0.2, 0.5] }], trials: 96, block: 4,
  numbers: { heads: { kind: "rate", says: "heads" }, height: { kind: "mean", unit: "m", says: "height", quantiles: [0.5] } },
  trial: (_context, { bias }, key) => {
    while (process.env.SLURMD_NODENAME === "n2" && existsSync(held)) wait();
    until(performance.now() + 40);
    return { numbers: { heads: uniform(key) < bias ? 1 : 0, height: Math.exp(normal(key, 1)) } };
  } });`;

const shards = (run: string): string[] => readdirSync(join(place.folder, run, "shards")).sort();
const bytes = (...path: string[]): string => readFileSync(join(place.folder, ...path)).toString("base64");

const missing = slurmMissing();
if (missing) process.stderr.write(`skipped: tests of a real Slurm (${missing})\n`);

beforeAll(() => writeFileSync(join(place.folder, "coin.mjs"), slowCoin));

(missing ? describe.skip : describe)("on a real Slurm of three nodes", () => {
  let cluster: Cluster;
  beforeAll(() => {
    cluster = startCluster(mkdtempSync(join(tmpdir(), "rramlab-slurm-")), 3);
  });
  afterAll(() => cluster.stop());

  test("an array job whose node is cut off in the middle gives the bytes of a local run", async () => {
    const log: string[] = [];
    const began = performance.now();
    const note = (text: string): void => {
      log.push(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);
    };
    expect((await rramlab("run", "coin.mjs", "--workers", "2", "--out", "local")).status).toBe(0);
    await rramlab("plan", "coin.mjs", "--out", "cluster");
    writeFileSync(join(place.folder, "held"), "");
    const submit = spawn(
      process.execPath,
      [main, "submit", "cluster", "--engine", "slurm", "--task-minutes", "0.02", "--follow", "--json"],
      { cwd: place.folder, env: { ...process.env, ...cluster.environment } },
    );
    let stderr = "";
    submit.stderr.on("data", (text) => {
      stderr += text;
    });
    const ended = new Promise<number | null>((resolve) => submit.once("exit", resolve));
    const look = async <T>(ask: () => T | null): Promise<T> => {
      for (;;) {
        const answer = ask();
        if (answer !== null) return answer;
        await new Promise((r) => setTimeout(r, 50));
      }
    };
    const job = await look(() => /job (\d+): (\d+) tasks/.exec(stderr));
    note(`array job ${job[1]}, ${job[2]} tasks on three nodes`);
    expect(Number(job[2])).toBeGreaterThan(5);
    const taskOn = (node: string): string | null => {
      const lines = cluster.slurm("squeue", "--noheader", "--array", "--states=RUNNING", "--format=%i %N").split("\n");
      return lines.find((line) => line.endsWith(` ${node}`))?.split(" ")[0] ?? null;
    };
    // A task that Slurm calls running may not have begun yet: it has where its shell and the program are there.
    const task = await look(() => (cluster.processes("n2").length >= 3 ? taskOn("n2") : null));
    const killed = cluster.killNode("n2");
    rmSync(join(place.folder, "held"));
    note(`killed n2 in the middle of task ${task}: ${killed} processes; ${shards("cluster").length} shards are there`);
    expect(killed).toBeGreaterThanOrEqual(3);
    const restarts = (): number => {
      const [, count] = /Restarts=(\d+)/.exec(cluster.slurm("scontrol", "show", "job", task)) ?? [];
      return Number(count);
    };
    eventually("the requeue of the lost task", 1500, () => (restarts() > 0 ? true : null));
    note(`task ${task} is requeued, n2 is ${cluster.slurm("sinfo", "--noheader", "--nodes=n2", "--format=%T")}`);
    cluster.startNode("n2");
    // Slurm waits two minutes before it starts a requeued task; an operator may say "now".
    cluster.slurm("scontrol", "update", `JobId=${task}`, "StartTime=now");
    expect(await ended).toBe(0);
    note(`all ${shards("cluster").length} shards are there, merged`);
    expect(shards("cluster")).toEqual(shards("local"));
    for (const name of shards("local")) expect(bytes("cluster", "shards", name)).toBe(bytes("local", "shards", name));
    for (const name of ["results.csv", "results.parquet"]) expect(bytes("cluster", name)).toBe(bytes("local", name));
    note("shards, results.csv and results.parquet are those of the local run, byte for byte");
    process.stderr.write(`${log.join("\n")}\n`);
  });

  test("rounds to a precision are submitted one after another and stop where a local run stops", async () => {
    const asked = ["coin.mjs", "--precision", "heads=25%", "--trials", "600"];
    expect((await rramlab("run", ...asked, "--out", "local-precise")).status).toBe(0);
    await rramlab("plan", ...asked, "--out", "precise");
    const { status, stderr } = spawnSync(process.execPath, [main, "submit", "precise", "--follow", "--json"], {
      cwd: place.folder,
      encoding: "utf8",
      env: { ...process.env, ...cluster.environment },
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining("tasks for")]);
    expect(stderr.match(/tasks for/g)?.length).toBeGreaterThanOrEqual(2);
    expect(bytes("precise", "results.csv")).toBe(bytes("local-precise", "results.csv"));
    expect(shards("precise")).toEqual(shards("local-precise"));
  });

  test("a refused submission says what Slurm said and loses nothing", async () => {
    await rramlab("plan", "coin.mjs", "--out", "refused");
    const { status, stderr } = spawnSync(process.execPath, [main, "submit", "refused", "--partition", "nowhere"], {
      cwd: place.folder,
      encoding: "utf8",
      env: { ...process.env, ...cluster.environment },
    });
    expect(status).toBe(1);
    expect(stderr).toContain("sbatch refused");
    expect(stderr).toContain("nowhere");
    expect(shards("refused")).toHaveLength(2);
  });
});

test("without Slurm, submitting to it says how to get on, and nothing is computed", async () => {
  await rramlab("plan", "coin.mjs", "--out", "without");
  const { status, stderr } = spawnSync(process.execPath, [main, "submit", "without"], {
    cwd: place.folder,
    encoding: "utf8",
    env: { PATH: "/nowhere" },
  });
  expect(status).toBe(2);
  expect(stderr).toContain("sbatch is not on this machine's PATH");
  expect(stderr).toContain("--engine commands");
});

test("the commands of the engine for any shell compute what a local run computes", async () => {
  await rramlab("run", "coin.mjs", "--trials", "8", "--out", "here");
  await rramlab("plan", "coin.mjs", "--trials", "8", "--out", "it's there");
  const { commands } = await json("submit", "it's there", "--engine", "commands");
  expect(commands).toHaveLength(4);
  for (const command of [...commands].reverse())
    expect(spawnSync("sh", ["-c", command], { cwd: tmpdir() }).status).toBe(0);
  expect((await rramlab("merge", "it's there")).status).toBe(0);
  for (const file of ["results.csv", "results.parquet"]) expect(bytes("it's there", file)).toBe(bytes("here", file));
});
