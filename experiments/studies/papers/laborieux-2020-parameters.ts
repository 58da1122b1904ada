import { ARITHMETICS } from "#src/kernels/kernels";
import {
  choice,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  text,
  type ValuesOf,
} from "#src/montecarlo/index";
import { SENSE_PARAMETERS } from "../sensing/sense-parameters.ts";
import { PUBLISHED_PARAMETERS } from "./published-parameters.ts";

const AUTHORS = "github.com/Laborieux-Axel/Quantized_VGG";
const { data, images, testImages, seed } = PUBLISHED_PARAMETERS;

/** What the study lets the user set. */
export const PARAMETERS = {
  data: {
    ...data,
    says: "data set: mnist-10k, a folder of IDX files, or one of CIFAR-10's binary files (--data)",
    source: "rramlab data list; the authors train on CIFAR-10",
  },
  images,
  testImages,
  filters: integer(
    16,
    [1, 512],
    "channels of the first convolution; later ones have two and four times as many",
    "chosen: the authors' 128 takes 64 times as long",
  ),
  weights: choice(
    ["binary", "ternary", "float"],
    "ternary",
    "weights of all eight layers",
    "the paper compares the first two",
  ),
  activation: choice(
    ["binary", "ternary", "relu"],
    "binary",
    "what hidden layers pass on; ternary (0 within 0.5) is a two-bit signal; float weights go with relu",
    "binary: the paper's",
  ),
  epochs: integer(6, [1, 1000], "passes over the training images; the last counts", "chosen: the authors train 700"),
  restarts: text(
    "",
    "epochs of each cosine of the learning rate, with + between, the optimiser beginning anew with each: 100+200+400; empty: one over all epochs",
    `${AUTHORS}: 100+200+400`,
  ),
  batch: integer(128, [2, 10000], "images a training step", AUTHORS),
  learningRate: quantity("1", 0.01, [1e-6, 1], "start of the cosine (a tenth of it for float weights)", AUTHORS),
  optimiser: choice(
    ["adam", "adamw"],
    "adam",
    "adamw also draws latent weights to 0",
    "adam: six epochs need no decay; the authors' is adamw",
  ),
  weightDecay: quantity("1", 0, [0, 100], "of adamw", `${AUTHORS}: 2 sqrt(batch / (images x epochs of the cosine))`),
  arithmetic: choice(
    ARITHMETICS,
    "strict",
    "of training: strict gives the same bytes on every host; fused multiplies and adds in one, faster, where a host can",
    "strict: everything published",
  ),
  seeds: integer(5, [1, 1000], "trainings, each from its own start and order of images", "five or more for a claim"),
  seed,
  epoch: integer(1, [1, 1000], "after which epoch (an axis)", "1 .. epochs"),
  ...SENSE_PARAMETERS,
  samples: integer(
    200,
    [10, 1_000_000],
    "Monte Carlo samples of each stored state that energies of reads are means of",
    "chosen",
  ),
} as const satisfies Parameters;

export type Params = ValuesOf<typeof PARAMETERS>;

/** What a training's epoch reports. */
export const NUMBERS = {
  accuracy: mean("1", "share of test images classified right after the epoch"),
  loss: mean("1", "mean cross-entropy of the epoch's training images [nats]"),
  zeros: mean("1", "share of all weights that are 0 after the last epoch"),
  cells: mean("1", "2T2R cells, one a weight"),
  reads: mean("1", "reads of cells an image, each weight once a place"),
  energy: mean("J", "an image: every read from rest at the best strobe for its kind of weights"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

export type NumberName = keyof typeof NUMBERS;
