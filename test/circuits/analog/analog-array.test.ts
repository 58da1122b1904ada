import { describe, expect, test } from "@jest/globals";
import { type AnalogLayer, programAnalogArray } from "#circuits/analog/analog-array";
import type { AnalogDesign, Converter, WeightMapping } from "#circuits/analog/analog-design";
import { sampleConverters } from "#circuits/analog/converters";
import { readInput } from "#circuits/crossbar/crossbar-design";
import { createCrossbarSolver } from "#circuits/crossbar/crossbar-solver";
import { fold, normalsInto, rootKey, uniformsInto } from "#src/random/index";
import { plainDesign } from "../crossbar/arrays.ts";
import { IDEAL } from "./ideal-design.ts";

const KEY = rootKey("analog");
const BATCH = 5;
const layerOf = (inputs: number, outputs: number, positive = false): AnalogLayer => {
  const weights = new Float32Array(inputs * outputs);
  normalsInto(weights, fold(KEY, "weights"));
  return { inputs, outputs, weights: positive ? weights.map(Math.abs) : weights, largestInput: 1 };
};
const inputsOf = (layer: AnalogLayer, batch = BATCH): Float32Array => {
  const x = new Float32Array(batch * layer.inputs);
  uniformsInto(x, fold(KEY, "inputs"));
  return x;
};
const product = ({ inputs, outputs, weights }: AnalogLayer, x: Float32Array): Float64Array => {
  const y = new Float64Array((x.length / inputs) * outputs);
  for (let b = 0; b < x.length / inputs; b++)
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) y[b * outputs + o] += x[b * inputs + i] * weights[i * outputs + o];
  return y;
};
const answer = (design: AnalogDesign, layer: AnalogLayer, x: Float32Array, calibration = false): Float32Array => {
  const batch = x.length / layer.inputs;
  const y = new Float32Array(batch * layer.outputs);
  programAnalogArray(design, layer, fold(KEY, "chip"), calibration ? x : null).multiplyInto(
    y,
    x,
    batch,
    fold(KEY, "read"),
  );
  return y;
};
/** Root mean square difference over the root mean square of what is right. */
const error = (y: ArrayLike<number>, right: Float64Array): number => {
  let [wrong, size] = [0, 0];
  right.forEach((r, k) => {
    wrong += (y[k] - r) ** 2;
    size += r * r;
  });
  return Math.sqrt(wrong / size);
};

describe("an ideal array", () => {
  test.each<WeightMapping>(["differential pair", "offset column"])(
    "of %ss gives the product, in tiles or whole",
    (mapping) => {
      const layer = layerOf(70, 33);
      const x = inputsOf(layer).map((v) => 2 * v - 1);
      for (const tile of [IDEAL.tile, { rows: 16, columns: 10 }])
        expect(error(answer({ ...IDEAL, mapping, tile }, layer, x), product(layer, x))).toBeLessThan(2e-6);
    },
  );
  test("of single devices gives the product of weights from 0 up, and refuses others by name", () => {
    const layer = layerOf(40, 8, true);
    expect(
      error(answer({ ...IDEAL, mapping: "single" }, layer, inputsOf(layer)), product(layer, inputsOf(layer))),
    ).toBeLessThan(2e-6);
    expect(() => answer({ ...IDEAL, mapping: "single" }, layerOf(40, 8), inputsOf(layer))).toThrow(
      /input 0, output \d is negative/,
    );
  });
  test("bit-serial inputs and voltages of as many bits give the same; both tend to the product as bits grow", () => {
    const layer = layerOf(60, 12);
    const x = inputsOf(layer);
    const of = (kind: "voltage" | "bit-serial", bits: number): Float32Array =>
      answer({ ...IDEAL, input: { kind, bits } }, layer, x);
    const serial = of("bit-serial", 6);
    expect(error(of("voltage", 6), Float64Array.from(serial))).toBeLessThan(1e-5);
    const errors = [2, 4, 6, 8].map((bits) => error(of("bit-serial", bits), product(layer, x)));
    for (let k = 1; k < errors.length; k++) expect(errors[k] / errors[k - 1]).toBeLessThan(0.4);
    expect(() =>
      answer(
        { ...IDEAL, input: { kind: "bit-serial", bits: 4 } },
        layer,
        x.map((v) => -v),
      ),
    ).toThrow("is negative");
  });
  test("slices of 4-level devices carry two bits each: three of them do as one of 64 levels does", () => {
    const layer = layerOf(50, 20);
    const x = inputsOf(layer);
    const sliced = answer({ ...IDEAL, levels: 4, slices: 3 }, layer, x);
    const whole = answer({ ...IDEAL, levels: 64 }, layer, x);
    expect(error(sliced, Float64Array.from(whole))).toBeLessThan(1e-5);
    expect(error(whole, product(layer, x))).toBeGreaterThan(1e-3);
  });
  test("with wires the result is the crossbar solver's", () => {
    const layer = layerOf(24, 9, true);
    const design = { ...IDEAL, mapping: "single", wires: { wordLine: 20, bitLine: 10 } } as const;
    const x = inputsOf(layer, 1);
    const solver = createCrossbarSolver(plainDesign(24, 9, 20, 10));
    const most = layer.weights.reduce((a, b) => Math.max(a, b));
    solver.program(Float64Array.from(layer.weights, (w) => 1e-6 + (99e-6 * w) / most));
    const volts = Float64Array.from(x, (v) => 0.2 * v);
    const exact = solver.solve(readInput(volts, 9));
    if (!exact.ok) throw new Error(exact.reason);
    const least = volts.reduce((sum, v) => sum + 1e-6 * v, 0);
    const right = exact.currents.map((ampere) => ((ampere - least) * most) / (0.2 * 99e-6));
    expect(error(answer(design, layer, x), right)).toBeLessThan(1e-5);
    expect(error(answer({ ...design, wires: null }, layer, x), right)).toBeGreaterThan(0.02);
  });
  test("the answer depends on the key alone: same key, same bits; another, others", () => {
    const layer = layerOf(30, 7);
    const x = inputsOf(layer);
    const noisy = { ...IDEAL, readNoise: 0.05, programmingError: 0.1 };
    expect(answer(noisy, layer, x)).toEqual(answer(noisy, layer, x));
    const array = programAnalogArray(noisy, layer, fold(KEY, "chip"));
    const [a, b] = [new Float32Array(BATCH * 7), new Float32Array(BATCH * 7)];
    array.multiplyInto(a, x, BATCH, fold(KEY, "one"));
    array.multiplyInto(b, x, BATCH, fold(KEY, "two"));
    expect(a).not.toEqual(b);
  });
});

describe("what must not be shifted", () => {
  const converter: Converter = { kind: "SAR", bits: 6, range: { kind: "full" }, gain: 0, offset: 0, mismatch: 0 };
  test.each<WeightMapping>(["differential pair", "offset column"])(
    "no input gives no output, over many tiles and converters: %s",
    (mapping) => {
      const layer = layerOf(784, 4);
      const zeros = new Float32Array(784);
      const tile = { rows: 64, columns: 4 };
      for (const input of [
        { kind: "voltage", bits: 8 },
        { kind: "bit-serial", bits: 4 },
      ] as const)
        expect([...answer({ ...IDEAL, mapping, converter, tile, input }, layer, zeros)]).toEqual([0, 0, 0, 0]);
    },
  );
  test.each([2, 4, 5, 16])("signed weights on an offset column of devices of %i levels", (levels) => {
    const layer = { inputs: 1, outputs: 2, weights: Float32Array.of(1, -1), largestInput: 1 };
    const y = answer({ ...IDEAL, mapping: "offset column", levels }, layer, Float32Array.of(1));
    expect(y[0]).toBeCloseTo(1, 5);
    expect(y[1]).toBeCloseTo(-1, 5);
  });
  test("tiles of one cell each find room", () => {
    const layer = layerOf(30, 20);
    const one = { ...IDEAL, tile: { rows: 1, columns: 1 }, readNoise: 1e-9 };
    expect(error(answer(one, layer, inputsOf(layer)), product(layer, inputsOf(layer)))).toBeLessThan(1e-5);
  });
});

describe("converters", () => {
  const span = { low: -1, high: 1 };
  const sar: Converter = { kind: "SAR", bits: 6, range: { kind: "full" }, gain: 0, offset: 0, mismatch: 0 };
  const one = (converter: Converter) => sampleConverters(converter, span, 1, fold(KEY, "converter"))[0];
  const sweep = Array.from({ length: 2001 }, (_, k) => -1.2 + (2.4 * k) / 2000);

  test("an ideal one is within half a step inside its span and clips beyond it", () => {
    const convert = one(sar);
    // The highest code stands a step below the end of the span.
    for (const v of sweep)
      expect(Math.abs(convert(v) - Math.min(1 - 1 / 32, Math.max(-1, v)))).toBeLessThanOrEqual(1 / 64 + 1e-12);
    expect(convert(0)).toBe(0);
  });
  test("successive approximation with exact capacitors is the ideal converter", () => {
    const searched = one({ ...sar, offset: 1e-12 });
    const convert = one(sar);
    // Off the codes' edges, where either side is right.
    for (const v of sweep) expect(searched(v + 7e-5)).toBe(convert(v + 7e-5));
  });
  test("capacitor mismatch misplaces codes as its statistics say: the largest step has the error of the largest capacitor", () => {
    // At mid scale all smaller capacitors give way to the largest: its step errs by half the difference of their errors.
    const mismatch = 0.01;
    const bits = 8;
    const half = 2 ** (bits - 1);
    const thresholds = (count: number, code: number): number[] =>
      sampleConverters({ ...sar, bits, mismatch }, span, count, fold(KEY, "many")).map((convert) => {
        let [low, high] = [-1.1, 1.1];
        while (high - low > 1e-9) {
          const middle = (low + high) / 2;
          if ((convert(middle) + 1) * half >= code - 1e-9) high = middle;
          else low = middle;
        }
        return (high + 1) * half - (code - 0.5);
      });
    const sigma = (values: number[]): number => Math.sqrt(values.reduce((sum, s) => sum + s * s, 0) / values.length);
    expect(sigma(thresholds(2000, half)) / ((mismatch * Math.sqrt(2 ** bits)) / 2)).toBeGreaterThan(0.95);
    expect(sigma(thresholds(2000, half)) / ((mismatch * Math.sqrt(2 ** bits)) / 2)).toBeLessThan(1.05);
    // Both ends are exact, whatever the capacitors.
    expect(sigma(thresholds(500, 1))).toBeLessThan(0.02);
    expect(sigma(thresholds(500, 2 * half - 1))).toBeLessThan(0.02);
  });
  test("a bowed ramp is off by its bow at mid scale and exact at the ends; gain and offset shift codes", () => {
    const ramp: Converter = { kind: "ramp", bits: 8, range: { kind: "full" }, gain: 0, offset: 0, bow: 3 };
    const step = 2 / 256;
    expect(one(ramp)(0) / step).toBeCloseTo(3, 6);
    expect(one(ramp)(-1 + step / 4)).toBeCloseTo(-1, 9);
    const shifted = sampleConverters({ ...ramp, bow: 0, offset: 2 }, span, 4000, fold(KEY, "offsets"));
    const spread = Math.sqrt(
      shifted.reduce((sum, convert) => sum + ((convert(0.3) - 0.3) / step) ** 2, 0) / shifted.length,
    );
    expect(spread).toBeGreaterThan(1.9);
    expect(spread).toBeLessThan(2.12);
  });
  test("a range calibrated on the currents keeps more of the product than the full range at few bits", () => {
    const layer = layerOf(300, 20);
    const x = inputsOf(layer, 50);
    const at = (range: Converter["range"]): number =>
      error(answer({ ...IDEAL, converter: { ...sar, range } }, layer, x, true), product(layer, x));
    expect(at({ kind: "calibrated", quantile: 1 })).toBeLessThan(at({ kind: "full" }) / 5);
    expect(at({ kind: "calibrated", quantile: 0.5 })).toBeGreaterThan(at({ kind: "calibrated", quantile: 0.999 }));
  });
});

describe("refused", () => {
  const layer = layerOf(4, 2);
  const refused: readonly (readonly [string, Partial<AnalogDesign>, string])[] = [
    ["a mapping by another name", { mapping: "differential" as WeightMapping }, 'mapping is "differential"'],
    ["an input coding by another name", { input: { kind: "serial", bits: 4 } as never }, 'input.kind is "serial"'],
    ["a converter left out", { converter: undefined as never }, "converter is missing"],
    ["conductances that descend", { conductances: [1e-4, 1e-6] }, "ascending"],
    ["a read voltage of 0", { readVoltage: 0 }, "read voltage"],
    ["one level", { levels: 1 }, "levels 1"],
    ["slices without levels", { slices: 2 }, "slices need"],
    ["half a bit", { input: { kind: "voltage", bits: 1.5 } }, "input bits 1.5"],
    ["negative wires", { wires: { wordLine: -1, bitLine: 0 } }, "wires of -1"],
    ["negative noise", { readNoise: -0.1 }, "read noise -0.1"],
    ["an empty tile", { tile: { rows: 0, columns: 4 } }, "tile rows 0"],
  ];
  test.each(refused)("%s", (_, change, words) => {
    expect(() => programAnalogArray({ ...IDEAL, ...change }, layer, KEY)).toThrow(words);
  });
  test("weights that are no numbers", () => {
    const broken = { ...layer, weights: layer.weights.map((w, k) => (k === 3 ? Number.NaN : w)) };
    expect(() => programAnalogArray(IDEAL, broken, KEY)).toThrow("input 1, output 1 is NaN");
  });
  test("inputs of another shape, and a calibrated range without calibration", () => {
    const y = new Float32Array(2);
    expect(() => programAnalogArray(IDEAL, layer, KEY).multiplyInto(y, new Float32Array(3), 1, KEY)).toThrow(
      "3 inputs",
    );
    const converter: Converter = {
      kind: "SAR",
      bits: 4,
      range: { kind: "calibrated", quantile: 0.9 },
      gain: 0,
      offset: 0,
      mismatch: 0,
    };
    expect(() => programAnalogArray({ ...IDEAL, converter }, layer, KEY)).toThrow("needs calibration inputs");
  });
});
