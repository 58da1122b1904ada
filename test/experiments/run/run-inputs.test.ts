import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Table, Values } from "#src/montecarlo/index";
import { defaultsOf } from "#src/montecarlo/parameter";
import { expectDataSets } from "../../../experiments/files/data-sets.ts";
import { loadStudy, studyNames } from "../../../experiments/registry.ts";
import { index, inFolder } from "../run-rramlab.ts";

const { place, rramlab, json } = inFolder();
const at = (...names: string[]): string => join(place.folder, ...names);
const read = (...names: string[]): string => readFileSync(at(...names), "utf8");

/** Images of 2 x 2 pixels whose class is their brighter half. */
const COUNT = 60;
const idx = (values: readonly number[], ...shape: number[]): Buffer => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x800 + shape.length);
  shape.forEach((n, i) => {
    header.writeUInt32BE(n, 4 + 4 * i);
  });
  return Buffer.concat([header, Buffer.from(values)]);
};
const pixels = Array.from({ length: COUNT }, (_, i) =>
  i % 2 ? [200 - i, 190, i, 20] : [10, i, 180 + (i % 7), 200],
).flat();
const labels = (turn: number): number[] => Array.from({ length: COUNT }, (_, i) => (i + turn) % 2);
const FILES = { "train-images-idx3-ubyte": pixels, "t10k-images-idx3-ubyte": pixels };
const writeData = (folder: string, turn: number): void => {
  mkdirSync(at(folder), { recursive: true });
  for (const [name, values] of Object.entries(FILES)) writeFileSync(at(folder, name), idx(values, COUNT, 2, 2));
  for (const name of ["train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"])
    writeFileSync(at(folder, name), idx(labels(turn), COUNT));
};

describe("the data set belongs to the plan", () => {
  const asked = ["network-accuracy", "--data", "digits", "--set", "widths=4-6-2", "--set", "epochs=2"];
  const loseShards = (): void => {
    for (const name of readdirSync(at("kept", "shards")).slice(1)) rmSync(at("kept", "shards", name));
  };
  let results = "";
  beforeAll(async () => {
    writeData("digits", 0);
    const { status, stderr } = await rramlab("run", ...asked, "--set", "seeds=3", "--out", "kept");
    expect([status, stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    results = read("kept", "results.csv");
  });

  test("which holds its name, counts and digest", () => {
    const { dataSets } = JSON.parse(read("kept", "plan.json"));
    expect(dataSets).toEqual([
      {
        ...{ asked: "digits", name: "IDX files in digits (not the official MNIST bytes)" },
        ...{ train: COUNT, test: COUNT, pixels: 4, classes: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    ]);
  });

  test("report and merge need the run folder alone", async () => {
    renameSync(at("digits"), at("elsewhere"));
    rmSync(at("kept", "report.html"));
    for (const command of ["report", "merge", "resume"]) {
      const { status, stderr } = await rramlab(command, "kept");
      expect([command, status, stderr]).toEqual([command, 0, ""]);
      expect(read("kept", "results.csv")).toBe(results);
    }
    expect(read("kept", "report.html")).toContain(`tested on ${COUNT} of IDX files in digits`);
    loseShards();
    const { status, stderr } = await rramlab("resume", "kept");
    expect([status, stderr]).toEqual([2, expect.stringMatching(/the folder digits is not there/)]);
    renameSync(at("elsewhere"), at("digits"));
    expect((await rramlab("resume", "kept")).status).toBe(0);
    expect(read("kept", "results.csv")).toBe(results);
  });

  test("other bytes are refused by every verb that computes, with what to do, and nothing is lost", async () => {
    loseShards();
    const there = readdirSync(at("kept", "shards"));
    writeData("digits", 1);
    for (const command of [
      ["resume", "kept"],
      ["resume", "kept", "--workers", "1"],
      ["shard", "kept", "--index", "3"],
    ]) {
      const { status, stderr } = await rramlab(...command);
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(
          /data: "digits" is not what this run began with \(IDX.*60 \+ 60 images, sha256 \w{12}; now .*Put the earlier files back/,
        ),
      ]);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    }
    expect(readdirSync(at("kept", "shards"))).toEqual(there);
    expect(read("kept", "results.csv")).toBe(results);
    // A new run of the same names is another run.
    await json("run", ...asked, "--set", "seeds=1", "--out", "turned");
    expect(JSON.parse(read("turned", "plan.json")).dataSets[0].sha256).not.toBe(
      JSON.parse(read("kept", "plan.json")).dataSets[0].sha256,
    );
  });

  test("what else lies in the folder is nobody's business", async () => {
    symlinkSync("nowhere", at("digits", "broken"));
    writeData("digits", 0);
    expect((await rramlab("data", "verify", "digits")).status).toBe(0);
    expect((await rramlab("plan", ...asked, "--set", "seeds=1", "--out", "beside")).status).toBe(0);
    rmSync(at("digits", "broken"));
  });

  test("the same bytes are welcome back, packed or not", async () => {
    writeData("digits", 0);
    for (const name of readdirSync(at("digits"))) {
      writeFileSync(at("digits", `${name}.gz`), gzipSync(readFileSync(at("digits", name))));
      rmSync(at("digits", name));
    }
    expect((await rramlab("resume", "kept")).status).toBe(0);
    expect(read("kept", "results.csv")).toBe(results);
  });
});

describe("what is drawn and said of a run asks for no data", () => {
  const record = { asked: "nowhere", name: "gone", train: 60, test: 60, pixels: 784, classes: 10, sha256: "0" };
  const cell = { estimate: 0.5, low: 0.4, high: 0.6, trials: 4, events: 2, deviation: 0.1, quantiles: [] };
  test.each(studyNames())("%s", async (name) => {
    const study = await loadStudy(name);
    if (!study) throw new Error(name);
    const marked = Object.entries(study.parameters).filter(([, p]) => p.kind === "text" && p.names === "data set");
    expect([name, "data" in study.parameters]).toEqual([name, marked.length === 1]);
    const params: Values = { ...defaultsOf(study.parameters), data: "nowhere" };
    const numbers = Object.fromEntries(Object.keys(study.numbers).map((n) => [n, cell]));
    const row = (point: Values) => ({
      point,
      at: { ...params, ...point },
      trials: 4,
      failed: 0,
      reasons: [],
      facts: [],
      numbers,
    });
    expectDataSets([record]);
    // A made-up table is not what a study draws, and some refuse it; none may look for the data.
    for (const axis of study.axes) {
      const points = [1, 2].map((k) => ({
        [axis]: typeof params[axis] === "number" ? Number(params[axis]) * k : params[axis],
      }));
      const table: Table = { axes: [axis], numbers: study.numbers, rows: points.map(row) };
      for (const say of [
        () =>
          study.notes?.(
            params,
            points.map((p) => ({ ...params, ...p })),
          ),
        () => study.figures?.(table, params, () => ({})),
        () => study.conclude?.(table, params),
      ])
        try {
          say();
        } catch (error) {
          expect((error as Error).message).not.toMatch(/data: /);
        }
    }
    expectDataSets([]);
  });
});

describe("what else a run was begun with", () => {
  const module = (more: string): string => `import { defineExperiment, uniform } from ${JSON.stringify(index)};
import { heads } from "./heads.mjs";
export const coin = defineExperiment({ name: "coin", summary: "A coin.", module: import.meta.url, parameters: {}, axes: [],
  trials: 20, block: 5, numbers: { heads: { kind: "rate", says: "heads" } }, trial: (_c, _p, key) => ({ numbers: { heads: heads(uniform(key)) } }) });${more}`;

  test("a file that the user's module imports is part of its code", async () => {
    // Words in a comment that look like an import, of a folder here, are none.
    mkdirSync(at("helpers"));
    writeFileSync(at("coin.mjs"), module('// Numbers come from "./helpers"'));
    writeFileSync(at("heads.mjs"), 'export { heads } from "./deep.mjs";');
    writeFileSync(at("deep.mjs"), "export const heads = (u) => (u < 0.5 ? 1 : 0);");
    await json("plan", "coin.mjs", "--out", "coin");
    writeFileSync(at("deep.mjs"), "export const heads = (u) => (u < 0.6 ? 1 : 0);");
    const { status, stderr } = await rramlab("resume", "coin");
    expect([status, stderr]).toEqual([2, expect.stringContaining("begun by other code")]);
    writeFileSync(at("deep.mjs"), "export const heads = (u) => (u < 0.5 ? 1 : 0);");
    expect((await rramlab("resume", "coin")).status).toBe(0);
  });

  test("another engine is told, by name where its functions give other digits", async () => {
    const forge = (change: (plan: Record<string, unknown>) => void): void => {
      const { digest: _digest, begunOn: _begun, ...plan } = JSON.parse(read("coin", "plan.json"));
      change(plan);
      const digest = createHash("sha256").update(JSON.stringify(plan)).digest("hex");
      const begunOn = { node: "v99.1.0", v8: "99.1", architecture: process.arch };
      mkdirSync(at("forged"), { recursive: true });
      writeFileSync(at("forged", "plan.json"), JSON.stringify({ ...plan, digest, begunOn }));
    };
    forge(() => {});
    const same = await rramlab("resume", "forged");
    expect([same.status, same.stderr]).toEqual([
      0,
      expect.stringMatching(
        /^rramlab: the run began on Node v99\.1\.0 \(\w+\) and goes on on Node v.*agree to the last digit/,
      ),
    ]);
    rmSync(at("forged"), { recursive: true });
    forge(({ arithmetic }) => Object.assign(arithmetic as object, { log1p: "0", sinh: "1" }));
    const other = await rramlab("resume", "forged");
    expect([other.status, other.stderr]).toEqual([
      0,
      expect.stringMatching(/whose log1p, sinh give other last digits than Node v/),
    ]);
    expect((await rramlab("resume", "coin", "--module", "coin.mjs")).stderr).toBe("");
  });
});
