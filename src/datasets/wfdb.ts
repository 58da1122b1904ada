import { BEAT_CLASSES, BEAT_LENGTH, type Beats, normalisedBeat } from "./beats.ts";

/** What a record's header says of it. */
export interface WfdbHeader {
  readonly signals: number;
  /** [Hz] */
  readonly samplingRate: number;
  /** Leads, in the order of the signals. */
  readonly leads: readonly string[];
  /** File of the signals. */
  readonly file: string;
}

/**
 * Reads a record's header (header(5) of the WFDB Applications Guide): a line of the record's name, number of signals and sampling rate, and a
 * line a signal.
 *
 * @throws RangeError where it is none, or its signals are not of format 212 in one file.
 */
export const parseHeader = (text: string, where: string): WfdbHeader => {
  const refuse = (what: string): never => {
    throw new RangeError(`${where}: ${what}`);
  };
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const [, count, rate] = (lines[0] ?? "").trim().split(/\s+/);
  const signals = Number(count);
  const samplingRate = Number.parseFloat(rate ?? "");
  if (!(Number.isInteger(signals) && signals > 0 && samplingRate > 0))
    refuse(
      `its first line is "${(lines[0] ?? "").slice(0, 60)}"; expected a name, a number of signals and a sampling rate.`,
    );
  const of = lines.slice(1, 1 + signals).map((line) => line.trim().split(/\s+/));
  if (of.length < signals) refuse(`${of.length} lines of signals; expected ${signals}.`);
  for (const [file, format] of of)
    if (format !== "212" || file !== of[0][0])
      refuse(`signal "${file} ${format ?? ""}"; expected all in one file, of format 212.`);
  // Eight fields stand before a signal's description, which may have blanks.
  return { signals, samplingRate, leads: of.map((fields) => fields.slice(8).join(" ")), file: of[0][0] };
};

/**
 * Samples of one signal in format 212 (signal(5) of the WFDB Applications Guide): two numbers of twelve bits with a sign in three bytes,
 * the signals' samples in turn.
 *
 * @throws RangeError where the bytes hold no whole number of samples of each signal.
 */
export const signalOf = (bytes: Uint8Array, signals: number, signal: number, where: string): Int16Array => {
  const all = Math.floor((2 * bytes.length) / 3);
  if (bytes.length === 0 || bytes.length % 3 === 1 || all % signals !== 0)
    throw new RangeError(
      `${where}: ${bytes.length} bytes hold no whole number of samples of ${signals} signals. Is it truncated?`,
    );
  return Int16Array.from({ length: all / signals }, (_, i) => {
    const at = i * signals + signal;
    const triple = 3 * Math.floor(at / 2);
    const raw =
      at % 2 === 0
        ? bytes[triple] | ((bytes[triple + 1] & 0x0f) << 8)
        : bytes[triple + 2] | ((bytes[triple + 1] & 0xf0) << 4);
    return raw >= 2048 ? raw - 4096 : raw;
  });
};

/** A beat that somebody annotated. */
export interface Annotation {
  /** Sample of the record. */
  readonly at: number;
  /** Of ecgcodes.h of the WFDB library. */
  readonly code: number;
}

const [SKIP, NUM, SUB, CHN, AUX] = [59, 60, 61, 62, 63];

/**
 * Annotations in MIT's format (annot(5) of the WFDB Applications Guide): words of a code (six bits) and the samples since the one before (ten);
 * codes from 59 on say other things.
 *
 * @throws RangeError where the bytes do not end as they should.
 */
export const parseAnnotations = (bytes: Uint8Array, where: string): readonly Annotation[] => {
  const found: Annotation[] = [];
  const word = (at: number): number => bytes[at] | (bytes[at + 1] << 8);
  let time = 0;
  for (let k = 0; k + 1 < bytes.length; ) {
    const [code, interval] = [word(k) >> 10, word(k) & 0x3ff];
    k += 2;
    if (code === 0 && interval === 0) return found;
    if (code === SKIP) {
      if (k + 4 > bytes.length) break;
      // The high word first.
      time += (word(k) << 16) | word(k + 2);
      k += 4;
    } else if (code === AUX) k += interval + (interval % 2);
    else if (code !== NUM && code !== SUB && code !== CHN) {
      time += interval;
      found.push({ at: time, code });
    }
  }
  throw new RangeError(
    `${where}: ${bytes.length} bytes of annotations without an end. Is it truncated, or no annotation file?`,
  );
};

/**
 * AAMI's class of each code of ecgcodes.h that is a beat of these records: normal, left and right bundle branch block, nodal and atrial escape
 * are N; aberrated and plain atrial, nodal and other supraventricular premature ones S; premature and escape ventricular ones V; fusion F;
 * paced, fusion of paced and unclassifiable Q (ANSI/AAMI EC57).
 */
const CLASS_OF_CODE: ReadonlyMap<number, (typeof BEAT_CLASSES)[number]> = new Map([
  ...[1, 2, 3, 11, 34].map((code) => [code, "N"] as const),
  ...[4, 7, 8, 9].map((code) => [code, "S"] as const),
  ...[5, 10].map((code) => [code, "V"] as const),
  [6, "F"],
  ...[12, 13, 38].map((code) => [code, "Q"] as const),
]);

/** Samples at 180 Hz before a beat's annotation. */
const BEFORE = 60;
/** Of MIT-BIH [Hz]; two samples make one of a beat. */
const RATE = 360;

/**
 * The beats of one record: a second of one lead about each annotation, pairs of samples averaged, less the beat's mean, by its deviation.
 * Beats whose second is not wholly in the record are left out, as are those of no deviation.
 *
 * @throws RangeError for a record of another sampling rate.
 */
export const beatsOfRecord = (
  record: number,
  { samplingRate }: WfdbHeader,
  signal: Int16Array,
  annotations: readonly Annotation[],
): Beats => {
  if (samplingRate !== RATE)
    throw new RangeError(`record ${record}: ${samplingRate} samples a second; expected MIT-BIH's ${RATE}.`);
  const labels: number[] = [];
  const samples: number[] = [];
  for (const { at, code } of annotations) {
    const told = CLASS_OF_CODE.get(code);
    const from = at - 2 * BEFORE;
    if (told === undefined || from < 0 || from + 2 * BEAT_LENGTH > signal.length) continue;
    const beat = Array.from({ length: BEAT_LENGTH }, (_, i) => (signal[from + 2 * i] + signal[from + 2 * i + 1]) / 2);
    const normalised = normalisedBeat(beat);
    if (!normalised) continue;
    labels.push(BEAT_CLASSES.indexOf(told));
    samples.push(...normalised);
  }
  return {
    count: labels.length,
    length: BEAT_LENGTH,
    labels: Uint8Array.from(labels),
    records: new Uint8Array(labels.length).fill(record - 100),
    samples: Int8Array.from(samples),
  };
};

/** Records to train on and to test with, of which none is of a patient of the other (P. de Chazal et al., IEEE Trans. Biomed. Eng. 51, 1196, 2004). */
export const PATIENT_SPLIT = {
  ds1: [101, 106, 108, 109, 112, 114, 115, 116, 118, 119, 122, 124, 201, 203, 205, 207, 208, 209, 215, 220, 223, 230],
  ds2: [100, 103, 105, 111, 113, 117, 121, 123, 200, 202, 210, 212, 213, 214, 219, 221, 222, 228, 231, 232, 233, 234],
} as const;

/** The lead that beats are cut from. */
export const BEAT_LEAD = "MLII";
