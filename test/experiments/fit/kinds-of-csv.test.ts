import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseNetwork } from "#src/networks/index";
import { writeSafetensors } from "#src/networks/safetensors";
import { inFolder } from "../run-rramlab.ts";

const { place, json, rramlab } = inFolder();

/** Forty low and forty high resistances [kohm], lognormal-like by hand. */
const LOW = Array.from({ length: 40 }, (_, i) => Number((8 * Math.exp(0.2 * Math.sin(7 * i))).toPrecision(4)));
const HIGH = Array.from({ length: 40 }, (_, i) => Number((300 * Math.exp(0.6 * Math.sin(5 * i))).toPrecision(4)));
const rows = (low: string, high: string, separator = ",", point = "."): string =>
  [...LOW.map((x) => [low, x] as const), ...HIGH.map((x) => [high, x] as const)]
    .map(([state, x]) => `${state}${separator}${String(x).replace(".", point)}`)
    .join("\n");

const fitted = async (
  name: string,
  content: string | Buffer,
): Promise<{ lrs: number; hrs: number; notes: string[] }> => {
  writeFileSync(join(place.folder, name), content);
  const { device, notes } = await json("fit", name, "--out", "fitted.json", "--family", "lognormal");
  return { lrs: device.lrs.medianResistance, hrs: device.hrs.medianResistance, notes };
};
const PLAIN = `state,resistance (kohm)\n${rows("LRS", "HRS")}\n`;

describe("measured resistances are read however a laboratory writes them: the same numbers", () => {
  test.each<[string, string | Buffer]>([
    [
      "comment lines before and between",
      `# B1500, 0.1 V\n// wafer 3\nstate,resistance (kohm)\n# low\n${rows("LRS", "HRS")}\n% end\n`,
    ],
    ["states called Low and High, the unit with a capital", `State,R [kOhm]\n${rows("Low", "High")}\n`],
    ["KOHM", `state,R (KOHM)\n${rows("lrs", "hrs")}\n`],
    ["states called ON and OFF", `state,resistance (kohm)\n${rows("ON", "OFF")}\n`],
    ["states side by side", `LRS (kohm),HRS (kohm)\n${LOW.map((x, i) => `${x},${HIGH[i]}`).join("\n")}\n`],
    [
      "states side by side, of unequal length",
      `no,R_on [kohm],R_off [kohm]\n1,${LOW[0]},\n${HIGH.map((x, i) => `${i + 2},${LOW[i + 1] ?? ""},${x}`).join("\n")}\n`,
    ],
    ["semicolons and decimal commas", `state;resistance (kohm)\n${rows("LRS", "HRS", ";", ",")}\n`],
    ["a row of units below the head", `state,resistance\n,[kohm]\n${rows("LRS", "HRS")}\n`],
    ["a row of units, states side by side", `LRS,HRS\nkOhm,kOhm\n${LOW.map((x, i) => `${x},${HIGH[i]}`).join("\n")}\n`],
    [
      "UTF-16 with tabs",
      Buffer.from(
        `\ufeffstate\tresistance (kohm)\r\n${rows("LRS", "HRS", "\t").replaceAll("\n", "\r\n")}\r\n`,
        "utf16le",
      ),
    ],
    [
      "a comment in Latin-1",
      Buffer.from(`state,resistance (kohm)\n${rows("LRS", "HRS")}\n# read at 5 \u00b5A\n`, "latin1"),
    ],
  ])("%s", async (_what, content) => {
    const [own, plain] = [await fitted("kind.csv", content), await fitted("plain.csv", PLAIN)];
    expect([own.lrs, own.hrs]).toEqual([plain.lrs, plain.hrs]);
    expect(own.notes.join()).not.toContain("A doubt");
  });

  test("an instrument's overflow code is no resistance: its rows are named, and nothing is fitted", async () => {
    writeFileSync(join(place.folder, "over.csv"), `${PLAIN}HRS,9.91E34\nLRS,9.9e37\n`);
    const { status, stderr } = await rramlab("fit", "over.csv", "--out", "over.json");
    expect([status, stderr]).toEqual([2, expect.stringContaining("2 of 82 rows cannot be used: row 82, column")]);
    const { notes } = await json("fit", "over.csv", "--skip-bad", "--out", "over.json");
    expect(notes.join()).toContain("row 82");
    expect((await rramlab("plan", "memory-error-rate", "--device", "over.json", "--out", "over")).status).toBe(0);
  });

  test.each([
    ["12 ohm, where thousands were meant", "ohm", "kohm"],
    ["microohm", "uohm", "Gohm"],
  ])("%s are doubted aloud, with the unit that is likely", async (_what, unit, likely) => {
    const { notes } = await fitted("small.csv", `state,resistance (${unit})\n${rows("LRS", "HRS")}\n`);
    expect(notes[0]).toContain("A doubt: medians of");
    expect(notes[0]).toContain(`Is the column in ${likely}`);
  });

  test("columns of one state alone, or a head without any unit, are refused with the row", async () => {
    writeFileSync(join(place.folder, "bad.csv"), `# note\nLRS (kohm),other\n${LOW.map((x) => `${x},1`).join("\n")}\n`);
    expect((await rramlab("fit", "bad.csv", "--out", "bad.json")).stderr).toContain("bad.csv, row 2: no column");
    writeFileSync(join(place.folder, "bad.csv"), `state,resistance\n${rows("LRS", "HRS")}\n`);
    expect((await rramlab("fit", "bad.csv", "--out", "bad.json")).stderr).toContain(
      "no column says that it is a resistance",
    );
  });
});

test("files of other programs are told what they are", () => {
  const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"));
  expect(() => parseNetwork(bytes("PK\x03\x04........"), "larq.npz")).toThrow(
    "it is a ZIP archive, as .npz files of NumPy",
  );
  expect(() => parseNetwork(bytes("\x93NUMPY......"), "w.npy")).toThrow("it is an .npy file of NumPy");
  const header = JSON.stringify({ steps: { dtype: "I64", shape: [1], data_offsets: [0, 8] } });
  const file = Buffer.alloc(8 + header.length + 8);
  file.writeBigUInt64LE(BigInt(header.length));
  file.write(header, 8);
  expect(() => parseNetwork(file, "torch.safetensors")).toThrow("a safetensors file, but no network of rramlab");
  const described = (design: object): Uint8Array => {
    const text = JSON.stringify({ format: "rramlab perceptron 1", design });
    const one = { shape: [1], data: Float32Array.of(1) };
    const norm = Object.fromEntries(["gain", "shift", "mean", "variance"].map((part) => [`layers.0.${part}`, one]));
    const weight = { shape: [1, 1], data: Int8Array.of(-1) };
    return writeSafetensors({ metadata: { rramlab: text }, tensors: { ...norm, "layers.0.weight": weight } });
  };
  const design = { widths: [1, 1], weights: { kind: "binary" }, activation: { kind: "binary" } };
  expect(parseNetwork(described(design), "m").trained).toBeNull();
  const { weights: _, ...half } = design;
  expect(() => parseNetwork(described(half), "m")).toThrow("m: no whole model: design.weights: ");
});
