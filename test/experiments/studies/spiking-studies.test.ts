import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { inFolder } from "../run-rramlab.ts";

type Row = Readonly<Record<string, number | string>>;

describe("studies of spiking networks, from the command line", () => {
  const { place, rramlab, json, killedIn } = inFolder();
  const SMALL = [
    ...["run", "eqspike", "--set", "widths=784-30-10", "--set", "images=1000", "--set", "testImages=400"],
    ...["--set", "epochs=5", "--set", "seeds=2"],
  ];
  const find = (rows: readonly Row[], point: Row): Row =>
    rows.find((r) => Object.entries(point).every(([name, value]) => r[name] === value)) as Row;

  test("a training killed between two epochs goes on from the last whole one, and writes the same bytes", async () => {
    expect((await rramlab(...SMALL, "--workers", "2", "--out", "whole")).status).toBe(0);
    const parts = join(place.folder, "killed", "parts");
    const kept = (): boolean => existsSync(parts) && readdirSync(parts).some((name) => name.endsWith(".progress.json"));
    await killedIn(kept, "killed", ...SMALL, "--workers", "1");
    expect((await rramlab("resume", "killed")).status).toBe(0);
    const bytes = (of: string): Buffer => readFileSync(join(place.folder, of, "results.csv"));
    expect(bytes("killed").equals(bytes("whole"))).toBe(true);
  });

  test("eqspike learns, counts its events and says what they would cost", async () => {
    const { rows } = await json(
      ...SMALL,
      ...["--out", "kinds"],
      ...["--grid", "input=currents,spikes", "--grid", "estimator=alternating,symmetric"],
    );
    for (const input of ["currents", "spikes"])
      for (const estimator of ["alternating", "symmetric"]) {
        const of = (epoch: number): Row => find(rows, { input, estimator, epoch });
        expect(of(5)["accuracy"]).toBeGreaterThan(0.75);
        expect(of(5)["accuracy"]).toBeGreaterThan(of(1)["accuracy"] as number);
        // Nothing but events costs energy, at 12.7 pJ each.
        const events = ["learningDeliveries", "inputDeliveries", "weightUpdates", "inputWeightUpdates"];
        const total = events.reduce((sum, name) => sum + (of(5)[name] as number), 0);
        expect((of(5)["learningEnergy"] as number) / (total * 12.7e-12)).toBeCloseTo(1, 6);
        // A constant current of some 100 to 160 lit pixels, or a few spikes of each.
        const lit = (of(5)["inputReadingDeliveries"] as number) / 30;
        expect(lit).toBeGreaterThan(input === "currents" ? 90 : 2000);
        expect(lit).toBeLessThan(input === "currents" ? 180 : 7000);
      }
    // What inputs deliver is told apart from what layers do: there a spiking input changes little.
    const between = (input: string): number =>
      find(rows, { input, estimator: "alternating", epoch: 5 })["learningDeliveries"] as number;
    expect(between("spikes") / between("currents")).toBeLessThan(2);
    const text = (await rramlab("report", "kinds")).stdout;
    // 2 x 784 x 30 for the input, 4 x 300 in each of 20 steps; learning: 10 more steps, outer products, weights moved.
    expect(text).toContain("71k and");
    for (const said of ["12.7 pJ a delivery", "assumed, not measured", "15.0", "300 W", "at peak"])
      expect(text.replace(/\s+/g, " ")).toContain(said);
  });

  test("rates that explode end a training with the epoch and the cure; nothing is lost", async () => {
    const { stdout, stderr, status } = await rramlab(...SMALL, "--set", "learningRates=20", "--out", "hot");
    expect(status).toBe(0);
    expect(stdout).toContain("diverged");
    const told = /10 of 10 trials failed .*epoch \d, batch \d+: .*rates have exploded.*Lower learningRates[^.]*\.$/m;
    expect(stderr).toMatch(told);
    expect(readFileSync(join(place.folder, "hot", "report.html"), "utf8")).toContain("rates have exploded");
  });

  test("eqspike-on-rram: every setting does what it says", async () => {
    const { rows } = await json(
      ...["run", "eqspike-on-rram", "--quick", "--set", "epochs=2", "--set", "images=800", "--out", "cells"],
      ...["--grid", "rounding=stochastic,carried", "--grid", "readNoise=0,0.2", "--grid", "nonlinearity=0,4"],
    );
    const of = (more: Row = {}): Row => find(rows, { rounding: "stochastic", readNoise: 0, nonlinearity: 0, ...more });
    expect(of()["accuracy"]).toBeGreaterThan(0.6);
    expect(of()["mostPulses"]).toBeGreaterThan(of()["pulsesPerDevice"] as number);
    expect(of({ rounding: "carried" })["pulsesPerDevice"]).toBeLessThan(0.6 * (of()["pulsesPerDevice"] as number));
    expect(of({ rounding: "carried" })["accuracy"]).toBeGreaterThan(0.6);
    expect(of({ readNoise: 0.2 })["accuracy"]).not.toBe(of()["accuracy"]);
    expect(of({ nonlinearity: 4 })["accuracy"]).not.toBe(of()["accuracy"]);
    for (const name of ["readEnergy", "pulseEnergy", "inferenceEnergy", "events"])
      expect(of()[name]).toBeGreaterThan(0);
    // An image is classified in 200 steps and learned in 180.
    const ratio = (of()["inferenceEnergy"] as number) / (of()["readEnergy"] as number);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2.5);
    // What is set of rounding stays; numbers have no devices to sweep.
    const points = async (...more: string[]): Promise<number> =>
      (await json("plan", "eqspike-on-rram", "--quick", ...more, "--out", `plan-${more.join("-")}`)).points;
    expect(await points()).toBe(23);
    expect(await points("--set", "rounding=carried")).toBe(19);
    expect(await points("--set", "cells=numbers")).toBe(1);
    const immediate = (
      await json(
        ...["run", "eqspike-on-rram", "--quick", "--set", "images=300", "--out", "immediate"],
        ...["--set", "updates=immediate", "--set", "batch=1", "--set", "learningRates=0.01"],
        ...["--grid", "cells=conductance pairs"],
      )
    ).rows[0];
    expect(immediate.outputPulses).toBeGreaterThan(0);
    expect(immediate.accuracy).toBeGreaterThan(0.3);
  });

  test("eqspike-gradients: spikes teach what rate-based EP teaches", async () => {
    const { rows } = await json("run", "eqspike-gradients", "--quick", "--set", "epochs=1", "--out", "gradients");
    for (const layer of [1, 2]) {
      const trained = find(rows, { layer, epoch: 1, compared: "symmetric" });
      expect(trained["spikesWithRates"]).toBeGreaterThan(0.93);
      expect(trained["spikesWithBackpropagation"]).toBeGreaterThan(0.8);
      expect(find(rows, { layer, epoch: 1, compared: "one-sided" })["spikesWithRates"]).toBeLessThan(
        trained["spikesWithRates"] as number,
      );
    }
  });

  test("eqspike-plasticity: an even kernel of pairs, and a curve that follows the output's rate", async () => {
    const { rows } = await json("run", "eqspike-plasticity", "--quick", "--set", "shown=100", "--out", "plasticity");
    const change = (curve: string, delay: number): number => find(rows, { curve, delay })["change"] as number;
    // Over beta = 0.5.
    expect(change("isolated pair", 1)).toBeCloseTo(2 * 7.8125e-3, 8);
    for (const delay of [1, 5, 20, 40]) expect(change("isolated pair", -delay)).toBe(change("isolated pair", delay));
    for (const delay of [-2, -3]) {
      expect(change("rising", delay)).toBeGreaterThan(2e-3);
      expect(change("falling", delay)).toBeLessThan(0);
    }
  });

  test("eqspike-drift: with the nudge left out one sign explodes, both signs teach nothing", async () => {
    const { rows } = await json("run", "eqspike-drift", "--quick", "--set", "blocks=3", "--out", "drift");
    const last = (estimator: string): number =>
      find(rows, { estimator, freeSteps: 120, thousand: 3 })["deliveries"] as number;
    const first = find(rows, { estimator: "symmetric", freeSteps: 120, thousand: 1 })["deliveries"] as number;
    expect(last("one-sided")).toBeGreaterThan(2.5 * last("alternating"));
    expect(last("symmetric") / first).toBeCloseTo(1, 1);
  });

  test("triplet-stdp: circuits spread about the nominal rule, and one bias brings the threshold back", async () => {
    const { rows } = await json(
      "run",
      "triplet-stdp",
      "--trials",
      "300",
      "--set",
      "timeSpread=0.05",
      "--out",
      "triplet",
    );
    for (const [frequency, later, earlier] of [
      [0.1, 0, -0.3166],
      [20, 0.2278, -0.3417],
      [50, 0.7627, 0.7492],
    ]) {
      const row = find(rows, { tuning: "none", frequency });
      expect(row["later"]).toBeCloseTo(later, 1);
      expect(row["earlier"]).toBeCloseTo(earlier, 1);
    }
    const threshold = (tuning: string): number[] => {
      const row = find(rows, { tuning, frequency: 20 });
      return [row["threshold_q5"] as number, row["threshold_q95"] as number];
    };
    expect(threshold("none")[0]).toBeLessThan(17);
    expect(threshold("none")[1]).toBeGreaterThan(22);
    for (const q of threshold("depression")) expect(Math.abs(q / 19.22 - 1)).toBeLessThan(0.01);
    expect(
      (await rramlab("run", "triplet-stdp", "--set", "rule=hippocampus (nearest)", "--out", "nearest")).stderr,
    ).toMatch(/tuning: depression with rule hippocampus \(nearest\)/);
  });

  test("soft-lif: spikes lose what their time is too short for, and little more", async () => {
    const { rows } = await json("run", "soft-lif", "--quick", "--set", "images=1000", "--out", "soft");
    for (const noise of [0, 10]) {
      const of = (duration: number): Row => find(rows, { noise, duration });
      expect(of(0.4)["rateAccuracy"]).toBeGreaterThan(0.7);
      expect(Math.abs(of(0.4)["loss"] as number)).toBeLessThan(0.04);
      expect(of(0.02)["loss"]).toBeGreaterThan(0.1);
      expect(of(0.4)["spikes"]).toBeGreaterThan(of(0.1)["spikes"] as number);
    }
    const brief = await rramlab("run", "soft-lif", "--quick", "--grid", "duration=1ms", "--out", "brief");
    expect([brief.status, brief.stderr]).toEqual([2, expect.stringMatching(/second half is averaged/)]);
  });

  test("surrogate-in-the-loop: training on the chip gains over blind transfer, chip by chip", async () => {
    const { rows } = await json(
      ...["run", "surrogate-in-the-loop", "--quick", "--trials", "4", "--set", "testImages=300", "--out", "loop"],
      ...["--grid", "mismatch=0,0.4"],
    );
    const [none, much] = [0, 0.4].map((mismatch) => find(rows, { mismatch }));
    expect(much["gained"]).toBeGreaterThan(0.03);
    expect(much["blind"]).toBeLessThan(none["blind"] as number);
    // Without mismatch the chip is the ideal one, and nothing else differs.
    expect(none["blind"]).toBeCloseTo(none["idealAccuracy"] as number, 10);
    expect(none["gained"]).toBe(0);
    expect(much["hiddenSpikes"]).toBeLessThan(1);
    const large = await rramlab("run", "surrogate-in-the-loop", "--set", "side=40", "--out", "large");
    expect([large.status, large.stderr]).toEqual([2, expect.stringMatching(/side of 40 for images of 28 x 28/)]);
  });

  test("eqspike-dynamics: the nudge raises the target's rate and lowers its rival's", async () => {
    const [row] = (await json("run", "eqspike-dynamics", "--quick", "--out", "dynamics")).rows;
    expect(row.targetNudged).toBeGreaterThan(row.targetFree);
    expect(row.otherNudged).toBeLessThan(row.otherFree);
    const page = readFileSync(join(place.folder, "dynamics", "report.html"), "utf8");
    for (const title of ["Spikes of one image, free then nudged", "Membranes", "Rates as learning sees them"])
      expect(page).toContain(title);
    // Figures are drawn from what the run kept; where that is gone, resume makes it again.
    rmSync(join(place.folder, "dynamics", "parts"), { recursive: true });
    const report = await rramlab("report", "dynamics");
    expect([report.status, report.stderr]).toEqual([
      2,
      expect.stringMatching(/is not there; "rramlab resume dynamics"/),
    ]);
    expect((await rramlab("resume", "dynamics")).status).toBe(0);
    expect((await rramlab("report", "dynamics")).status).toBe(0);
  });

  test.each([
    ["eqspike", "membraneTime=0.5ms", /membraneTime is 0.5 ms with a step of 1 ms/],
    ["eqspike", "widths=784-10-9", /9 outputs for 10 classes/],
    ["eqspike", "widths=100-10", /100 inputs; images of "mnist-10k" have 784/],
    ["eqspike", "updates=immediate", /immediate updates in batches of 10/],
    ["eqspike", "learningRates=0.1 0.2 0.3", /rates 0.1, 0.2, 0.3 for 2 layers/],
    ["eqspike", "countedSteps=500", /countedSteps 500 of 200/],
    ["eqspike", "epoch=31", /epoch: 31; 30 are trained/],
    ["eqspike-on-rram", "highResistance=1kohm", /not above lowResistance/],
    ["eqspike-on-rram", "states=1", /states: 1/],
    ["eqspike-gradients", "rateNudgedSteps=100", /rateNudgedSteps: 100 of 60/],
    ["eqspike-gradients", "layer=3", /layer: 3/],
    ["eqspike-dynamics", "image=2000", /image: 2000; there are/],
    ["eqspike-drift", "thousand=50", /thousand: 50; 40 thousand/],
    ["eqspike-plasticity", "widths=784-10", /a hidden layer is watched/],
  ])("%s refuses %s", async (study, setting, message) => {
    const { status, stderr } = await rramlab("run", study, "--set", setting, "--out", "refused");
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
    expect(existsSync(join(place.folder, "refused", "results.csv"))).toBe(false);
  });
});
