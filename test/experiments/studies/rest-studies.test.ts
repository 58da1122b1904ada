import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { beyondMeasured, RRAM_SETS, type RramRelaxation } from "#devices/index";
import { refreshInterval, timeOfLoss } from "../../../experiments/studies/rest/refresh-interval.ts";
import { extrapolationNote } from "../../../experiments/studies/rest/rest-parameters.ts";
import { inFolder } from "../run-rramlab.ts";

const { place, json, rramlab } = inFolder();

describe("a refresh interval", () => {
  const course = [
    { seconds: 0, loss: 0 },
    { seconds: 100, loss: 0.005 },
    { seconds: 1, loss: 0 },
    { seconds: 1e4, loss: 0.025 },
  ];
  test("lies where the loss crosses its limit, in proportion on the logarithm of time", () => {
    expect(timeOfLoss(course, 0.005)).toBeCloseTo(100, 9);
    expect(timeOfLoss(course, 0.015)).toBeCloseTo(1e3, 6);
    expect(timeOfLoss(course, 0.03)).toBe("later");
    expect(timeOfLoss([{ seconds: 5, loss: 0.9 }], 0.01)).toBe("before");
    // A blip that recovers is no loss.
    const blip = [0.02, 0, 0.001, 0.03].map((loss, k) => ({ seconds: 10 ** k, loss }));
    expect(timeOfLoss(blip, 0.01)).toBeGreaterThan(100);
  });
  test("is known where every seed loses so much, with a t interval of its logarithm", () => {
    expect(refreshInterval([10, "later"])).toBeNull();
    expect(refreshInterval(["before", 10])).toBeNull();
    const found = refreshInterval([10, 1000, 100]);
    expect(found?.estimate).toBeCloseTo(100, 6);
    // Logarithms 1, 2, 3 to the base of 10: 2 within 4.30265 / sqrt(3).
    expect(Math.log10(found?.high ?? 0)).toBeCloseTo(2 + 4.30265 / Math.sqrt(3), 3);
    expect(Math.log10(found?.low ?? 0)).toBeCloseTo(2 - 4.30265 / Math.sqrt(3), 3);
  });
});

describe("ages beyond what was measured", () => {
  test("are told by time and by temperature", () => {
    const relaxation = RRAM_SETS["measured-a"].relaxation as RramRelaxation;
    const at = (seconds: number, celsius: number) =>
      beyondMeasured(relaxation, { holds: [{ seconds, temperature: celsius + 273.15 }] });
    expect(at(5000, 140)).toBeNull();
    expect(at(1e6, 140)).toEqual({ time: "after", temperature: false });
    expect(at(100, 140)).toEqual({ time: "before", temperature: false });
    expect(at(0, 85)).toBeNull();
    expect(at(5000, 85)).toEqual({ time: null, temperature: true });
    expect(
      extrapolationNote([{ device: "measured-a", time: 315_576_000, storageTemperature: 358.15, cycles: 0 }]),
    ).toBe('EXTRAPOLATED: device "measured-a", beyond 7165 s, outside 100 °C to 180 °C (10 years).');
    expect(extrapolationNote([{ device: "measured-c", time: 10, storageTemperature: 300.15, cycles: 0 }])).toContain(
      "within",
    );
  });
});

describe("retention", () => {
  test("loses zeros before signs, tells what is extrapolated, and reads the same cells at all ages", async () => {
    const { rows } = await json(
      ...["run", "retention", "--device", "measured-c", "--out", "kept", "--trials", "2", "--workers", "1"],
      ...["--set", "seeds=1", "--set", "epochs=1", "--set", "samples=300", "--set", "widths=784-16-10"],
      ...["--grid", "time=0,1e-9,100,1e5,1e8"],
    );
    expect(rows).toHaveLength(5);
    const rates = (name: string): number[] => rows.map((row: Record<string, number>) => row[name]);
    // A nanosecond is nothing: the same cells give the same verdicts.
    expect(rates("type3")[1]).toBe(rates("type3")[0]);
    expect(rates("type3")[0]).toBeLessThan(0.01);
    expect(rates("type3")[2]).toBeGreaterThan(0.02);
    expect(rates("type3")[4]).toBeGreaterThan(rates("type3")[2] + 0.02);
    expect(Math.max(...rates("type1"))).toBeLessThan(0.02);
    const report = readFileSync(join(place.folder, "kept", "report.html"), "utf8");
    expect(report).toContain(
      "EXTRAPOLATED: device &quot;measured-c&quot;, before 10 ms (1 ns); device &quot;measured-c&quot;, beyond 100000 s (100000000 s)",
    );
    expect(report).toContain("Expected before the first run");
  });
  test("is planned for both measured sets, and for any device at its own temperature", async () => {
    const points = async (...args: string[]) => {
      const { status } = await rramlab("plan", "retention", ...args, "--out", "planned", "--force");
      expect(status).toBe(0);
      const { points } = JSON.parse(readFileSync(join(place.folder, "planned", "plan.json"), "utf8"));
      return new Set(points.map((p: Record<string, unknown>) => `${p["device"] ?? ""} ${p["storageTemperature"]}`));
    };
    expect(await points()).toEqual(new Set(["measured-c 300.15", "measured-a 358.15", "measured-a 423.15"]));
    expect(await points("--device", "measured-c")).toEqual(new Set([" 300.15"]));
    expect(await points("--device", "measured-a")).toEqual(new Set([" 300.15", " 358.15", " 423.15"]));
  });
  test.each([
    [["--set", "device=reference"], '"reference" does not say how it relaxes; choose measured-c, measured-a'],
    [["--set", "device=measured-c", "--set", "storageTemperature=85degC"], "measured at 300.15 K alone"],
  ])("refuses %s before anything is computed", async (more, said) => {
    const { status, stderr } = await rramlab("run", "retention", "--grid", "time=1,10", ...more, "--out", "none");
    expect([status, stderr.replaceAll(/\s+/g, " ")]).toEqual([2, expect.stringContaining(said)]);
    expect(existsSync(join(place.folder, "none"))).toBe(false);
  });
});

describe("read-over-time", () => {
  test("finds more changed verdicts the further reads are apart", async () => {
    const { rows } = await json(
      ...["run", "read-over-time", "--out", "again", "--trials", "150", "--set", "reads=6"],
      ...["--grid", "interval=1us,1000s"],
    );
    const [near, far] = rows;
    expect(far.signedFlips + far.zeroFlips).toBeGreaterThan(near.signedFlips + near.zeroFlips);
    // Within microseconds nothing moves or flickers: what differs is new in each read, its noise.
    expect(near.signedFlips + near.zeroFlips).toBeGreaterThan(0);
    // Two signs, five pairs of reads.
    expect(near.signedFlips_trials).toBe(1500);
  });
});

describe("rramlab sample", () => {
  test("draws the same cells at several ages, apart by their reads, and says what is extrapolated", async () => {
    const at = ["--at", "1 s", "--at", "1e5 s", "--at", "10 year"];
    const { rows, notes, ages } = await json("sample", "measured-c", ...at, "--cells", "2000", "--out", "r.csv");
    expect(ages[2].holds[0].seconds).toBe(315_576_000);
    const sigmas = rows.map(({ logSigma }: { logSigma: number }) => logSigma);
    expect(sigmas[0]).toBeLessThan(sigmas[1]);
    expect(sigmas[1]).toBeLessThan(sigmas[2]);
    expect(notes.join(" ")).toMatch(/EXTRAPOLATED: 10 years, 27 °C/);
    const lines = readFileSync(join(place.folder, "r.csv"), "utf8").trim().split("\n");
    expect(lines).toHaveLength(2001);
    expect(lines[0]).toContain("R at programming (ohm)");
    const alone = await json("sample", "measured-c", "--at", "1e5 s", "--cells", "2000");
    expect(alone.rows[1].quantiles).toEqual(rows[2].quantiles);
  });
  test.each([
    [["measured-c", "--at", "1 s, 85 degC"], "measured at 300.15 K alone"],
    [["measured-c", "--at", "-3 s"], "times since programming are 0 or more"],
    [["measured-c", "--state", "hgh"], "expected low, high, a resistance"],
    [["measured-c", "--cells", "0"], "a whole number from 1"],
    [["measured-c", "--out", "r.txt"], "ends in .csv or .parquet"],
    [["reference", "--at", "1 s"], "does not say how it relaxes"],
    [["measure-c"], "is not one of strong, reference, weak, measured-a, measured-c"],
  ])("refuses %s", async (args, said) => {
    const { status, stderr } = await rramlab("sample", ...args);
    expect([status, stderr.replaceAll(/\s+/g, " ")]).toEqual([2, expect.stringContaining(said)]);
  });
  test("writes parquet too, and begins where it is told", async () => {
    const { rows } = await json(
      "sample",
      "measured-a",
      "--state",
      "10 uS",
      "--at",
      "2 h, 140 degC",
      "--cells",
      "300",
      "--out",
      "r.parquet",
    );
    expect(rows[0].logSigma).toBe(0);
    expect(rows[0].quantiles[2]).toBeCloseTo(1e5, 6);
    expect(rows[1].logSigma).toBeGreaterThan(0.2);
    expect(readFileSync(join(place.folder, "r.parquet")).subarray(0, 4).toString()).toBe("PAR1");
  });
});

describe("cells that wear", () => {
  const wear = { source: "assumed for this test", onset: 100, low: 0.05, high: 0.3 };
  test("are read as their file has it, by sample and by studies; others refuse cycles", async () => {
    writeFileSync(join(place.folder, "worn.json"), JSON.stringify({ ...RRAM_SETS["measured-c"], name: "worn", wear }));
    const median = async (state: string, cycles: string): Promise<number> =>
      (await json("sample", "worn.json", "--state", state, "--cycles", cycles, "--cells", "500")).rows[0].quantiles[2];
    // Two decades: 10,000 cycles over an onset of 100.
    const decades = Math.log10(1 + 1e4 / 100);
    expect((await median("high", "1e4")) / (await median("high", "0"))).toBeCloseTo(Math.exp(-0.3 * decades), 9);
    expect((await median("low", "1e4")) / (await median("low", "0"))).toBeCloseTo(Math.exp(0.05 * decades), 9);
    const { rows } = await json(
      ...["run", "retention", "--device", "worn.json", "--out", "worn", "--trials", "1", "--set", "seeds=1"],
      ...[
        "--set",
        "epochs=1",
        "--set",
        "samples=150",
        "--set",
        "widths=784-16-10",
        "--set",
        "time=1s",
        "--grid",
        "cycles=0,1e9",
      ],
    );
    expect(rows[1].type3).toBeGreaterThan(rows[0].type3 + 0.2);
    for (const args of [
      ["sample", "measured-c", "--cycles", "10"],
      ["run", "retention", "--set", "device=measured-c", "--set", "cycles=10", "--out", "x"],
    ]) {
      const { status, stderr } = await rramlab(...args);
      expect([status, stderr]).toEqual([2, expect.stringContaining('"measured-c" does not say how it wears')]);
    }
  });
});

describe("measured device sets", () => {
  test.each(["measured-a", "measured-c"] as const)("%s says what it is, where from and how far it is valid", (name) => {
    const { standing, source, valid, relaxation, lrs, hrs } = RRAM_SETS[name];
    expect(standing).toMatch(/^measured: low resistance .+ cells\), high .+ write and verify$/);
    expect(source).toContain("MIT licence");
    expect(valid).toMatch(/rest from .+ to .+ at /);
    expect(relaxation).toBeDefined();
    expect(lrs.medianResistance).toBeLessThan(hrs.medianResistance / 5);
  });
  test("are taken by their name after --device; another word is told the sets", async () => {
    const { rows } = await json(
      "run",
      "sense-errors",
      "--device",
      "measured-c",
      "--trials",
      "5",
      "--out",
      "c",
      "--grid",
      "supply=0.9V",
    );
    expect(rows).toHaveLength(1);
    const { status, stderr } = await rramlab("run", "sense-errors", "--device", "measured", "--out", "d");
    expect([status, stderr]).toEqual([2, expect.stringContaining('Did you mean "measured-a"?')]);
  });
});
