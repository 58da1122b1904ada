import { firstImages } from "#src/datasets/labelled-images";
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
  weightKinds,
} from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { dataFor, dataSetRecord } from "../../files/data-sets.ts";
import { networkFor, networkRecord } from "../../files/network-files.ts";
import { pixelsText } from "../../files/network-source.ts";
import { checkData, checkOnCells, type Others } from "./evaluator.ts";

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
  network: {
    kind: "text",
    names: "network",
    default: "",
    says: "file of a network to take instead of training one (docs/networks.md); empty: trained here",
    source: "none",
  },
  pixels: text(
    "",
    "what a pixel 0 .. 255 is to a network that another program wrote: 0..1, -1..1, 0..255, or mean/deviation; empty: 0..1, or what its layer file says",
    "docs/networks-elsewhere.md",
  ),
  reshape: choice(
    ["refused", "allowed"],
    "refused",
    "images of as many values as the network of a file takes, in another arrangement: refused, or taken in their order",
    "refused: so that nothing is turned round unseen",
  ),
  others: choice(
    ["refused", "digital"],
    "refused",
    "weighted layers of a file that arrays cannot hold: refused by name, or computed beside the arrays",
    "refused: so that no layer is left out unseen",
  ),
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

/** The training seeds 0 .. seeds - 1, which every grid of networks spans; of a network from a file there is one. */
export const trainingSeeds = ({
  seeds,
  network,
}: {
  readonly seeds: number;
  readonly network?: string;
}): { readonly seed: readonly number[] } => ({
  seed: Array.from({ length: network ? 1 : seeds }, (_, i) => i),
});

type TrainedName = "widths" | "activation" | "epochs" | "batch" | "learningRate" | "others" | "pixels" | "reshape";

/** What nothing reads where networks come from files; `more`: what else of a study only training reads. */
export const idleOfFile = <N extends string = never>(
  { network }: { readonly network: string },
  ...more: readonly N[]
): Idle<TrainedName | N>[] =>
  idleWhere<TrainedName | N>(
    [
      network !== "",
      "with a network from a file, which is not trained here (network)",
      ...(["widths", "activation", "epochs", "batch", "learningRate", ...more] as const),
    ],
    [network === "", "without a network from a file (network)", "others", "pixels", "reshape"],
    [
      network !== "" && networkRecord(network).imported === null,
      "with a network of this program's own, whose file says it (network)",
      "pixels",
    ],
  );

/** Kind of a network's weights from a file: ternary where a layer is, float where all are. */
export const kindOf = (network: string): "float" | "binary" | "ternary" => {
  const kinds = networkRecord(network).layers.map(({ weights }) => weights);
  if (kinds.includes("ternary")) return "ternary";
  return kinds.every((kind) => kind === "float") ? "float" : "binary";
};

/** Which weights a study of one network reads. */
export const WEIGHTS_PARAMETER = choice(["binary", "ternary"], "ternary", "kind of weights", "chosen");

/** How many test images are used. */
export const TEST_IMAGES = integer(0, [0, 100_000], "test images, the first ones; 0: all", "all");

/** A set's training images, and those of its test images that are used. */
export const testImages = ({ data, images }: { readonly data: string; readonly images: number }) => {
  const { train, test } = dataFor(data);
  return { train, test: images === 0 ? test : firstImages(test, images) };
};

/** Which read error befalls weights, and how often. */
export const READ_ERROR_PARAMETERS = {
  error: choice(
    ["type1", "type2", "type3"],
    "type1",
    "type1: ±1 read with the other sign; type2: ±1 read as 0; type3: 0 read as ±1",
    "the three read errors of a ternary 2T2R cell",
  ),
  rate: quantity("1", 0.1, [0, 1], "probability that a weight of the affected state is read wrong", "chosen"),
} as const satisfies Parameters;

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

type CheckedNetwork = Pick<NetworkValues, "data" | "widths"> & {
  readonly network?: string;
  readonly pixels?: string;
  readonly reshape?: NetworkValues["reshape"];
  readonly weights?: string;
};

/** The same for studies whose weights are read from cells. */
export const checkCells = (params: CheckedNetwork & { readonly others: Others }): void => {
  checkNetwork(params);
  if (params.network) checkOnCells(networkFor(params.network, params.pixels).network, params.others);
};

/** Refuses two networks, one ternary and one binary, that cannot be compared: one from a file beside one that is trained here. */
export const checkComparedNetworks = (
  params: CheckedNetwork & { readonly others: Others; readonly binaryNetwork: string },
): void => {
  checkCells({ ...params, weights: "ternary" });
  const { network, binaryNetwork } = params;
  if ((network === "") !== (binaryNetwork === ""))
    throw new RangeError(
      `${network === "" ? "network" : "binaryNetwork"}: empty beside a file for the other; two networks from files are compared, or two that are trained here.`,
    );
  if (binaryNetwork !== "") checkCells({ ...params, network: binaryNetwork, weights: "binary" });
};

/** Refuses what training, or a network's file, would stumble over, before anything is computed. */
export const checkNetwork = (params: CheckedNetwork): void => {
  const { train } = dataFor(params.data);
  if (params.network) {
    const { network } = networkFor(params.network, params.pixels);
    checkData(network, train, `"${params.data}"`, `network: ${params.network}`, params.reshape === "allowed");
    const kinds = weightKinds(network);
    if (params.weights && params.weights !== "float" && !kinds.includes(params.weights))
      throw new RangeError(
        `weights: ${params.weights}; network ${params.network} has ${kinds.join(" and ")} weights. Set weights=${kinds[0]}.`,
      );
    return;
  }
  const widths = parseWidths(params.widths);
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
const TRAINING_PARAMETERS = [
  "network",
  "pixels",
  "data",
  "widths",
  "activation",
  "epochs",
  "batch",
  "learningRate",
  "seed",
] as const;

/** Trains the network of these parameters and weights; the key of seed s is the same for every kind of network. */
const trainFor = (params: NetworkValues, weights: string, key: Key): Network => {
  const design = designFor(params.widths, weights, params.activation);
  const learningRate = weights === "float" ? defaultLearningRate(design) : params.learningRate;
  const { epochs, batch } = params;
  return trainPerceptron(design, { epochs, batch, learningRate }, dataFor(params.data).train, fold(key, params.seed));
};

/**
 * A trained network as a part of a run. All draw from one stream: seed s is the same start and the same order of images
 * for every kind of weights. `null` takes the kind from the parameter `weights`; `file`: the parameter of the file that it may come
 * from instead.
 */
export const trainedPart = <P extends NetworkValues & { readonly weights?: string }>(
  weights: string | null,
  file: keyof P & string = "network",
): Part<P, Network> => ({
  stream: "network",
  uses: [file, ...TRAINING_PARAMETERS, ...(weights === null ? ["weights"] : [])] as readonly (keyof P & string)[],
  make: (params, key) => {
    const path = String(params[file]);
    return path === ""
      ? trainFor(params, weights ?? params.weights ?? "", key)
      : networkFor(path, params.pixels).network;
  },
});

/** The network in a few words, for captions. */
export const networkText = ({ network, widths }: { readonly network: string; readonly widths: string }): string =>
  network === "" ? `widths ${widths}` : `network ${network.split("/").at(-1)}`;

/** Of whose digits a set is made that foreign networks may have been trained on. */
const OF_TRAINING_IMAGES = "mnist-10k";

const testedText = (images: number, all: number): string =>
  images > 0 && images < all ? `the first ${images} of ${all}` : `${all}`;

/**
 * Data, networks and recipe of all points: `kinds` are the weights trained.
 * @param images Test images that were used, the first ones; 0: all.
 */
export const networkNotes = (points: readonly NetworkValues[], kinds: readonly string[], images = 0): string[] => {
  const files = [...new Set(points.map(({ network }) => network))].filter((network) => network !== "");
  if (files.length > 0) {
    const set = dataSetRecord(points[0].data);
    return files.map((file) => {
      const { described, sha256, trained, imported } = networkRecord(file);
      const how =
        imported ??
        (trained
          ? `trained on ${trained.dataSet}, seed "${trained.seed}", ${trained.epochs} epochs`
          : "its file does not say how it was trained");
      const tested = testedText(images, set.test);
      const entered = imported === null ? "" : ` ${pixelsText(points[0].pixels)}`;
      const known =
        imported !== null && points[0].data === OF_TRAINING_IMAGES
          ? " These digits are of MNIST's training set: a network of others may have been trained on them (--data says others)."
          : "";
      return `Network ${file} (${described}; sha256 ${sha256.slice(0, 12)}; ${how}), tested on ${tested} images of ${set.name}; one network: intervals are over chips or images alone.${entered}${known}`;
    });
  }
  const all = (name: keyof NetworkValues): string => [...new Set(points.map((p) => String(p[name])))].join(", ");
  const set = dataSetRecord(points[0].data);
  const quantized = kinds.some((k) => k !== "float");
  const recipe = quantized ? `${all("activation")} activations, learning rate ${all("learningRate")} (cosine)` : "";
  const float = kinds.includes("float") ? "float networks relu, learning rate 0.001 (cosine)" : "";
  return [
    `Trained on ${set.train} images and tested on ${testedText(images, set.test)} of ${set.name}; networks ${all("widths")}; ${[recipe, float].filter(Boolean).join("; ")}; ${all("epochs")} epochs, batch ${all("batch")}, last epoch, training seeds ${all("seed")}.`,
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
