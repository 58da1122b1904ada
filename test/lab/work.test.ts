import { describe, expect, test } from "@jest/globals";
import { compileSenseAmplifier, readSamples, sampleKeys } from "#circuits/index";
import { designOf, deviceOf } from "#experiments/studies/sensing/sense-design";
import { fold, rootKey } from "#src/random/index";
import { growingSums, type Sums } from "../../lab/read/growing-rates.ts";
import { WEIGHT_ORDER } from "../../lab/read/nominal-at.ts";
import { remarksOn } from "../../lab/read/remarks.ts";
import { countsNear, rowsOf, type ShmooMap, SUPPLIES, shmooMap, shownError } from "../../lab/read/shmoo-grid.ts";
import { READ_DEFAULTS, START } from "../../lab/state/lab-parameters.ts";
import { networkCommand, readCommand } from "../../lab/state/run-command.ts";
import { STEPS, stateOfStep } from "../../lab/tour/steps.ts";
import { doTask } from "../../lab/work/do-task.ts";
import type { AnswerOf, Setting, Task } from "../../lab/work/task.ts";
import { inFolder } from "../experiments/run-rramlab.ts";

const setting = (params: Partial<Setting["params"]> = {}, seed = "lab"): Setting => ({
  params: { ...READ_DEFAULTS, ...params },
  device: null,
  seed,
});
const answer = <K extends Task["kind"]>(task: Extract<Task, { kind: K }>): AnswerOf<K> => {
  const told = doTask({ id: 1, task });
  if ("error" in told) throw new Error(told.error);
  return told.answer as AnswerOf<K>;
};
const { json } = inFolder();
const rowOf = async (...args: string[]) => (await json("run", ...args)).rows[0];

describe("what a worker counts", () => {
  const rates = (from: number, count: number) =>
    answer({ kind: "rates", setting: setting({ supply: 0.75 }), from, count });
  test("is what the command that is copied counts, number for number", async () => {
    const state = { ...START, read: { ...START.read, supply: 0.75 }, page: { ...START.page, seed: "lab" } };
    const [, , , ...words] = readCommand(state, 96).split(" ");
    const row = await rowOf(...words, "--out", "copied");
    const found = rates(0, 96);
    const { energies } = {
      energies: answer({ kind: "energies", setting: setting({ supply: 0.75 }), from: 0, count: 96 }),
    };
    for (const name of ["type1", "type2", "type3", "invalidSigned", "binaryFlip"]) {
      const tally = found[name];
      if (tally.kind !== "rate") throw new Error(name);
      expect([name, tally.events / tally.of]).toEqual([name, row[name]]);
      expect(energies[name]).toEqual(tally);
    }
    for (const name of ["repeatedEnergy", "prechargeEnergy", "senseEnergy"]) {
      const tally = energies[name];
      expect(tally.kind === "mean" && tally.moments.mean).toBeCloseTo(row[name], 25);
    }
    expect(row.type2).toBeGreaterThan(0.1);
  });
  test("adds up to the same in slices that come back in any order", () => {
    const seen: Sums[] = [];
    const source = growingSums(
      setting({ supply: 0.75 }),
      { kind: "rates", limit: 80, firstSlice: 8, levelAt: () => 0 },
      (sums) => seen.push(sums),
    );
    const jobs = [];
    while (source.level() !== null) jobs.push(source.take());
    for (const { task, done } of [...jobs].reverse()) done(answer(task as Extract<Task, { kind: "rates" }>), 0.01);
    // Nothing could be told before the first slice was there.
    expect(seen.map(({ samples }) => samples)).toEqual([80]);
    expect(seen[0].tallies).toEqual(rates(0, 80));
  });
  test("differs from seed to seed, and is refused in a sentence where a device is unknown", () => {
    const other = answer({ kind: "rates", setting: setting({ supply: 0.75 }, "other"), from: 0, count: 64 });
    expect(other).not.toEqual(rates(0, 64));
    expect(
      doTask({ id: 7, task: { kind: "rates", setting: setting({ device: "gone.json" }), from: 0, count: 1 } }),
    ).toEqual({
      id: 7,
      misuse: true,
      error: expect.stringContaining('"gone.json" is not one of strong, reference'),
    });
  });
});

describe("waveforms", () => {
  test("say at the strobe what the reads of the same samples say", () => {
    const params = { ...READ_DEFAULTS, supply: 0.75 };
    const { times, q, qb, count, nominal } = answer({ kind: "waveforms", setting: setting(params), samples: 24 });
    expect(count).toBe(72);
    // The drawn time nearest to a decision of some and not of others.
    const at = times.findIndex((t) => t >= 5e-9);
    const { reads } = readSamples(
      compileSenseAmplifier(designOf(params)),
      deviceOf(params),
      1,
      [times[at]],
      1e-3,
      sampleKeys(fold(rootKey("lab"), "trial"), 24),
    );
    const half = params.supply / 2;
    const readings = reads.map((_, i) => {
      const [left, right] = [q[i * times.length + at] < half, qb[i * times.length + at] < half];
      return left === right ? (left ? "invalid" : 0) : left ? 1 : -1;
    });
    expect(readings).toEqual(reads.map((read) => read.readings[0]));
    expect(new Set(readings).size).toBeGreaterThan(2);
    const last = (node: string, weight: (typeof WEIGHT_ORDER)[number]) =>
      nominal[node][(WEIGHT_ORDER.indexOf(weight) + 1) * times.length - 1];
    expect(last("q", "+1")).toBeLessThan(0.1 * half);
    expect(last("q", "-1")).toBeGreaterThan(1.8 * half);
  });
});

describe("the map", () => {
  test("is coarse first, then whole, and each cell holds the samples of its own point", () => {
    let map: ShmooMap | undefined;
    const source = shmooMap(setting(), "temperature", (next) => {
      map = next;
    });
    const first = [];
    while (source.level() === 2) first.push(source.take());
    expect(first.length).toBe(7 * 4);
    const { task, done } = first[9];
    if (task.kind !== "counts") throw new Error(task.kind);
    const counts = answer({ ...task, count: 4 });
    done(counts, 0.01);
    const column = SUPPLIES.indexOf(task.setting.params.supply);
    const row = rowsOf("temperature").indexOf(task.setting.params.temperature);
    expect(map?.cells[column][row]).toEqual(counts[0]);
    // Its neighbours are painted as it is until they have their own.
    expect(countsNear(map as ShmooMap, column + 1, row)).toEqual(counts[0]);
    const { signed, zero } = counts[0];
    expect([signed.of, zero.of]).toEqual([8, 4]);
    expect(shownError(counts[0], "type 3")).toBe(zero.signed / zero.of);
  });
});

describe("what is said beside a read", () => {
  const medians = { low: 10e3, high: 400e3 };
  test("is where the transistors' fits end, and what temperature does not do", () => {
    expect(remarksOn(READ_DEFAULTS, medians)).toEqual([]);
    expect(remarksOn({ ...READ_DEFAULTS, supply: 0.5, temperature: 358.15 }, medians)).toEqual([
      "OUTSIDE the transistor fits' range, extrapolated: sky130 0.5 V 85 °C.",
      "Only transistors follow the temperature: the cells have no activation energy.",
    ]);
    expect(remarksOn({ ...READ_DEFAULTS, temperature: 358.15, activationEnergyHrs: 0.1 }, medians)).toEqual([]);
    expect(remarksOn({ ...READ_DEFAULTS, lrsMedianFactor: 50 }, medians).join()).toContain("above the high one");
  });
});

describe("commands that are copied", () => {
  test("quote what a shell would take apart, and leave out what is as it comes", () => {
    const state = {
      ...START,
      read: { ...START.read, supply: 0.8, conduction: "sinh 0.43 V" as const, device: "my cells.json" },
      page: { ...START.page, seed: "it's" },
      device: { file: "my cells.json", record: {} },
    };
    expect(readCommand(state, 12)).toBe(
      "npx rramlab run sense-errors --set supply=0.8 --device 'my cells.json' --set 'conduction=sinh 0.43 V' --trials 12 --seed 'it'\\''s'",
    );
    expect(networkCommand(START, 3)).toBe(
      "npx rramlab run ternary-versus-binary --set network=models/digits-ternary.safetensors --set binaryNetwork=models/digits-binary.safetensors --grid supply=0.9 --trials 3 --seed rramlab",
    );
  });
});

describe("the tour", () => {
  // Its sentences are about what these settings do.
  const errors = (step: number) => {
    const { read } = stateOfStep(step, "tour");
    const found = answer({ kind: "rates", setting: setting(read, "tour"), from: 0, count: 500 });
    const share = (name: string): number => {
      const tally = found[name];
      return tally.kind === "rate" ? tally.events / tally.of : Number.NaN;
    };
    return { type1: share("type1"), type2: share("type2"), type3: share("type3") };
  };
  test("shows what it says: zeros that hold early, are lost late, and a supply at which ±1 is missed", () => {
    const [, early, late, weak] = STEPS.map((_, step) => step).map(errors);
    expect(early.type3).toBeLessThan(0.05);
    expect(late.type3).toBeGreaterThan(0.3);
    expect(weak.type2).toBeGreaterThan(0.95);
    expect(weak.type1 + late.type1).toBeLessThan(0.01);
  });
});
