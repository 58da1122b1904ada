import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import type { DataSet, LabelledImages } from "#src/datasets/labelled-images";
import { labelledArrays, parseArrays, type Tensor } from "#src/exchange/index";
import { ownOf } from "#src/words/named";
import { Misuse, orMisuse } from "../misuse.ts";
import { readUserBytes } from "./read-file.ts";

/** Files of a folder of arrays: to test on, and to train on where they are there. */
export const ARRAY_FILES: readonly string[] = ["x_test.npy", "y_test.npy", "x_train.npy", "y_train.npy"];

/** Names that images and labels have in an .npz; the first are those of Keras. */
const NAMES = {
  test: [
    ["x_test", "y_test"],
    ["test_images", "test_labels"],
    ["images", "labels"],
    ["x", "y"],
  ],
  train: [
    ["x_train", "y_train"],
    ["train_images", "train_labels"],
  ],
} as const;

const arrayAt = (path: string): Tensor => {
  const bytes = readUserBytes(path, "data ");
  const found = orMisuse(() => parseArrays(bytes, path));
  const only = ownOf(found, "");
  if (!only) throw new Misuse(`data: ${path} holds several arrays; an .npy file holds one.`);
  return only;
};

const labelled = (images: Tensor, labels: Tensor, where: string): LabelledImages =>
  orMisuse(() => labelledArrays(images, labels, where));

/** Where nothing is to train on, the test images stand for them, and the name says so. */
const dataSet = (name: string, test: LabelledImages, train: LabelledImages | null): DataSet => {
  if (!train)
    return { name: `${name} (no training images: what a chip is calibrated by are test images)`, train: test, test };
  if (train.pixels !== test.pixels)
    throw new Misuse(`data: training images have ${train.pixels} pixels, test images ${test.pixels}.`);
  return { name, train, test };
};

const ofArchive = (path: string): DataSet => {
  const bytes = readUserBytes(path, "data ");
  const arrays = orMisuse(() => parseArrays(bytes, path));
  const pair = (names: readonly (readonly [string, string])[]): LabelledImages | null => {
    for (const [x, y] of names) {
      const [images, labels] = [ownOf(arrays, x), ownOf(arrays, y)];
      if (images && labels) return labelled(images, labels, `${path}: ${x}`);
    }
    return null;
  };
  const test = pair(NAMES.test);
  if (!test)
    throw new Misuse(
      `data: ${path} holds ${Object.keys(arrays).join(", ")}; expected ${NAMES.test.map((names) => names.join(" and ")).join(", or ")}.`,
    );
  return dataSet(`arrays of ${basename(path)}`, test, pair(NAMES.train));
};

/** A data set of arrays: of an .npz, of "IMAGES.npy,LABELS.npy", or of a folder of them; null where it is none. */
export const labelledArraysAt = (asked: string): DataSet | null => {
  if (/\.npz$/i.test(asked)) return ofArchive(asked);
  const files = asked.split(",");
  if (files.every((path) => /\.npy$/i.test(path))) {
    if (files.length !== 2)
      throw new Misuse(
        `data: ${asked}; expected images and labels, as IMAGES.npy,LABELS.npy, or an .npz that holds both.`,
      );
    return dataSet(
      `arrays of ${files.map((path) => basename(path)).join(", ")}`,
      labelled(arrayAt(files[0]), arrayAt(files[1]), asked),
      null,
    );
  }
  const [testImages, testLabels, trainImages, trainLabels] = ARRAY_FILES.map((name) => join(asked, name));
  if (!existsSync(testImages)) return null;
  const train = existsSync(trainImages) ? labelled(arrayAt(trainImages), arrayAt(trainLabels), trainImages) : null;
  return dataSet(`arrays of ${basename(asked)}`, labelled(arrayAt(testImages), arrayAt(testLabels), testImages), train);
};
