import { describe, expect, test } from "@jest/globals";
import { planRun } from "#src/montecarlo/index";
import { loadStudy, studyNames } from "../../experiments/registry.ts";
import { senseNotes } from "../../experiments/studies/sense-parameters.ts";
import { ternaryVersusBinary } from "../../experiments/studies/ternary-versus-binary.ts";

describe.each(studyNames())("%s", (name) => {
  test("is known by its name, says what it is, and every parameter has meaning and source", async () => {
    const study = await loadStudy(name);
    expect(study?.name).toBe(name);
    for (const p of Object.values(study?.parameters ?? {})) {
      expect(p.says).not.toBe("");
      expect(p.source).not.toBe("");
    }
  });
  test("plans its defaults", async () => {
    const study = await loadStudy(name);
    if (!study) throw new Error(name);
    const plan = planRun(study, { seed: "s", set: {}, grid: null, trials: null, module: "m", hash: "h" });
    expect(plan.points.length).toBeGreaterThan(0);
    expect(plan.points.every((point) => Object.keys(point).every((axis) => study.axes.includes(axis)))).toBe(true);
  });
});

test("binary and ternary networks of a seed draw from one stream: pairs share start and order", () => {
  const { binaryNetwork, ternaryNetwork, reads } = ternaryVersusBinary.prepare ?? {};
  expect(binaryNetwork.stream).toBe("network");
  expect(ternaryNetwork.stream).toBe("network");
  expect(reads.stream).toBeUndefined();
});

describe("notes of a sense-amplifier study", () => {
  const point = {
    technology: "sky130",
    corner: "tt",
    supply: 0.9,
    temperature: 300.15,
    bitLineCapacitance: 2e-14,
    device: "reference",
    mismatch: 1,
    activationEnergyLrs: 0,
    activationEnergyHrs: 0,
  };
  const state = (medianResistance: number, activationEnergy: number) => ({
    medianResistance,
    activationEnergy,
    spread: { deviceToDevice: 0.1, cycleToCycle: 0.1, readToRead: 0.01 },
  });
  const mine = JSON.stringify({ name: "mine", source: "wafer 7", lrs: state(8e3, 0), hrs: state(2e5, 0.04) });
  const words = (p: Partial<typeof point>): string => senseNotes({ ...point, ...p }, [{ ...point, ...p }]).join("\n");
  test("name the set, its standing and its source, and how the transistors' timing was checked", () => {
    expect(words({})).toMatch(/"reference".*illustrative, recalled/);
    expect(words({})).toContain("sky130 tt 27 degC 0.9 V: 1.02 to 1.03");
    expect(words({ device: mine })).toMatch(/"mine".*0 and 0\.04 eV.*wafer 7/);
  });
  test("say that resistances do not depend on temperature only where they do not", () => {
    expect(words({})).toContain("independent of temperature");
    expect(words({ device: mine })).not.toContain("independent of temperature");
    expect(words({ activationEnergyHrs: 0.1 })).not.toContain("independent of temperature");
  });
  test("say so where a condition was not checked or lies outside the fits", () => {
    expect(words({ supply: 0.85 })).toContain("Not compared with BSIM4");
    expect(words({ supply: 0.5 })).toContain("OUTSIDE");
  });
});
