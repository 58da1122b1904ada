import { fold, type Key } from "#src/random/index";
import type { Activations } from "./activations.ts";
import { idealRead, inOrder, layerValue, windowOfPool } from "./executor.ts";
import { type IntegerNetwork, type IntegerStep, type IntegerValue, levelsOf, levelsOfPatches } from "./integer-form.ts";
import { isWeighted, type WeightedLayer } from "./layers.ts";
import { geometryOf, type NetworkLayer } from "./network.ts";
import { patchesInto, patchRows, placeSums } from "./patches.ts";
import { placesOf, sizeOf } from "./shapes.ts";
import type { Synapses } from "./synapses.ts";
import { applyThresholdsInto } from "./thresholds.ts";

/** Whole numbers in single precision, which holds them exactly, or any numbers; what it was made of may be packed elsewhere. */
type Value =
  | { readonly kind: "integers"; readonly values: Float32Array; readonly input: Activations | null }
  | { readonly kind: "real"; readonly values: Float64Array };

/** What whole numbers stand for. */
const realOf = (values: Float32Array, { shape, real }: IntegerValue): Float64Array => {
  const plane = shape.height * shape.width;
  return Float64Array.from(values, (z, k) => real(z, Math.floor(k / plane) % shape.channels));
};

/** Sums of a weighted layer as its arrays, one a group, give them. */
const sumsInto = (
  y: Float32Array,
  at: NetworkLayer,
  { firstArray, levels }: IntegerStep & { readonly kind: "sums" },
  synapses: readonly Synapses[],
  taken: Value & { readonly kind: "integers" },
  batch: number,
  key: Key,
): void => {
  const geometry = geometryOf(at.layer as WeightedLayer, at.from);
  const { groups, outputs, inputs } = geometry;
  if (at.layer.kind === "dense") {
    const x = taken.input ?? { batch, width: inputs, levels, values: taken.values };
    synapses[firstArray].forwardInto(y, x, key);
    return;
  }
  const rows = patchRows(at.from, geometry, batch);
  const places = rows / batch;
  let patches: Float32Array | null = null;
  for (let group = 0; group < groups; group++) {
    const array = synapses[firstArray + group];
    const own = groups === 1 ? key : fold(key, group);
    const map = { values: taken.values, batch, levels, shape: at.from, geometry, group };
    if (array.convolveInto) {
      array.convolveInto(y, map, own);
      continue;
    }
    patches ??= new Float32Array(rows * inputs);
    patchesInto(patches, taken.values, batch, at.from, geometry, group);
    const sums = new Float32Array(rows * outputs);
    const x = { batch: rows, width: inputs, levels: levelsOfPatches({ levels, geometry }), values: patches };
    array.forwardInto(sums, x, own);
    placeSums(y, sums, batch, places, geometry, group);
  }
};

/** The usual windows of two by two: a quarter of the time. */
const largestOfFours = (
  value: Float32Array,
  x: Float32Array,
  batch: number,
  { from, to }: NetworkLayer,
  direction: Int8Array,
): void => {
  let k = 0;
  for (let map = 0; map < batch * from.channels; map++) {
    const isFalling = direction[map % from.channels] < 0;
    for (let v = 0; v < to.height; v++)
      for (let u = 0, at = (map * from.height + 2 * v) * from.width; u < to.width; u++, at += 2) {
        const [a, b, c, d] = [x[at], x[at + 1], x[at + from.width], x[at + from.width + 1]];
        value[k++] = isFalling ? Math.min(Math.min(a, b), Math.min(c, d)) : Math.max(Math.max(a, b), Math.max(c, d));
      }
  }
};

/** Each window's sum, or its largest number, the least in channels of a falling direction. */
const windowed = (x: Float32Array, batch: number, at: NetworkLayer, direction: Int8Array | null): Float32Array => {
  const { from, to } = at;
  const window = windowOfPool(at);
  const [[rows, columns], [down, right], [above, before]] = [window.size, window.stride, window.padding];
  const [height, width] = placesOf(from, window);
  const value = new Float32Array(batch * sizeOf(to));
  if (direction && [rows, columns, down, right].every((n) => n === 2) && above + before === 0) {
    largestOfFours(value, x, batch, at, direction);
    return value;
  }
  let k = 0;
  for (let map = 0; map < batch * from.channels; map++) {
    const d = direction ? direction[map % from.channels] || 1 : 0;
    for (let v = 0; v < height; v++)
      for (let u = 0; u < width; u++) {
        const [top, left] = [v * down - above, u * right - before];
        const [firstRow, lastRow] = [Math.max(top, 0), Math.min(top + rows, from.height)];
        const [firstColumn, lastColumn] = [Math.max(left, 0), Math.min(left + columns, from.width)];
        let most = Number.NEGATIVE_INFINITY;
        let sum = 0;
        for (let row = map * from.height + firstRow; row < map * from.height + lastRow; row++)
          for (let at = row * from.width + firstColumn, end = row * from.width + lastColumn; at < end; at++) {
            const z = x[at];
            if (d * z > most) most = d * z;
            sum += z;
          }
        value[k++] = direction ? d * most : sum;
      }
  }
  return value;
};

/** Pixels 0 .. 255 of whole images as an integer network takes them. */
export const integerImages = ({ network, pixels, values }: IntegerNetwork, images: Uint8Array): Activations => {
  const width = sizeOf(network.input.shape);
  const levels = levelsOf(values[0] as IntegerValue);
  return { batch: images.length / width, width, levels, values: Float32Array.from(images, (pixel) => pixels[pixel]) };
};

/**
 * Runs an integer network on arrays: `synapses[k]` reads `arrays[k]`. Weighted layer n is read under `fold(key, n)`, each of several groups under a key
 * of its own below that.
 *
 * @param images Pixels of whole images; packed ones as they are.
 * @param watched A layer whose input values are to be seen.
 */
export const runInteger = (
  integer: IntegerNetwork,
  synapses: readonly Synapses[],
  images: Activations,
  key: Key,
  watched: { readonly layer: number; readonly see: (taken: readonly Float64Array[]) => void } | null = null,
): Float64Array => {
  const { network, placed, steps, values } = integer;
  const { batch } = images;
  const read = idealRead(network.tensors);
  const real = (value: Value, number: number): Float64Array =>
    value.kind === "real" ? value.values : realOf(value.values, values[number] as IntegerValue);
  const integers = (of: Float32Array): Value => ({ kind: "integers", values: of, input: null });
  let weighted = 0;
  const input: Value = { kind: "integers", values: images.values, input: images };
  const output = inOrder<Value>(placed, input, (l, taken) => {
    const at = placed[l];
    const step = steps[l];
    const reals = (): Float64Array[] => taken.map((value, k) => real(value, at.takes[k]));
    if (watched?.layer === l) watched.see(reals());
    const own = isWeighted(at.layer) ? fold(key, weighted++) : key;
    if (step.kind === "real") {
      const value = layerValue(network, at, reals(), batch, read, own);
      const { levelOf } = step;
      return levelOf ? integers(Float32Array.from(value, levelOf)) : { kind: "real", values: value };
    }
    const [first, second] = taken as readonly (Value & { readonly kind: "integers" })[];
    switch (step.kind) {
      case "sums": {
        const sums = new Float32Array(batch * sizeOf(at.to));
        sumsInto(sums, at, step, synapses, first, batch, own);
        return integers(sums);
      }
      case "thresholds": {
        const levels = new Float32Array(first.values.length);
        applyThresholdsInto(levels, first.values, step.thresholds, at.from.height * at.from.width);
        return integers(levels);
      }
      case "keep":
        return first;
      case "extreme":
        return integers(windowed(first.values, batch, at, step.direction));
      case "total":
        return integers(windowed(first.values, batch, at, null));
      case "add":
        return integers(first.values.map((z, k) => z + second.values[k]));
    }
  });
  return real(output, placed.length);
};
