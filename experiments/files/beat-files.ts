import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Beats, beatImages, checkPatients, encodeBeats, parseBeats } from "#src/datasets/beats";
import type { DataSet } from "#src/datasets/labelled-images";
import { syntheticBeats } from "#src/datasets/synthetic-beats";
import { BEAT_LEAD, beatsOfRecord, PATIENT_SPLIT, parseAnnotations, parseHeader, signalOf } from "#src/datasets/wfdb";
import { Misuse, orMisuse } from "../misuse.ts";
import { readUserBytes, readUserText } from "./read-file.ts";
import { writeUserFile } from "./user-file.ts";

/** Files of a folder of beats: to train on and to test with. */
export const BEAT_FILES = { train: "mitbih-beats-ds1.bin", test: "mitbih-beats-ds2.bin" } as const;

/** Whether a folder holds a file of beats. */
export const hasBeats = (folder: string): boolean =>
  Object.values(BEAT_FILES).some((file) => existsSync(join(folder, file)));

const asDataSet = (name: string, where: string, train: Beats, test: Beats): DataSet => {
  const [of, against] = [beatImages(train), beatImages(test)];
  orMisuse(() => checkPatients(of, against, where));
  return { name, train: of, test: against };
};

/** @throws Misuse where a file is not there or is none of beats, where records are in both, or a class is in one of them not at all. */
export const loadBeatFolder = (folder: string): DataSet => {
  const read = (file: string): Beats => {
    const path = join(folder, file);
    if (!existsSync(path))
      throw new Misuse(`data: ${path} is not there; rramlab data beats makes it of PhysioNet's records.`);
    return orMisuse(() => parseBeats(readFileSync(path), `data: ${path}`));
  };
  return asDataSet(
    `MIT-BIH beats in ${basename(folder)}, inter-patient, classes N S V F`,
    `data: ${folder}`,
    read(BEAT_FILES.train),
    read(BEAT_FILES.test),
  );
};

export const loadSyntheticBeats = (): DataSet => {
  const { train, test } = syntheticBeats();
  return asDataSet("synthetic beats (made up, of no heart)", "data: synthetic-beats", train, test);
};

/** The beats of records of PhysioNet's mitdb that are in a folder; how many of each record. */
const recordBeats = (folder: string, records: readonly number[]): readonly Beats[] =>
  records.map((record) => {
    const path = join(folder, String(record));
    const header = orMisuse(() => parseHeader(readUserText(`${path}.hea`, "header "), `header ${path}.hea`));
    const lead = header.leads.indexOf(BEAT_LEAD);
    if (lead < 0)
      throw new Misuse(`header ${path}.hea: leads are ${header.leads.join(", ")}; expected one to be ${BEAT_LEAD}.`);
    const bytes = readUserBytes(join(folder, header.file), "signals ");
    const signal = orMisuse(() => signalOf(bytes, header.signals, lead, `signals ${join(folder, header.file)}`));
    const annotations = orMisuse(() =>
      parseAnnotations(readUserBytes(`${path}.atr`, "annotations "), `annotations ${path}.atr`),
    );
    return orMisuse(() => beatsOfRecord(record, header, signal, annotations));
  });

const joined = (parts: readonly Beats[]): Beats => {
  const bytes = <T extends Uint8Array | Int8Array>(arrays: readonly T[], make: (length: number) => T): T => {
    const whole = make(arrays.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const array of arrays) {
      whole.set(array, at);
      at += array.length;
    }
    return whole;
  };
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    length: parts[0].length,
    labels: bytes(
      parts.map(({ labels }) => labels),
      (length) => new Uint8Array(length),
    ),
    records: bytes(
      parts.map(({ records }) => records),
      (length) => new Uint8Array(length),
    ),
    samples: bytes(
      parts.map(({ samples }) => samples),
      (length) => new Int8Array(length),
    ),
  };
};

/**
 * Makes the files of beats from a folder of mitdb's records.
 *
 * @returns The beats of each file.
 * @throws Misuse where records are missing or are not what they should be.
 */
export const makeBeatFiles = (folder: string, out: string): { readonly train: Beats; readonly test: Beats } => {
  const all = [...PATIENT_SPLIT.ds1, ...PATIENT_SPLIT.ds2];
  const missing = all.filter((record) => !existsSync(join(folder, `${record}.hea`)));
  if (missing.length > 0) {
    const there = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".hea")).length : null;
    throw new Misuse(
      `records ${folder}: ${there === null ? "there is no such folder" : `${missing.length} of ${all.length} headers are missing (${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", ..." : ""}), ${there} are there`}; expected mitdb 1.0.0's 100.hea, 100.dat, 100.atr and so on, from physionet.org/content/mitdb/1.0.0.`,
    );
  }
  const train = joined(recordBeats(folder, PATIENT_SPLIT.ds1));
  const test = joined(recordBeats(folder, PATIENT_SPLIT.ds2));
  writeUserFile(join(out, BEAT_FILES.train), encodeBeats(train));
  writeUserFile(join(out, BEAT_FILES.test), encodeBeats(test));
  return { train, test };
};
