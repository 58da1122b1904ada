import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { afterPulse, fluctuationAt, idealPulsed, pulsedConductance, samplePulsed, telegraphAt } from "#devices/index";
import { fold, normal, rootKey, uniform } from "#src/random/index";
import { fitSeries } from "../../../experiments/fit/noise/fit-series.ts";
import { decompressed } from "../../../experiments/fit/tables/decompressed.ts";
import { inFolder } from "../run-rramlab.ts";

const { place, json, rramlab } = inFolder();
const KEY = rootKey("noise and pulses");
const write = (name: string, content: string): string => {
  writeFileSync(join(place.folder, name), content);
  return name;
};

describe("noise of a series of reads", () => {
  const fluctuators = { logSigma: 0.03, slope: 1, slowest: 0.05, fastest: 300, perDecade: 2 };
  const RATE = 200;
  const series = (of: (seconds: number, i: number) => number, reads = 16_384): Float64Array =>
    Float64Array.from({ length: reads }, (_, i) => 5e4 * Math.exp(of(i / RATE, i)));
  test("slope, size and white part are those it was drawn with", () => {
    const fit = fitSeries(
      "s",
      series((t, i) => fluctuationAt(fluctuators, t, KEY) + 0.004 * normal(KEY, i)),
      RATE,
    );
    expect(fit.trap).toBeNull();
    expect(Math.abs(fit.fluctuators.slope - 1)).toBeLessThan(0.35);
    expect(Math.abs(fit.fluctuators.logSigma / 0.03 - 1)).toBeLessThan(0.4);
    // White noise and the fastest fluctuators look alike: together they are what is seen.
    const last = fit.modelled.length - 1;
    expect(Math.abs(Math.log(fit.modelled[last] / fit.spectrum.powers[last]))).toBeLessThan(0.3);
    expect(Math.abs(fit.medianResistance / 5e4 - 1)).toBeLessThan(0.1);
  });
  test("a trap with two levels is found, with its amplitude and dwell times", () => {
    const trap = { logAmplitude: 0.2, captureTime: 0.5, emissionTime: 0.15 };
    const fit = fitSeries(
      "s",
      series((t, i) => telegraphAt(trap, t, KEY) + 0.01 * normal(KEY, i)),
      RATE,
    );
    expect(Math.abs((fit.trap?.noise.logAmplitude ?? 0) - 0.2)).toBeLessThan(0.01);
    expect(Math.abs((fit.trap?.noise.captureTime ?? 0) / 0.5 - 1)).toBeLessThan(0.2);
    expect(Math.abs((fit.trap?.noise.emissionTime ?? 0) / 0.15 - 1)).toBeLessThan(0.2);
    expect(Math.abs((fit.trap?.dwellVariation ?? 0) - 1)).toBeLessThan(0.25);
  });
  test("few reads, or equal ones, are refused", () => {
    expect(() =>
      fitSeries(
        "s",
        series(() => 0.1),
        RATE,
      ),
    ).toThrow(/all 16384 reads are equal/);
    expect(() =>
      fitSeries(
        "s",
        series((t) => t, 100),
        RATE,
      ),
    ).toThrow(/100 reads; at least 1024/);
  });
});

const STATES = Array.from({ length: 40 }, (_, i) => `LRS,${9 + Math.sin(i)}\nHRS,${300 + 40 * Math.cos(3 * i)}`).join(
  "\n",
);

describe("rramlab fit with series of reads", () => {
  const reads = Array.from({ length: 3000 }, (_, i) =>
    [9e3, 3.1e5, 5e6].map((r, k) => 1 / (r * Math.exp(0.02 * normal(fold(KEY, k), i)))).join(","),
  );
  const head = "conductance at level 2 (S),conductance at level 1 (S),conductance at level 0 (S)";
  test("gives each state the noise of the series nearest to it", async () => {
    write("states.csv", `state,R (kohm)\n${STATES}\n`);
    write("series.csv", `${head}\n${reads.join("\n")}\n`);
    const { device, notes, series } = await json(
      "fit",
      "states.csv",
      "series.csv",
      "--rate",
      "400 Hz",
      "--out",
      "n.json",
    );
    expect(series).toHaveLength(3);
    expect(Math.abs(device.lrs.spread.readToRead - 0.02)).toBeLessThan(0.004);
    expect(device.hrs.fluctuators.fastest).toBeCloseTo(Math.PI * 400, 0);
    expect(notes.join(" ")).toContain('HRS has the noise of "conductance at level 1 (S)"');
    expect((await rramlab("run", "sense-errors", "--device", "n.json", "--trials", "5", "--out", "run")).status).toBe(
      0,
    );
    const { status, stderr } = await rramlab("run", "memory-error-rate", "--device", "n.json", "--out", "refused");
    expect([status, stderr]).toEqual([2, expect.stringContaining("noise that goes on from read to read")]);
  });
  test("says what is wrong with a series, or that one alone makes no device", async () => {
    write("hole.csv", `${head}\n${reads.slice(0, 1500).join("\n")}\n1,,2\n`);
    write("states.csv", `state,R (kohm)\n${STATES}\n`);
    const refused = async (...args: string[]): Promise<string> => {
      const { status, stderr } = await rramlab("fit", ...args, "--out", "no.json");
      expect(status).toBe(2);
      return stderr.replaceAll(/\s+/g, " ");
    };
    expect(await refused("states.csv", "hole.csv", "--rate", "400")).toContain(
      'row 1502, column "conductance at level 1 (S)"',
    );
    expect(await refused("hole.csv", "--rate", "400")).toContain("series of reads alone make no device");
    expect(await refused("states.csv", "hole.csv", "--rate", "-4")).toContain("expected reads a second above 0");
  });
});

describe("rramlab fit of pulses", () => {
  const device = {
    ...idealPulsed,
    ...{ least: 1e-5, pulses: { set: 60, reset: 40 }, nonlinearity: { set: 2, reset: 3 }, cycleToCycle: 0.5 },
    spread: { logStep: 0.1, bounds: 0.01, nonlinearity: 0.2 },
  };
  const course = (cell: number): string[] => {
    const key = fold(KEY, cell);
    const own = samplePulsed(device, key);
    let x = 0;
    return Array.from({ length: 320 }, (_, n) => {
      const direction = Math.floor(n / 80) % 2 === 0 ? 1 : -1;
      x = afterPulse(own, x, direction, normal(fold(key, "pulse"), n), uniform(fold(key, "round"), n));
      const read = pulsedConductance(own, x) + 6e-7 * normal(fold(key, "read"), n);
      return `c${cell},${direction > 0 ? "up" : "down"},${n},${(1e6 * read).toPrecision(6)}`;
    });
  };
  const table = `cell,direction,pulse,conductance (uS)\n${Array.from({ length: 10 }, (_, c) => course(c))
    .flat()
    .join("\n")}\n`;
  test("finds the pulses, nonlinearity and noise that the conductances were drawn with", async () => {
    const { device: found, numbers, cells } = await json("fit", write("pulses.csv", table));
    expect(cells).toBe(10);
    expect(Math.abs(found.pulses.set / 60 - 1)).toBeLessThan(0.12);
    expect(Math.abs(found.pulses.reset / 40 - 1)).toBeLessThan(0.12);
    expect(Math.abs(found.nonlinearity.set - 2)).toBeLessThan(0.3);
    expect(Math.abs(found.nonlinearity.reset - 3)).toBeLessThan(0.3);
    expect(Math.abs(found.cycleToCycle - 0.5)).toBeLessThan(0.06);
    for (const { low, value, high } of numbers) expect(low <= value && value <= high).toBe(true);
    expect(() => samplePulsed(found, KEY)).not.toThrow();
  });
  test("cuts a course without directions where it leaves its top", async () => {
    const one = course(3)
      .slice(0, 160)
      .map((row) => row.replace(/^c3,\w+,/, ""));
    const { device: found, notes } = await json("fit", write("one.csv", `pulse,conductance (uS)\n${one.join("\n")}\n`));
    expect(found.nonlinearity.reset).toBeGreaterThan(1);
    expect(notes.join(" ")).toContain("One device: no spread from device to device");
  });
  test("tells words that are no direction, and conductances that are none", async () => {
    for (const [content, said] of [
      [table.replaceAll(",up,", ",sideways,"), '"sideways" is neither up nor down'],
      [table.replace(/(c1,up,330),[^,]+\n/, "$1,-5\n").replace(/(c1,up,10),[^,]+\n/, "$1,-5\n"), '"-5" is not above 0'],
    ]) {
      const { status, stderr } = await rramlab("fit", write("wrong.csv", content), "--out", "wrong.json");
      expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
    }
  });
});

describe("compressed measurements", () => {
  test("xz is unpacked by its first bytes, and what is cut off is told", async () => {
    // xz of "cell,level,time (s),resistance (kohm)\n1,0,0,100\n1,0,1,110\n" by Python's lzma.
    const packed = Buffer.from(
      "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AA5ADZdADGZSe5EqUeIBnW7UOnCs09I/7lSrcBPHGWOcgT2kJvY+XR5jgEH7vVWcmpGyjr3ITBGsQrYAAAAAFnE0dzVwmDEAAFSOk9TB24ftvN9AQAAAAAEWVo=",
      "base64",
    );
    expect((await decompressed("it", packed)).toString()).toBe(
      "cell,level,time (s),resistance (kohm)\n1,0,0,100\n1,0,1,110\n",
    );
    await expect(decompressed("it", packed.subarray(0, 60))).rejects.toThrow(/it cannot be unpacked/);
    await expect(decompressed("it", Buffer.from([0x1f, 0x8b, 8, 0]))).rejects.toThrow(/it cannot be unpacked/);
    expect((await decompressed("it", Buffer.from("plain"))).toString()).toBe("plain");
  });
});
