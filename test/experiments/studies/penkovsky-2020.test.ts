import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { encodeBeats, parseBeats } from "#src/datasets/beats";
import { syntheticBeats } from "#src/datasets/synthetic-beats";
import { PATIENT_SPLIT } from "#src/datasets/wfdb";
import { type BEAT_NETWORKS, beatNetwork } from "#src/networks/beat-network";
import { memoryOf } from "#src/networks/memory";
import { placeNetwork } from "#src/networks/network";
import { sizeOf } from "#src/networks/shapes";
import { fold, rootKey, uniform } from "#src/random/index";
import {
  balancedOf,
  commonestOf,
  confusionsOf,
  plainOf,
  recallsOf,
  summedConfusion,
  wholeConfusion,
} from "../../../experiments/studies/papers/beat-scores.ts";
import { writeRecord } from "../../src/datasets/wfdb-record.ts";
import { inFolder } from "../run-rramlab.ts";

describe("scores of beats", () => {
  const images = {
    count: 6,
    pixels: 1,
    classes: 2,
    images: new Uint8Array(6),
    labels: Uint8Array.from([0, 0, 0, 1, 0, 1]),
    groups: Uint8Array.from([3, 3, 3, 3, 7, 7]),
  };
  const confusions = confusionsOf(images, Uint8Array.from([0, 1, 0, 1, 0, 0]));
  test("are those of their confusions, record by record and together", () => {
    expect(confusions.records).toEqual([3, 7]);
    expect(confusions.counts.map((count) => [...count])).toEqual([
      [2, 1, 0, 1],
      [1, 0, 1, 0],
    ]);
    const whole = wholeConfusion(confusions);
    expect([...whole]).toEqual([3, 1, 1, 1]);
    expect(recallsOf(whole)).toEqual([3 / 4, 1 / 2]);
    expect([balancedOf(whole), plainOf(whole), commonestOf(whole)]).toEqual([5 / 8, 4 / 6, 4 / 6]);
    expect([...summedConfusion(confusions, [1, 1])]).toEqual([2, 0, 2, 0]);
  });
  test("are none where a class has no beat", () => {
    expect(balancedOf(Float64Array.from([3, 1, 0, 0]))).toBeNaN();
  });
});

describe("networks for beats", () => {
  const design = (kind: (typeof BEAT_NETWORKS)[number], filters = 1) =>
    beatNetwork({ kind, filters, length: 180, scale: 1 / 32, middle: 128, classes: 4 });
  test("have 56,208 weights, of which the classifier holds 84 %, and the memory of their kinds", () => {
    for (const [kind, bytes] of [
      ["float", 4 * 56_208],
      ["binary classifier", 4 * 8848 + 47_360 / 8],
      ["binary", 56_208 / 8],
      ["ternary", 56_208 / 4],
    ] as const) {
      const { layers } = design(kind);
      const placed = placeNetwork(design(kind));
      const tensors = Object.fromEntries(
        placed.flatMap(({ layer, from, to }) =>
          "weights" in layer
            ? [
                [
                  `${layer.name}.weight`,
                  new Float32Array(
                    layer.kind === "dense"
                      ? sizeOf(from) * layer.outputs
                      : layer.kind === "conv1d"
                        ? from.channels * layer.size * layer.channels
                        : 0,
                  ),
                ],
              ]
            : layer.kind === "batchNorm"
              ? [[`${layer.name}.gain`, new Float32Array(to.channels)]]
              : [],
        ),
      );
      expect(memoryOf({ layers, tensors })).toBe(bytes + 8 * (16 + 32 + 32 + 64 + 4));
    }
    expect(placeNetwork(design("binary", 2)).find(({ layer }) => layer.name === "conv1")?.to.channels).toBe(32);
  });
});

describe("heart beats by command", () => {
  const { place, rramlab, json } = inFolder();
  const at = (...names: string[]): string => join(place.folder, ...names);
  const all = [...PATIENT_SPLIT.ds1, ...PATIENT_SPLIT.ds2];
  const codes = [1, 8, 5, 6];

  test("are made of PhysioNet's records, of the lead that is asked for", async () => {
    mkdirSync(at("mitdb"));
    for (const record of all) {
      const key = fold(rootKey("records"), record);
      const wave = Array.from({ length: 2400 }, (_, i) => Math.round(600 * Math.sin(i / 40) + 100 * uniform(key, i)));
      const other = wave.map(() => 17);
      const isSecond = record === 114;
      const annotations = codes.map((code, k) => ({ at: 300 + 400 * k, code }));
      writeRecord(
        at("mitdb"),
        record,
        isSecond ? ["V5", "MLII"] : ["MLII", "V1"],
        isSecond ? [other, wave] : [wave, other],
        annotations,
      );
    }
    const { status, stdout } = await rramlab("data", "beats", "mitdb", "--out", "beats");
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/mitbih-beats-ds1.bin: 88 beats, 22 N, 22 S, 22 V, 22 F, 0 Q/),
    ]);
    const found = parseBeats(readFileSync(at("beats", "mitbih-beats-ds1.bin")), "it");
    expect([...found.labels.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
    // A lead of one value has no deviation: its beats would be missing.
    expect([...found.records].filter((record) => record === 14)).toHaveLength(4);
    expect(await json("data", "verify", "beats")).toMatchObject({ train: 88, test: 88, pixels: 180, classes: 4 });
    rmSync(at("mitdb", "114.atr"));
    for (const [folder, said] of [
      ["mitdb", /annotations mitdb\/114.atr cannot be read/],
      ["beats", /records beats: 44 of 44 headers are missing \(101, 106, 108, 109, 112, ...\), 0 are there/],
      ["nowhere", /records nowhere: there is no such folder/],
    ] as const) {
      const failed = await rramlab("data", "beats", folder, "--out", "beats2");
      expect([failed.status, failed.stderr]).toEqual([2, expect.stringMatching(said)]);
    }
  });
  test("train networks that are compared on new patients, the same bytes each time", async () => {
    const args = [
      "--quick",
      "--trials",
      "2",
      "--set",
      "beats=400",
      "--set",
      "samples=50",
      "--set",
      "resamples=200",
      "--grid",
      "network=float,binary",
    ];
    const first = await rramlab("run", "penkovsky-2020", ...args, "--out", "one");
    expect([first.status, first.stdout]).toEqual([0, expect.stringMatching(/SYNTHETIC|Balanced accuracy/)]);
    const second = await rramlab("run", "penkovsky-2020", ...args, "--workers", "1", "--out", "two");
    expect(second.status).toBe(0);
    expect(readFileSync(at("one", "results.csv"), "utf8")).toBe(readFileSync(at("two", "results.csv"), "utf8"));
    expect(readFileSync(at("one", "report.html"), "utf8")).toMatch(/SYNTHETIC beats, made up/);
  });
  test("of one patient in both files, of a missing class, of another length, or no beats at all are refused", async () => {
    const { train, test: others } = syntheticBeats();
    const write = (folder: string, of: typeof train, against: typeof train): void => {
      mkdirSync(at(folder));
      writeFileSync(at(folder, "mitbih-beats-ds1.bin"), encodeBeats(of));
      writeFileSync(at(folder, "mitbih-beats-ds2.bin"), encodeBeats(against));
    };
    write("same", train, { ...others, records: others.records.map((record) => (record === 0 ? 1 : record)) });
    write("classless", { ...train, labels: train.labels.map((label) => (label === 1 ? 0 : label)) }, others);
    write("short", train, { ...others, length: 120, samples: others.samples.subarray(0, 120 * others.count) });
    for (const [data, said] of [
      ["same", /records 101 are in training and in test/],
      ["classless", /no training beat is of class S/],
      ["short", /beats of 120 samples; expected 180/],
      ["mnist-10k", /are no heart beats of known patients/],
      ["mit-bih-beats", /download physionet.org\/content\/mitdb\/1.0.0/],
    ] as const) {
      const { status, stderr } = await rramlab("run", "penkovsky-2020", "--quick", "--data", data);
      expect([data, status, stderr]).toEqual([data, 2, expect.stringMatching(said)]);
    }
  });
});
