import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { zipSync } from "fflate";
import { importOnnx, writeNpy } from "#src/exchange/index";
import {
  classifyFloat,
  type LayerRecord,
  majorityFlips,
  type Network,
  outputsOf,
  parsePixels,
  writeNetwork,
} from "#src/networks/index";
import { placeLayers } from "../../../experiments/studies/chips/placement.ts";
import { inFolder } from "../run-rramlab.ts";

const layer = (name: string, weights: LayerRecord["weights"], digital: string | null = null): LayerRecord => ({
  name,
  weights,
  groups: 1,
  inputs: 8,
  outputs: 4,
  places: 1,
  zeros: 0,
  digital,
});

describe("where layers go", () => {
  const layers = [layer("a", "binary"), layer("b", "integer"), layer("c", "float", "its weights are floating point")];
  const placed = (mode: "sense amplifiers" | "analog arrays", others: "refused" | "digital", digital = "") =>
    placeLayers(layers, { mode, others, digital, copies: 1, copied: "" }).map(({ place }) => place);

  test("2T2R cells take binary and ternary weights, and the others are named", () => {
    expect(() => placed("sense amplifiers", "refused")).toThrow(
      /cannot hold layers "b" \(its weights are whole numbers of several bits.*\), "c" \(its weights are floating point\)\. others=digital/,
    );
    expect(placed("sense amplifiers", "digital")).toEqual(["2T2R", "digital", "digital"]);
    expect(placed("sense amplifiers", "refused", "b, c")).toEqual(["2T2R", "digital", "digital"]);
  });
  test("analog arrays take all but those that are to stay digital", () => {
    expect(placed("analog arrays", "refused")).toEqual(["analog", "analog", "analog"]);
    expect(placed("analog arrays", "refused", "c")).toEqual(["analog", "analog", "digital"]);
  });
  test("a name that is none, and a network with nothing on arrays, are refused", () => {
    expect(() => placed("analog arrays", "refused", "bb")).toThrow(
      /no layer "bb" has weights; there are a, b, c\. Did you mean "b"\?/,
    );
    expect(() => placed("sense amplifiers", "digital", "a")).toThrow(/no layer is on arrays/);
  });
});

describe("a network of QONNX on chips", () => {
  const { place, rramlab, json } = inFolder();
  const COUNT = 40;
  const bytes = Uint8Array.from({ length: COUNT * 64 }, (_, k) => (k * 97 + 31 * Math.floor(k / 64)) % 256);
  let network: Network;
  let classes: Uint8Array;
  // Labels are what the network itself says: without errors all is right.
  beforeAll(() => {
    for (const name of ["qonnx-w1a1", "qonnx-kws", "torch-binary-cnn"])
      copyFileSync(
        join(import.meta.dirname, "..", "..", "src", "exchange", "networks", `${name}.onnx`),
        join(place.folder, `${name}.onnx`),
      );
    const file = readFileSync(join(place.folder, "qonnx-w1a1.onnx"));
    network = importOnnx(file, parsePixels("0..1"), "it").network;
    classes = classifyFloat(network, bytes);
    writeFileSync(join(place.folder, "x.npy"), writeNpy(Float64Array.from(bytes), [COUNT, 8, 8]));
    writeFileSync(join(place.folder, "y.npy"), writeNpy(Float64Array.from(classes), [COUNT]));
  });
  const args = (name: string, ...more: string[]): string[] => [
    ...[
      "run",
      "network-on-chips",
      "--set",
      `network=${name}`,
      "--data",
      "x.npy,y.npy",
      "--trials",
      "3",
      "--workers",
      "1",
    ],
    ...["--out", "out", "--force", ...more],
  ];
  const run = async (...more: string[]) => (await json(...args("qonnx-w1a1.onnx", ...more))).rows;
  const refused = async (name: string, ...more: string[]): Promise<string> => {
    const { status, stderr } = await rramlab(...args(name, ...more));
    expect(status).toBe(2);
    return stderr.replace(/\s+/g, " ");
  };

  test("reads without errors lose nothing; cells, arrays and products are counted", async () => {
    const [row] = await run("--set", "mode=given rates", "--set", "tile=32", "--grid", "type1=0");
    const weights = 64 * 16 + 16 * 16 + 16 * 10;
    expect(row).toMatchObject({
      accuracy: 1,
      clean: 1,
      loss: 0,
      devices: 2 * weights,
      tiles: 2 + 1 + 1,
      share: 1,
      usedFlip: 0,
    });
  });
  test("errors that turn every weight are those of the network with all of its weights turned", async () => {
    const turned = Object.fromEntries(
      Object.entries(network.tensors).map(([name, values]) => [
        name,
        name.endsWith(".weight") ? values.map((w) => -w) : values,
      ]),
    );
    const right = classifyFloat({ ...network, tensors: turned }, bytes).filter((c, b) => c === classes[b]).length;
    const [row] = await run("--set", "mode=given rates", "--grid", "type1=1");
    expect(row.accuracy).toBeCloseTo(right / COUNT, 12);
    expect(row.loss).toBeCloseTo(1 - right / COUNT, 12);
  });
  test("layers that stay digital are read without errors", async () => {
    const only = async (digital: string): Promise<number> => {
      const [row] = await run("--set", "mode=given rates", "--grid", "type1=1", "--set", `digital=${digital}`);
      return row.accuracy;
    };
    const turned = { ...network.tensors, "dense3.weight": network.tensors["dense3.weight"].map((w) => -w) };
    const right = classifyFloat({ ...network, tensors: turned }, bytes).filter((c, b) => c === classes[b]).length;
    expect(await only("dense1,dense2")).toBeCloseTo(right / COUNT, 12);
  });
  test("sense amplifiers read it well at 1.2 V and by chance too early; whole chips agree", async () => {
    const grid = ["--grid", "supply=1.2V", "--grid", "strobe=0.3ns,3ns"];
    for (const mode of ["sense amplifiers", "whole chips"]) {
      const [early, late] = await run("--set", `mode=${mode}`, "--set", "samples=50", ...grid);
      expect(late).toMatchObject({
        loss: 0,
        usedFlip: 0,
      });
      expect(late.usedStrobe).toBeCloseTo(3e-9, 18);
      expect(early.usedFlip).toBeGreaterThan(0.3);
      expect(early.loss).toBeGreaterThan(0.2);
      expect(late.energy).toBeGreaterThan(early.energy);
    }
  });
  test("analog arrays without errors, and of fine steps, are the network", async () => {
    const exact = ["wireResistance=0", "programmingError=0", "readNoise=0", "inputBits=0"].flatMap((one) => [
      "--set",
      one,
    ]);
    const [row] = await run("--set", "mode=analog arrays", ...exact, "--grid", "converterBits=0");
    // Outputs are whole numbers: where the two largest are one, rounding decides.
    const outputs = outputsOf(network, Float64Array.from(bytes));
    const tied = Array.from({ length: COUNT }, (_, b) =>
      [...outputs.subarray(10 * b, 10 * b + 10)].sort((x, y) => y - x),
    ).filter(([first, second]) => first === second).length;
    expect(tied).toBeLessThan(COUNT / 2);
    expect(row.accuracy).toBeGreaterThanOrEqual(1 - tied / COUNT);
    expect(row.share).toBe(1);
    const [noisy] = await run(
      "--set",
      "mode=analog arrays",
      ...exact.slice(0, 2),
      "--set",
      "programmingError=2",
      "--grid",
      "converterBits=4",
    );
    expect(noisy.loss).toBeGreaterThan(0);
  });
  test("weights that cells cannot hold are refused by name, stay digital where asked, and go on analog arrays", async () => {
    const data = ["--data", "three.npy,y.npy"];
    writeFileSync(
      join(place.folder, "three.npy"),
      writeNpy(
        Float64Array.from({ length: COUNT * 192 }, (_, k) => (k * 53) % 256),
        [COUNT, 3, 8, 8],
      ),
    );
    expect(await refused("torch-binary-cnn.onnx", ...data)).toContain('"dense1" (its weights are floating point)');
    const rates = [...data, "--set", "mode=given rates", "--grid", "type1=0.5"];
    const { rows } = await json(...args("torch-binary-cnn.onnx", ...rates, "--set", "others=digital"));
    const [conv1, conv2, dense1] = [8 * 27 * 64, 8 * 72 * 36, 320];
    expect(rows[0].share).toBeCloseTo((conv1 + conv2) / (conv1 + conv2 + dense1), 12);
    expect(await refused("qonnx-kws.onnx", "--data", "x.npy,y.npy")).toContain("takes 1 x 10 x 6");
  });
  test("several cells a weight err as their majority does, in the layers that have them, and cost as many cells", async () => {
    const at = async (...more: string[]) => (await run("--set", "mode=given rates", ...more))[0];
    const flip = 0.2;
    const one = await at("--grid", `type1=${majorityFlips(flip, 3)}`);
    const three = await at("--set", "copies=3", "--grid", `type1=${flip}`);
    expect(three.accuracy).toBe(one.accuracy);
    expect(three.devices).toBe(3 * one.devices);
    const some = await at("--set", "copies=3", "--set", "copied=dense2", "--grid", `type1=${flip}`);
    expect(some.devices).toBe(one.devices + 2 * 2 * 256);
    const [whole] = await run(
      "--set",
      "mode=whole chips",
      "--set",
      "samples=50",
      "--set",
      "copies=3",
      "--grid",
      "supply=1.2V",
    );
    expect(whole).toMatchObject({ loss: 0, devices: three.devices });
    expect(await refused("qonnx-w1a1.onnx", "--set", "copies=2")).toContain("expected an odd number");
    expect(await refused("qonnx-w1a1.onnx", "--set", "copied=dense2")).toContain("with one cell a weight");
  });
  test("its report lists the layers, and the run its network by digest", async () => {
    await run("--set", "mode=given rates", "--grid", "type1=0.1", "--set", "digital=dense2");
    const page = readFileSync(join(place.folder, "out", "report.html"), "utf8");
    expect(page).toContain("dense1: 64 x 16 binary, 1,024 2T2R cells on 1 array; dense2: 16 x 16 binary, digital");
    expect(page).toContain("from ONNX of fixture");
    const plan = JSON.parse(readFileSync(join(place.folder, "out", "plan.json"), "utf8"));
    expect(plan.networks[0]).toMatchObject({ asked: "qonnx-w1a1.onnx", described: "64-16-16-10" });
  });
  test("a data set may be an archive, and the report says how many of its images were taken, and what a pixel is", async () => {
    const archive = {
      "x_test.npy": writeNpy(Float64Array.from(bytes), [COUNT, 8, 8]),
      "y_test.npy": writeNpy(Float64Array.from(classes), [COUNT]),
    };
    writeFileSync(join(place.folder, "both.npz"), zipSync(archive));
    const rates = ["--set", "mode=given rates", "--grid", "type1=0", "--set", "images=10"];
    const [row] = await run(...rates, "--data", "both.npz");
    expect(row).toMatchObject({ accuracy: 1, loss: 0 });
    const page = readFileSync(join(place.folder, "out", "report.html"), "utf8");
    expect(page).toContain(`tested on the first 10 of ${COUNT} images of arrays of both.npz`);
    expect(page).toContain("Pixels enter as its file says, or as 0 .. 1: nobody said otherwise (pixels).");
    await run(...rates, "--set", "pixels=-1..1");
    expect(readFileSync(join(place.folder, "out", "report.html"), "utf8")).toContain("Pixels enter as -1..1.");
  });
  test("rates of errors that binary weights do not have are refused", async () => {
    expect(await refused("qonnx-w1a1.onnx", "--set", "mode=given rates", "--set", "type3=0.8")).toContain(
      "which have no zero",
    );
  });
  test("few chips that all agree leave an accuracy the interval of its images", async () => {
    const { stdout } = await rramlab(...args("qonnx-w1a1.onnx", "--set", "mode=given rates", "--grid", "type1=0"));
    // Wilson's interval of 40 of 40.
    expect(stdout).toContain("100.00 [91.24, 100.00]");
  });
  test("parameters of other modes are refused", async () => {
    expect(await refused("qonnx-w1a1.onnx", "--set", "converterBits=4")).toContain(
      'mode "sense amplifiers", which has no analog arrays',
    );
    expect(await refused("qonnx-w1a1.onnx", "--set", "mode=given rates", "--set", "strobe=2ns")).toContain(
      "which reads by no amplifier",
    );
    writeFileSync(join(place.folder, "own.safetensors"), writeNetwork({ network, trained: null }));
    expect(await refused("own.safetensors", "--set", "pixels=0..1")).toContain("whose file says it");
  });
});
