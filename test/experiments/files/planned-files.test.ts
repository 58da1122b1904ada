import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { RRAM_SETS } from "#devices/index";
import { trainPerceptron } from "#src/learning/index";
import { TERNARY_WEIGHTS, writeNetwork } from "#src/networks/index";
import { rootKey } from "#src/random/index";
import { loadDataSet } from "../../../experiments/files/load-data-set.ts";
import { inFolder } from "../run-rramlab.ts";

const { place, rramlab, json } = inFolder();
const at = (name: string): string => join(place.folder, name);

describe("a device from a file", () => {
  const run = (out: string) =>
    json("run", "memory-error-rate", "--device", "mine.json", "--trials", "20", "--workers", "1", "--out", out);
  const results = (out: string): string => readFileSync(at(`${out}/results.csv`), "utf8");
  beforeAll(() => {
    writeFileSync(at("mine.json"), JSON.stringify({ ...RRAM_SETS.weak, name: "mine" }));
  });
  test("is in the plan whole: the run goes on and is reported without the file, as it was", async () => {
    await run("whole");
    const planned = ["plan", "memory-error-rate", "--device", "mine.json", "--trials", "20", "--out", "later"];
    expect((await rramlab(...planned)).status).toBe(0);
    rmSync(at("mine.json"));
    expect((await rramlab("resume", "later", "--workers", "1")).status).toBe(0);
    expect(results("later")).toBe(results("whole"));
    expect((await rramlab("report", "later")).status).toBe(0);
    expect(readFileSync(at("later/report.html"), "utf8")).toContain("mine");
  });
  test("that is no file and no set is refused by name", async () => {
    const { status, stderr } = await rramlab("plan", "sense-errors", "--set", "device=stronk.json", "--out", "none");
    expect(status).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toContain('device: "stronk.json" is not one of strong, reference, weak');
  });
});

describe("a network from a file", () => {
  const train = (seed: string): void => {
    const { train: images } = loadDataSet("mnist-10k");
    const few = { ...images, count: 200, images: images.images.subarray(0, 200 * 784) };
    const design = { widths: [784, 8, 10], weights: TERNARY_WEIGHTS, activation: { kind: "binary" } } as const;
    const network = trainPerceptron(design, { epochs: 1, batch: 50, learningRate: 0.01 }, few, rootKey(seed));
    writeFileSync(at("net.safetensors"), writeNetwork({ network, trained: null }));
  };
  test("that is another one by now is not what the run began with", async () => {
    train("first");
    const planned = ["plan", "network-accuracy", "--set", "network=net.safetensors", "--out", "planned"];
    expect((await rramlab(...planned)).status).toBe(0);
    train("second");
    const { status, stderr } = await rramlab("resume", "planned", "--workers", "1");
    expect(status).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toContain(
      'network: "net.safetensors" is not what this run began with (784-8-10, sha256',
    );
    train("first");
    expect((await rramlab("resume", "planned", "--workers", "1")).status).toBe(0);
  });
  test("is needed by a run's report no more", async () => {
    const flags = ["--set", "network=net.safetensors", "--trials", "2", "--workers", "1", "--out", "reported"];
    expect((await rramlab("run", "layer-sensitivity", ...flags, "--grid", "layer=1,2")).status).toBe(0);
    const before = readFileSync(at("reported/report.html"));
    renameSync(at("net.safetensors"), at("away.safetensors"));
    expect((await rramlab("report", "reported")).status).toBe(0);
    renameSync(at("away.safetensors"), at("net.safetensors"));
    expect(readFileSync(at("reported/report.html")).equals(before)).toBe(true);
  });
  test.each([
    [["--set", "network=none.safetensors"], "none.safetensors"],
    [["--set", "network=net.safetensors", "--set", "epochs=3"], "epochs changes nothing here"],
    [["--set", "network=net.safetensors", "--grid", "weights=binary"], "network net.safetensors has ternary weights"],
    [["--set", "others=digital"], "others changes nothing here"],
  ])("%j is refused", async (flags, said) => {
    const { status, stderr } = await rramlab("plan", "network-accuracy", ...flags, "--out", "refused");
    expect(status).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toContain(said);
  });
});
