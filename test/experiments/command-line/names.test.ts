import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { compileCircuit, parseNetlist, transient } from "#circuits/index";
import { parseSafetensors, writeSafetensors } from "#src/networks/safetensors";
import { ownOf, parseJson } from "#src/words/named";
import { inFolder } from "../run-rramlab.ts";

/** What every object has, and the two ways to its prototype. */
const NAMES = ["constructor", "toString", "hasOwnProperty", "valueOf", "__proto__"];

const { place, rramlab, json } = inFolder();
const written = (name: string, text: string): string => {
  writeFileSync(join(place.folder, name), text);
  return name;
};

describe.each(NAMES)("a name that objects have already: %s", (name) => {
  test("is a node of a deck like any other, with its start voltage, measures and parameters", async () => {
    const deck = (node: string): string =>
      written(
        `${node}.cir`,
        `t\n.param ${node}=1k\nV1 a 0 1\nR1 a ${node} {${node}}\nC1 ${node} 0 1p\n.ic v(${node})=0.5\n.tran 1n 2n uic\n.meas tran ${node} find v(${node}) at=1n\n`,
      );
    const {
      runs: [run],
    } = await json("spice", "run", deck(name));
    const {
      runs: [twin],
    } = await json("spice", "run", deck("b"));
    expect(ownOf(run.transient.voltages, name)).toEqual(twin.transient.voltages.b);
    expect(ownOf(run.transient.measures, name)).toBe(twin.transient.measures.b);
  });
  test("is no start voltage that a floating node could have", async () => {
    const netlist = written(
      "floating.json",
      `{"temperature":300,"elements":[{"name":"V","type":"voltage","nodes":["a","0"],"waveform":{"kind":"dc","value":1}},
        {"name":"C0","type":"capacitor","nodes":["a","${name}"],"capacitance":1e-12},
        {"name":"C1","type":"capacitor","nodes":["${name}","0"],"capacitance":1e-12}],
        "initial":{},"analysis":{"kind":"transient","stop":1e-9}}`,
    );
    expect(await rramlab("transient", netlist)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`node "${name}" floats`),
    });
  });
  test("is no experiment, parameter, axis, number, data set, device, circuit or kind of error", async () => {
    const asked: readonly (readonly string[])[] = [
      ["run", name],
      ["describe", name],
      ["run", "sense-errors", "--set", `${name}=1`],
      ["run", "sense-errors", "--grid", `${name}=1,2`],
      ["run", "sense-errors", "--vary", `${name}=normal(1, 1)`],
      ["run", "sense-errors", "--precision", `${name}=5%`],
      ["run", "sense-errors", "--set", `device=${name}`],
      ["run", "sense-errors", "--set", `technology=${name}`],
      ["run", "network-accuracy", "--data", name],
      ["run", "ernoult-2019", "--set", `model=${name}`],
      ["spice", "export", name],
      ["evaluate", "model.safetensors", "--errors", `${name}=0.1`],
    ];
    for (const args of asked) {
      const ended = await rramlab(...args);
      expect({ args, ...ended }).toMatchObject({ status: 2, stderr: expect.stringContaining(name) });
    }
  });
  test("is refused in a study file wherever names stand", async () => {
    for (const text of [
      `experiment: sense-errors\nset:\n  ${name}: 1\n`,
      `experiment: sense-errors\ngrid:\n  ${name}: [1, 2]\n`,
      `experiment: sense-errors\nvary:\n  ${name}: normal(1, 1)\n`,
      `experiment: sense-errors\n${name}: 1\n`,
      `experiment: sense-errors\ndefine:\n  ${name}: 1\n`,
      `experiment: ${name}\n`,
    ]) {
      const ended = await rramlab("run", written("study.yaml", text));
      expect({ text, ...ended }).toMatchObject({ status: 2, stderr: expect.stringContaining(name) });
    }
  });
  test("is no state of a measured resistance", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `LRS,${8 + (i % 7)}\nHRS,${80 + (i % 7)}\n${name},30`);
    const file = written("measured.csv", `state,resistance (kohm)\n${rows.join("\n")}\n`);
    expect(await rramlab("fit", file, "--out", "fitted.json")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`30 of 90 rows cannot be used: row 4, column "state": "${name}" is neither`),
    });
  });
  test("is refused as a key of devices, crossbars and netlists", async () => {
    const key = `"${name}":{"kind":"ohmic"}`;
    const lines = '"rows":1,"columns":1,"wordLineResistance":1,"bitLineResistance":1';
    for (const args of [
      ["run", "sense-errors", "--device", written("device.json", `{${key}}`)],
      ["crossbar", written("crossbar.json", `{${lines},"resistances":[[1]],"inputs":[[1]],${key}}`)],
      ["transient", written("netlist.json", `{"temperature":300,"elements":[],${key}}`)],
    ])
      expect(await rramlab(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(name) });
  });
});

test("a key that would be an object's prototype is no JSON of ours, at any depth", () => {
  expect(() => parseJson('{"a":[{"__proto__":{"b":1}}]}')).toThrow('"__proto__" is no name');
  expect(() => parseNetlist(JSON.parse('{"initial":{"__proto__":1}}'), "n")).toThrow('"__proto__" is no name');
});

test("tensors are found under the names that objects have already", () => {
  const data = new Float32Array([1, 2]);
  const { tensors } = parseSafetensors(
    writeSafetensors({ metadata: {}, tensors: { constructor: { shape: [2], data } as never } }),
    "t",
  );
  expect(Object.keys(tensors)).toEqual(["constructor"]);
  expect(tensors["toString"]).toBeUndefined();
});

test("energies and crossings stand under their own names alone", () => {
  const { netlist } = parseNetlist(
    {
      temperature: 300,
      elements: [
        { name: "valueOf", type: "voltage", nodes: ["toString", "0"], waveform: { kind: "dc", value: 1 } },
        { name: "r", type: "resistor", nodes: ["toString", "0"], resistance: 1000 },
      ],
    },
    "n",
  );
  const found = transient(compileCircuit(netlist), {
    stop: 1e-9,
    times: [1e-9],
    tolerance: 1e-5,
    energyAt: [1e-9],
    crossings: { nodes: ["toString"], threshold: 0.5, after: 0 },
  });
  if (!found.ok) throw new Error(found.reason);
  expect(found.energies["valueOf"][0]).toBeCloseTo(1e-12, 18);
  expect(found.crossings["toString"]).toBeNull();
  expect(found.voltages["constructor"]).toBeUndefined();
});
