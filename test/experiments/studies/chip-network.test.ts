import { describe, expect, test } from "@jest/globals";
import { defaultsOf } from "#src/montecarlo/parameter";
import { fold, rootKey, uniform } from "#src/random/index";
import { readNetwork } from "../../../experiments/studies/networks/chip-network.ts";
import { senseErrors } from "../../../experiments/studies/sensing/sense-errors.ts";
import type { SenseValues } from "../../../experiments/studies/sensing/sense-parameters.ts";

const KEY = rootKey("arrays of a chip");
const [OUTPUTS, INPUTS] = [5, 7];
const values = Int8Array.from(
  { length: OUTPUTS * INPUTS },
  (_, k) => Math.floor(3 * uniform(fold(KEY, "weights"), k)) - 1,
);
const layer = { outputs: OUTPUTS, inputs: INPUTS, values };
const defaults = { ...(defaultsOf(senseErrors.parameters) as SenseValues), device: "strong" };

const read = (
  arrayRows: number,
  columns: "column per output" | "column per input",
  changes: Partial<SenseValues> = {},
  strobe = 3e-9,
) => {
  const chip = readNetwork({ ...defaults, ...changes, arrayRows }, [layer], columns, [strobe], KEY);
  if ("failed" in chip) throw new Error(`${chip.failed} reads failed`);
  return chip[0];
};

describe.each(["column per output", "column per input"] as const)("a layer on arrays of few rows, %s", (columns) => {
  test("keeps every weight where it is", () => {
    const quiet = { mismatch: 0 };
    const [whole] = read(0, columns, quiet).ternary;
    for (const rows of [1, 2, 3, 100]) {
      const { ternary, counts } = read(rows, columns, quiet);
      expect(ternary[0].values).toEqual(whole.values);
      expect(counts.signed.of + counts.zero.of).toBe(values.length);
    }
    expect(whole.values.filter((w, k) => w === values[k]).length).toBeGreaterThan(0.9 * values.length);
  });
  test("is the same chip where its rows suffice, and has amplifiers of its own for each array where not", () => {
    const loud = { mismatch: 6 };
    const whole = read(0, columns, loud).ternary[0].values;
    expect(read(100, columns, loud).ternary[0].values).toEqual(whole);
    expect(read(2, columns, loud).ternary[0].values).not.toEqual(whole);
  });
});
