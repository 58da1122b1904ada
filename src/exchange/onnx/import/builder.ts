import { INPUT, type Layer, type LayerKind } from "#src/networks/layers";
import type { Network, NetworkInput } from "#src/networks/network";
import { type ImageShape, sameShape } from "#src/networks/shapes";
import { named } from "#src/words/named";
import { showSides } from "../../arrays/tensor.ts";
import { layerNames } from "../../layer-names.ts";
import { type Affine, gainOf, isFactor, isOne, isSame, isSameAs, SAME, spread, termOf } from "./affine.ts";
import { steepened } from "./stepped-layers.ts";
import type { Activation, Stepped, Value } from "./values.ts";

/** A value's shape as networks here have it. @throws RangeError for more sides than an image has. */
export const imageOf = (shape: readonly number[]): ImageShape => {
  const [, channels, ...sides] = shape;
  if (channels === undefined || sides.length > 2)
    throw new RangeError(
      `a value of ${shape.length} sides (${showSides(shape)}); a batch of vectors, of rows of channels or of images of channels is known`,
    );
  const [height, width] = sides.length === 2 ? sides : [1, sides[0] ?? 1];
  return { channels, height, width };
};

/** A network as it grows, layer by layer. */
export interface Builder {
  /** A layer on these values. */
  add(
    kind: LayerKind,
    from: readonly Activation[],
    tensors: Readonly<Record<string, Float32Array>>,
    shape: readonly number[],
  ): Activation;
  /** The value itself, with nothing left to be done to it. */
  settled(value: Value): Activation;
  /** A value to be multiplied by weights, and the positive number by which it is to be multiplied besides. */
  factored(value: Value): { readonly of: Activation; readonly factor: number };
  /** The input with its sides in another order, before anything else is done to it; null where it is no longer that. */
  turnedInput(of: Activation, order: readonly number[]): Activation | null;
  /** The same elements in the same order under another shape. */
  reshaped(of: Activation, shape: readonly number[]): Activation;
  network(output: Activation): Network;
  /** How the input's sides were turned; null: not at all. */
  inputOrder(): readonly number[] | null;
}

/** @param shape Of the graph's input, batch first. */
export const createBuilder = (shape: readonly number[]): Builder & { readonly input: Activation } => {
  const layers: Layer[] = [];
  const tensors = named<Float32Array>();
  const images = new Map<string, ImageShape>([[INPUT, imageOf(shape)]]);
  /** What is done to the input before any layer sees it: of several wishes the first. */
  let entering: Affine | null = null;
  /** Values that are the input's own, at most flattened. */
  const ofInput = new Set<string>([INPUT]);

  const nameFor = layerNames();
  let inputOrder: readonly number[] | null = null;

  const add: Builder["add"] = (kind, from, own, to) => {
    const name = nameFor(kind.kind);
    const isInput = from.some(({ layer }) => ofInput.has(layer));
    if (isInput && kind.kind === "flatten") ofInput.add(name);
    else if (isInput) entering ??= SAME;
    const before = layers[layers.length - 1]?.name ?? INPUT;
    const follows = from.length === 1 && from[0].layer === before;
    layers.push({ ...kind, name, ...(follows ? {} : { from: from.map(({ layer }) => layer) }) });
    for (const [part, values] of Object.entries(own)) tensors[`${name}.${part}`] = values;
    images.set(name, imageOf(to));
    return { kind: "activation", layer: name, shape: to, affine: SAME };
  };

  /** Layers made of a value, so that one that is used twice is made once. */
  const made = new Map<Value, Activation>();
  const once = (value: Value, make: () => Activation): Activation => {
    const found = made.get(value) ?? make();
    made.set(value, found);
    return found;
  };

  const affineLayer = (of: Activation): Activation => {
    const { affine } = of;
    const { channels } = imageOf(of.shape);
    const term = termOf(affine);
    if (term) return add({ kind: "bias" }, [of], { bias: spread(term, channels) }, of.shape);
    const parts = {
      gain: spread(affine.gain, channels),
      shift: spread(affine.shift, channels),
      mean: spread(affine.mean, channels),
      variance: new Float32Array(channels).fill(1),
    };
    return add({ kind: "batchNorm", epsilon: 0 }, [of], parts, of.shape);
  };

  const entered = (of: Activation): Activation => {
    if (isOne(of.affine)) {
      entering ??= of.affine;
      if (isSameAs(entering, of.affine)) return { ...of, affine: SAME };
    }
    entering ??= SAME;
    if (!isSame(entering)) throw new RangeError("the input enters in two ways; normalise it in one place");
    return once(of, () => affineLayer(of));
  };

  const settledActivation = (of: Activation): Activation => {
    if (ofInput.has(of.layer)) return entered(of);
    return isSame(of.affine) ? of : once(of, () => affineLayer(of));
  };

  const settledSteps = (value: Stepped): Activation => {
    // The same whatever comes in.
    if (value.cuts.length === 0)
      return {
        ...settledActivation(value.of),
        affine: { ...SAME, gain: Float64Array.of(0), shift: value.values.values },
      };
    const { turns, kind, gain } = steepened(value.cuts, value.values.values);
    const { of } = value;
    const turned = turns
      ? { ...of, affine: { ...of.affine, gain: of.affine.gain.map((g) => -g), shift: of.affine.shift.map((s) => -s) } }
      : of;
    const steps = add(kind, [settledActivation(turned)], {}, of.shape);
    return { ...steps, affine: gainOf(Float64Array.of(gain)) };
  };

  const activationOf = (value: Value): Activation => {
    if (value.kind === "activation") return value;
    if (value.kind === "stepped") return once(value, () => settledSteps(value));
    if (value.kind === "ended")
      throw new RangeError(
        `it takes what ${value.operator} gives, which is known at the end alone; between layers use Relu, HardTanh, Clip or a quantizer`,
      );
    const what = {
      constant: "a number that does not depend on the input",
      magnitude: "a magnitude |x|, which only comparisons take",
      turned: "a value whose sides stand in another order, which only flattening and weights take",
      permuted: "a flattened value whose elements stand in another order, which only weights take",
      padded: "a value with zeros around it, which only a convolution and a mean take",
      codes: "what QuantizeLinear gives, which only DequantizeLinear takes",
    }[value.kind];
    throw new RangeError(`it takes ${what}`);
  };

  const settled: Builder["settled"] = (value) => settledActivation(activationOf(value));

  const reshaped: Builder["reshaped"] = (of, to) => {
    if (to[0] !== of.shape[0])
      throw new RangeError(`${showSides(of.shape)} becomes ${showSides(to)}, and the batch does not stay by itself`);
    const [have, want] = [imageOf(of.shape), imageOf(to)];
    if (sameShape(have, want)) return { ...of, shape: to };
    if (want.height === 1 && want.width === 1) {
      const inner = isOne(of.affine) ? of : settledActivation(of);
      const flat = add({ kind: "flatten" }, [{ ...inner, affine: SAME }], {}, to);
      return { ...flat, affine: inner.affine };
    }
    if (layers.length === 0 && isOne(of.affine) && sameShape(have, images.get(INPUT) as ImageShape)) {
      images.set(INPUT, want);
      return { ...of, shape: to };
    }
    throw new RangeError(
      `${showSides(of.shape)} becomes ${showSides(to)}; only the input, and images to vectors, are reshaped`,
    );
  };

  return {
    input: { kind: "activation", layer: INPUT, shape, affine: SAME },
    add,
    settled,
    factored: (value) => {
      const of = activationOf(value);
      if (!ofInput.has(of.layer) && isFactor(of.affine))
        return { of: { ...of, affine: SAME }, factor: of.affine.gain[0] };
      return { of: settledActivation(of), factor: 1 };
    },
    turnedInput: (of, order) => {
      const isUntouched =
        of.layer === INPUT && layers.length === 0 && inputOrder === null && of.shape.join() === shape.join();
      if (!isUntouched || !isOne(of.affine) || order[0] !== 0) return null;
      const turned = order.map((axis) => shape[axis]);
      inputOrder = order;
      images.set(INPUT, imageOf(turned));
      return { ...of, shape: turned };
    },
    inputOrder: () => inputOrder,
    reshaped,
    network: (output) => {
      const { gain, mean, shift } = entering ?? SAME;
      const input: NetworkInput = {
        shape: images.get(INPUT) as ImageShape,
        scale: gain[0],
        offset: shift[0] - gain[0] * mean[0],
        quantizer: null,
      };
      if (layers.length === 0) throw new RangeError(`it has no layers (${showSides(shape)})`);
      if (layers[layers.length - 1].name !== output.layer)
        throw new RangeError("its output is not the last value that the layers give");
      return { input, layers, tensors };
    },
  };
};
