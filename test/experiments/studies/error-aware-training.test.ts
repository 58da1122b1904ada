import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { defaultsOf } from "#src/montecarlo/parameter";
import { readLayers } from "#src/networks/index";
import { writeSafetensors } from "#src/networks/safetensors";
import { fold, rootKey, uniform } from "#src/random/index";
import { chipCells, ratesOf } from "../../../experiments/studies/adaptation/chip-cells.ts";
import { PARAMETERS, type Params } from "../../../experiments/studies/adaptation/error-aware-parameters.ts";
import { readNetwork } from "../../../experiments/studies/networks/chip-network.ts";
import { firstCrossing } from "../../../experiments/studies/results/index.ts";
import { inFolder } from "../run-rramlab.ts";

const KEY = rootKey("cells of a chip");
const params: Params = { ...defaultsOf(PARAMETERS), mode: "whole chips", supply: 0.8 } as Params;
const drawn = (name: string, inputs: number, outputs: number, levels: 2 | 3) => ({
  inputs,
  outputs,
  values: Int8Array.from({ length: inputs * outputs }, (_, k) => {
    const u = uniform(fold(KEY, name), k);
    return levels === 3 ? Math.floor(3 * u) - 1 : u < 0.5 ? -1 : 1;
  }),
});

describe("a chip whose cells are known for every value", () => {
  test.each(["column per output", "column per input"] as const)(
    "reads any weights as its transients read these weights themselves, %s",
    (columns) => {
      const weights = [drawn("a", 30, 20, 3), drawn("b", 20, 10, 3)];
      const network = {
        layers: ["a", "b"].map((name) => ({
          name,
          kind: "dense" as const,
          outputs: 20,
          weights: { kind: "ternary" as const },
          scale: "none" as const,
        })),
      };
      const rates = { ...ratesOf(params, null), strobes: { ternary: 4e-9, binary: 4e-9 } };
      const cells = chipCells({ ...params, columns }, network, { layers: ["a", "b"], weights }, rates, KEY);
      const read = readNetwork(params, weights, columns, [4e-9], fold(KEY, "chip"));
      if (!cells || "failed" in read) throw new Error("reads failed");
      const byCells = readLayers(cells, ["a", "b"], weights);
      expect(byCells).toEqual(read[0].ternary);
      const wrong = byCells.flatMap(({ values }, l) =>
        [...values].filter((value, k) => value !== weights[l].values[k]),
      );
      expect(wrong.length).toBeGreaterThan(0);
    },
  );
});

describe("where a curve reaches a level", () => {
  test("is between two places, before the first, beyond the last, or not known", () => {
    const rising = [
      { x: 1, y: 0 },
      { x: 2, y: 1 },
      { x: 4, y: 5 },
    ];
    expect(firstCrossing(rising, 3)).toBe(3);
    expect(firstCrossing(rising, 0)).toBe("below");
    expect(firstCrossing(rising, 6)).toBe("above");
    expect(firstCrossing([{ x: 1, y: Number.NaN }, ...rising], 3)).toBe("unknown");
  });
});

describe("training for a chip, by command", () => {
  const { place, rramlab, json } = inFolder();
  const at = (name: string): string => join(place.folder, name);
  const bytes = (name: string): string => readFileSync(at(name)).toString("base64");
  const small = ["--layers", "784-12-10", "--images", "500", "--epochs", "2"];
  const tuning = ["--from", "net.safetensors", "--images", "500", "--epochs", "1"];

  test("goes on from a network with errors, or on one chip, the same bytes for any number of threads", async () => {
    expect(await rramlab("train", ...small, "--out", "net.safetensors")).toMatchObject({ status: 0 });
    for (const more of [
      ["--errors", "type1=0.1,type3=0.1"],
      ["--errors", "type1=0.3", "--chip", "A"],
    ]) {
      for (const threads of ["1", "3"])
        expect(
          await rramlab("train", ...tuning, ...more, "--threads", threads, "--out", `${threads}.safetensors`),
        ).toMatchObject({
          status: 0,
        });
      expect(bytes("3.safetensors")).toBe(bytes("1.safetensors"));
      expect(bytes("1.safetensors")).not.toBe(bytes("net.safetensors"));
    }
    const { onChip } = (await json(
      "train",
      ...tuning,
      "--errors",
      "type1=0.3",
      "--chip",
      "A",
      "--out",
      "a.safetensors",
    )) as {
      onChip: number;
    };
    const evaluated = async (network: string, chip: string) =>
      ((await json("evaluate", network, "--errors", "type1=0.3", "--chip", chip)) as { accuracy: number }).accuracy;
    expect(await evaluated("a.safetensors", "A")).toBe(onChip);
    expect(onChip).toBeGreaterThan(await evaluated("net.safetensors", "A"));
    expect(onChip).toBeGreaterThan(await evaluated("a.safetensors", "B"));
  });
  test("takes a chip of a file, and an amplifier's own rates", async () => {
    expect(await rramlab("train", ...small, "--out", "net.safetensors")).toMatchObject({ status: 0 });
    const cells = (count: number) =>
      Int8Array.from({ length: 3 * count }, (_, k) => (uniform(KEY, k % count) < 0.3 ? 1 : Math.floor(k / count) - 1));
    const chip = (name: string, shapes: Readonly<Record<string, readonly [number, number]>>): void => {
      const tensors = Object.entries(shapes).map(
        ([layer, sides]) => [`${layer}.cells`, { shape: [3, ...sides], data: cells(sides[0] * sides[1]) }] as const,
      );
      writeFileSync(at(name), writeSafetensors({ metadata: {}, tensors: Object.fromEntries(tensors) }));
    };
    chip("chip.safetensors", { dense1: [12, 784], dense2: [10, 12] });
    chip("other.safetensors", { dense1: [13, 784], dense2: [10, 13] });
    chip("turned.safetensors", { dense1: [784, 12], dense2: [12, 10] });
    chip("part.safetensors", { dense1: [12, 784] });
    const own = (await json("train", ...tuning, "--chip", "chip.safetensors", "--out", "c.safetensors")) as {
      onChip: number;
    };
    const before = (await json("evaluate", "net.safetensors", "--chip", "chip.safetensors")) as { accuracy: number };
    expect(own.onChip).toBeGreaterThan(before.accuracy);
    const of = (errors: string) => json("evaluate", "net.safetensors", "--chips", "2", "--errors", errors);
    const [slow, fast] = [await of("supply=0.8 V, strobe=6 ns"), await of("supply=0.6V, strobe=1ns")] as {
      loss: number;
    }[];
    expect(fast.loss).toBeGreaterThan(slow.loss);
    for (const [args, said] of [
      [["--chip", "other.safetensors"], /tensor dense1.cells is 3 x 13 x 784; the network needs 3 x 12 x 784/],
      [["--chip", "turned.safetensors"], /tensor dense1.cells is 3 x 784 x 12; the network needs 3 x 12 x 784/],
      [["--chip", "part.safetensors"], /it has no tensor dense2.cells; the network needs one of 3 x 10 x 12/],
      [["--chip", ""], /--chip "": expected a name/],
      [["--errors", "type1=0.1,supply=0.8 V"], /rates and settings of an amplifier do not mix/],
      [["--chip", "net.safetensors"], /tensor norm1.gain is no layer's cells; a chip's file is of safetensors/],
      [["--chip", "none.safetensors"], /none.safetensors/],
      [["--chip", "A"], /--chip A: say how its cells err with --errors/],
      [["--chip", "chip.safetensors", "--errors", "type1=0.1"], /has its own; leave --errors out/],
      [["--errors", "type1=1.5"], /type1 is 1.5; expected a probability, 0 .. 1/],
      [["--errors", "supply=9 V"], /supply/],
      [["--errors", "dense9:type1=0.1"], /no layer "dense9" has weights; expected dense1, dense2/],
      [
        ["--layers", "784-12-10", "--errors", "type1=0.1"],
        /--layers: the network of --from net.safetensors has its own layers/,
      ],
      [["--errors", "time=1e5 s"], /does not say how it relaxes/],
    ] as const) {
      const { status, stderr } = await rramlab("train", ...tuning, ...args, "--out", "x.safetensors");
      expect([args, status, stderr]).toEqual([args, 2, expect.stringMatching(said)]);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    }
  });
  test("is refused of weights that have no read errors", async () => {
    expect(await rramlab("train", ...small, "--weights", "float", "--out", "net.safetensors")).toMatchObject({
      status: 0,
    });
    const { status, stderr } = await rramlab("train", ...tuning, "--errors", "type1=0.1", "--out", "x.safetensors");
    expect([status, stderr]).toEqual([2, expect.stringMatching(/read errors are of binary and ternary weights/)]);
  });
});
