import { closest } from "fastest-levenshtein";
import { ownOf } from "#src/words/named";
import {
  INPUT,
  isWeighted,
  type Layer,
  type Steps,
  type UniformQuantizer,
  type WeightedLayer,
  weightRange,
} from "./layers.ts";
import { type ImageShape, placesOf, sameShape, showShape, sizeOf, type Window } from "./shapes.ts";

/** What enters: images of pixels 0 .. 255, each as pixel scale + offset, quantized where there is a quantizer. */
export interface NetworkInput {
  readonly shape: ImageShape;
  readonly scale: number;
  readonly offset: number;
  readonly quantizer: UniformQuantizer | null;
}

/** A network as data: layers in an order in which each follows what it takes, and tensors named "layer.part". The last layer's value is the output. */
export interface Network {
  readonly input: NetworkInput;
  readonly layers: readonly Layer[];
  readonly tensors: Readonly<Record<string, Float32Array>>;
}

/** A layer with its shapes and whose values it takes, as numbers of values: 0 is the input's, k + 1 that of layer k. */
export interface NetworkLayer {
  readonly layer: Layer;
  readonly takes: readonly number[];
  readonly from: ImageShape;
  readonly to: ImageShape;
}

/** A weighted layer as a window over its input; a dense one is a window as large as what it takes. */
export interface WeightedGeometry {
  readonly window: Window;
  readonly groups: number;
  /** Outputs and inputs (channels x window) of one group. */
  readonly outputs: number;
  readonly inputs: number;
}

export const geometryOf = (layer: WeightedLayer, from: ImageShape): WeightedGeometry => {
  const whole = { stride: [1, 1], padding: [0, 0] } as const;
  if (layer.kind === "dense")
    return {
      window: { ...whole, size: [from.height, from.width] },
      groups: 1,
      outputs: layer.outputs,
      inputs: sizeOf(from),
    };
  const { channels, groups } = layer;
  const window: Window =
    layer.kind === "conv2d" ? layer : { size: [1, layer.size], stride: [1, layer.stride], padding: [0, layer.padding] };
  return {
    window: { size: window.size, stride: window.stride, padding: window.padding },
    groups,
    outputs: channels / groups,
    inputs: (from.channels / groups) * window.size[0] * window.size[1],
  };
};

/** The weights of one group of a weighted layer, outputs x inputs. */
export const groupWeights = (at: NetworkLayer, tensors: Network["tensors"], group: number): Float32Array => {
  const { outputs, inputs } = geometryOf(at.layer as WeightedLayer, at.from);
  const size = outputs * inputs;
  return tensors[`${at.layer.name}.weight`].subarray(group * size, (group + 1) * size);
};

/** Names and lengths of the tensors of a layer. */
export const tensorsOf = ({ layer, from }: NetworkLayer): Readonly<Record<string, number>> => {
  if (isWeighted(layer)) {
    const { groups, outputs, inputs } = geometryOf(layer, from);
    const scale = { none: {}, tensor: { scale: 1 }, channel: { scale: groups * outputs } }[layer.scale];
    return { weight: groups * outputs * inputs, ...scale };
  }
  const { channels } = from;
  if (layer.kind === "batchNorm") return { gain: channels, shift: channels, mean: channels, variance: channels };
  return layer.kind === "bias" ? { bias: channels } : {};
};

const refuse = (what: string): never => {
  throw new RangeError(`network: ${what}`);
};

const isWhole = (value: number, low: number): boolean => Number.isInteger(value) && value >= low;

const checkWindow = (layer: Layer, { size, stride, padding }: Window): void => {
  if (![...size, ...stride].every((n) => isWhole(n, 1)) || !padding.every((n) => isWhole(n, 0)))
    refuse(
      `layer "${layer.name}": window ${size.join(" x ")}, stride ${stride.join(" x ")}, padding ${padding.join(" x ")}; expected whole numbers, from 1 (padding from 0).`,
    );
  if (padding.some((n, side) => n >= size[side]))
    refuse(
      `layer "${layer.name}": padding ${padding.join(" x ")} of a window ${size.join(" x ")}; expected less than the window, or some of it sees nothing.`,
    );
};

/** The window of a layer that has one. */
export const windowOf = (layer: Layer, from: ImageShape): Window | null => {
  if (isWeighted(layer)) return geometryOf(layer, from).window;
  if (layer.kind === "maxPool" || layer.kind === "averagePool")
    return { size: layer.size, stride: layer.stride, padding: layer.padding ?? [0, 0] };
  return null;
};

/** The shape of a layer's value. */
const shapeAfter = (layer: Layer, below: string, from: ImageShape): ImageShape => {
  const window = windowOf(layer, from);
  const shown = `"${below}" gives ${showShape(from)}`;
  if (isWeighted(layer) && layer.kind !== "dense") {
    const { channels, groups } = layer;
    if (!isWhole(channels, 1)) refuse(`layer "${layer.name}": ${channels} channels; expected a whole number from 1.`);
    if (!isWhole(groups, 1) || from.channels % groups !== 0 || channels % groups !== 0)
      refuse(
        `layer "${layer.name}": ${groups} groups do not divide ${from.channels} channels (${shown}) into ${channels}; expected a number that divides both.`,
      );
    if (layer.kind === "conv1d" && from.height !== 1)
      refuse(`layer "${layer.name}": a conv1d takes one row; ${shown}. Use conv2d, or flatten.`);
  }
  if (window) {
    checkWindow(layer, window);
    const [height, width] = placesOf(from, window);
    if (height < 1 || width < 1)
      refuse(
        `layer "${layer.name}": a window ${window.size.join(" x ")} with padding ${window.padding.join(" x ")} does not fit: ${shown}.`,
      );
    if (layer.kind === "dense") {
      if (!isWhole(layer.outputs, 1))
        refuse(`layer "${layer.name}": ${layer.outputs} outputs; expected a whole number from 1.`);
      if (from.height !== 1 || from.width !== 1)
        refuse(`layer "${layer.name}": a dense layer takes a vector; ${shown}. Put a flatten layer between.`);
      return { channels: layer.outputs, height: 1, width: 1 };
    }
    return { channels: isWeighted(layer) ? layer.channels : from.channels, height, width };
  }
  if (layer.kind === "globalAveragePool") return { channels: from.channels, height: 1, width: 1 };
  return layer.kind === "flatten" ? { channels: sizeOf(from), height: 1, width: 1 } : from;
};

const checkBits = (where: string, bits: number, most: number): void => {
  if (!isWhole(bits, 1) || bits > most) refuse(`${where}: ${bits} bits; expected 1 .. ${most}.`);
};

const checkQuantizer = (where: string, { bits, signed, scale, zeroPoint, rounds }: UniformQuantizer): void => {
  checkBits(where, bits, 16);
  if (signed && bits < 2) refuse(`${where}: one bit with a sign has no level but 0 and -1; expected 2 bits or more.`);
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY) || !(Math.abs(zeroPoint) <= 2 ** 16))
    refuse(
      `${where}: scale ${scale}, zero point ${zeroPoint}; expected a scale above 0, and a zero point of at most ${2 ** 16} either way.`,
    );
  if (rounds === "value" && !Number.isInteger(zeroPoint))
    refuse(`${where}: zero point ${zeroPoint} is added to what is rounded; expected a whole number.`);
};

const checkSteps = (where: string, { at, above, values }: Steps): void => {
  const areFinite = [...at, ...values].every(Number.isFinite);
  const doRise = values.every((x, k) => k === 0 || x > values[k - 1]);
  // Two borders at one place are one that takes it and one that does not.
  const doAscend = at.every((x, k) => k === 0 || x > at[k - 1] || (x === at[k - 1] && above[k] && !above[k - 1]));
  if (
    at.length === 0 ||
    above.length !== at.length ||
    values.length !== at.length + 1 ||
    !areFinite ||
    !doRise ||
    !doAscend
  )
    refuse(
      `${where}: steps at ${at.join(", ")} to ${values.join(", ")}; expected borders and one value more, each ascending.`,
    );
};

/** Numbers of a layer that no shape depends on. */
const checkKind = (layer: Layer): void => {
  const where = `layer "${layer.name}"`;
  if (isWeighted(layer) && layer.weights.kind === "integer") {
    checkBits(where, layer.weights.bits, 8);
    if (layer.weights.bits < 2) refuse(`${where}: whole numbers of one bit have no sign; use binary weights.`);
  }
  if (layer.kind === "uniform") checkQuantizer(where, layer);
  if (layer.kind === "batchNorm" && !(layer.epsilon >= 0 && Number.isFinite(layer.epsilon)))
    refuse(`${where}: epsilon ${layer.epsilon}; expected 0 or more.`);
  if (layer.kind === "clip" && !(Number.isFinite(layer.low) && Number.isFinite(layer.high) && layer.low < layer.high))
    refuse(`${where}: within ${layer.low} .. ${layer.high}; expected two numbers, ascending.`);
  if (layer.kind === "steps") checkSteps(where, layer);
  if (layer.kind === "ternary" && !(layer.threshold >= 0 && Number.isFinite(layer.threshold)))
    refuse(`${where}: threshold ${layer.threshold}; expected 0 or more.`);
};

/**
 * The layers with their shapes, in order.
 * @throws RangeError for names that are taken or missing, shapes that do not chain, numbers out of range.
 */
export const placeNetwork = ({ input, layers }: Pick<Network, "input" | "layers">): readonly NetworkLayer[] => {
  for (const [name, size] of Object.entries(input.shape))
    if (!isWhole(size, 1)) refuse(`input of ${name} ${size}; expected a whole number from 1.`);
  if (!(Number.isFinite(input.scale) && Number.isFinite(input.offset)) || input.scale === 0)
    refuse(`input of scale ${input.scale}, offset ${input.offset}; expected finite numbers, and a scale other than 0.`);
  if (input.quantizer) checkQuantizer("input", input.quantizer);
  if (layers.length === 0) refuse("no layers; expected one or more.");
  const values = new Map([[INPUT, { number: 0, shape: input.shape }]]);
  let before = INPUT;
  return layers.map((layer, l): NetworkLayer => {
    const names = layer.from ?? [before];
    const wanted = layer.kind === "add" ? 2 : 1;
    if (names.length !== wanted)
      refuse(
        `layer "${layer.name}" takes ${names.length} values (${names.join(", ")}); ${layer.kind} takes ${wanted}.`,
      );
    const taken = names.map((name) => {
      const found = values.get(name);
      if (found) return found;
      return refuse(
        `layer "${layer.name}" takes "${name}", which no layer before it gives. Did you mean "${closest(name, [...values.keys()])}"?`,
      );
    });
    if (layer.name === "" || values.has(layer.name))
      refuse(`layer ${l + 1} is called "${layer.name}"; expected a name that no other value has.`);
    checkKind(layer);
    const [first, second] = taken;
    if (second && !sameShape(first.shape, second.shape))
      refuse(
        `layer "${layer.name}" adds "${names[0]}" (${showShape(first.shape)}) and "${names[1]}" (${showShape(second.shape)}); expected one shape.`,
      );
    const to = shapeAfter(layer, names[0], first.shape);
    values.set(layer.name, { number: l + 1, shape: to });
    before = layer.name;
    return { layer, takes: taken.map(({ number }) => number), from: first.shape, to };
  });
};

/** @throws RangeError for tensors that are missing, of other lengths, or hold what their layer cannot have. */
export const checkTensors = ({ tensors }: Pick<Network, "tensors">, placed: readonly NetworkLayer[]): void => {
  const known = new Set<string>();
  for (const at of placed)
    for (const [part, length] of Object.entries(tensorsOf(at))) {
      const name = `${at.layer.name}.${part}`;
      known.add(name);
      const found = ownOf(tensors, name);
      if (found?.length !== length)
        refuse(
          `tensor "${name}" is ${found ? `of ${found.length} numbers` : "missing"}; layer "${at.layer.name}" needs ${length}.`,
        );
      checkValues(at.layer, part, name, found as Float32Array);
    }
  const strange = Object.keys(tensors).find((name) => !known.has(name));
  if (strange !== undefined)
    refuse(`tensor "${strange}" belongs to no layer. Did you mean "${closest(strange, [...known])}"?`);
};

const checkValues = (layer: Layer, part: string, name: string, values: Float32Array): void => {
  const range = part === "weight" && isWeighted(layer) ? weightRange(layer.weights) : null;
  const isAllowed = (w: number): boolean => {
    if (!Number.isFinite(w)) return false;
    if (part === "variance") return w >= 0 && (w > 0 || (layer.kind === "batchNorm" && layer.epsilon > 0));
    if (part === "scale") return w > 0;
    if (!range) return true;
    const isLevel = Number.isInteger(w) && w >= range[0] && w <= range[1];
    return isLevel && !(w === 0 && isWeighted(layer) && layer.weights.kind === "binary");
  };
  const at = values.findIndex((w) => !isAllowed(w));
  if (at < 0) return;
  const expected = range
    ? `${isWeighted(layer) && layer.weights.kind === "binary" ? "-1 and 1" : `whole numbers ${range[0]} .. ${range[1]}`} (${isWeighted(layer) ? layer.weights.kind : ""} weights)`
    : ({
        variance: layer.kind === "batchNorm" && layer.epsilon > 0 ? "numbers from 0" : "numbers above 0 (epsilon is 0)",
        scale: "numbers above 0",
      }[part] ?? "finite numbers");
  refuse(`tensor "${name}" holds ${values[at]} at ${at}; expected ${expected}.`);
};

/** Classes of a network: the size of its output. */
export const classesOf = (placed: readonly NetworkLayer[]): number => sizeOf(placed[placed.length - 1].to);

/** A network's weighted layers, in order. */
export const weightedLayers = (
  placed: readonly NetworkLayer[],
): readonly (NetworkLayer & { readonly layer: WeightedLayer })[] =>
  placed.filter((at): at is NetworkLayer & { readonly layer: WeightedLayer } => isWeighted(at.layer));
