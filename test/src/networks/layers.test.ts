import { describe, expect, test } from "@jest/globals";
import { type Layer, levelRange, type UniformQuantizer, uniformLevel, uniformValue } from "#src/networks/layers";
import { checkTensors, type Network, placeNetwork } from "#src/networks/network";

describe("uniform quantizers", () => {
  const two: UniformQuantizer = { bits: 3, signed: true, narrow: false, scale: 0.5, zeroPoint: 0 };
  test("round half to even, and stop at the ends of their bits", () => {
    const levels = [-9, -2.25, -0.75, -0.25, 0.25, 0.75, 1.25, 1.26, 9].map((x) => uniformLevel(x, two));
    expect(levels.map((level) => level + 0)).toEqual([-4, -4, -2, 0, 0, 2, 2, 3, 3]);
  });
  test("have one level less where they are narrow, and a value of 0 at the zero point", () => {
    expect(levelRange({ ...two, narrow: true })).toEqual([-3, 3]);
    expect(levelRange({ bits: 2, signed: false, narrow: false })).toEqual([0, 3]);
    const shifted = { ...two, zeroPoint: 1 };
    expect(uniformLevel(0, shifted)).toBe(1);
    expect(uniformValue(1, shifted)).toBe(0);
    expect(uniformValue(uniformLevel(-0.9, shifted), shifted)).toBe(-1);
  });
});

describe("a network that is none", () => {
  const input: Network["input"] = {
    shape: { channels: 2, height: 4, width: 4 },
    scale: 1,
    offset: 0,
    quantizer: null,
  };
  const placed = (...layers: Layer[]) => placeNetwork({ input, layers });
  const sign: Layer = { name: "act", kind: "sign" };
  test.each<[string, Layer[], string]>([
    ["no layers", [], "no layers"],
    ["two of one name", [sign, sign], 'layer 2 is called "act"'],
    ["a layer called as the input is", [{ ...sign, name: "input" }], 'layer 1 is called "input"'],
    ["a sum of one", [{ name: "sum", kind: "add" }], 'layer "sum" takes 1 values (input); add takes 2'],
    [
      "a sum of two shapes",
      [
        { name: "flat", kind: "flatten" },
        { name: "sum", kind: "add", from: ["flat", "input"] },
      ],
      'layer "sum" adds "flat" (32) and "input" (2 x 4 x 4); expected one shape',
    ],
    [
      "a conv1d of two rows",
      [
        {
          name: "c",
          kind: "conv1d",
          channels: 1,
          size: 1,
          stride: 1,
          padding: 0,
          groups: 1,
          weights: { kind: "binary" },
          scale: "none",
        },
      ],
      'layer "c": a conv1d takes one row; "input" gives 2 x 4 x 4',
    ],
    [
      "a scale of 0",
      [{ name: "q", kind: "uniform", bits: 2, signed: true, narrow: false, scale: 0, zeroPoint: 0 }],
      "expected a scale above 0",
    ],
  ])("%s", (_, layers, said) => {
    expect(() => placed(...layers)).toThrow(said);
  });
  test("a tensor that belongs to no layer is told, with the nearest that does", () => {
    const layers = placed({ name: "shift", kind: "bias" });
    expect(() => checkTensors({ tensors: { "shift.bias": new Float32Array(2) } }, layers)).not.toThrow();
    const tensors = { "shift.bias": new Float32Array(2), "shift.bais": new Float32Array(2) };
    expect(() => checkTensors({ tensors }, layers)).toThrow(
      'tensor "shift.bais" belongs to no layer. Did you mean "shift.bias"?',
    );
  });
});
