import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { inFolder } from "../run-rramlab.ts";

const { place, rramlab, scripted } = inFolder();
const at = (...names: string[]): string => join(place.folder, ...names);
const bytes = (...names: string[]): Buffer => readFileSync(at(...names));
const RUN = ["sense-errors", "--grid", "supply=0.8V,0.9V"];
const run = async (out: string, trials: number, ...more: string[]) => {
  const ended = await rramlab("run", ...RUN, "--trials", String(trials), "--out", out, ...more);
  expect([ended.status, ended.status === 0 ? "" : ended.stderr]).toEqual([0, ""]);
  return ended;
};
const results = (out: string): Buffer[] => ["results.csv", "results.parquet"].map((name) => bytes(out, name));
const shardTimes = (out: string): Map<string, string> =>
  new Map(readdirSync(at(out, "shards")).map((name) => [name, bytes(out, "shards", name).toString("latin1")]));

describe("a finished run that is given more trials", () => {
  test("gives the bytes of a fresh run of so many, keeps its whole shards, and names the plan it grew from", async () => {
    await run("grown", 120);
    const before = JSON.parse(bytes("grown", "plan.json").toString());
    expect((await rramlab("resume", "grown", "--trials", "230")).status).toBe(0);
    await run("fresh", 230);
    expect(results("grown")).toEqual(results("fresh"));
    const plan = JSON.parse(bytes("grown", "plan.json").toString());
    expect(plan.grownFrom).toEqual({ digest: before.digest, trials: 120 });
    expect(plan.stopping).toEqual({ kind: "trials", trials: 230 });
    // But for the digest of their plan, shards are the same.
    const sums = (out: string): string[] =>
      [...shardTimes(out).values()].map((text) => text.split("\n").slice(1, -2).join("\n"));
    expect(sums("grown")).toEqual(sums("fresh"));
  });
  test("computes only what is new: whole blocks stay, a cut one does not", async () => {
    await run("counted", 130);
    const seen = scripted(`const answer = [];
      await lab.resume("counted", { trials: 230, workers: 1, onProgress: (progress) => answer.push(progress) });`);
    // Blocks of 50: two of the three that there were of each point are whole.
    expect((seen as object[])[0]).toEqual({ phase: "running", done: 4, total: 10 });
  });
  test("by run too, into its folder, where all else is the same; another run there is refused", async () => {
    const { stderr } = await run("grown", 300);
    expect(stderr).toContain("it grows");
    await run("fresh300", 300);
    expect(results("grown")).toEqual(results("fresh300"));
    const other = await rramlab("run", "sense-errors", "--grid", "supply=0.8V", "--trials", "400", "--out", "grown");
    expect([other.status, other.stderr]).toEqual([2, expect.stringContaining("already holds a run")]);
  });
  test("takes no shard of it that is damaged, nor needs one that is gone", async () => {
    await run("hurt", 120);
    const [first, second] = readdirSync(at("hurt", "shards"));
    rmSync(at("hurt", "shards", first));
    writeFileSync(at("hurt", "shards", second), bytes("hurt", "shards", second).subarray(0, 90));
    expect((await rramlab("resume", "hurt", "--trials", "230")).status).toBe(0);
    expect(results("hurt")).toEqual(results("fresh"));
  });
  test("with every trial's row, or arrays, computes them all again: the rows are those of a fresh run", async () => {
    await run("rows", 60, "--keep-trials");
    expect((await rramlab("resume", "rows", "--trials", "90")).status).toBe(0);
    await run("rows90", 90, "--keep-trials");
    expect(bytes("rows", "trials.csv")).toEqual(bytes("rows90", "trials.csv"));
  });
  test("keeps what was prepared", async () => {
    const small = ["--set", "seeds=1", "--set", "epochs=1", "--set", "widths=784-8-10", "--grid", "rate=0.1,0.3"];
    const network = async (trials: string, out: string) =>
      rramlab("run", "accuracy-versus-errors", ...small, "--trials", trials, "--out", out);
    expect((await network("2", "network")).status).toBe(0);
    const parts = readdirSync(at("network", "parts"));
    expect((await rramlab("resume", "network", "--trials", "3")).status).toBe(0);
    expect((await network("3", "network3")).status).toBe(0);
    expect(readdirSync(at("network", "parts"))).toEqual(parts);
    expect(results("network")).toEqual(results("network3"));
    expect(existsSync(at("network", "report.html"))).toBe(true);
  });
  test.each([
    ["fewer trials than it has", ["resume", "grown", "--trials", "20"], "would take some away"],
    ["no number of trials", ["resume", "grown", "--trials", "many"], "--trials many: expected a whole number"],
    ["a folder without a run", ["resume", "nothing", "--trials", "20"], "holds no run"],
  ])("is refused %s", async (_what, args, words) => {
    const { status, stderr } = await rramlab(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
  test("stops on a precision: it goes on by itself, and takes no number", async () => {
    await run("precise", 400, "--precision", "senseEnergy=20%");
    const { status, stderr } = await rramlab("resume", "precise", "--trials", "800");
    expect([status, stderr]).toEqual([2, expect.stringContaining("stops on a precision")]);
  });
});
