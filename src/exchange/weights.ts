import type { WeightLevels } from "#src/networks/layers";
import type { Tensor } from "./arrays/tensor.ts";
import type { Quantized } from "./onnx/operators/quantizers.ts";

/** Weights as levels and scales, or as they are. */
export interface ImportedWeights {
  readonly kind: WeightLevels;
  readonly levels: Float32Array;
  /** Nothing, one, or one an output. */
  readonly scales: Float32Array | null;
}

const rowOf = (values: Float64Array, outputs: number, o: number): Float64Array => {
  const inputs = values.length / outputs;
  return values.subarray(o * inputs, (o + 1) * inputs);
};

const scaled = (kind: WeightLevels, levels: Float32Array, scales: readonly number[]): ImportedWeights => {
  const isOne = scales.every((s) => s === scales[0]);
  if (isOne) return { kind, levels, scales: scales[0] === 1 ? null : Float32Array.of(scales[0]) };
  return { kind, levels, scales: Float32Array.from(scales) };
};

/** Levels that the file itself names, where a row has one scale. */
const declared = (quantized: Quantized | null, outputs: number): ImportedWeights | null => {
  if (!quantized) return null;
  const { levels, scales, zeroPoints, bits, signed, narrow } = quantized;
  const rows = Array.from({ length: outputs }, (_, o) => rowOf(scales.values, outputs, o));
  if (!rows.every((row) => row[0] > 0 && row.every((s) => s === row[0]))) return null;
  if (!zeroPoints.values.every((z) => z === 0)) return null;
  const width = signed ? bits : bits + 1;
  const kind: WeightLevels | null =
    bits === 1 && levels.values.every((l) => Math.abs(l) === 1)
      ? { kind: "binary" }
      : bits === 2 && signed && narrow
        ? { kind: "ternary" }
        : width >= 2 && width <= 8
          ? { kind: "integer", bits: width, narrow: signed && narrow }
          : null;
  return (
    kind &&
    scaled(
      kind,
      Float32Array.from(levels.values),
      rows.map((row) => row[0]),
    )
  );
};

/** Weights whose rows hold nothing but -s, s and perhaps 0: what a binarizer left behind. */
const found = ({ values }: Tensor, outputs: number): ImportedWeights | null => {
  if (values.length / outputs < 2) return null;
  const sizes = Array.from({ length: outputs }, (_, o) =>
    rowOf(values, outputs, o).reduce((most, w) => Math.max(most, Math.abs(w)), 0),
  );
  const [any] = sizes.filter((s) => s > 0);
  const scales = sizes.map((s) => s || any);
  if (any === undefined) return null;
  const inputs = values.length / outputs;
  const levels = new Float32Array(values.length);
  let zeros = 0;
  for (let k = 0; k < values.length; k++) {
    const s = scales[Math.floor(k / inputs)];
    const w = values[k];
    if (w !== 0 && w !== s && w !== -s) return null;
    levels[k] = Math.sign(w);
    if (w === 0) zeros++;
  }
  return scaled({ kind: zeros > 0 ? "ternary" : "binary" }, levels, scales);
};

/** Weights, outputs first: on the levels that the file names (`quantized`), or that they have; else as they are. */
export const weightsOf = (tensor: Tensor, quantized: Quantized | null, outputs: number): ImportedWeights =>
  declared(quantized, outputs) ??
  found(tensor, outputs) ?? { kind: { kind: "float" }, levels: Float32Array.from(tensor.values), scales: null };
