import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { zipSync } from "fflate";
import { parseNpy, writeNpy } from "#src/exchange/index";
import { inFolder } from "../run-rramlab.ts";

const { place, rramlab, json } = inFolder();
const ROOT = join(import.meta.dirname, "..", "..", "..");
const NETWORKS = join(ROOT, "test", "src", "exchange", "networks");

// Debian's own where another one comes first.
const python = ["python3", "/usr/bin/python3"].find(
  (name) => spawnSync(name, ["-c", "import numpy, onnx, torch"]).status === 0,
);
const withTorch = python ? describe : describe.skip;
if (!python) console.warn("skipped: networks written by PyTorch; sudo apt-get install python3-torch python3-onnx");

const at = (name: string): string => join(place.folder, name);
const numbers = (name: string): Float64Array => parseNpy(readFileSync(at(name)), name).values;
const largestDifference = (a: Float64Array, b: Float64Array): number =>
  a.length === b.length ? a.reduce((most, x, k) => Math.max(most, Math.abs(x - b[k])), 0) : Number.NaN;

withTorch("the PyTorch of docs/networks-elsewhere.md", () => {
  const [there, back] = [
    ...readFileSync(join(ROOT, "docs", "networks-elsewhere.md"), "utf8").matchAll(/```python\n([\s\S]*?)```/g),
  ].map(([, script]) => script);
  const [layers] = [
    ...readFileSync(join(ROOT, "docs", "networks-elsewhere.md"), "utf8").matchAll(/```yaml\n([\s\S]*?)```/g),
  ].map(([, text]) => text);
  const run = (script: string): string => {
    const { status, stdout, stderr } = spawnSync(python as string, ["-c", script], {
      cwd: place.folder,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  beforeAll(() => {
    run(there);
    writeFileSync(at("network.yaml"), layers);
  }, 60_000);

  test("its network is the same as ONNX and as bare arrays, and gives what PyTorch gives", async () => {
    await json("predict", "network.onnx", "--inputs", "x.npy", "--out", "of-onnx.npy");
    const near = 1e-6 * numbers("y.npy").reduce((most, y) => Math.max(most, Math.abs(y)), 0);
    expect(largestDifference(numbers("of-onnx.npy"), numbers("y.npy"))).toBeLessThan(near);
    await json("convert", "network.yaml", "--out", "of-arrays.onnx");
    await json("predict", "of-arrays.onnx", "--inputs", "x.npy", "--out", "of-arrays.npy");
    expect(largestDifference(numbers("of-arrays.npy"), numbers("y.npy"))).toBeLessThan(near);
  });
  test("what is written back is checked and read by python3-onnx, with weights that multiply", async () => {
    await json("convert", "network.onnx", "--out", "back.onnx");
    const said = run(back);
    expect(said).toContain("'BipolarQuant', 'Conv', 'MaxPool', 'BatchNormalization', 'BipolarQuant', 'Flatten'");
    expect(said).toContain("torch.Size([8, 1, 3, 3]) tensor([-1.,  1.])");
  });
});

test("the schema of layer files is the one that the command prints", async () => {
  const { stdout } = await rramlab("describe", "--layers-schema");
  expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(join(ROOT, "docs", "layers.schema.json"), "utf8")));
});

describe("predictions", () => {
  test("are of inputs as the file takes them, channels last too, and say what inputs were taken for", async () => {
    copyFileSync(join(NETWORKS, "keras-cnn.onnx"), at("keras-cnn.onnx"));
    const recorded = JSON.parse(readFileSync(join(NETWORKS, "keras-cnn.json"), "utf8"));
    const { shape, values } = recorded.inputs;
    writeFileSync(at("keras-x.npy"), writeNpy(Float64Array.from(values), shape));
    const { stdout } = await rramlab("predict", "keras-cnn.onnx", "--inputs", "keras-x.npy", "--out", "keras-y.npy");
    expect(stdout).toContain("inputs were taken as numbers that its first layer takes, not as pixels");
    expect(largestDifference(numbers("keras-y.npy"), Float64Array.from(recorded.before.values))).toBeLessThan(2e-6);
    await json("convert", "keras-cnn.onnx", "--out", "keras-cnn.safetensors");
    const own = await rramlab("predict", "keras-cnn.safetensors", "--inputs", "keras-x.npy", "--out", "own.npy");
    expect(own.stdout).toContain("inputs were taken as pixels 0 .. 255");
    const wrong = await rramlab("predict", "keras-cnn.onnx", "--inputs", "keras-x.npy", "--out", "keras-y.csv");
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("outputs are written as .npy")]);
  });
});

describe("data sets of arrays", () => {
  const COUNT = 30;
  const labels = Float64Array.from({ length: COUNT }, (_, b) => b % 10);
  const bytes = Float64Array.from({ length: COUNT * 64 }, (_, k) => (k * 37) % 256);
  const write = (name: string, content: Uint8Array): void => writeFileSync(at(name), content);
  beforeAll(() => {
    for (const name of ["torch-mlp-16.onnx", "torch-sigmoid.onnx", "torch-residual-unfolded.onnx"])
      copyFileSync(join(NETWORKS, name), at(name));
  });
  const evaluated = (data: string, ...more: string[]) => json("evaluate", "torch-mlp-16.onnx", "--data", data, ...more);

  test("bytes, shares of 255, an .npz, two .npy and a folder are one set", async () => {
    write("x_test.npy", writeNpy(bytes, [COUNT, 8, 8]));
    write("y_test.npy", writeNpy(labels, [COUNT]));
    write(
      "shares.npy",
      writeNpy(
        bytes.map((x) => Math.fround(x / 255)),
        [COUNT, 1, 8, 8],
      ),
    );
    const archive = { "images.npy": writeNpy(bytes, [COUNT, 64]), "labels.npy": writeNpy(labels, [COUNT, 1]) };
    write("both.npz", zipSync(archive));
    const [folder, pair, shares, archived] = [
      await evaluated("."),
      await evaluated("x_test.npy,y_test.npy", "--predictions", "p.csv"),
      await evaluated("shares.npy,y_test.npy"),
      await evaluated("both.npz"),
    ];
    expect(folder).toMatchObject({ images: COUNT, dataSet: expect.stringContaining("no training images") });
    for (const other of [pair, shares, archived]) expect(other.right).toBe(folder.right);
    const rows = readFileSync(at("p.csv"), "utf8").trim().split("\n");
    expect(rows[0]).toBe("image,label,predicted");
    const right = rows.slice(1).filter((row) => row.split(",")[1] === row.split(",")[2]).length;
    expect(right).toBe(folder.right);
    expect(rows).toHaveLength(COUNT + 1);
  });
  test("channels that come last are turned", async () => {
    const size = 3 * 64;
    const first = Float64Array.from({ length: 4 * size }, (_, k) => (k * 29) % 256);
    const last = Float64Array.from({ length: first.length }, (_, k) => {
      const [image, rest] = [Math.floor(k / size), k % size];
      return first[image * size + (rest % 3) * 64 + Math.floor(rest / 3)];
    });
    write("four.npy", writeNpy(Float64Array.of(0, 1, 2, 3), [4]));
    write("first.npy", writeNpy(first, [4, 3, 8, 8]));
    write("last.npy", writeNpy(last, [4, 8, 8, 3]));
    const classes = async (images: string): Promise<string> => {
      await json(
        "evaluate",
        "torch-residual-unfolded.onnx",
        "--data",
        `${images},four.npy`,
        "--predictions",
        `${images}.csv`,
      );
      return readFileSync(at(`${images}.csv`), "utf8");
    };
    expect(await classes("last.npy")).toBe(await classes("first.npy"));
  });
  test("one output tells two classes apart", async () => {
    // What the network itself takes where pixels enter as 0 .. 1.
    write(
      "shares-of-vectors.npy",
      writeNpy(
        bytes.subarray(0, 16 * COUNT).map((x) => x / 255),
        [COUNT, 16],
      ),
    );
    write("vectors.npy", writeNpy(bytes.subarray(0, 16 * COUNT), [COUNT, 16]));
    write(
      "two.npy",
      writeNpy(
        labels.map((label) => label % 2),
        [COUNT],
      ),
    );
    const { right } = await json(
      "evaluate",
      "torch-sigmoid.onnx",
      "--data",
      "vectors.npy,two.npy",
      "--predictions",
      "two.csv",
    );
    await json("predict", "torch-sigmoid.onnx", "--inputs", "shares-of-vectors.npy", "--out", "scores.npy");
    const scores = numbers("scores.npy");
    const predicted = readFileSync(at("two.csv"), "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((row) => row.split(",")[2]);
    expect(predicted).toEqual([...scores].map((score) => (score > 0 ? "1" : "0")));
    expect(new Set(predicted).size).toBe(2);
    expect(right).toBe(predicted.filter((p, b) => Number(p) === b % 2).length);
  });
  test.each<[string, () => void, string[], RegExp]>([
    [
      "labels that are none",
      () =>
        write(
          "y.npy",
          writeNpy(
            labels.map((l) => l - 1),
            [COUNT],
          ),
        ),
      ["x_test.npy,y.npy"],
      /label -1 of image 0; expected whole numbers 0 \.\. 255/,
    ],
    [
      "labels beyond the outputs",
      () =>
        write(
          "y.npy",
          writeNpy(
            labels.map((l) => l + 5),
            [COUNT],
          ),
        ),
      ["x_test.npy,y.npy"],
      /tells 10 classes apart; arrays of x_test\.npy, y\.npy .* has 15 classes/,
    ],
    [
      "other counts",
      () => write("y.npy", writeNpy(labels.subarray(1), [COUNT - 1])),
      ["x_test.npy,y.npy"],
      /labels are of 29, and there are 30 images/,
    ],
    [
      "normalised images",
      () =>
        write(
          "n.npy",
          writeNpy(
            bytes.map((x) => x / 255 - 0.5),
            [COUNT, 64],
          ),
        ),
      ["n.npy,y_test.npy"],
      /numbers from -0\.5 to 0\.5; pixels are whole numbers 0 \.\. 255/,
    ],
    [
      "other images",
      () => write("s.npy", writeNpy(bytes.subarray(0, COUNT * 32), [COUNT, 4, 8])),
      ["s.npy,y_test.npy"],
      /takes 1 x 8 x 8 .*; images of .* are 4 x 8, 32 pixels and not 64/,
    ],
    [
      "another arrangement",
      () => write("r.npy", writeNpy(bytes, [COUNT, 4, 16])),
      ["r.npy,y_test.npy"],
      /images of .* are 4 x 16, as many values in another arrangement\. reshape \(--reshape/,
    ],
    ["one array alone", () => {}, ["x_test.npy"], /expected images and labels, as IMAGES\.npy,LABELS\.npy/],
    [
      "an archive of other arrays",
      () => write("o.npz", zipSync({ "a.npy": writeNpy(labels, [COUNT]) })),
      ["o.npz"],
      /o\.npz holds a; expected x_test and y_test, or/,
    ],
    [
      "half an archive",
      () => write("h.npz", zipSync({ "a.npy": writeNpy(bytes, [COUNT, 64]) }).subarray(0, 400)),
      ["h.npz"],
      /not an \.npz file that can be read/,
    ],
    [
      "half an array",
      () => write("h.npy", writeNpy(bytes, [COUNT, 64]).subarray(0, 900)),
      ["h.npy,y_test.npy"],
      /30 x 64 of float64 take 15360 bytes, and 772 are there; is it truncated\?/,
    ],
  ])("%s are refused in one line", async (_what, prepare, [data], said) => {
    prepare();
    const { status, stderr } = await rramlab("evaluate", "torch-mlp-16.onnx", "--data", data);
    expect(status).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toMatch(said);
  });
  test("images of another arrangement are taken in their order where that is asked for", async () => {
    write("r.npy", writeNpy(bytes, [COUNT, 4, 16]));
    const [asked, plain] = [await evaluated("r.npy,y_test.npy", "--reshape"), await evaluated("x_test.npy,y_test.npy")];
    expect(asked.right).toBe(plain.right);
  });
});
