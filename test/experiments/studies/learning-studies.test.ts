import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseCifar } from "#src/datasets/cifar";
import { type PartPlace, type Plan, partsOf } from "#src/montecarlo/index";
import { partPath, readPlan, readProgress, writeProgress } from "../../../experiments/files/run-folder.ts";
import { loadStudy } from "../../../experiments/registry.ts";
import { inFolder } from "../run-rramlab.ts";

describe("studies of learning, from the command line", () => {
  const { place, rramlab, json, killedIn } = inFolder();
  const csv = (name: string): Record<string, string>[] => {
    const [head, ...lines] = readFileSync(join(place.folder, name, "results.csv"), "utf8")
      .trim()
      .split("\n");
    const names = head.split(",");
    return lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i], cell])));
  };
  const SMALL = [
    ...[
      "run",
      "equilibrium-propagation",
      "--set",
      "widths=784-40-10",
      "--set",
      "images=1500",
      "--set",
      "testImages=500",
    ],
    ...["--set", "epochs=6", "--set", "seeds=2", "--set", "freeSteps=40", "--set", "nudgedSteps=20"],
  ];

  test("a training killed between two epochs goes on from the last whole one, and writes the same bytes", async () => {
    expect((await rramlab(...SMALL, "--workers", "1", "--out", "whole")).status).toBe(0);
    const parts = join(place.folder, "killed", "parts");
    const kept = (): string | undefined =>
      existsSync(parts) ? readdirSync(parts).find((name) => name.endsWith(".progress.json")) : undefined;
    await killedIn(() => kept() !== undefined, "killed", ...SMALL, "--workers", "1");
    const name = kept();
    expect(name).toBeDefined();
    // What a resumed run starts from is what lies there: a marked history must come back in the results.
    const study = await loadStudy("equilibrium-propagation");
    if (!study) throw new Error("no study");
    const placeIn = (run: string): { dir: string; plan: Plan; place: PartPlace } => {
      const dir = join(place.folder, run);
      const plan = readPlan(dir);
      const found = partsOf(plan, study).find((p) => partPath(dir, p).endsWith(`${name?.split(".")[0]}.json`));
      if (!found) throw new Error(`no part of ${run} is called ${name}`);
      return { dir, plan, place: found };
    };
    const { dir, plan, place: part } = placeIn("killed");
    const marked = readProgress(dir, plan, part) as { epochs: { accuracy: number }[] };
    expect(marked.epochs.length).toBeGreaterThanOrEqual(1);
    expect((await rramlab("resume", "killed", "--workers", "2")).status).toBe(0);
    const bytes = (of: string): Buffer => readFileSync(join(place.folder, of, "results.csv"));
    expect(bytes("killed").equals(bytes("whole"))).toBe(true);
    expect(readdirSync(parts).filter((n) => n.includes("progress"))).toEqual([]);
    marked.epochs[0].accuracy = 0.123;
    await rramlab("plan", ...SMALL.slice(1), "--out", "marked");
    const other = placeIn("marked");
    writeProgress(other.dir, other.plan, other.place, marked);
    expect((await rramlab("resume", "marked")).status).toBe(0);
    expect(csv("marked").some((row) => Number(row["accuracy"]) === 0.123)).toBe(true);
  });

  test("--quick is a study's own small version, and --set goes on from it", async () => {
    const { rows } = await json(
      "run",
      "ernoult-2019",
      "--quick",
      "--set",
      "images=600",
      "--set",
      "seeds=1",
      "--out",
      "quick",
    );
    expect(rows.map((r: { epoch: number }) => r.epoch)).toEqual([1, 2]);
    const params = JSON.parse(readFileSync(join(place.folder, "quick", "plan.json"), "utf8")).params;
    expect([params.images, params.testImages, params.seeds]).toEqual([600, 500, 1]);
    // Another network of the paper is read after as many epochs as it is trained for.
    const other = await json("plan", "ernoult-2019", "--set", "model=P-conv", "--set", "seeds=1", "--out", "other");
    expect(other.points).toBe(40);
    const both = await json("plan", "ernoult-2019", "--grid", "model=P-1h,P-conv", "--set", "seeds=1", "--out", "both");
    expect(both.points).toBe(30 + 40);
    expect((await rramlab("run", "ernoult-2019", "--set", "epoch=31", "--out", "late")).stderr).toMatch(
      /epoch: 31; P-1h is trained for 30/,
    );
    const none = await rramlab("run", "sense-errors", "--quick", "--out", "none");
    expect(none.status).toBe(2);
    expect(none.stderr).toContain("has no --quick version");
  });

  test("gdu finds the orders of the bias, and refuses what it cannot compare", async () => {
    const small = ["--quick", "--set", "widths=784-20-10", "--set", "freeSteps=60", "--set", "nudgedSteps=6"];
    const { rows } = await json(
      "run",
      "gdu",
      ...small,
      "--grid",
      "beta=0.01,0.02",
      "--grid",
      "estimator=one-sided,symmetric",
      "--out",
      "gdu",
    );
    const error = (estimator: string, beta: number): number =>
      rows.find((r: { estimator: string; beta: number }) => r.estimator === estimator && r.beta === beta).relativeError;
    expect(Math.log2(error("one-sided", 0.02) / error("one-sided", 0.01))).toBeCloseTo(1, 1);
    expect(Math.log2(error("symmetric", 0.02) / error("symmetric", 0.01))).toBeCloseTo(2, 1);
    const text = (await rramlab("report", "gdu")).stdout;
    const order = (estimator: string): number =>
      Number(new RegExp(`estimator ${estimator}, layer 2 +([\\d.]+)`).exec(text)?.[1]);
    expect(order("one-sided")).toBeCloseTo(1, 1);
    expect(order("symmetric")).toBeCloseTo(2, 1);
    const long = await rramlab("run", "gdu", "--quick", "--set", "freeSteps=5", "--out", "long");
    expect(long.status).toBe(2);
    expect(long.stderr).toMatch(/10 nudged steps against 5 free ones/);
    const none = await rramlab("run", "gdu", "--quick", "--set", "beta=0", "--out", "zero");
    expect(none.status).toBe(2);
    expect(none.stderr).toMatch(/beta: 0 is outside/);
  });

  test("ep-on-rram: every setting does what it says, for either method", async () => {
    const { rows } = await json(
      ...["run", "ep-on-rram", "--quick", "--out", "cells", "--set", "widths=784-24-10", "--set", "cycleToCycle=1"],
      ...["--grid", "method=equilibrium propagation,backpropagation", "--grid", "update=blind,write-verify"],
      ...["--grid", "readNoise=0,0.3", "--grid", "asymmetry=1,4"],
    );
    const of = (method: string, more: Readonly<Record<string, number | string>> = {}) => {
      const point = { method, update: "blind", readNoise: 0, asymmetry: 1, ...more };
      return rows.find((r: Record<string, unknown>) =>
        Object.entries(point).every(([name, value]) => r[name] === value),
      );
    };
    const [ep, bp] = ["equilibrium propagation", "backpropagation"];
    for (const method of [ep, bp]) {
      const ideal = of(method);
      expect(ideal.accuracy).toBeGreaterThan(0.7);
      expect(ideal.pulsesPerDevice).toBeGreaterThan(1);
      expect(ideal.mostPulses).toBeGreaterThan(ideal.pulsesPerDevice);
      expect(ideal.pulseEnergy).toBeGreaterThan(0);
      expect(of(method, { update: "write-verify" }).pulsesPerDevice).not.toBe(ideal.pulsesPerDevice);
      expect(of(method, { update: "write-verify" }).readEnergy).toBeGreaterThan(ideal.readEnergy);
      expect(of(method, { asymmetry: 4 }).accuracy).not.toBe(ideal.accuracy);
      // Learning reads forwards, in nudged phases or backwards; classifying only forwards.
      expect(ideal.inferenceEnergy).toBeGreaterThan(0);
      expect(ideal.inferenceEnergy).toBeLessThan(ideal.readEnergy);
    }
    expect(of(ep, { readNoise: 0.3 }).accuracy).toBeLessThan(of(ep).accuracy - 0.1);
    // A network that settles reads its upper layers at every step, one that does not once.
    expect(of(ep).inferenceEnergy).toBeGreaterThan(1.2 * of(bp).inferenceEnergy);
    expect(of(bp).unsettled).toBe(0);
    const bad = await rramlab("run", "ep-on-rram", "--quick", "--set", "lowResistance=2 Mohm", "--out", "bad");
    expect(bad.status).toBe(2);
    expect(bad.stderr).toMatch(/is not above lowResistance/);
  });

  test("ep-on-rram: the last column is what EP loses less what backpropagation loses", async () => {
    const flags = ["--set", "widths=784-16-10", "--set", "images=0"].slice(0, 2);
    const { stdout } = await rramlab(
      ...["run", "ep-on-rram", "--quick", ...flags, "--out", "column", "--grid", "cycleToCycle=0,4"],
      ...["--grid", "method=equilibrium propagation,backpropagation"],
    );
    const [base, noisy] = stdout
      .split("\n")
      .filter((line) => /^(conductance pairs, as set|cycleToCycle 4) {2}/.test(line))
      .slice(0, 2)
      .map((line) => line.split(/ {2,}/).slice(1).map(Number));
    expect(noisy).toHaveLength(3);
    expect(noisy[2]).toBeCloseTo(noisy[0] - base[0] - (noisy[1] - base[1]), 6);
    expect(Math.abs(noisy[2])).toBeGreaterThan(0.01);
  });

  test("ep-on-rram: a training that diverges is counted, and does not end the run", async () => {
    const { rows } = await json(
      ...[
        "run",
        "ep-on-rram",
        "--quick",
        "--out",
        "diverged",
        "--set",
        "widths=784-16-10",
        "--set",
        "cost=squared error (nudge outside)",
      ],
      ...[
        "--set",
        "nudgedSteps=60",
        "--set",
        "cells=conductance pairs",
        "--set",
        "method=equilibrium propagation",
        "--grid",
        "beta=0.5,30",
      ],
    );
    const failed = (beta: number): number => rows.find((r: { beta: number }) => r.beta === beta).failed;
    expect([failed(0.5), failed(30)]).toEqual([0, 1]);
  });

  test("a network of one's own is checked before anything is computed", async () => {
    const refused = async (setting: string): Promise<string> => {
      const { status, stderr } = await rramlab(
        "run",
        "equilibrium-propagation",
        "--quick",
        "--set",
        setting,
        "--out",
        "refused",
      );
      expect(status).toBe(2);
      return stderr;
    };
    expect(await refused("updates=every step")).toMatch(/set optimiser=descent/);
    expect(await refused("learningRates=fast")).toMatch(/"fast"; expected numbers apart by spaces/);
    expect(await refused("learningRates=1 2 3")).toMatch(/rates 1, 2, 3 for 2 layers/);
    expect(await refused("widths=784-10-5")).toMatch(/5 outputs for 10 classes/);
  });

  test("CIFAR-10's binary form is read from a folder, and a broken file told", async () => {
    const folder = join(place.folder, "cifar");
    mkdirSync(folder);
    const record = (label: number) => Buffer.concat([Buffer.of(label), Buffer.alloc(3072, label)]);
    for (const name of ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"])
      writeFileSync(join(folder, `${name}.bin`), Buffer.concat([record(3), record(7)]));
    const small = ["--set", "epochs=1", "--set", "seeds=1", "--set", "model=small-one-sided"];
    const { rows } = await json("run", "laborieux-2021", "--data", folder, ...small, "--out", "colour");
    expect(rows).toHaveLength(1);
    writeFileSync(join(folder, "data_batch_2.bin"), Buffer.alloc(100));
    const broken = await rramlab("run", "laborieux-2021", "--data", folder, ...small, "--out", "broken");
    expect(broken.status).toBe(2);
    expect(broken.stderr).toMatch(/data_batch_2\.bin: 100 bytes; expected records of 3073/);
    const digits = await rramlab("run", "laborieux-2021", ...small, "--out", "digits");
    expect(digits.status).toBe(2);
    expect(digits.stderr).toMatch(/takes images of 3 x 32 x 32, 3072 values; those of "mnist-10k" have 784/);
    expect(() => parseCifar(Buffer.concat([record(12)]), "x.bin")).toThrow(/record 1 has label 12/);
    const { images, labels } = parseCifar(Buffer.concat([record(3), record(7)]), "x.bin");
    expect(Array.from(labels)).toEqual([3, 7]);
    expect([images[0], images[3072], images[6143]]).toEqual([3, 7, 7]);
  });
});
