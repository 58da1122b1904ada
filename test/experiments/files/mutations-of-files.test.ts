import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { RRAM_SETS } from "#devices/index";
import { parseCifar } from "#src/datasets/cifar";
import { parseIdx } from "#src/datasets/idx";
import { parseNetwork, perceptron, writeNetwork } from "#src/networks/index";
import { readResistances, STATES_EXAMPLE } from "../../../experiments/fit/read-resistances.ts";
import { readTable } from "../../../experiments/fit/tables/read-table.ts";
import { Misuse } from "../../../experiments/misuse.ts";
import { parseIndices } from "../../../experiments/run/slurm.ts";
import { parseQuantity } from "../../../experiments/units/parse.ts";
import { parseDistribution } from "../../../experiments/units/parse-distribution.ts";
import { inFolder } from "../run-rramlab.ts";

/*
 * Files and flags with something wrong in them, 200 of each kind always, 10,000 with `npm run test:slow`: each is read, or
 * refused in words, on one line, with exit code 2. Netlists and decks: test/circuits/netlist/mutations.test.ts; files of a run:
 * sent-folders.test.ts.
 */
const RUNS = process.env["RRAMLAB_SLOW"] ? 10_000 : 200;

const { place, rramlab } = inFolder();

/** Pieces of text that mean something to some reader. */
const PIECES = [
  ...["0", "-1", "1e999", "-0", "NaN", "Infinity", "1e-300", "999999999999999999999", "0x10", "1,5", "10%"],
  ...["__proto__", "constructor", "null", "true", "{", "}", "[", "]", '"', "'", ",", ";", ":", "=", "(", ")", "#"],
  ...[
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u0007",
    "\u202e",
    "\ufeff",
    "\u00b5",
    "kohm",
    "LRS",
    "V",
    "..",
    "/",
    "&a *a",
    "- ",
    "|",
  ],
];

/** A few changes to a text: what stands at a place goes, comes twice, or is something else. */
const mutated = (text: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.tuple(
        fc.nat(),
        fc.nat(12),
        fc.constantFrom(...PIECES),
        fc.constantFrom("delete", "insert", "replace", "double"),
      ),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((changes) =>
      changes.reduce((before, [where, length, piece, how]) => {
        const at = where % (before.length + 1);
        const [head, middle, tail] = [before.slice(0, at), before.slice(at, at + length), before.slice(at + length)];
        if (how === "delete") return head + tail;
        if (how === "insert") return head + piece + middle + tail;
        return how === "replace" ? head + piece + tail : head + middle + middle + tail;
      }, text),
    );

const mutatedBytes = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom("flip", "cut", "insert")), { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce((before, [where, byte, how]) => {
        const at = where % (before.length + 1);
        if (how === "cut") return before.slice(0, at);
        if (how === "insert") return Uint8Array.from([...before.slice(0, at), byte, ...before.slice(at)]);
        return before.map((b, i) => (i === at ? b ^ byte : b));
      }, bytes),
    );

/** Words for a person, on one line. */
const inWords = (message: string): void => {
  expect(message.length).toBeGreaterThan(8);
  expect(message).not.toMatch(
    /Cannot read|is not a function|not iterable|Invalid array length|call stack|\[object|of undefined/,
  );
  expect(message.trimEnd()).not.toMatch(/\n/);
};

const check = (text: fc.Arbitrary<string | Uint8Array>, works: (text: never) => unknown): Promise<void> =>
  fc.assert(
    fc.asyncProperty(text, async (some) => {
      await works(some as never);
    }),
    { seed: 20261127, numRuns: RUNS, endOnFailure: true },
  ) as Promise<void>;

/** What a reader may do: give something, or refuse it in words. */
const read = async (work: () => unknown): Promise<void> => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof Misuse)) throw error;
    inWords(error.message.replaceAll("\n", " "));
  }
};

const commanded = async (...args: string[]): Promise<void> => {
  const { status, stderr } = await rramlab(...args);
  if (status === 0) return;
  expect([status, stderr]).toEqual([expect.any(Number), expect.stringMatching(/^rramlab: /)]);
  // A solve that does not converge is a failure; everything else is the file's fault.
  expect(status === 2 || args[0] === "crossbar").toBe(true);
  inWords(stderr);
};

const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(place.folder, name), content);
  return name;
};

describe("mutated", () => {
  const crossbar = JSON.stringify({
    ...{ rows: 2, columns: 2, wordLineResistance: 1, bitLineResistance: 1, driverResistance: 10 },
    ...{
      resistances: [
        [1e4, 1e5],
        [1e5, "open"],
      ],
      inputs: [[0.2, 0.1]],
      cells: { kind: "sinh", fieldVoltage: 0.3 },
    },
  });
  test("crossbars", () => check(mutated(crossbar), (text) => commanded("crossbar", file("crossbar.json", text))));

  const device = JSON.stringify(RRAM_SETS.reference);
  test("devices", () =>
    check(mutated(device), (text) =>
      commanded("plan", "memory-error-rate", "--device", file("device.json", text), "--out", "planned", "--force"),
    ));

  const study = `define:
  vdd: 0.9 V
experiments:
  one: { experiment: sense-errors, set: { supply: vdd * 0.9 }, trials: 10, seed: 007 }
  two: { experiment: sense-errors, grid: { supply: [0.8 V, 1 V], corner: [ss, tt] }, precision: 5% }
vary:
  temperature: normal(300 K, 5 K)
out: studied
`;
  test("study files", () =>
    check(mutated(study), (text) => commanded("plan", file("study.yaml", text), "--out", "studied", "--force")));

  const measured = `# a wafer
state,condition,device,resistance (kohm)
${Array.from({ length: 12 }, (_, i) => `${i % 2 ? "LRS" : "HRS"},a,d${i},${8.5 + 9 * i}`).join("\n")}
`.slice(10);
  test("measured resistances", () =>
    check(mutated(measured), (text) =>
      read(async () =>
        readResistances(await readTable(join(place.folder, file("m.csv", text)), STATES_EXAMPLE), false),
      ),
    ));

  const layer = (inputs: number, outputs: number) => ({
    ...{ inputs, outputs, weights: new Float32Array(inputs * outputs).fill(1) },
    ...{ gain: new Float32Array(outputs), shift: new Float32Array(outputs), mean: new Float32Array(outputs) },
    variance: new Float32Array(outputs).fill(1),
  });
  const design = { widths: [3, 2, 2], weights: { kind: "binary" }, activation: { kind: "binary" } } as const;
  const model = writeNetwork({
    network: perceptron(design, [layer(3, 2), layer(2, 2)]),
    trained: { dataSet: "x", data: null, seed: "s", epochs: 1, batch: 2, learningRate: 0.1, version: "0" },
  });
  test("models", () =>
    check(mutatedBytes(model), (bytes) =>
      read(() => {
        const { tensors } = parseNetwork(bytes, "model").network;
        expect(Object.values(tensors).every((values) => values.every(Number.isFinite))).toBe(true);
      }),
    ));

  const images = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 8, 7, 6]);
  test("images", () => check(mutatedBytes(images), (bytes) => read(() => parseIdx(bytes, "images"))));
  test("images in colour", () =>
    check(mutatedBytes(new Uint8Array(3073)), (bytes) => read(() => parseCifar(bytes, "images"))));

  test("quantities", () =>
    check(mutated("2 * (0.45 V + 3 mV) / 2"), (text) =>
      read(async () => expect(Number.isFinite(await parseQuantity(text, "V", "supply"))).toBe(true)),
    ));
  test("distributions", () =>
    check(mutated("lognormal(8 kohm, 0.25)"), (text) =>
      read(() =>
        parseDistribution(
          text,
          { kind: "quantity", unit: "ohm", default: 1, min: 0, max: 1e9, says: "", source: "" },
          "r",
        ),
      ),
    ));
  test("lists of shards", () => check(mutated("0-63,70,81-90"), (text) => read(() => parseIndices(text))));
  test("errors of weights", () =>
    check(mutated("type1=0.01,type3=5%"), (text) => commanded("evaluate", "absent.safetensors", `--errors=${text}`)));
});
