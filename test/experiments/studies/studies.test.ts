import { beforeAll, describe, expect, test } from "@jest/globals";
import { RRAM_SETS } from "#devices/index";
import { planRun, type Table } from "#src/montecarlo/index";
import { defaultsOf } from "#src/montecarlo/parameter";
import { expectDevices } from "../../../experiments/files/device-files.ts";
import { loadStudy, studyNames } from "../../../experiments/registry.ts";
import { ternaryVersusBinary } from "../../../experiments/studies/networks/ternary-versus-binary.ts";
import { deviceOf } from "../../../experiments/studies/sensing/sense-design.ts";
import { senseErrors } from "../../../experiments/studies/sensing/sense-errors.ts";
import { senseNotes } from "../../../experiments/studies/sensing/sense-notes.ts";
import { type SenseValues, SIZING_PARAMETERS } from "../../../experiments/studies/sensing/sense-parameters.ts";

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
    const plan = planRun(study, {
      seed: "s",
      set: {},
      grid: null,
      varied: {},
      sampling: "independent",
      trials: null,
      precision: null,
      keepTrials: false,
      module: "m",
      hash: "h",
      dataSet: (asked) => ({ asked, name: asked, train: 1, test: 1, pixels: 1, classes: 1, sha256: "0" }),
      network: (asked) => ({ asked, described: asked, layers: [], trained: null, imported: null, sha256: "0" }),
      device: () => null,
      arithmetic: {},
    });
    expect(plan.points.length).toBeGreaterThan(0);
    expect(plan.points.every((point) => Object.keys(point).every((axis) => study.axes.includes(axis)))).toBe(true);
  });
});

test("a device's shape and telegraph noise stay when a study changes its medians and spreads", () => {
  const shape = { kind: "weibull", logSigma: 0.5, exponent: 2 } as const;
  const telegraph = { logAmplitude: 0.2, captureTime: 1e-3, emissionTime: 1e-3 };
  const { lrs, hrs, conduction, ...rest } = RRAM_SETS.reference;
  const asked = "shaped.json";
  expectDevices([{ asked, record: { ...rest, conduction, lrs, hrs: { ...hrs, shape, telegraph } } }]);
  const values = defaultsOf(senseErrors.parameters) as SenseValues;
  const found = deviceOf({ ...values, device: asked, hrsMedianFactor: 2 });
  expect(found.hrs).toMatchObject({ shape, telegraph, medianResistance: 2 * hrs.medianResistance });
});

test("binary and ternary networks of a seed draw from one stream: pairs share start and order", () => {
  const { binaryNetwork, ternaryNetwork, reads } = ternaryVersusBinary.prepare ?? {};
  expect(binaryNetwork.stream).toBe("network");
  expect(ternaryNetwork.stream).toBe("network");
  expect(reads.stream).toBeUndefined();
});

describe("tables keep apart what the grid varies", () => {
  const cell = (estimate: number) => ({
    estimate,
    low: estimate,
    high: estimate,
    trials: 1,
    events: Number.NaN,
    deviation: 0.01,
    quantiles: [],
  });
  const table = (axes: string[], points: Record<string, number | string>[], numbers: string[]): Table => ({
    axes,
    numbers: {},
    rows: points.map((point, i) => ({
      point,
      at: point,
      trials: 1,
      failed: 0,
      reasons: [],
      facts: [],
      numbers: Object.fromEntries(numbers.map((n) => [n, cell(0.9 + 0.001 * i)])),
    })),
  });
  const concluded = async (name: string, t: Table, words: Record<string, number | string>) => {
    const study = await loadStudy(name);
    if (!study?.conclude) throw new Error(name);
    const params = { ...defaultsOf(study.parameters), ...words };
    return study.conclude({ ...t, rows: t.rows.map((r) => ({ ...r, at: { ...params, ...r.point } })) }, params);
  };
  const product = (lists: Record<string, (number | string)[]>): Record<string, number | string>[] =>
    Object.entries(lists).reduce<Record<string, number | string>[]>(
      (points, [name, values]) => points.flatMap((p) => values.map((value) => ({ ...p, [name]: value }))),
      [{}],
    );
  test("another learning rate is another network, not another seed", async () => {
    const points = product({ learningRate: [0.01, 0.003], weights: ["binary", "ternary"], seed: [0, 1] });
    const [first] = await concluded(
      "network-accuracy",
      table(Object.keys(points[0]), points, ["accuracy", "zeros"]),
      {},
    );
    expect(first.rows).toHaveLength(4);
    expect(new Set(first.rows.map((r) => r[0]))).toEqual(new Set(["learningRate 0.01", "learningRate 0.003"]));
  });
  test("re-estimated thresholds are another curve", async () => {
    const points = product({ thresholds: ["trained", "re-estimated"], rate: [0.01, 0.1], seed: [0, 1] });
    const [rates, costs] = await concluded(
      "accuracy-versus-errors",
      table(Object.keys(points[0]), points, ["accuracy", "clean", "zeros"]),
      {},
    );
    expect(rates.rows).toHaveLength(4);
    expect(costs.rows).toHaveLength(2);
  });
  test("bits left after correction come in clusters: their spread is measured, not taken as binomial", async () => {
    const study = await loadStudy("memory-error-rate");
    expect(study?.numbers["secded8"].kind).toBe("mean");
    expect(study?.numbers["single"].kind).toBe("rate");
  });
});

describe("notes of a sense-amplifier study", () => {
  const point: Parameters<typeof senseNotes>[0] = {
    technology: "sky130",
    corner: "tt",
    supply: 0.9,
    temperature: 300.15,
    bitLineCapacitance: 2e-14,
    device: "reference",
    mismatch: 1,
    activationEnergyLrs: 0,
    activationEnergyHrs: 0,
    ...defaultsOf(SIZING_PARAMETERS),
    lrsMedianFactor: 1,
    hrsMedianFactor: 1,
    lrsSpreadFactor: 1,
    hrsSpreadFactor: 1,
    rippleAmplitude: 0,
    rippleFrequency: 1e8,
    conduction: "as the set",
  };
  const state = (medianResistance: number, activationEnergy: number) => ({
    medianResistance,
    activationEnergy,
    spread: { deviceToDevice: 0.1, cycleToCycle: 0.1, readToRead: 0.01 },
  });
  const mine = "mine.json";
  beforeAll(() => {
    const record = { name: "mine", source: "wafer 7", lrs: state(8e3, 0), hrs: state(2e5, 0.04) };
    expectDevices([{ asked: mine, record }]);
  });
  const words = (p: Partial<typeof point>): string => senseNotes({ ...point, ...p }, [{ ...point, ...p }]).join("\n");
  test("name the set, its standing and its source, and how the transistors' timing was checked", () => {
    expect(words({})).toMatch(/"reference".*illustrative, recalled/);
    expect(words({})).toContain("sky130 tt 27 °C 0.9 V: 1.02 to 1.03");
    expect(words({ device: mine })).toMatch(/"mine".*0 and 0\.04 eV.*wafer 7/);
  });
  test("name the law of conduction, which decides errors", () => {
    expect(words({})).toContain("Conduction is an assumption that decides errors: ohmic cells");
    expect(words({ conduction: "sinh 0.43 V" })).toContain("cells of sinh law, V0 0.43 V");
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
