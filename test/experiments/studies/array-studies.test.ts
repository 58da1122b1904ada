import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { inFolder, packageFolder } from "../run-rramlab.ts";

interface Answer {
  readonly rows: readonly Readonly<Record<string, number | string | { readonly estimate: number }>>[];
}

describe("studies of arrays, from the command line", () => {
  const { place, json } = inFolder();
  const run = async (name: string, ...flags: string[]): Promise<Answer["rows"]> => {
    const { rows } = (await json("run", name, "--out", name, "--workers", "2", ...flags)) as Answer;
    expect(existsSync(join(place.folder, name, "report.html"))).toBe(true);
    return rows;
  };
  const csv = (name: string): Record<string, number>[] => {
    const [head, ...lines] = readFileSync(join(place.folder, name, "results.csv"), "utf8")
      .trim()
      .split("\n");
    const names = head.split(",");
    return lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i], Number(cell)])));
  };

  test("array-size-limit: longer columns are read later, their last row later than their first", async () => {
    await run("array-size-limit", "--grid", "rows=8,512", "--trials", "20");
    const [short, long] = csv("array-size-limit");
    expect(long["decision.near"]).toBeGreaterThan(3 * short["decision.near"]);
    expect(long["decision.far"]).toBeGreaterThan(1.02 * long["decision.near"]);
    expect(Math.abs(short["decision.far"] / short["decision.near"] - 1)).toBeLessThan(0.02);
  });

  test("write-disturb: V/2 loses more on the way and disturbs sooner than 1T1R", async () => {
    await run("write-disturb", "--grid", "access=V/2,1T1R", "--set", "size=8", "--trials", "2");
    const [half, cells] = csv("write-disturb");
    expect(half["set.sneak"]).toBeGreaterThan(1e-5);
    expect(cells["set.sneak"]).toBe(0);
    expect(half["reset.logPulses"]).toBeLessThan(cells["reset.logPulses"]);
    expect(cells["set.written"]).toBe(1);
    expect(cells["verify.written"]).toBe(1);
    expect(cells["verify.error"]).toBeLessThanOrEqual(0.05);
  });

  test("ir-drop: wires cost accuracy, and the sums more than that", async () => {
    const small = ["--set", "widths=784-16-10", "--set", "epochs=2", "--set", "seeds=1", "--set", "images=200"];
    await run("ir-drop", "--grid", "wireResistance=0,40", "--grid", "tile=64", ...small, "--trials", "1");
    const [ideal, wired] = csv("ir-drop");
    expect(ideal["accuracy"]).toBeGreaterThan(ideal["ideal"] - 0.03);
    expect(wired["accuracy"]).toBeLessThan(ideal["accuracy"] - 0.05);
    expect(ideal["sumError"]).toBeLessThan(0.15);
    expect(wired["sumError"]).toBeGreaterThan(0.4);
  });
});

test("the example of arrays runs, and says what it found", () => {
  const example = join(packageFolder, "examples", "arrays.mjs");
  const { status, stdout } = spawnSync(process.execPath, [example], { encoding: "utf8" });
  expect(status).toBe(0);
  expect(stdout).toMatch(/far cell: \d+\.\d of 200 mV/);
  expect(stdout).toMatch(/SET: 0\.\d+ to \d+\.?\d* µS/);
});
