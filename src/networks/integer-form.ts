import type { Levels } from "./activations.ts";
import type { WeightMatrix } from "./bit-planes.ts";
import { elementOf, scaleOf } from "./executor.ts";
import { isWeighted, levelRange, type Steps, uniformLevel, type WeightedLayer, weightRange } from "./layers.ts";
import {
  geometryOf,
  groupWeights,
  type Network,
  type NetworkLayer,
  placeNetwork,
  type WeightedGeometry,
} from "./network.ts";
import type { ImageShape } from "./shapes.ts";
import { foldThresholds, type Thresholds } from "./thresholds.ts";

/** An affine map from whole numbers to values, the same for all channels. */
interface Affine {
  readonly step: number;
  readonly offset: number;
}

/** A value of whole numbers, and what they stand for. */
export interface IntegerValue {
  readonly shape: ImageShape;
  readonly low: number;
  readonly high: number;
  /** What number z of a channel stands for: the layers' own arithmetic, after one product by a step. */
  readonly real: (z: number, channel: number) => number;
  /** Of each channel: whether `real` rises with z, falls, or stays. */
  readonly direction: Int8Array;
  /** Where one step and offset serve all channels and nothing else lies between: such values may be multiplied by weights. */
  readonly affine: Affine | null;
}

/** The weights of one group of a weighted layer as an array holds them, and what its inputs can be. */
export interface NetworkArray {
  readonly at: NetworkLayer;
  readonly geometry: WeightedGeometry;
  readonly group: number;
  readonly weights: WeightMatrix;
  /** What the layer's input holds. */
  readonly levels: Levels;
}

/** What patches hold: signs, where nothing is padded; padding is 0. */
export const levelsOfPatches = ({ levels, geometry }: Pick<NetworkArray, "levels" | "geometry">): Levels =>
  levels === "signs" && geometry.window.padding.some((n) => n > 0) ? "ternary" : levels;

/** How a layer's value comes about in whole numbers; `keep`: the numbers stay, what they stand for changes. */
export type IntegerStep =
  | { readonly kind: "sums"; readonly firstArray: number; readonly levels: Levels }
  | { readonly kind: "thresholds"; readonly thresholds: Thresholds }
  | { readonly kind: "keep" }
  /** The largest, or with a falling channel the least, of each window. */
  | { readonly kind: "extreme"; readonly direction: Int8Array }
  /** The sum of each window. */
  | { readonly kind: "total" }
  | { readonly kind: "add" }
  /** As in floating point; a quantizer's values as levels again. */
  | { readonly kind: "real"; readonly levelOf: ((x: number) => number) | null };

/** A network in whole numbers as chips run it. */
export interface IntegerNetwork {
  readonly network: Network;
  readonly placed: readonly NetworkLayer[];
  readonly steps: readonly IntegerStep[];
  /** What the value of each layer stands for, the input's first; null: floating point. */
  readonly values: readonly (IntegerValue | null)[];
  /** What a pixel 0 .. 255 is in whole numbers. */
  readonly pixels: Float32Array;
  readonly arrays: readonly NetworkArray[];
  /** Weighted layers that stay in floating point, and why. */
  readonly digital: readonly { readonly layer: string; readonly why: string }[];
}

/** Levels of a quantizer at most for which thresholds are kept. */
const MOST_LEVELS = 256;

/** Single precision holds every whole number up to here. */
const LARGEST = 2 ** 24;

const constant = (count: number, value: -1 | 0 | 1): Int8Array => new Int8Array(count).fill(value);

const linear = (shape: ImageShape, [low, high]: readonly [number, number], { step, offset }: Affine): IntegerValue => ({
  shape,
  low,
  high,
  real: (z) => z * step + offset,
  direction: constant(shape.channels, 1),
  affine: { step, offset },
});

/**
 * Pixels in whole numbers: levels less the zero point where there is a quantizer; else bytes, centred, in half steps where that takes,
 * if 0 lies on or between two of them (pixel 127.5 for 2 pixel / 255 - 1).
 */
const inputValue = ({
  shape,
  scale,
  offset,
  quantizer,
}: Network["input"]): { value: IntegerValue; pixels: Float32Array } => {
  const table = (of: (pixel: number) => number): Float32Array => Float32Array.from({ length: 256 }, (_, p) => of(p));
  if (quantizer) {
    const { zeroPoint, scale: step } = quantizer;
    const parts = [1, 2].find((n) => Number.isInteger(n * zeroPoint));
    const [low, high] = levelRange(quantizer);
    const level = (pixel: number): number => uniformLevel(pixel * scale + offset, quantizer);
    if (parts === undefined)
      return { value: linear(shape, [low, high], { step, offset: -zeroPoint * step }), pixels: table(level) };
    const centred = (l: number): number => parts * (l - zeroPoint);
    return {
      value: linear(shape, [centred(low), centred(high)], { step: step / parts, offset: 0 }),
      pixels: table((pixel) => centred(level(pixel))),
    };
  }
  // Pixels count down where they are inverted, so that a step is never negative.
  const direction = Math.sign(scale);
  const step = Math.abs(scale);
  const counted = (pixel: number): number => direction * pixel;
  const between = (of: (pixel: number) => number): [number, number] => [
    Math.min(of(0), of(255)),
    Math.max(of(0), of(255)),
  ];
  const zero = -offset / step;
  const parts = [1, 2].find(
    (n) => Math.abs(n * zero - Math.round(n * zero)) < 1e-9 && n * (Math.abs(zero) + 255) < LARGEST,
  );
  if (parts === undefined) return { value: linear(shape, between(counted), { step, offset }), pixels: table(counted) };
  const centred = (pixel: number): number => parts * counted(pixel) - Math.round(parts * zero);
  return {
    value: linear(shape, between(centred), { step: step / parts, offset: 0 }),
    pixels: table(centred),
  };
};

/** What numbers of a value can be. */
export const levelsOf = ({ low, high }: Pick<IntegerValue, "low" | "high">, onlySigns = false): Levels => {
  if (low === 0 && high === 255) return "bytes";
  if (low === -1 && high === 1) return onlySigns ? "signs" : "ternary";
  return { low, high };
};

/** Steps of one height as levels: multiples of it where they are such. Null where heights differ. */
const evenly = ({ values }: Steps) => {
  const step = values[1] - values[0];
  if (values.some((x, k) => x !== values[0] + k * step)) return null;
  const multiple = values[0] / step;
  const lowest = Number.isInteger(multiple) && Math.abs(multiple) < LARGEST ? multiple : 0;
  const indexOf = (x: number): number => values.indexOf(x);
  return {
    levels: values.map((_, k) => lowest + k),
    affine: { step, offset: values[0] - lowest * step },
    levelOf: (x: number) => lowest + indexOf(x),
    indexOf,
  };
};

/** Levels of a quantizing layer in ascending order, what they stand for, and the number of a value's level. */
const quantizerOf = ({ layer }: NetworkLayer) => {
  if (layer.kind === "sign")
    return {
      levels: [-1, 1],
      affine: { step: 1, offset: 0 },
      levelOf: (x: number) => x,
      indexOf: (x: number) => (x > 0 ? 1 : 0),
    };
  if (layer.kind === "ternary")
    return {
      levels: [-1, 0, 1],
      affine: { step: 1, offset: 0 },
      levelOf: (x: number) => x,
      indexOf: (x: number) => x + 1,
    };
  if (layer.kind === "steps") return evenly(layer);
  if (layer.kind !== "uniform") return null;
  const [low, high] = levelRange(layer);
  const { zeroPoint, scale } = layer;
  // With a zero point between two levels values are not multiples of a step, and do not enter arrays.
  const shift = Number.isInteger(zeroPoint) ? zeroPoint : 0;
  const levels = Array.from({ length: high - low + 1 }, (_, k) => low + k - shift);
  return {
    levels,
    affine: { step: scale, offset: (shift - zeroPoint) * scale },
    levelOf: (x: number) => Math.round(x / scale + zeroPoint) - shift,
    indexOf: (x: number) => Math.round(x / scale + zeroPoint) - low,
  };
};

/** The largest magnitude that sums of a weighted layer can have, whatever its weights of their kind are. */
const mostOf = (at: NetworkLayer, taken: IntegerValue): number => {
  const layer = at.layer as WeightedLayer;
  const [low, high] = weightRange(layer.weights) ?? [0, 0];
  return geometryOf(layer, at.from).inputs * Math.max(-taken.low, taken.high) * Math.max(-low, high);
};

/** Why a weighted layer has no place in whole numbers; null where it has. */
const refusal = (at: NetworkLayer, taken: IntegerValue | null): string | null => {
  const layer = at.layer as WeightedLayer;
  if (layer.weights.kind === "float") return "its weights are floating point";
  if (!taken?.affine) return "its input comes from no quantizer";
  const { window } = geometryOf(layer, at.from);
  if (taken.affine.offset !== 0 && window.padding.some((n) => n > 0))
    return "its input is padded, and 0 is none of the input's levels";
  const most = mostOf(at, taken);
  return most >= LARGEST ? `its sums reach ${most}, and ${LARGEST} is the most that is exact` : null;
};

/** What sums of a weighted layer stand for. */
const sumsOf = (at: NetworkLayer, network: Network, taken: IntegerValue): IntegerValue => {
  const { step, offset } = taken.affine as Affine;
  const layer = at.layer as WeightedLayer;
  const { inputs } = geometryOf(layer, at.from);
  const { channels } = at.to;
  const weights = network.tensors[`${layer.name}.weight`];
  const scale = scaleOf(at, network.tensors);
  const constants = Float64Array.from({ length: channels }, (_, c) => {
    if (offset === 0) return 0;
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += weights[c * inputs + i];
    return offset * sum * scale(c);
  });
  const most = mostOf(at, taken);
  const one = layer.scale !== "channel" && offset === 0 ? { step: step * scale(0), offset: 0 } : null;
  return {
    shape: at.to,
    low: -most,
    high: most,
    real: (z, c) => z * (step * scale(c)) + constants[c],
    direction: constant(channels, 1),
    affine: one,
  };
};

/** The same numbers behind a layer that changes each by itself. */
const changed = (
  value: IntegerValue,
  at: NetworkLayer,
  network: Network,
  element: (x: number, channel: number) => number,
): IntegerValue => {
  const direction = value.direction.slice();
  if (at.layer.kind === "batchNorm") {
    const gain = network.tensors[`${at.layer.name}.gain`];
    for (let c = 0; c < direction.length; c++) direction[c] *= Math.sign(gain[c]);
  }
  return { ...value, real: (z, c) => element(value.real(z, c), c), direction, affine: null };
};

const flattened = (value: IntegerValue): IntegerValue => {
  const { channels, height, width } = value.shape;
  const plane = height * width;
  if (plane === 1) return value;
  const direction = new Int8Array(channels * plane);
  for (let e = 0; e < direction.length; e++) direction[e] = value.direction[Math.floor(e / plane)];
  return {
    ...value,
    shape: { channels: channels * plane, height: 1, width: 1 },
    real: (z, e) => value.real(z, Math.floor(e / plane)),
    direction,
  };
};

/** A step, and what its numbers stand for; null: floating point. */
interface Folded {
  readonly step: IntegerStep;
  readonly value: IntegerValue | null;
}

const inFloatingPoint = (at: NetworkLayer): Folded => {
  const quantizer = quantizerOf(at);
  if (!quantizer) return { step: { kind: "real", levelOf: null }, value: null };
  const { levels, affine, levelOf } = quantizer;
  const value = linear(at.to, [levels[0], levels[levels.length - 1]], affine);
  return { step: { kind: "real", levelOf }, value };
};

const foldElement = (at: NetworkLayer, network: Network, value: IntegerValue): Folded => {
  const element = elementOf(at, network.tensors) as (x: number, channel: number) => number;
  const quantizer = quantizerOf(at);
  if (!quantizer) return { step: { kind: "keep" }, value: changed(value, at, network, element) };
  // Of many levels a table would be larger than what it saves.
  if (quantizer.levels.length > MOST_LEVELS) return inFloatingPoint(at);
  const { levels, affine, indexOf } = quantizer;
  const reach = Math.max(-value.low, value.high);
  const level = (z: number, c: number): number => indexOf(element(value.real(z, c), c));
  const thresholds = foldThresholds(level, value.direction, Float32Array.from(levels), reach);
  return {
    step: { kind: "thresholds", thresholds },
    value: linear(at.to, [levels[0], levels[levels.length - 1]], affine),
  };
};

const foldMean = (at: NetworkLayer, value: IntegerValue): Folded | null => {
  if (!value.affine) return null;
  const { layer, from } = at;
  const window = layer.kind === "averagePool" ? layer.size[0] * layer.size[1] : from.height * from.width;
  if (window * Math.max(-value.low, value.high) >= LARGEST) return null;
  const { step, offset } = value.affine;
  // What is padded counts as 0, which is no level then.
  const isPadded = layer.kind === "averagePool" && (layer.padding?.some((n) => n > 0) ?? false);
  if (isPadded && (offset !== 0 || value.low > 0 || value.high < 0)) return null;
  return {
    step: { kind: "total" },
    value: {
      ...linear(at.to, [window * value.low, window * value.high], { step: step / window, offset }),
      real: (z) => (z * step) / window + offset,
    },
  };
};

const foldAdd = (at: NetworkLayer, a: IntegerValue, b: IntegerValue): Folded | null => {
  if (!(a.affine && b.affine && a.affine.step === b.affine.step)) return null;
  const range = [a.low + b.low, a.high + b.high] as const;
  if (Math.max(-range[0], range[1]) >= LARGEST) return null;
  const affine = { step: a.affine.step, offset: a.affine.offset + b.affine.offset };
  return { step: { kind: "add" }, value: linear(at.to, range, affine) };
};

/**
 * A network's integer form. Weighted layers whose inputs are levels become sums of whole numbers; what lies between a sum and the next
 * quantizer becomes thresholds, found by the layers' own arithmetic on the sum times its step (`IntegerValue.real`) in double precision;
 * an average is a sum; what fits neither (a sum of two branches of different steps, weights that are any numbers) stays in floating
 * point, and weighted layers that do are named. It gives what `runNetwork` gives, but where that rounds its sums otherwise and ends within
 * a rounding of a threshold.
 */
export const foldNetwork = (network: Network): IntegerNetwork => {
  const placed = placeNetwork(network);
  const { value: input, pixels } = inputValue(network.input);
  const values: (IntegerValue | null)[] = [input];
  const signs = new Set<IntegerValue>();
  const arrays: NetworkArray[] = [];
  const digital: { layer: string; why: string }[] = [];
  const fold = (at: NetworkLayer): Folded => {
    const [value, other] = at.takes.map((number) => values[number]);
    const { layer } = at;
    if (isWeighted(layer)) {
      const why = refusal(at, value);
      if (why !== null) {
        digital.push({ layer: layer.name, why });
        return inFloatingPoint(at);
      }
      const taken = value as IntegerValue;
      const firstArray = arrays.length;
      const geometry = geometryOf(layer, at.from);
      const levels = levelsOf(taken, signs.has(taken));
      const { groups, outputs, inputs } = geometry;
      for (let group = 0; group < groups; group++) {
        const weights = { inputs, outputs, values: Int8Array.from(groupWeights(at, network.tensors, group)) };
        arrays.push({ at, geometry, group, weights, levels });
      }
      return { step: { kind: "sums", firstArray, levels }, value: sumsOf(at, network, taken) };
    }
    if (!value) return inFloatingPoint(at);
    if (layer.kind === "flatten") return { step: { kind: "keep" }, value: flattened(value) };
    if (layer.kind === "maxPool")
      return { step: { kind: "extreme", direction: value.direction }, value: { ...value, shape: at.to } };
    if (layer.kind === "averagePool" || layer.kind === "globalAveragePool")
      return foldMean(at, value) ?? inFloatingPoint(at);
    if (layer.kind === "add") return (other && foldAdd(at, value, other)) ?? inFloatingPoint(at);
    return foldElement(at, network, value);
  };
  const steps = placed.map((at): IntegerStep => {
    const { step, value } = fold(at);
    values.push(value);
    const keeps = step.kind === "keep" || step.kind === "extreme";
    const onlySigns = at.layer.kind === "sign" || (keeps && signs.has(values[at.takes[0]] as IntegerValue));
    if (value && onlySigns) signs.add(value);
    return step;
  });
  return { network, placed, steps, values, pixels, arrays, digital };
};
