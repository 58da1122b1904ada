import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { inFolder, main } from "../run-rramlab.ts";

const { place, rramlab } = inFolder();
const at = (name: string): string => join(place.folder, name);
const bytes = (name: string): string => readFileSync(at(name)).toString("base64");

/** A small network of convolutions on 28 x 28 digits. */
const LAYERS = `
input: [1, 28, 28]
layers:
  - {kind: conv2d, channels: 4, size: 5, stride: 2, padding: 2, weights: ternary}
  - batchNorm
  - sign
  - {kind: maxPool, size: 2}
  - flatten
  - {kind: dense, outputs: 10, weights: binary}
  - batchNorm
`;
const train = (out: string, ...more: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> =>
  rramlab("train", "--layers", "net.yaml", "--images", "400", "--epochs", "3", "--out", out, ...more);

describe("rramlab train", () => {
  test("gives the same bytes for any number of threads, other bytes for another seed, and reads back", async () => {
    writeFileSync(at("net.yaml"), LAYERS);
    for (const threads of ["1", "2", "3", "8"]) {
      const { status, stderr } = await train(`t${threads}.safetensors`, "--threads", threads);
      expect([status, stderr]).toEqual([0, expect.stringMatching(/epoch 3\/3: loss [\d.]+, test accuracy [\d.]+ %/)]);
      expect(bytes(`t${threads}.safetensors`)).toBe(bytes("t1.safetensors"));
    }
    expect((await train("other.safetensors", "--seed", "other")).status).toBe(0);
    expect(bytes("other.safetensors")).not.toBe(bytes("t1.safetensors"));
    const said = await rramlab("evaluate", "t1.safetensors");
    expect([said.status, said.stderr]).toEqual([0, ""]);
    expect(existsSync(at("t1.safetensors.checkpoint"))).toBe(false);
  });
  test("in fused arithmetic gives other bytes, the same for any number of threads", async () => {
    writeFileSync(at("net.yaml"), LAYERS);
    for (const [out, ...more] of [
      ["strict"],
      ["fused", "--arithmetic", "fused"],
      ["two", "--arithmetic", "fused", "--threads", "2"],
    ])
      expect(await train(`${out}.safetensors`, ...more)).toMatchObject({ status: 0 });
    expect(bytes("two.safetensors")).toBe(bytes("fused.safetensors"));
    expect(bytes("fused.safetensors")).not.toBe(bytes("strict.safetensors"));
  });
  test("goes on where it was killed, to the same bytes", async () => {
    writeFileSync(at("net.yaml"), LAYERS);
    const args = [
      "train",
      "--layers",
      "net.yaml",
      "--images",
      "400",
      "--epochs",
      "12",
      "--out",
      "k.safetensors",
      "--threads",
      "2",
    ];
    expect((await rramlab(...args)).status).toBe(0);
    const whole = bytes("k.safetensors");
    writeFileSync(at("k.safetensors"), "before");
    const child = spawn(process.execPath, [main, ...args], { cwd: place.folder, stdio: ["ignore", "ignore", "pipe"] });
    await new Promise<void>((resolve) => {
      let told = "";
      child.stderr.on("data", (text: Buffer) => {
        told += text;
        if (told.includes("epoch 3/12")) child.kill("SIGKILL");
      });
      child.on("exit", () => resolve());
    });
    expect(readFileSync(at("k.safetensors"), "utf8")).toBe("before");
    const { status, stderr } = await rramlab(...args);
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/^goes on from k.safetensors.checkpoint, after epoch \d+ of 12/),
    ]);
    expect(bytes("k.safetensors")).toBe(whole);
  });

  const refused = async (args: readonly string[], ...words: readonly string[]): Promise<void> => {
    const { status, stderr } = await rramlab("train", ...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(words[0])]);
    for (const word of words) expect(stderr).toContain(word);
    expect(stderr).not.toContain("    at ");
  };
  test("refuses a checkpoint of another training, and says what differs", async () => {
    writeFileSync(at("net.yaml"), LAYERS);
    const child = spawn(
      process.execPath,
      [main, "train", "--layers", "net.yaml", "--images", "400", "--epochs", "50", "--out", "c.safetensors"],
      {
        cwd: place.folder,
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    await new Promise<void>((resolve) => {
      child.stderr.on("data", (text: Buffer) => {
        if (text.includes("epoch 2/50")) child.kill("SIGKILL");
      });
      child.on("exit", () => resolve());
    });
    const same = ["--layers", "net.yaml", "--images", "400", "--epochs", "50", "--out", "c.safetensors"];
    await refused(
      [...same, "--learning-rate", "0.02"],
      "c.safetensors.checkpoint is of another training",
      "learningRate 0.01 there, 0.02 here",
      "delete it",
    );
    await refused([...same, "--arithmetic", "fused"], 'another training: arithmetic "strict" there, "fused" here');
    await refused([...same, "--seed", "else"], "another training: seed ");
    writeFileSync(at("net.yaml"), LAYERS.replace("channels: 4", "channels: 5"));
    await refused(same, "another training: network ");
    const path = at("c.safetensors.checkpoint");
    writeFileSync(path, readFileSync(path, "utf8").replace("strict", "strick"));
    await refused(same, "cannot be gone on from: it was changed");
    writeFileSync(path, readFileSync(path, "utf8").slice(0, 5000));
    await refused(same, "cannot be gone on from");
  });
  test.each([
    [["--layers", "net.yaml", "--data", "nowhere"], "nowhere"],
    [["--layers", "784-32-9"], "label 9; expected 0 .. 8"],
    [["--layers", "783-32-10"], "training images of 28 x 28 for a network that takes 783"],
    [["--images", "40"], "batches of 50 images from a set of 40"],
    [["--layers", "vgg:0"], "expected vgg:F"],
    [["--layers", "none.yaml"], "none.yaml"],
    [["--threads", "9"], "expected 1 .. 8"],
    [["--arithmetic", "quick"], "--arithmetic quick"],
    [["--optimiser", "adan"], "--optimiser adan"],
    [["--weight-decay", "0.1"], "adam has none"],
    [["--optimiser", "adamw", "--momentum", "0.9"], "--optimiser sgd takes one"],
    [["--restarts", "2+3"], "2 + 3 = 5 epochs in a training of 10"],
    [["--learning-rate", "0"], "learning rate 0; expected above 0"],
    [
      ["--learning-rate", "1e9", "--weights", "float", "--optimiser", "sgd", "--momentum", "0"],
      "lower the learning rate",
    ],
  ])("refuses %j", async (args, ...words) => {
    await refused([...args, "--out", "no.safetensors"], ...words);
    expect(existsSync(at("no.safetensors"))).toBe(false);
  });
  test.each([
    [
      "shapes that do not chain",
      LAYERS.replace("- flatten", ""),
      'layer "dense1": a dense layer takes a vector; "maxPool1" gives 4 x 7 x 7',
    ],
    ["a layer of an unknown kind", LAYERS.replace("- sign", "- sing"), 'layer "sing1"'],
    ["a window without a size", LAYERS.replace("size: 2", "sise: 2"), 'layer "maxPool1"'],
    ["weights of an unknown kind", LAYERS.replace("weights: binary", "weights: octal"), 'layer "dense1".weights'],
    ["no input", LAYERS.replace("input: [1, 28, 28]", ""), "input undefined"],
    ["no layers", "input: 784", "no layers"],
    ["another key", `${LAYERS}\nseed: 1`, '"seed" is not known'],
  ])("refuses a file of layers with %s", async (_name, text, ...words) => {
    writeFileSync(at("bad.yaml"), text);
    await refused(["--layers", "bad.yaml"], "bad.yaml", ...words);
  });
});
