import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseNetwork, perceptron, writeNetwork } from "#src/networks/index";
import { parseSafetensors, writeSafetensors } from "#src/networks/safetensors";
import { inFolder } from "../run-rramlab.ts";

const { place, rramlab, asProcess } = inFolder();

describe("values that are given twice, are none, or would be two are told", () => {
  test.each<[string[], string]>([
    [["evaluate", "m", "--errors", "type1=0.01,type1=0.02"], "--errors: type1 is given twice"],
    [["evaluate", "m", "--errors", "type1=0.5=0.6"], "expected type1 with one probability"],
    [
      ["run", "sense-errors", "--precision", "junk=type3=5%"],
      "--precision junk=type3=5%: expected e.g. 5% or type3=5%",
    ],
    [["run", "sense-errors", "--precision", "type3=5%", "--precision", "type3=9%"], "--precision type3 is given twice"],
    [["run", "sense-errors", "--precision", "typo=5%"], "typo"],
    [["run", "sense-errors", "--set", "supply=NaN"], 'supply: "NaN" is NaN; expected a finite value'],
    [["run", "sense-errors", "--set", "supply=1/0"], "expected a finite value"],
    [["run", "sense-errors", "--set", "supply=1V", "--set", "supply=1V"], "--set supply is given twice"],
  ])("%j", async (args, words) => {
    expect(await rramlab(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(words) });
  });
  test("a threshold that is no number", async () => {
    const netlist = { temperature: 300, elements: [{ name: "r", type: "resistor", nodes: ["a", "0"], resistance: 1 }] };
    writeFileSync(
      join(place.folder, "n.json"),
      JSON.stringify({
        ...netlist,
        elements: [
          ...netlist.elements,
          { name: "v", type: "voltage", nodes: ["a", "0"], waveform: { kind: "dc", value: 1 } },
        ],
      }),
    );
    const { status, stderr } = await rramlab("transient", "n.json", "--stop", "1ns", "--threshold", "NaN");
    expect([status, stderr]).toEqual([2, expect.stringContaining('--threshold: "NaN" is NaN')]);
  });
  test("an item of a study's list that would become two", async () => {
    writeFileSync(join(place.folder, "s.yaml"), 'experiment: sense-errors\ngrid:\n  corner: ["ss,tt"]\n');
    const { status, stderr } = await rramlab("run", "s.yaml");
    expect([status, stderr]).toEqual([2, expect.stringContaining('corner: the item "ss,tt" holds a comma')]);
  });
});

describe("a model whose normalisation is no number", () => {
  const layer = {
    ...{ inputs: 2, outputs: 2, weights: new Float32Array([1, -1, 1, 1]) },
    ...{ gain: new Float32Array([1, 1]), shift: new Float32Array(2), mean: new Float32Array(2) },
    variance: new Float32Array([1, 1]),
  };
  const design = { widths: [2, 2], weights: { kind: "binary" }, activation: { kind: "binary" } } as const;
  const file = parseSafetensors(writeNetwork({ network: perceptron(design, [layer]), trained: null }), "m");
  const model = (name: string, value: number): Uint8Array => {
    const { shape } = file.tensors[name];
    return writeSafetensors({
      ...file,
      tensors: { ...file.tensors, [name]: { shape, data: Float32Array.of(1, value) } },
    });
  };
  test.each(["gain", "shift", "mean", "variance"])("%s", (part) => {
    const name = `norm1.${part}`;
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect(() => parseNetwork(model(name, value), "m")).toThrow(`m: tensor "${name}" holds ${value} at 1`);
    expect(() => parseNetwork(model(name, 2), "m")).not.toThrow();
  });
});

test("a file that a full disk does not take is exit code 1, with the cause, and leaves nothing half-written", () => {
  const disk = join(place.folder, "disk");
  mkdirSync(disk);
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
  if (status !== 0) {
    process.stderr.write("skipped: a full disk (mount -t tmpfs needs root)\n");
    return;
  }
  try {
    const rows = Array.from({ length: 30 }, (_, i) => `LRS,${8 + (i % 7)}\nHRS,${80 + (i % 7)}`).join("\n");
    writeFileSync(join(place.folder, "r.csv"), `state,resistance (kohm)\n${rows}\n`);
    // The report of a fit holds the drawing library: a megabyte.
    const ended = asProcess("fit", "r.csv", "--out", "disk/r.json");
    expect([ended.status, ended.stderr]).toEqual([1, expect.stringContaining("(ENOSPC): the disk is full")]);
    expect(readdirSync(disk)).toEqual(["r.json"]);
  } finally {
    spawnSync("umount", [disk]);
  }
});
