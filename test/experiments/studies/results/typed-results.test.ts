import { describe, expect, test } from "@jest/globals";
import {
  axisColumns,
  bare,
  type Line,
  linesOf,
  settingsOf,
  sweptCurve,
  tableOf,
  valuesOf,
} from "../../../../experiments/studies/results/index.ts";
import { PARAMETERS, type Params, TABLE } from "./small-table.ts";

const lines = (): Line<Params, "accuracy">[] => linesOf(TABLE, PARAMETERS, ["seed", "rate"], { weights: bare });

describe("lines of a table", () => {
  test("share what is no exception, in order of appearance, and are named as it is worded", () => {
    expect(lines().map(({ label, rows }) => [label, rows.length])).toEqual([
      ["ternary", 3],
      ["binary", 1],
    ]);
    expect(linesOf(TABLE, PARAMETERS, ["seed", "weights"]).map(({ label }) => label)).toEqual(["rate 0.3", "rate 0.1"]);
    expect(linesOf(TABLE, PARAMETERS, ["seed", "weights"], { rate: () => "" }).map(({ label }) => label)).toEqual([
      "",
      "",
    ]);
  });
  test("are split by a parameter: numbers rising, words as they come", () => {
    const [ternary] = lines();
    expect(ternary.by("rate").map(({ value, rows }) => [value, rows.length])).toEqual([
      [0.1, 1],
      [0.3, 2],
    ]);
    expect(valuesOf(TABLE.rows, "weights")).toEqual(["ternary", "binary"]);
  });
  test("answer with means, and intervals where there is more than one row", () => {
    const [ternary, binary] = lines();
    const [, at] = ternary.by("rate");
    // t at 95 % and one degree of freedom: 12.706; the standard error of 0.90 and 0.92 is 0.01.
    expect(at.over("accuracy").low).toBeCloseTo(0.91 - 0.12706, 5);
    expect(at.share("accuracy").high).toBe(1);
    expect(at.bracketed("accuracy")).toBe("91.00 [78.29, 100.00]");
    expect(at.within("accuracy")).toBe("91.00 ±12.71");
    expect(binary.bracketed("accuracy")).toBe("80.00");
    expect(ternary.percent("accuracy")).toBe("NaN");
    expect(ternary.known("accuracy").percent("accuracy")).toBe("91.00");
    expect(ternary.estimates("accuracy")).toEqual([0.9, 0.92, Number.NaN]);
  });
  test("are told by what differs from the run's parameters", () => {
    const set: Params = { weights: "ternary", rate: 0.1, seed: 0 };
    const settings = settingsOf(TABLE, set, PARAMETERS, ["seed"], "as set");
    expect(settings.map(({ label }) => label)).toEqual(["rate 0.3", "binary", "as set"]);
  });
});

describe("tables and curves", () => {
  test("a column that is false is left out, heads and cells alike", () => {
    const table = tableOf("Title", lines(), [["weights", ({ at }) => at.weights], false], ["note"]);
    expect(table).toEqual({ title: "Title", columns: ["weights"], rows: [["ternary"], ["binary"]], notes: ["note"] });
    expect(axisColumns(TABLE, PARAMETERS).map(([head, of]) => [head, of(TABLE.rows[0])])).toEqual([
      ["weights", "ternary"],
      ["rate", "0.3"],
      ["seed", "0"],
    ]);
  });
  test("a swept curve has a point a value, in percent, and none where nothing is known", () => {
    const { x, y } = sweptCurve("accuracy", lines()[0], "rate", (at) => at.over("accuracy"));
    expect(x).toEqual([0.1, 0.3]);
    expect(y[0]).toBeNull();
    expect(y[1]).toBeCloseTo(91, 10);
  });
});
