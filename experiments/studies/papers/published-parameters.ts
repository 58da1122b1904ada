import type { DataSet } from "#src/datasets/labelled-images";
import { integer, type Parameters, quantity, type ValuesOf } from "#src/montecarlo/index";
import { dataFor, dataSetRecord } from "../../files/data-sets.ts";
import { type EquilibriumModel, firstCount, firstImages } from "./equilibrium-model.ts";

/** What every reproduction of a paper lets the user set. */
export const PUBLISHED_PARAMETERS = {
  data: {
    kind: "text",
    names: "data set",
    default: "mnist-10k",
    says: "data set: mnist-10k, a folder of IDX files, or one of CIFAR-10's binary files (--data)",
    source: "rramlab data list; the papers train on all of MNIST or CIFAR-10",
  },
  images: integer(0, [0, 1_000_000], "training images, the first of the set; 0: all", "0: the authors'"),
  testImages: integer(0, [0, 1_000_000], "test images, the first of the set; 0: all", "0: the authors'"),
  epochs: integer(0, [0, 1000], "passes over the training images; 0: the authors' number", "0: the authors'"),
  epoch: integer(1, [1, 1000], "after which epoch (an axis)", "1 .. epochs"),
  tolerance: quantity(
    "1",
    0,
    [0, 0.5],
    "stops a free phase where no state moves further in a step; 0: never",
    "0: the authors'",
  ),
  seeds: integer(3, [1, 1000], "trainings, each from its own start and order of images", "chosen"),
  seed: integer(0, [0, 999], "number of the training (an axis)", "0 .. seeds - 1"),
} as const satisfies Parameters;

type Published = ValuesOf<typeof PUBLISHED_PARAMETERS>;

/** Names of the parameters a training depends on, beside its model. */
export const TRAINING_USES = ["data", "images", "testImages", "epochs", "tolerance", "seed"] as const;

/** The training and test images asked for. */
export const imagesFor = ({ data, images, testImages }: Pick<Published, "data" | "images" | "testImages">): DataSet => {
  const { name, train, test } = dataFor(data);
  return { name, train: firstImages(train, images), test: firstImages(test, testImages) };
};

/** A published model with what the user changes of it. */
export const adjusted = (
  model: EquilibriumModel,
  { epochs, tolerance }: Pick<Published, "epochs" | "tolerance">,
): EquilibriumModel => ({
  ...model,
  epochs: epochs === 0 ? model.epochs : epochs,
  phases: { ...model.phases, tolerance },
});

/** What the data are, for captions and notes. */
export const dataNote = (params: Pick<Published, "data" | "images" | "testImages">): string => {
  const { name, train, test } = dataSetRecord(params.data);
  return `Trained on ${firstCount(train, params.images)} images and tested on ${firstCount(test, params.testImages)} of ${name}`;
};

export const seedsAndEpochs = (
  seeds: number,
  epochs: number,
): { readonly seed: readonly number[]; readonly epoch: readonly number[] } => ({
  seed: Array.from({ length: seeds }, (_, i) => i),
  epoch: Array.from({ length: epochs }, (_, i) => i + 1),
});
