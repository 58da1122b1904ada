import { describe, expect, test } from "@jest/globals";
import {
  computeShard,
  declaredValues,
  firstRound,
  type Plan,
  partKey,
  planRun,
  shardPlace,
  usesAt,
  type Values,
} from "#src/montecarlo/index";
import { dataSetRecord } from "../../../experiments/files/data-sets.ts";
import { networkRecord } from "../../../experiments/files/network-files.ts";
import { loadStudy } from "../../../experiments/registry.ts";
import { inFolder } from "../run-rramlab.ts";

const { rramlab } = inFolder();

describe("a parameter that nothing reads in the chosen mode is refused, with the mode", () => {
  test.each([
    ["ir-drop", "learningRate=0.5", "with float weights"],
    ["ir-drop", "activation=ternary", "with float weights"],
    ["ir-drop", "converterRange=0.9 converterBits=0", "without converters"],
    ["network-accuracy", "learningRate=0.5 weights=float", "with float weights"],
    ["sense-errors", "rippleFrequency=1GHz", "without a ripple"],
    ["accuracy-versus-errors", "supply=0.8V amplifiers=independent", "no amplifier is simulated"],
    ["rare-errors", "mismatch=2 error=ideal", "has no amplifier"],
    ["rare-errors", "plainSamples=40000 method=importance", "by method importance"],
    ["write-disturb", "setGate=2V access=V/2", "which has no transistors"],
    ["ep-on-rram", "readNoise=0.1 cells=numbers", "where numbers hold the weights"],
    ["ep-on-rram", "pulses=200", "in 2T2R cells", "cells=ternary 2T2R"],
    ["ep-on-rram", "beta=0.1 method=backpropagation", "which has no phases"],
    ["ep-on-rram", "verifyingPulses=3 update=blind", "by blind pulses"],
    ["eqspike", "inputRate=0.1", "enter as currents"],
    ["eqspike-on-rram", "threshold=0.5", "go by chance"],
  ])("%s %s", async (study, settings, words, ...more) => {
    const set = [...settings.split(" "), ...more].flatMap((setting) => ["--set", setting]);
    const { status, stderr } = await rramlab("plan", study, ...set, "--out", `${study}-${settings}`);
    expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(stderr).toContain(`${settings.split("=")[0]} changes nothing here`);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test.each([
    ["ir-drop", ["--set", "learningRate=0.5", "--set", "weights=ternary"]],
    // At one of its points it is read.
    ["ir-drop", ["--set", "learningRate=0.5", "--grid", "weights=float,ternary"]],
    ["sense-errors", ["--grid", "rippleFrequency=1GHz", "--set", "rippleAmplitude=50mV"]],
    ["rare-errors", ["--set", "plainSamples=40000", "--set", "method=plain"]],
    ["eqspike-on-rram", ["--quick"]],
  ])("%s %j is read, and planned", async (study, flags) => {
    const { status, stderr } = await rramlab("plan", study, ...flags, "--out", `${study}${flags.join("")}`);
    expect([status, stderr]).toEqual([0, ""]);
  });

  test("a mode that is varied counts as it is drawn", async () => {
    const flags = [
      "--trials",
      "10",
      "--set",
      "rippleFrequency=1GHz",
      "--vary",
      "rippleAmplitude=uniform(10 mV, 50 mV)",
    ];
    expect(await rramlab("plan", "sense-errors", ...flags, "--out", "varied-mode")).toMatchObject({
      status: 0,
      stderr: "",
    });
  });
  test("swept and varied ones are refused too", async () => {
    for (const flags of [
      ["--grid", "rippleFrequency=1GHz,2GHz"],
      ["--vary", "rippleFrequency=uniform(1 GHz, 2 GHz)"],
    ])
      expect(await rramlab("plan", "sense-errors", ...flags)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("rippleFrequency changes nothing here"),
      });
  });
});

describe("what is called idle changes no number", () => {
  const NETWORK = { widths: "784-12-10", epochs: 1, seeds: 1 };
  test.each<[string, Values]>([
    ["sense-errors", { supply: 0.9 }],
    ["network-accuracy", { ...NETWORK, weights: "float" }],
    ["rare-errors", { error: "ideal", plainSamples: 1000, method: "plain" }],
    ["write-disturb", { size: 4, access: "V/2" }],
    ["accuracy-versus-errors", { ...NETWORK, rate: 0.03, weights: "ternary", error: "type3", thresholds: "trained" }],
  ])("%s %j", async (name, set) => {
    const study = await loadStudy(name);
    if (!study?.idle) throw new Error(name);
    const plan = planRun(study, {
      ...{ seed: "idle", set, grid: null, varied: {}, sampling: "independent", trials: study.deterministic ? 1 : 4 },
      ...{
        precision: null,
        keepTrials: false,
        module: "m",
        hash: "h",
        dataSet: dataSetRecord,
        network: networkRecord,
        device: () => null,
        arithmetic: {},
      },
    });
    const numbers = (of: Plan): string => {
      const place = shardPlace([firstRound(of)], 0);
      const context = Object.fromEntries(
        Object.entries(study.prepare ?? {}).map(([part, { uses, make, stream = part }]) => [
          part,
          make(declaredValues(part, usesAt(of, place.point, uses)), partKey(of, stream), {
            load: () => null,
            keep: () => {},
          }),
        ]),
      );
      const { tallies, failures } = computeShard(of, study, context, 0, place);
      return JSON.stringify([tallies, failures], (_, v) => (v instanceof Map ? [...v] : v));
    };
    const base = numbers(plan);
    const idle = study.idle({ ...plan.params, ...plan.points[0] }).flatMap(({ names }) => names);
    expect(idle.length).toBeGreaterThan(0);
    for (const parameter of idle) {
      const spec = study.parameters[parameter];
      const other =
        spec.kind === "quantity" || spec.kind === "integer"
          ? Math.min(spec.max, 2 * Math.max(spec.min, Number(plan.params[parameter])))
          : spec.kind === "choice"
            ? spec.choices.find((choice) => choice !== plan.params[parameter])
            : "weak";
      const change = { [parameter]: other as number | string };
      const points = plan.points.map((p) => (parameter in p ? { ...p, ...change } : p));
      expect([parameter, numbers({ ...plan, params: { ...plan.params, ...change }, points })]).toEqual([
        parameter,
        base,
      ]);
    }
  });
});

describe("temperature that moves less than it seems is told on the terminal", () => {
  const planned = (...flags: string[]) => rramlab("plan", ...flags, "--out", flags.join("").replaceAll("/", ""));
  test("no activation energy: resistances do not follow it", async () => {
    const { status, stderr } = await planned("memory-error-rate", "--grid", "temperature=300.15,358.15");
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /device "reference.*" has no activation energy: its resistances do not follow temperature, and nothing else does here/,
    );
    expect((await planned("sense-errors", "--grid", "temperature=27 degC,85 degC")).stderr).toContain(
      "only the transistors do",
    );
  });
  test("an activation energy at the temperature where resistances are given", async () => {
    expect((await planned("sense-errors", "--set", "activationEnergyHrs=0.1eV")).stderr).toContain(
      "change nothing at 27 °C",
    );
  });
  test("as a study draws it: varied, by the study itself, or where nothing else follows it", async () => {
    const varied = ["--vary", "temperature=normal(300 K, 9 K)", "--set", "activationEnergyHrs=0.1eV", "--trials", "4"];
    expect((await planned("sense-errors", ...varied)).stderr).toBe("");
    expect((await planned("sensitivity", "--set", "activationEnergyHrs=0.1eV")).stderr).toBe("");
    expect((await planned("sensitivity")).stderr).toContain("do not follow temperature");
    expect((await planned("rare-errors", "--grid", "error=ideal", "--set", "temperature=350")).stderr).toContain(
      "and nothing else does here",
    );
  });
  test("and where both are there, nothing is", async () => {
    const flags = ["--set", "activationEnergyHrs=0.1eV", "--grid", "temperature=27 degC,85 degC"];
    expect(await planned("sense-errors", ...flags)).toMatchObject({ status: 0, stderr: "" });
  });
});
