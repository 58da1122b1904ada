import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { inFolder, main } from "../run-rramlab.ts";

const reference = (name: string): string => new URL(`../../references/crossbar/${name}`, import.meta.url).pathname;

describe("rramlab crossbar", () => {
  const { place, rramlab, json } = inFolder();

  test("answers a reference in the reference's shape, from a file and from standard input", async () => {
    const { expected, rows, columns } = JSON.parse(readFileSync(reference("48x20.json"), "utf8"));
    const found = await json("crossbar", reference("48x20.json"), "--node-voltages");
    expect(found.ok).toBe(true);
    expect(found.residual).toBeLessThan(1e-9);
    expect(found.iterations).toBeGreaterThan(0);
    expect(found.outputCurrents.length).toBe(expected.outputCurrents.length);
    found.outputCurrents[0].forEach((ampere: number, j: number) => {
      expect(Math.abs(ampere / expected.outputCurrents[0][j] - 1)).toBeLessThan(1e-9);
    });
    expect([found.wordLineVoltages.length, found.bitLineVoltages[0].length]).toEqual([rows, columns]);
    const piped = spawnSync(process.execPath, [main, "crossbar", "-", "--json"], {
      input: readFileSync(reference("48x20.json")),
      encoding: "utf8",
    });
    expect(JSON.parse(piped.stdout).outputCurrents).toEqual(found.outputCurrents);
  });

  test("tells currents in words that fit 80 columns", async () => {
    const { status, stdout } = await rramlab("crossbar", reference("16x16.json"));
    expect(status).toBe(0);
    expect(stdout).toMatch(/16 x 16 cells, 1 input: \d+ iterations/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("draws node voltages and currents as maps", async () => {
    const maps = join(place.folder, "maps.html");
    expect((await json("crossbar", reference("8x8.json"), "--maps", maps)).maps).toBe(maps);
    const page = readFileSync(maps, "utf8");
    for (const title of ["Node voltages", "Across the devices", "Currents through the devices"])
      expect(page).toContain(title);
    expect((await rramlab("crossbar", reference("8x8.json"), "--maps", place.folder)).status).toBe(2);
  });

  const write = (name: string, change: object): string => {
    const array = {
      rows: 2,
      columns: 2,
      wordLineResistance: 1,
      bitLineResistance: 1,
      resistances: [
        [1e4, 1e5],
        [1e5, 1e4],
      ],
      inputs: [[0.1, 0.2]],
      ...change,
    };
    const file = join(place.folder, name);
    writeFileSync(file, JSON.stringify(array));
    return file;
  };

  test("says which currents are known less well than asked", async () => {
    const single = (
      await json(
        "crossbar",
        write("single.json", {
          inputs: [
            [1, 0],
            [0, 1],
          ],
        }),
      )
    ).outputCurrents;
    const second = (-0.1 * single[0][0]) / single[1][0];
    const { beyondTolerance } = await json("crossbar", write("cancel.json", { inputs: [[0.1, second]] }));
    expect(beyondTolerance).toEqual([{ vector: 0, column: 0, bound: expect.any(Number) }]);
    expect(beyondTolerance[0].bound).toBeGreaterThan(1e-9);
  });

  test("refuses what is no crossbar with exit code 2, and fails with 1 where nothing converges", async () => {
    for (const [file, words] of [
      [write("a.json", { wordLineResistance: -2 }), "wordLineResistance: expected 0 ohm"],
      [write("b.json", { inputs: [[0.1]] }), "input 0 has 1 voltages"],
      [
        write("c.json", {
          resistances: [
            [null, null],
            [null, null],
          ],
        }),
        "all devices are open",
      ],
      [write("d.json", { inputs: [[null, null]], bitLineVoltages: [null, null] }), "floats at both ends"],
      [join(place.folder, "none.json"), "cannot be read"],
    ]) {
      const { status, stderr } = await rramlab("crossbar", file);
      expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
    }
    const wild = write("e.json", { cells: { kind: "sinh", fieldVoltage: 1e-5 }, inputs: [[1, 1]] });
    const { status, stderr } = await rramlab("crossbar", wild);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/Newton's method does not converge.*row \d, column \d/),
    ]);
    expect((await rramlab("crossbar", wild, "--tolerance", "2")).status).toBe(2);
  });
});
