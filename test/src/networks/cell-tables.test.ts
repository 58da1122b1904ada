import { describe, expect, test } from "@jest/globals";
import { cellsByLayer, frozenCells, frozenErrors, readCells, readLayers } from "#src/networks/index";
import { fold, rootKey, uniform } from "#src/random/index";

const KEY = rootKey("cell tables");
const [OUTPUTS, INPUTS] = [40, 50];
const weights = (name: string, levels: number) => ({
  inputs: INPUTS,
  outputs: OUTPUTS,
  values: Int8Array.from({ length: OUTPUTS * INPUTS }, (_, k) => {
    const u = uniform(fold(KEY, name), k);
    return levels === 3 ? Math.floor(3 * u) - 1 : u < 0.5 ? -1 : 1;
  }),
});
const ERRORS = { type1: 0.05, type2: 0.1, type3: 0.2 };

describe("a chip's cells", () => {
  test("read any weights as errors frozen under the same key do", () => {
    const cells = frozenCells({ inputs: INPUTS, outputs: OUTPUTS, weights: "ternary" }, ERRORS, KEY);
    for (const name of ["a", "b"]) {
      const stored = weights(name, 3);
      expect(readCells(cells, stored)).toEqual(frozenErrors(stored, ERRORS, KEY));
    }
    const binary = frozenCells(
      { inputs: INPUTS, outputs: OUTPUTS, weights: "binary" },
      { ...ERRORS, type2: 0, type3: 0 },
      KEY,
    );
    expect(binary.zero).toBeNull();
    const stored = weights("c", 2);
    expect(readCells(binary, stored)).toEqual(frozenErrors(stored, { ...ERRORS, type2: 0, type3: 0 }, KEY));
  });
  test("of several arrays are a layer's, one after the other, and layers that a chip does not know stay as they are", () => {
    const tables = [0, 1, 2].map((array) =>
      frozenCells({ inputs: INPUTS, outputs: OUTPUTS, weights: "ternary" }, ERRORS, fold(KEY, array)),
    );
    const layers = ["one", "two", "two"];
    const cells = cellsByLayer(layers, tables);
    expect(cells["two"].plus).toHaveLength(2 * OUTPUTS * INPUTS);
    const stored = ["a", "b", "c"].map((name) => weights(name, 3));
    expect(readLayers(cells, layers, stored)).toEqual(stored.map((array, k) => readCells(tables[k], array)));
    expect(readLayers({ one: tables[0] }, layers, stored)).toEqual([
      readCells(tables[0], stored[0]),
      stored[1],
      stored[2],
    ]);
  });
  test("are as many as weights", () => {
    const cells = frozenCells({ inputs: 2, outputs: 3, weights: "ternary" }, ERRORS, KEY);
    expect(() => readCells(cells, weights("a", 3))).toThrow(/6 cells for 2000 weights/);
  });
});
