import { defaultLearningRate, trainPerceptron } from "#src/learning/index";
import {
  choice,
  type Idle,
  idleWhere,
  integer,
  type Parameters,
  type Part,
  quantity,
  text,
  type ValuesOf,
} from "#src/montecarlo/index";
import {
  type Activation,
  type Network,
  type PerceptronDesign,
  TERNARY_ACTIVATION,
  TERNARY_WEIGHTS,
  type WeightQuantizer,
} from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { dataFor, dataSetRecord } from "../../files/data-sets.ts";

const WEIGHTS: Readonly<Record<string, WeightQuantizer>> = {
  float: { kind: "float" },
  binary: { kind: "binary" },
  ternary: TERNARY_WEIGHTS,
};
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  relu: { kind: "relu" },
  binary: { kind: "binary" },
  ternary: TERNARY_ACTIVATION,
};

/** What every study of networks lets the user set. */
export const NETWORK_PARAMETERS = {
  data: {
    kind: "text",
    names: "data set",
    default: "mnist-10k",
    says: "data set: mnist-10k, fashion-mnist, or a folder of IDX files (--data)",
    source: "rramlab data list",
  },
  widths: text(
    "784-64-64-10",
    "neurons a layer, inputs first",
    "chosen: narrow enough for binary and ternary weights to differ",
  ),
  activation: choice(
    ["binary", "ternary"],
    "binary",
    "what hidden layers pass on; ternary is a two-bit signal",
    "binary: so that weights alone differ between the networks",
  ),
  epochs: integer(10, [1, 1000], "passes over the training images", "docs/networks.md"),
  batch: integer(50, [2, 10000], "images a training step", "50 for 8,000 images, 128 for 60,000: docs/networks.md"),
  learningRate: quantity(
    "1",
    0.01,
    [1e-6, 1],
    "start of the cosine schedule; it decides how many ternary weights stay zero",
    "docs/networks.md",
  ),
  seeds: integer(5, [1, 1000], "training seeds: the unit of a claim about two kinds of network", "five or more"),
  seed: integer(0, [0, 999], "number of the training seed (an axis)", "0 .. seeds - 1"),
} as const satisfies Parameters;

/** The training seeds 0 .. seeds - 1, which every grid of networks spans. */
export const trainingSeeds = ({ seeds }: { readonly seeds: number }): { readonly seed: readonly number[] } => ({
  seed: Array.from({ length: seeds }, (_, i) => i),
});

/** Which weights a study of one network reads. */
export const WEIGHTS_PARAMETER = choice(["binary", "ternary"], "ternary", "kind of weights", "chosen");

/** What one network is made from: how many seeds a study spans is the study's own. */
type NetworkValues = Omit<ValuesOf<typeof NETWORK_PARAMETERS>, "seeds">;

/** @throws RangeError where the text is no list of widths like 784-64-64-10. */
export const parseWidths = (text: string): number[] => {
  const widths = text.split("-").map(Number);
  if (widths.length < 2 || widths.some((w) => !Number.isInteger(w) || w < 1 || w > 65536))
    throw new RangeError(`widths: "${text}" is no list of layer widths; expected e.g. 784-64-64-10.`);
  return widths;
};

export const designFor = (widths: string, weights: string, activation: string): PerceptronDesign => ({
  widths: parseWidths(widths),
  weights: WEIGHTS[weights],
  activation: weights === "float" ? ACTIVATIONS["relu"] : ACTIVATIONS[activation],
});

/** Refuses what training would stumble over, before anything is computed. */
export const checkNetwork = (params: Pick<NetworkValues, "data" | "widths">): void => {
  const widths = parseWidths(params.widths);
  const { train } = dataFor(params.data);
  if (widths[0] !== train.pixels)
    throw new RangeError(
      `widths: ${params.widths} takes ${widths[0]} inputs; images of "${params.data}" have ${train.pixels} pixels.`,
    );
  if (widths[widths.length - 1] < train.classes)
    throw new RangeError(
      `widths: ${params.widths} has ${widths[widths.length - 1]} outputs for ${train.classes} classes.`,
    );
};

/** Names of the parameters that a trained network depends on. */
const TRAINING_PARAMETERS = ["data", "widths", "activation", "epochs", "batch", "learningRate", "seed"] as const;

/** Trains the network of these parameters and weights; the key of seed s is the same for every kind of network. */
const trainFor = (params: NetworkValues, weights: string, key: Key): Network => {
  const design = designFor(params.widths, weights, params.activation);
  const learningRate = weights === "float" ? defaultLearningRate(design) : params.learningRate;
  const { epochs, batch } = params;
  return trainPerceptron(design, { epochs, batch, learningRate }, dataFor(params.data).train, fold(key, params.seed));
};

/**
 * A trained network as a part of a run. All draw from one stream: seed s is the same start and the same order of images
 * for every kind of weights. `null` takes the kind from the parameter `weights`.
 */
export const trainedPart = <P extends NetworkValues & { readonly weights?: string }>(
  weights: string | null,
): Part<P, Network> => ({
  stream: "network",
  uses: (weights === null ? [...TRAINING_PARAMETERS, "weights"] : TRAINING_PARAMETERS) as readonly (keyof P & string)[],
  make: (params, key) => trainFor(params, weights ?? params.weights ?? "", key),
});

/** Data, networks and recipe of all points: `kinds` are the weights trained. */
export const networkNotes = (points: readonly NetworkValues[], kinds: readonly string[]): string[] => {
  const all = (name: keyof NetworkValues): string => [...new Set(points.map((p) => String(p[name])))].join(", ");
  const set = dataSetRecord(points[0].data);
  const quantized = kinds.some((k) => k !== "float");
  const recipe = quantized ? `${all("activation")} activations, learning rate ${all("learningRate")} (cosine)` : "";
  const float = kinds.includes("float") ? "float networks relu, learning rate 0.001 (cosine)" : "";
  return [
    `Trained on ${set.train} images and tested on ${set.test} of ${set.name}; networks ${all("widths")}; ${[recipe, float].filter(Boolean).join("; ")}; ${all("epochs")} epochs, batch ${all("batch")}, last epoch, training seeds ${all("seed")}.`,
  ];
};

/** Of networks whose weights may be float. */
export const idleOfFloat = ({ weights }: { readonly weights: string }): Idle<"learningRate" | "activation">[] =>
  idleWhere([
    weights === "float",
    "with float weights, which are trained with relu at a rate of 0.001",
    "learningRate",
    "activation",
  ]);
