import type { ConvolutionShape } from "#src/kernels/kernels";
import { type ImageShape, placesOf, sizeOf, type Window } from "#src/networks/shapes";
import { fold, type Key, uniformsInto } from "#src/random/index";
import { STATE_ACTIVATIONS, type StateActivation } from "./state-activation.ts";

/** What a layer's neurons are joined to those below by. */
export type LayerDesign =
  | { readonly kind: "dense"; readonly outputs: number }
  /** Square kernels of stride 1; `pool`: the largest of each 2 x 2, and of a side's odd last element nothing. */
  | {
      readonly kind: "convolution";
      readonly channels: number;
      readonly kernel: number;
      readonly padding: number;
      readonly pool: boolean;
    };

/**
 * What the output is asked for, and how the nudge enters its dynamics. With L the loss and y the target:
 *
 *     squared error, nudge inside    s <- f(u + beta (y - s))       descends L = |s - y|^2 / 2
 *     squared error, nudge outside   s <- f(u) + beta (y - s)       descends dL/du = s - y: for the logistic, 1/4 of the cross-entropy
 *     cross-entropy                  s <- u + beta (y - softmax(s)), the output linear
 *     softmax readout                the last layer is no part of the dynamics: p = softmax(W s + b) is read from the layer below,
 *                                    which is driven by -beta dL/ds = beta W^T (y - p)
 *
 * The first, third and fourth are those of github.com/Laborieux-Axel/Equilibrium-Propagation, the second that of
 * github.com/ernoult/continualEP. They are different dynamics: results of one are none of the other.
 */
export type Cost =
  | { readonly kind: "squared error"; readonly nudge: "inside" | "outside" }
  | { readonly kind: "cross-entropy" }
  | { readonly kind: "softmax readout" };

/**
 * The primitive function of a layered network, as data:
 *
 *     Phi(x, s) = sum over layers n of s_n . (A_n(s_{n-1}) + b_n),   s_0 = x
 *
 * with A_n a matrix or a convolution, pooled or not. States follow s_n <- f(dPhi/ds_n), all layers at once (Ernoult et al.,
 * arXiv:1905.13633; convolutions: arXiv:2005.04169). Updates take dPhi/dtheta; the activation f is left out of Phi, as the
 * authors do.
 */
export interface PrimitiveFunction {
  readonly input: ImageShape;
  readonly layers: readonly LayerDesign[];
  readonly activation: StateActivation;
  readonly cost: Cost;
}

/** A layer with the shapes that follow from those below. */
export type PlacedLayer = {
  readonly from: ImageShape;
  /** After pooling. */
  readonly to: ImageShape;
  readonly inputs: number;
  readonly outputs: number;
  /** Inputs of one neuron. */
  readonly fanIn: number;
  /** dense: inputs x outputs; convolution: channels x (channels below x kernel x kernel). Row-major. */
  readonly weights: number;
  readonly biases: number;
} & (
  | { readonly kind: "dense" }
  | {
      readonly kind: "convolution";
      readonly kernel: number;
      readonly padding: number;
      readonly pool: boolean;
      /** Before pooling. */
      readonly convolved: ImageShape;
    }
);

/** A convolution as the kernels take it. */
export const convolutionShape = ({
  from,
  convolved,
  kernel,
  padding,
}: PlacedLayer & { readonly kind: "convolution" }): ConvolutionShape => ({
  ...from,
  outChannels: convolved.channels,
  kernel,
  padding,
});

/** A dense network by its widths, inputs first. */
export const denseNetwork = (
  widths: readonly number[],
  activation: StateActivation,
  cost: Cost,
): PrimitiveFunction => ({
  input: { channels: 1, height: 1, width: widths[0] },
  layers: widths.slice(1).map((outputs) => ({ kind: "dense", outputs })),
  activation,
  cost,
});

const whole = (name: string, value: number, low: number): void => {
  if (!(Number.isInteger(value) && value >= low))
    throw new RangeError(`primitive function: ${name} ${value}; expected a whole number from ${low}.`);
};

const choice = (name: string, value: unknown, allowed: readonly string[]): void => {
  if (!allowed.includes(value as string))
    throw new RangeError(`primitive function: ${name} "${value}"; expected ${allowed.join(", ")}.`);
};

/** The largest of each 2 x 2. */
const POOL: Window = { size: [2, 2], stride: [2, 2], padding: [0, 0] };

const COSTS = ["squared error", "cross-entropy", "softmax readout"];

/**
 * The layers with their shapes.
 * @throws RangeError where the data describe no network: a kernel larger than its image, no layer, an unknown activation or cost.
 */
export const placeLayers = (phi: PrimitiveFunction): readonly PlacedLayer[] => {
  choice("activation", phi.activation, Object.keys(STATE_ACTIVATIONS));
  if (typeof phi.cost !== "object")
    throw new RangeError(
      `primitive function: cost ${JSON.stringify(phi.cost)}; expected { kind } of ${COSTS.join(", ")}.`,
    );
  choice("cost", phi.cost.kind, COSTS);
  if (phi.cost.kind === "squared error") choice("nudge", phi.cost.nudge, ["inside", "outside"]);
  if (phi.layers.length === 0) throw new RangeError("primitive function: no layers; expected one or more.");
  if (phi.cost.kind === "softmax readout" && phi.layers.length < 2)
    throw new RangeError("primitive function: a softmax readout reads a layer below it; expected two layers or more.");
  if (phi.layers[phi.layers.length - 1].kind !== "dense")
    throw new RangeError("primitive function: the last layer is a convolution; expected a dense output.");
  let from = phi.input;
  for (const [name, size] of Object.entries(from)) whole(`input ${name}`, size, 1);
  return phi.layers.map((layer, l): PlacedLayer => {
    const inputs = sizeOf(from);
    if (layer.kind === "dense") {
      whole(`outputs of layer ${l + 1}`, layer.outputs, 1);
      const to = { channels: layer.outputs, height: 1, width: 1 };
      const { outputs } = layer;
      const placed = { kind: "dense", from, to, inputs, outputs, fanIn: inputs } as const;
      from = to;
      return { ...placed, weights: inputs * outputs, biases: outputs };
    }
    choice(`kind of layer ${l + 1}`, layer.kind, ["dense", "convolution"]);
    const { channels, kernel, padding, pool } = layer;
    whole(`channels of layer ${l + 1}`, channels, 1);
    whole(`kernel of layer ${l + 1}`, kernel, 1);
    whole(`padding of layer ${l + 1}`, padding, 0);
    const window: Window = { size: [kernel, kernel], stride: [1, 1], padding: [padding, padding] };
    const [height, width] = placesOf(from, window);
    const convolved = { channels, height, width };
    const least = pool ? 2 : 1;
    if (padding >= kernel || convolved.height < least || convolved.width < least)
      throw new RangeError(
        `primitive function: layer ${l + 1}, kernel ${kernel}, padding ${padding}${pool ? ", pooled" : ""}, leaves nothing of an image of ${from.height} x ${from.width}.`,
      );
    const [down, right] = pool ? placesOf(convolved, POOL) : [height, width];
    const to = { channels, height: down, width: right };
    const fanIn = from.channels * kernel * kernel;
    const placed = { kind: "convolution", kernel, padding, pool, convolved, from, to, inputs, fanIn } as const;
    from = to;
    return { ...placed, outputs: sizeOf(to), weights: channels * fanIn, biases: channels };
  });
};

/** Layers that have states: all but a softmax readout. */
export const statefulLayers = (phi: PrimitiveFunction): number =>
  phi.layers.length - (phi.cost.kind === "softmax readout" ? 1 : 0);

/** Weights and biases of a network, an array a layer; shapes as in `PlacedLayer`. */
export interface NetworkParameters {
  readonly weights: readonly Float32Array[];
  readonly biases: readonly Float32Array[];
}

/** Uniform in ±1 / sqrt(fan-in), weights and biases: what the authors' framework starts from. */
export const initialParameters = (phi: PrimitiveFunction, key: Key): NetworkParameters => {
  const layers = placeLayers(phi);
  const draw = (count: number, fanIn: number, of: Key): Float32Array => {
    const values = new Float32Array(count);
    uniformsInto(values, of);
    return values.map((u) => (2 * u - 1) / Math.sqrt(fanIn));
  };
  return {
    weights: layers.map(({ weights, fanIn }, l) => draw(weights, fanIn, fold(fold(key, "weights"), l))),
    biases: layers.map(({ biases, fanIn }, l) => draw(biases, fanIn, fold(fold(key, "biases"), l))),
  };
};
