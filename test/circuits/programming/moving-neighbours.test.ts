import { describe, expect, test } from "@jest/globals";
import type { BiasScheme } from "#circuits/crossbar/biasing";
import { deviation, expectWithin, ONE_T_ONE_R, squareArray } from "./whole-array.ts";

describe("energy, the far cell's gap and the most disturbed cell's way are those of one netlist of all filaments", () => {
  const schemes: readonly BiasScheme[] = ["V/2", "V/3", "floating", "grounded"];
  test.each(schemes.flatMap((scheme) => [2.4, -2.6].map((volt): [BiasScheme, number] => [scheme, volt])))(
    "4 x 4, others at %s, %d V: within 2 %",
    (scheme, voltage) => {
      expectWithin(deviation(squareArray(4, { kind: "cross-point", scheme }), voltage, 1), 0.02);
    },
  );
  test("V/2 RESET, where half-selected cells move by tenths of a nanometre: six patterns within 0.2 %", () => {
    const found = [0, 1, 2, 3, 4, 5].map((seed) =>
      deviation(squareArray(4, { kind: "cross-point", scheme: "V/2" }), -2.6, seed),
    );
    for (const one of found) expectWithin(one, 0.002);
    expect(found.filter(({ furthest }) => furthest > 0.1e-9).length).toBeGreaterThan(3);
  });
  test("5 x 5 with grounded lines, where a row switches", () => {
    const found = deviation(squareArray(5, { kind: "cross-point", scheme: "grounded" }), 2.4, 1);
    expect(found.furthest).toBeGreaterThan(1e-9);
    expectWithin(found, 0.02);
  });
  test.each([
    [2.4, 2.5],
    [2.4, 1.2],
    [-3, 3.3],
    [-1.6, 2],
  ])(
    "1T1R on heavy lines, %d V with a gate of %d V: within 0.2 %, other rows' leakage and the row's other cells included",
    (voltage, gate) => {
      expectWithin(deviation(squareArray(5, ONE_T_ONE_R, 5, 300), voltage, 0, gate), 0.002);
    },
  );
  test("terminals at the other ends of the lines, or at both, and arrays that are not square", () => {
    const { lines, ...rest } = squareArray(3, { kind: "cross-point", scheme: "V/2" }, 40, 100);
    for (const [wordEnds, bitEnds] of [
      ["right", "top"],
      ["both", "both"],
    ] as const)
      for (const access of [rest.access, ONE_T_ONE_R]) {
        const wordLines = { ...lines.wordLines, ends: wordEnds };
        const bitLines = { ...lines.bitLines, ends: bitEnds };
        const of = { ...rest, access, lines: { rows: 3, columns: 4, wordLines, bitLines } };
        expectWithin(deviation(of, -2.6, 2, 3), 0.002);
      }
  });
});
