import { fold, type Key } from "#src/random/index";
import { isWeighted, stepOf, uniformLevel, uniformValue, type WeightedLayer } from "./layers.ts";
import { geometryOf, type Network, type NetworkInput, type NetworkLayer } from "./network.ts";
import { patchesInto, patchRows, placeSums } from "./patches.ts";
import { type ImageShape, placesOf, sizeOf, type Window } from "./shapes.ts";

/** What a weighted layer gives for x (batch x its input) before scales: batch x its output. `key` is this access's noise. */
export type ReadLayer = (at: NetworkLayer, x: Float64Array, batch: number, key: Key) => Float64Array;

/** Pixels as they enter a network. */
export const inputValues = (pixels: ArrayLike<number>, { scale, offset, quantizer }: NetworkInput): Float64Array =>
  Float64Array.from(pixels, (pixel) => {
    const x = pixel * scale + offset;
    return quantizer ? uniformValue(uniformLevel(x, quantizer), quantizer) : x;
  });

/** Sums of the weights themselves, in double precision, one after the other. */
export const idealRead =
  (tensors: Network["tensors"]): ReadLayer =>
  ({ layer, from, to }, x, batch) => {
    const geometry = geometryOf(layer as WeightedLayer, from);
    const { groups, outputs, inputs } = geometry;
    const weights = tensors[`${layer.name}.weight`];
    const value = new Float64Array(batch * sizeOf(to));
    const rows = patchRows(from, geometry, batch);
    const patches = new Float64Array(rows * inputs);
    const sums = new Float64Array(rows * outputs);
    for (let g = 0; g < groups; g++) {
      patchesInto(patches, x, batch, from, geometry, g);
      for (let r = 0; r < rows; r++)
        for (let o = 0; o < outputs; o++) {
          const w = (g * outputs + o) * inputs;
          let sum = 0;
          for (let i = 0; i < inputs; i++) sum += patches[r * inputs + i] * weights[w + i];
          sums[r * outputs + o] = sum;
        }
      placeSums(value, sums, batch, rows / batch, geometry, g);
    }
    return value;
  };

/** The value of each channel of a value, changed by itself. */
const byChannel = (
  x: Float64Array,
  { channels, height, width }: ImageShape,
  change: (value: number, channel: number) => number,
): Float64Array => {
  const plane = height * width;
  return x.map((value, k) => change(value, Math.floor(k / plane) % channels));
};

/**
 * What a layer of one value in, one value out makes of a number of its channel: the arithmetic, in this order, that decides everywhere,
 * also where thresholds were made of it.
 */
export const elementOf = ({ layer }: NetworkLayer, tensors: Network["tensors"]) => {
  const tensor = (part: string): Float32Array => tensors[`${layer.name}.${part}`];
  switch (layer.kind) {
    case "batchNorm": {
      const [gain, shift, mean, variance] = ["gain", "shift", "mean", "variance"].map(tensor);
      return (x: number, c: number): number =>
        (gain[c] * (x - mean[c])) / Math.sqrt(variance[c] + layer.epsilon) + shift[c];
    }
    case "bias": {
      const bias = tensor("bias");
      return (x: number, c: number): number => x + bias[c];
    }
    case "sign":
      return (x: number): number => (x >= 0 ? 1 : -1);
    case "ternary":
      return (x: number): number => (x > layer.threshold ? 1 : x < -layer.threshold ? -1 : 0);
    case "relu":
      return (x: number): number => Math.max(x, 0);
    case "hardTanh":
      return (x: number): number => Math.min(1, Math.max(-1, x));
    case "clip":
      return (x: number): number => Math.min(layer.high, Math.max(layer.low, x));
    case "steps":
      return (x: number): number => layer.values[stepOf(x, layer)];
    case "uniform":
      return (x: number): number => uniformValue(uniformLevel(x, layer), layer);
    default:
      return null;
  }
};

/** The scale of a weighted layer's sums, a channel each. */
export const scaleOf = ({ layer }: NetworkLayer, tensors: Network["tensors"]): ((channel: number) => number) => {
  const kind = (layer as WeightedLayer).scale;
  const scale = tensors[`${layer.name}.scale`];
  if (kind === "none") return () => 1;
  return kind === "tensor" ? () => scale[0] : (channel) => scale[channel];
};

/** The window of a pooling layer; a global one's is the image. */
export const windowOfPool = ({ layer, from }: NetworkLayer): Window => {
  const own = layer.kind === "maxPool" || layer.kind === "averagePool" ? layer : null;
  return {
    size: own?.size ?? [from.height, from.width],
    stride: own?.stride ?? [1, 1],
    padding: own?.padding ?? [0, 0],
  };
};

/** The largest or the mean of each window. */
const pooled = (x: Float64Array, batch: number, at: NetworkLayer): Float64Array => {
  const { layer, from, to } = at;
  const isMax = layer.kind === "maxPool";
  const window = windowOfPool(at);
  const [height, width] = placesOf(from, window);
  const area = window.size[0] * window.size[1];
  const value = new Float64Array(batch * sizeOf(to));
  let k = 0;
  for (let map = 0; map < batch * from.channels; map++)
    for (let v = 0; v < height; v++)
      for (let u = 0; u < width; u++) {
        let [most, sum] = [Number.NEGATIVE_INFINITY, 0];
        for (let i = 0; i < window.size[0]; i++)
          for (let j = 0; j < window.size[1]; j++) {
            const row = v * window.stride[0] + i - window.padding[0];
            const column = u * window.stride[1] + j - window.padding[1];
            if (row < 0 || row >= from.height || column < 0 || column >= from.width) continue;
            const at = x[(map * from.height + row) * from.width + column];
            most = Math.max(most, at);
            sum += at;
          }
        value[k++] = isMax ? most : sum / area;
      }
  return value;
};

/** A layer's value, of the values it takes. */
export const layerValue = (
  network: Network,
  at: NetworkLayer,
  taken: readonly Float64Array[],
  batch: number,
  read: ReadLayer,
  key: Key,
): Float64Array => {
  const [x, other] = taken;
  const { layer, from, to } = at;
  const element = elementOf(at, network.tensors);
  if (element) return byChannel(x, from, element);
  switch (layer.kind) {
    case "flatten":
      return x;
    case "add":
      return x.map((value, k) => value + other[k]);
    case "maxPool":
    case "averagePool":
    case "globalAveragePool":
      return pooled(x, batch, at);
    default: {
      const scale = scaleOf(at, network.tensors);
      return byChannel(read(at, x, batch, key), to, (sum, channel) => sum * scale(channel));
    }
  }
};

/** Runs layers in order, letting go of values that nobody takes any more; the last one's value. */
export const inOrder = <V>(
  placed: readonly Pick<NetworkLayer, "takes">[],
  input: V,
  step: (number: number, taken: readonly V[]) => V,
): V => {
  const values: (V | null)[] = [input];
  const last = new Map<number, number>();
  placed.forEach(({ takes }, l) => {
    for (const value of takes) last.set(value, l);
  });
  placed.forEach(({ takes }, l) => {
    const taken = takes.map((value) => values[value] as V);
    values.push(step(l, taken));
    for (const value of takes) if (last.get(value) === l) values[value] = null;
  });
  return values[placed.length] as V;
};

/**
 * The network in floating point: every layer as its definition says, in double precision. The truth that integer and packed forms are
 * held to.
 *
 * @param x What enters, batch x input: of pixels, `inputValues`.
 * @param read How weighted layers are read: the weights themselves, or an array's idea of them. Weighted layer n is read under `fold(key, n)`.
 * @returns The output, batch x classes.
 */
export const runNetwork = (
  network: Network,
  placed: readonly NetworkLayer[],
  x: Float64Array,
  batch: number,
  read: ReadLayer = idealRead(network.tensors),
  key: Key = { high: 0, low: 0 },
): Float64Array => {
  const size = sizeOf(network.input.shape);
  if (x.length !== batch * size)
    throw new RangeError(`network: ${x.length} input values for ${batch} inputs of ${size}.`);
  let weighted = 0;
  return inOrder(placed, x, (l, taken) => {
    const own = isWeighted(placed[l].layer) ? fold(key, weighted++) : key;
    return layerValue(network, placed[l], taken, batch, read, own);
  });
};
