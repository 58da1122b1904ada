import { describe, expect, test } from "@jest/globals";
import { type Beats, beatImages, checkPatients, encodeBeats, normalisedBeat, parseBeats } from "#src/datasets/beats";
import { invertedBeats, sampledBeats } from "#src/datasets/sampled-beats";
import { syntheticBeats } from "#src/datasets/synthetic-beats";
import { beatsOfRecord, PATIENT_SPLIT, parseAnnotations, parseHeader, signalOf } from "#src/datasets/wfdb";
import { fold, rootKey, uniform } from "#src/random/index";
import { annotationBytes, format212 } from "./wfdb-record.ts";

const KEY = rootKey("beats");
const drawn = (name: string, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(4096 * uniform(fold(KEY, name), i)) - 2048);

describe("records of PhysioNet", () => {
  test("give back the samples of every signal, of twelve bits with a sign", () => {
    for (const signals of [1, 2, 3]) {
      const given = Array.from({ length: signals }, (_, s) => drawn(`signal ${s}`, 50));
      const bytes = format212(given);
      given.forEach((signal, s) => {
        expect([...signalOf(bytes, signals, s, "it")].slice(0, 50)).toEqual(signal);
      });
    }
    expect(() => signalOf(format212([drawn("a", 50)]).subarray(1), 1, 0, "it")).not.toThrow();
    expect(() => signalOf(new Uint8Array(7), 2, 0, "signals x")).toThrow(/signals x: 7 bytes hold no whole number/);
  });
  test("give back annotations, near and far, past what else is said between them", () => {
    const given = [
      { at: 77, code: 1 },
      { at: 370, code: 5 },
      { at: 370 + 200_000, code: 8 },
      { at: 370 + 201_023, code: 12 },
    ];
    const found = parseAnnotations(annotationBytes(given), "it");
    expect(found).toEqual([{ at: 18, code: 28 }, ...given]);
    expect(() => parseAnnotations(annotationBytes(given).slice(0, -2), "annotations x")).toThrow(
      /annotations x: .* without an end/,
    );
  });
  test("say in their headers what they hold, and are refused where they hold something else", () => {
    const text =
      "114 2 360 650000\n114.dat 212 200 11 1024 1040 4661 0 V5\n114.dat 212 200 11 1024 1075 -31918 0 MLII\n";
    expect(parseHeader(text, "it")).toEqual({ signals: 2, samplingRate: 360, leads: ["V5", "MLII"], file: "114.dat" });
    expect(() => parseHeader(text.replace("212", "16"), "header 114.hea")).toThrow(
      /header 114.hea: signal "114.dat 16".*format 212/,
    );
    expect(() => parseHeader("nothing", "it")).toThrow(/its first line is "nothing"/);
    expect(() => parseHeader("114 2 360\n114.dat 212\n", "it")).toThrow(/1 lines of signals; expected 2/);
  });
  test("become beats: a second about each annotation, by class, those at the ends and other marks left out", () => {
    const signal = Int16Array.from(drawn("long", 3000));
    const header = parseHeader("100 1 360 3000\n100.dat 212 200 11 1024 995 1 0 MLII\n", "it");
    const marks = [
      [119, 1],
      [120, 1],
      [600, 8],
      [700, 28],
      [800, 5],
      [900, 6],
      [1000, 38],
      [2760, 2],
      [2761, 3],
    ].map(([at, code]) => ({ at, code }));
    const { count, labels, records, samples, length } = beatsOfRecord(100, header, signal, marks);
    expect([count, length, [...labels], new Set(records)]).toEqual([6, 180, [0, 1, 2, 3, 4, 0], new Set([0])]);
    const pairs = Float64Array.from({ length: 180 }, (_, i) => (signal[2 * i] + signal[2 * i + 1]) / 2);
    expect(samples.subarray(0, 180)).toEqual(normalisedBeat(pairs));
    expect(() => beatsOfRecord(100, { ...header, samplingRate: 250 }, signal, marks)).toThrow(
      /250 samples a second; expected MIT-BIH's 360/,
    );
  });
});

describe("heart beats", () => {
  const { train, test: others } = syntheticBeats();
  test("have no mean and a deviation of 32", () => {
    const beat = normalisedBeat(drawn("flat", 180)) ?? new Int8Array();
    const mean = beat.reduce((sum, x) => sum + x, 0) / 180;
    const deviation = Math.sqrt(beat.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 180);
    expect(Math.abs(mean)).toBeLessThan(0.2);
    expect(Math.abs(deviation - 32)).toBeLessThan(0.2);
    expect(normalisedBeat(new Float64Array(180).fill(7))).toBeNull();
  });
  test("are read from a file as they were written, and are refused where it is another", () => {
    const bytes = encodeBeats(train);
    expect(parseBeats(bytes, "it")).toEqual(train);
    expect(() => parseBeats(bytes.subarray(1), "data: x")).toThrow(/data: x: no file of beats/);
    expect(() => parseBeats(bytes.subarray(0, -1), "it")).toThrow(/Is it truncated\?/);
    expect(() => parseBeats(encodeBeats({ ...train, length: 170 }), "it")).toThrow(
      /beats of 170 samples; expected 180/,
    );
    const strange = bytes.slice();
    strange[12] = 9;
    expect(() => parseBeats(strange, "it")).toThrow(/beat 1 has label 9; expected 0 .. 4 \(N S V F Q\)/);
  });
  test("are images of one row without class Q, whose groups are the patients", () => {
    const labels = train.labels.slice();
    labels[3] = 4;
    const images = beatImages({ ...train, labels });
    expect(images).toMatchObject({ count: train.count - 1, pixels: 180, sides: [1, 1, 180], classes: 4 });
    expect(images.images[0]).toBe(train.samples[0] + 128);
    expect(new Set(images.groups)).toEqual(new Set(PATIENT_SPLIT.ds1.map((record) => record - 100)));
  });
  test("of one patient in both sets, or without a class, are refused", () => {
    const [of, against] = [train, others].map(beatImages);
    expect(() => checkPatients(of, against, "it")).not.toThrow();
    expect(() => checkPatients(of, of, "data: x")).toThrow(/data: x: records 101, 106, .* are in training and in test/);
    const without = (beats: Beats) =>
      beatImages({ ...beats, labels: beats.labels.map((label) => (label === 3 ? 0 : label)) });
    expect(() => checkPatients(of, without(others), "it")).toThrow(
      /no test beat is of class F; expected some of each of N, S, V, F/,
    );
  });
  test("are drawn to train on in the shares asked for, near what they were", () => {
    const images = beatImages(train);
    const shares = [0.1, 0.2, 0.3, 0.4];
    const found = sampledBeats(images, 2000, shares, KEY);
    shares.forEach((share, label) => {
      const got = found.labels.filter((own) => own === label).length / 2000;
      expect(Math.abs(got - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 2000));
    });
    const naturally = sampledBeats(images, 2000, null, KEY);
    const normals = (labels: Uint8Array): number => labels.filter((label) => label === 0).length / labels.length;
    expect(Math.abs(normals(naturally.labels) - normals(images.labels))).toBeLessThan(0.03);
    expect(sampledBeats(images, 20, shares, KEY)).toEqual(sampledBeats(images, 20, shares, KEY));
    expect(sampledBeats(images, 20, shares, rootKey("b")).images).not.toEqual(found.images.subarray(0, 20 * 180));
  });
  test("of which half are turned about have both classes, and turned twice are as they were", () => {
    const images = beatImages(others);
    const once = invertedBeats(images, KEY);
    const turned = once.labels.filter((label) => label === 1).length / once.count;
    expect(Math.abs(turned - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / once.count));
    expect(once.images).not.toEqual(images.images);
    expect(invertedBeats(once, KEY).images).toEqual(images.images);
  });
});
