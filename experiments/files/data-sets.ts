import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { CIFAR_FILES } from "#src/datasets/cifar";
import type { DataSet, DataSetRecord, LabelledImages } from "#src/datasets/labelled-images";
import { BEAT_FILES } from "./beat-files.ts";
import { idxFolder } from "./idx-folder.ts";
import { ARRAY_FILES } from "./labelled-array-files.ts";
import { loadDataSet } from "./load-data-set.ts";
import { plannedRecords } from "./planned-records.ts";

const sha256 = ({ train, test }: DataSet): string => {
  const hash = createHash("sha256");
  const add = ({ count, pixels, classes, images, labels, groups }: LabelledImages): void => {
    hash.update(`${count} ${pixels} ${classes}\n`).update(images).update(labels);
    if (groups) hash.update(groups);
  };
  add(train);
  add(test);
  return hash.digest("hex");
};

const FILES = [...CIFAR_FILES.train, CIFAR_FILES.test, ...ARRAY_FILES, ...Object.values(BEAT_FILES)];

/** The IDX files of a folder; none where what is there is something else, which is told when it is read. */
const idxFilesOf = (asked: string): string[] => {
  try {
    return Object.values(idxFolder(asked));
  } catch {
    return [];
  }
};

/** What is at a path; nothing where a file stands for a folder of it. */
const statOf = (path: string) => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
};

/** What changes where a folder's files do; a set known by name has none, wherever one stands. */
const stateOf = (asked: string): string => {
  const files = [
    ...asked.split(",").map((path) => [path, path]),
    ...FILES.map((name) => [name, join(asked, name)]),
    ...idxFilesOf(asked).map((path) => [path, path]),
  ].flatMap(([name, path]) => {
    const found = statOf(path);
    return found?.isFile() ? [`${name} ${found.size} ${found.mtimeMs} ${found.ino}`] : [];
  });
  return files.length === 0 ? asked : [resolve(asked), ...files].join("\n");
};

/** The data set read last, with its digest. */
let last: { readonly state: string; readonly set: DataSet; readonly record: DataSetRecord } | undefined;

const planned = plannedRecords<DataSetRecord>("data", ({ name, train, test }) => `${name}: ${train} + ${test} images`);

const read = (asked: string): { readonly set: DataSet; readonly record: DataSetRecord } => {
  if (last?.record.asked === asked) return last;
  const state = stateOf(asked);
  const set = loadDataSet(asked);
  const { name, train, test } = set;
  const record: DataSetRecord = {
    asked,
    name,
    train: train.count,
    test: test.count,
    pixels: train.pixels,
    classes: train.classes,
    sha256: sha256(set),
  };
  last = { state, set, record };
  return last;
};

/** From here on data sets are those of this run: they are read for its plan, or must be what its plan says. */
export const expectDataSets = (records: readonly DataSetRecord[]): void => {
  planned.expect(records);
  // Files may have changed since they were read, and a relative folder is another one elsewhere.
  if (last && stateOf(last.record.asked) !== last.state) last = undefined;
};

/**
 * The data set that a study's parameter names, read once for a run.
 * @throws Misuse where it is not what the run began with.
 */
export const dataFor = (asked: string): DataSet => {
  const { set, record } = read(asked);
  planned.check(record);
  return set;
};

/** What the data set is, without its images: of a run that is planned from its plan alone, wherever the files are by now. */
export const dataSetRecord = (asked: string): DataSetRecord => planned.of(asked) ?? read(asked).record;
