import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { inFolder } from "../run-rramlab.ts";

const { place, rramlab, json } = inFolder();

// Debian's own where another one comes first.
const python = ["python3", "/usr/bin/python3"].find((name) => spawnSync(name, ["-c", "import numpy"]).status === 0);
const withNumpy = python ? describe : describe.skip;
if (!python) console.warn("skipped: networks written by Python; sudo apt-get install python3-numpy");

withNumpy("a network that docs/networks.md's Python writes", () => {
  const write = (name: string, change: (script: string) => string = (script) => script): void => {
    const page = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "networks.md"), "utf8");
    const script = /```python\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    writeFileSync(
      join(place.folder, `${name}.py`),
      change(script).replace("network.safetensors", `${name}.safetensors`),
    );
    const { status, stderr } = spawnSync(python as string, [`${name}.py`], { cwd: place.folder, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  };
  const refused = async (name: string, ...more: string[]): Promise<string> => {
    const { status, stderr } = await rramlab("evaluate", `${name}.safetensors`, "--data", "mnist-10k", ...more);
    expect(status).toBe(2);
    return stderr.replace(/\s+/g, " ");
  };
  test("is evaluated, with errors in one layer, and in a study", async () => {
    write("drawn");
    const clean = await json("evaluate", "drawn.safetensors", "--data", "mnist-10k");
    expect(clean).toMatchObject({ images: 2000, trained: null });
    expect(clean.zeros).toHaveLength(3);
    const harmed = await json(
      ...["evaluate", "drawn.safetensors", "--data", "mnist-10k", "--errors", "conv2:type1=0.2", "--chips", "2"],
    );
    expect(harmed.accuracy).not.toBe(clean.accuracy);
    const { rows } = await json(
      ...["run", "layer-sensitivity", "--set", "network=drawn.safetensors", "--trials", "2", "--grid", "layer=1,3"],
      ...["--set", "rate=0.3", "--workers", "1", "--out", "out"],
    );
    expect(rows).toHaveLength(2);
  });
  test.each<[string, string, string, string]>([
    [
      "shapes that do not chain",
      '"pool2", "kind": "maxPool", "size": [2, 2], "stride": [2, 2]',
      '"pool2", "kind": "maxPool", "size": [30, 30], "stride": [2, 2]',
      'layer "pool2": a window 30 x 30 with padding 0 x 0 does not fit: "conv2" gives 16 x 14 x 14',
    ],
    [
      "a dense layer on a map",
      '{"name": "flat", "kind": "flatten"},',
      "",
      'layer "dense": a dense layer takes a vector; "act2" gives 16 x 7 x 7. Put a flatten layer between',
    ],
    [
      "groups that do not divide",
      '{"name": "conv2", **conv}',
      '{"name": "conv2", **conv, "groups": 3}',
      'layer "conv2": 3 groups do not divide 16 channels ("act1" gives 16 x 14 x 14) into 16',
    ],
    [
      "a tensor that is missing",
      '"conv2.weight": sign(16, 16, 3, 3), ',
      "",
      'tensor conv2.weight is missing; layer "conv2" needs 16 x 16 x 3 x 3',
    ],
    [
      "NaN",
      "np.full(n, 9, np.float32)",
      "np.full(n, np.nan, np.float32)",
      'tensor "norm1.variance" holds NaN at 0; expected numbers from 0',
    ],
    [
      "levels that weights cannot have",
      "rng.choice([-1, 1], shape)",
      "rng.choice([-2, 1], shape)",
      "expected -1 and 1 (binary weights)",
    ],
    [
      "another format",
      "rramlab network 1",
      "rramlab network 7",
      'format "rramlab network 7"; expected "rramlab network 1" or "rramlab perceptron 1"',
    ],
    [
      "a kind of layer that is not",
      '"kind": "sign"}',
      '"kind": "signum"}',
      'layer "act1", kind'.replace(",", ".").replace(". kind", ".kind"),
    ],
    [
      "an unknown value",
      '{"name": "flat", "kind": "flatten"}',
      '{"name": "flat", "kind": "flatten", "from": ["act3"]}',
      'takes "act3", which no layer before it gives. Did you mean "act1"?',
    ],
    ["other images", '"height": 28, "width": 28', '"height": 32, "width": 32', "takes 1 x 32 x 32 ("],
  ])("%s is refused in one line", async (_, from, to, said) => {
    write("wrong", (script) =>
      script.replace(from, to).replace("16 * 49)", to.includes(": 32") ? "16 * 64)" : "16 * 49)"),
    );
    expect(await refused("wrong")).toContain(said);
  });
  test("layers that arrays cannot hold are named, and may stay digital", async () => {
    write("floating", (script) =>
      script
        .replace('"weights": {"kind": "ternary"}', '"weights": {"kind": "float"}')
        .replace("(10, 16 * 49)).astype(np.int8)", "(10, 16 * 49)).astype(np.float32)"),
    );
    expect(await refused("floating", "--errors", "type1=0.1")).toContain(
      'layer "dense" (its weights are floating point)',
    );
    const beside = await json("evaluate", "floating.safetensors", "--data", "mnist-10k");
    const read = ["--errors", "conv2:type1=0.3", "--chips", "2", "--others", "digital"];
    const harmed = await json("evaluate", "floating.safetensors", "--data", "mnist-10k", ...read);
    expect(harmed.accuracy).not.toBe(beside.accuracy);
    write("drawn");
    const all = await json("evaluate", "drawn.safetensors", "--data", "mnist-10k");
    expect(beside.accuracy).toBe(all.accuracy);
  });
});
