import type { Images, ImageWindow, Pointwise } from "#src/kernels/images";
import { isWeighted, type Layer, levelRange, uniformValue, type WeightedLayer } from "#src/networks/layers";
import { geometryOf, type Network, type NetworkLayer, placeNetwork } from "#src/networks/network";
import { sizeOf, type Window } from "#src/networks/shapes";

type Pair = readonly [number, number];

/** A network without its numbers: what is trained. */
export type NetworkDesign = Pick<Network, "input" | "layers">;

/** What stands between two steps: its shape, the border that its readers need, and that of its gradient. */
export interface StepValue {
  readonly shape: Omit<Images, "data">;
  readonly gradientBorder: Pair;
  /** Steps that take it. */
  readonly readers: number;
}

/** A tensor of a network that is learned ("layer.part"), and where it is among all parameters. */
export interface ParameterBlock {
  readonly layer: string;
  readonly part: "weight" | "scale" | "gain" | "shift" | "bias";
  readonly from: number;
  readonly length: number;
}

interface StepBase {
  readonly layer: string;
  readonly input: number;
  readonly output: number;
}

/** What a layer does in training. Values are numbered, the input's is 0. */
export type TrainingStep = StepBase &
  (
    | {
        readonly kind: "weighted";
        readonly of: WeightedLayer;
        readonly weights: ParameterBlock;
        /** A group's window each; of a dense layer null. */
        readonly windows: readonly ImageWindow[] | null;
        readonly inputs: number;
        readonly outputs: number;
      }
    | {
        readonly kind: "pointwise";
        readonly norm: {
          readonly name: string;
          readonly epsilon: number;
          readonly gain: ParameterBlock;
          readonly shift: ParameterBlock;
          /** Where its statistics, two a channel, are among those of a slice. */
          readonly statistics: number;
        } | null;
        readonly pointwise: Pointwise;
        /** What the values become where no kernel knows it. */
        readonly staircase: Layer | null;
      }
    | { readonly kind: "pool"; readonly window: Window; readonly isMax: boolean }
    | { readonly kind: "flatten" }
    | { readonly kind: "add"; readonly other: number }
    /** A bias, or a factor: one a channel, or one for all. */
    | { readonly kind: "bias" | "factor"; readonly parameter: ParameterBlock }
  );

export interface TrainingSteps {
  readonly values: readonly StepValue[];
  readonly steps: readonly TrainingStep[];
  readonly parameters: readonly ParameterBlock[];
  /** Numbers of all parameters. */
  readonly length: number;
  /** Numbers of the statistics of one slice one way: two of each channel that is normalised. */
  readonly statistics: number;
  /** The value that is the network's own. */
  readonly output: number;
  readonly classes: number;
}

/** What a step has beside its place in the network. */
type OwnOf<S> = S extends TrainingStep ? Omit<S, keyof StepBase> : never;

const EVERYTHING: Pair = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
const AS_IT_IS: Pointwise = { kind: 0, low: 0, high: 0, passes: EVERYTHING };
/** The least number above 0 in single precision: a relu passes gradients where x > 0. */
const ABOVE_ZERO = 2 ** -149;

/**
 * What activations do and where their gradients pass: within the range of values that they give, as a clip to that range (the
 * straight-through estimator of a hard tanh: Courbariaux et al., arXiv:1602.02830). A relu is its own.
 */
const pointwiseOf = (layer: Layer): { readonly pointwise: Pointwise; readonly staircase: Layer | null } | null => {
  const smooth = (pointwise: Pointwise) => ({ pointwise, staircase: null });
  switch (layer.kind) {
    case "sign":
      return smooth({ kind: 1, low: 0, high: 0, passes: [-1, 1] });
    case "ternary":
      return smooth({ kind: 2, low: -layer.threshold, high: layer.threshold, passes: [-1, 1] });
    case "relu":
      return smooth({
        kind: 3,
        low: 0,
        high: Number.POSITIVE_INFINITY,
        passes: [ABOVE_ZERO, Number.POSITIVE_INFINITY],
      });
    case "hardTanh":
      return smooth({ kind: 3, low: -1, high: 1, passes: [-1, 1] });
    case "clip":
      return smooth({ kind: 3, low: layer.low, high: layer.high, passes: [layer.low, layer.high] });
    case "steps": {
      const { values } = layer;
      return { pointwise: { ...AS_IT_IS, passes: [values[0], values[values.length - 1]] }, staircase: layer };
    }
    case "uniform": {
      const [low, high] = levelRange(layer).map((level) => uniformValue(level, layer));
      return { pointwise: { ...AS_IT_IS, passes: [low, high] }, staircase: layer };
    }
    default:
      return null;
  }
};

const windowsOf = (at: NetworkLayer): readonly ImageWindow[] => {
  const { window, groups, outputs } = geometryOf(at.layer as WeightedLayer, at.from);
  const channels = at.from.channels / groups;
  return Array.from({ length: groups }, (_, g) => ({
    ...window,
    channels,
    fromChannel: g * channels,
    outputs,
    toChannel: g * outputs,
  }));
};

/** Rows or columns that the way back of a window of stride 1 sees beyond its places. */
const backBorder = ({ size, stride, padding }: Window): Pair =>
  stride[0] === 1 && stride[1] === 1 ? [size[0] - 1 - padding[0], size[1] - 1 - padding[1]] : [0, 0];

const most = (a: Pair, b: Pair): Pair => [Math.max(a[0], b[0]), Math.max(a[1], b[1])];

/**
 * The steps of a network in training, in order: a batch normalisation and the activation after it are one.
 * @throws RangeError for a network whose layers do not chain.
 */
export const trainingSteps = (design: NetworkDesign): TrainingSteps => {
  const placed = placeNetwork(design);
  const readersOf = placed.map((_, l) => placed.filter(({ takes }) => takes.includes(l + 1)).length);
  const values: { shape: Omit<Images, "data">; gradientBorder: Pair; readers: number }[] = [];
  const parameters: ParameterBlock[] = [];
  const steps: TrainingStep[] = [];
  let [length, statistics] = [0, 0];
  const addValue = ({ channels, height, width }: NetworkLayer["to"]): number =>
    values.push({
      shape: { rows: height, columns: width, channels, border: [0, 0] },
      gradientBorder: [0, 0],
      readers: 0,
    }) - 1;
  const addParameter = (layer: string, part: ParameterBlock["part"], count: number): ParameterBlock => {
    const block = { layer, part, from: length, length: count };
    length += count;
    parameters.push(block);
    return block;
  };
  /** The value that each layer's value is. */
  const numberOf = [addValue(design.input.shape)];
  placed.forEach((at) => {
    const { layer, takes, from, to } = at;
    const { name } = layer;
    const [input, other] = takes.map((taken) => numberOf[taken]);
    /** Adds a step to a new value, which it gives. */
    const push = (step: OwnOf<TrainingStep>, from = input): number => {
      const output = addValue(to);
      steps.push({ layer: name, input: from, output, ...step });
      return output;
    };
    numberOf.push(
      ((): number => {
        if (isWeighted(layer)) {
          const { groups, outputs, inputs, window } = geometryOf(layer, from);
          const isDense = layer.kind === "dense";
          const output = push({
            kind: "weighted",
            of: layer,
            weights: addParameter(name, "weight", groups * outputs * inputs),
            windows: isDense ? null : windowsOf(at),
            inputs,
            outputs: groups * outputs,
          });
          if (!isDense) {
            const { shape } = values[input];
            values[input].shape = { ...shape, border: most(shape.border, window.padding) };
            values[output].gradientBorder = backBorder(window);
          }
          if (layer.scale === "none") return output;
          const count = layer.scale === "tensor" ? 1 : groups * outputs;
          return push({ kind: "factor", parameter: addParameter(name, "scale", count) }, output);
        }
        if (layer.kind === "batchNorm") {
          const norm = {
            name,
            epsilon: layer.epsilon,
            gain: addParameter(name, "gain", from.channels),
            shift: addParameter(name, "shift", from.channels),
            statistics,
          };
          statistics += 2 * from.channels;
          return push({ kind: "pointwise", norm, pointwise: AS_IT_IS, staircase: null });
        }
        const activation = pointwiseOf(layer);
        if (activation) {
          const before = steps[steps.length - 1];
          const isFused =
            before?.kind === "pointwise" &&
            before.norm !== null &&
            before.pointwise === AS_IT_IS &&
            takes[0] > 0 &&
            before.layer === placed[takes[0] - 1].layer.name &&
            readersOf[takes[0] - 1] === 1;
          if (!isFused) return push({ kind: "pointwise", norm: null, ...activation });
          steps[steps.length - 1] = { ...before, ...activation };
          return before.output;
        }
        switch (layer.kind) {
          case "bias":
            return push({ kind: "bias", parameter: addParameter(name, "bias", from.channels) });
          case "add":
            return push({ kind: "add", other });
          case "maxPool":
          case "averagePool":
            return push({
              kind: "pool",
              isMax: layer.kind === "maxPool",
              window: { size: layer.size, stride: layer.stride, padding: layer.padding ?? [0, 0] },
            });
          case "globalAveragePool": {
            const size: Pair = [from.height, from.width];
            return push({
              kind: "pool",
              isMax: false,
              window: { size, stride: [1, 1], padding: [0, 0] },
            });
          }
          case "flatten":
            // A vector is flat, and a row of one channel stands in order.
            return from.height * from.width === 1 ? input : push({ kind: "flatten" });
          default:
            throw new RangeError(`training: layer "${name}" of kind ${layer.kind} cannot be trained.`);
        }
      })(),
    );
  });
  if (length === 0) throw new RangeError("training: no layer learns; expected one that has weights.");
  for (const step of steps) {
    values[step.input].readers++;
    if (step.kind === "add") values[step.other].readers++;
  }
  const output = numberOf[placed.length];
  const { shape } = values[output];
  if (shape.rows * shape.columns !== 1)
    throw new RangeError(
      `training: the last layer gives ${shape.channels} x ${shape.rows} x ${shape.columns}; expected a vector: put a flatten layer or a global pool last.`,
    );
  return {
    values,
    steps,
    parameters,
    length,
    statistics,
    output,
    classes: sizeOf(placed[placed.length - 1].to),
  };
};
