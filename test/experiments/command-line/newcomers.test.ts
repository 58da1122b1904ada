import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { parseQuantity, parseValue } from "../../../experiments/units/parse.ts";
import { index, inFolder } from "../run-rramlab.ts";

const { place, rramlab, json } = inFolder();
const at = (...names: string[]): string => join(place.folder, ...names);

describe("units as people spell them", () => {
  test.each([
    ["85C", "K", 358.15],
    ["85 °C", "K", 358.15],
    ["85 deg C", "K", 358.15],
    ["5Ohm", "ohm", 5],
    ["3 kOhms", "ohm", 3000],
    ["2 KΩ", "ohm", 2000],
    ["20pf", "F", 20e-12],
    ["900mv", "V", 0.9],
    ["0.5 µm", "m", 0.5e-6],
    ["2 * 5NS", "s", null],
    ["20 uS", "S", 20e-6],
    ["3 us", "s", 3e-6],
    ["10 MHZ", "Hz", 10e6],
  ] as const)("%s", async (text, unit, value) => {
    if (value === null) await expect(parseQuantity(text, unit, "x")).rejects.toThrow("cannot be read");
    else expect(await parseQuantity(text, unit, "x")).toBeCloseTo(value, 15);
  });
  test("siemens are no seconds, and a name of a study file is its own", async () => {
    await expect(parseQuantity("20 uS", "s", "x")).rejects.toThrow("wrong unit");
    expect(await parseQuantity("2 v", "1", "x", { v: 3 })).toBe(6);
  });
  test("a choice in other letters, and a flip, which is type 1 of binary weights", async () => {
    const choice = (...choices: string[]) =>
      ({ kind: "choice", choices, default: choices[0], says: "", source: "" }) as const;
    expect(await parseValue("SS", choice("tt", "ss"), "corner")).toBe("ss");
    expect(await parseValue("flip", choice("type1", "type2"), "error")).toBe("type1");
    expect(await parseValue("flip", choice("flip", "type1"), "error")).toBe("flip");
  });
});

describe("what was meant is told in one line, with exit code 2", () => {
  test.each([
    [["run", "sense-errors", "--corner", "ss"], "--set corner=ss"],
    [["run", "sense-errors", "--supply=0.8V"], "--set supply=0.8V"],
    [["plan", "sense-errors", "supply=0.8V"], "--set supply=0.8V"],
    [["plan", "sense-errors", "--set", "supply=0.8V,0.9V"], "several values span an axis: --grid"],
    [["plan", "sense-errors", "--set", "strobe=3n"], "a prefix needs its unit"],
    [["plan", "sense-errors", "--set", "vdd=1V"], 'Did you mean "supply"'],
    [["plan", "sense-errors", "--set", "hrsMedian=1"], 'Did you mean "hrsMedianFactor"'],
    [["plan", "sense-errors", "--device", "mine.csv"], "rramlab fit mine.csv --out mine.json"],
    [["plan", "sense-errors", "--device", "mine.xlsx"], "save the sheet as CSV"],
    [["transient", "deck.cir"], "rramlab spice run deck.cir"],
    [["fit", "nothing.csv"], "there is no such file"],
    [["completion", "csh"], "expected one of bash, zsh, fish"],
  ])("%j", async (args, words) => {
    const { status, stderr } = await rramlab(...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
  test("a file that is no text is told so, and nothing of it printed", async () => {
    writeFileSync(at("random.csv"), Buffer.from(Array.from({ length: 600 }, (_, i) => (i * 77) % 251)));
    writeFileSync(at("book.csv"), Buffer.from("PK\u0003\u0004rest"));
    for (const [file, words] of [
      ["random.csv", "is no text"],
      ["book.csv", "is a workbook or a ZIP archive"],
    ] as const) {
      const { status, stderr } = await rramlab("fit", file);
      expect([status, stderr.trim().split("\n").length, stderr]).toEqual([2, 1, expect.stringContaining(words)]);
    }
    const { stderr } = await rramlab("plan", "sense-errors", "--device", "book.csv.json");
    expect(stderr).not.toMatch(/PK/);
  });
});

describe("thousands", () => {
  const fitted = async (name: string, rows: readonly string[]): Promise<string> => {
    writeFileSync(at(name), `${rows.join("\n")}\n`);
    const { status, stdout, stderr } = await rramlab("fit", name, "--out", `${name}.json`);
    expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
    return stdout.split("\n").find((line) => /^HRS +\d/.test(line)) as string;
  };
  const values = Array.from({ length: 12 }, (_, i) => [7900 + 37 * i, 310_000 + 93_210 * i] as const);
  const english = (x: number): string => x.toLocaleString("en-US", { minimumFractionDigits: 1 });
  test("set apart by commas, points, spaces or apostrophes are what they are without", async () => {
    const plain = await fitted("plain.csv", ["state,R (ohm)", ...values.flatMap(([l, h]) => [`LRS,${l}`, `HRS,${h}`])]);
    const quoted = await fitted("quoted.csv", [
      "state,R (ohm)",
      ...values.flatMap(([l, h]) => [`LRS,"${english(l)}"`, `HRS,"${english(h)}"`]),
    ]);
    const german = (x: number): string => english(x).replaceAll(",", "_").replace(".", ",").replaceAll("_", ".");
    const points = await fitted("points.csv", [
      "state;R (ohm)",
      ...values.flatMap(([l, h]) => [`LRS;${german(l)}`, `HRS;${german(h)}`]),
    ]);
    const spaced = (x: number): string => english(x).replaceAll(",", " ");
    const spaces = await fitted("spaces.csv", [
      "state,R (ohm)",
      ...values.flatMap(([l, h]) => [`LRS,${spaced(l)}`, `HRS,${spaced(h)}`]),
    ]);
    expect([quoted, points, spaces]).toEqual([plain, plain, plain]);
  });
  test("that could as well be decimals are refused by what they are", async () => {
    writeFileSync(
      at("either.csv"),
      ["state,R (ohm)", ...values.flatMap(() => ['LRS,"8,100"', 'HRS,"34,500"'])].join("\n"),
    );
    const { status, stderr } = await rramlab("fit", "either.csv");
    expect([status, stderr]).toEqual([2, expect.stringContaining("a comma of thousands, or a decimal one")]);
  });
});

describe("columns by the names that they have", () => {
  test.each(["Device", "Device ID", "cell", "die", "DUT no."])(
    "%s tells devices apart: the split of the spread is measured",
    async (name) => {
      const rows = Array.from({ length: 6 }, (_, d) =>
        Array.from({ length: 5 }, (__, c) => [
          `${d},LRS,${8 + 0.4 * d + 0.05 * c}`,
          `${d},HRS,${300 + 40 * d + 7 * c}`,
        ]),
      ).flat(2);
      writeFileSync(at("split.csv"), `${name},state,R (kohm)\n${rows.join("\n")}\n`);
      const { status, stdout } = await rramlab("fit", "split.csv", "--out", "split.json");
      expect(status).toBe(0);
      expect(stdout).not.toMatch(/half and half/);
    },
  );
});

describe("IDX files under the names that people's copies have", () => {
  const idx = (shape: readonly number[], value: (i: number) => number): Buffer => {
    const size = shape.reduce((a, b) => a * b, 1);
    const head = Buffer.alloc(4 + 4 * shape.length);
    head.set([0, 0, 8, shape.length]);
    for (const [i, n] of shape.entries()) head.writeUInt32BE(n, 4 + 4 * i);
    return Buffer.concat([head, Buffer.from(Array.from({ length: size }, (_, i) => value(i)))]);
  };
  const images = idx([20, 2, 2], (i) => i);
  const labels = idx([20], (i) => i % 10);
  const set = (
    folder: string,
    nameOf: (of: "train" | "test", what: "images" | "labels") => string,
    packed = false,
  ): void => {
    mkdirSync(at(folder), { recursive: true });
    for (const part of ["train", "test"] as const)
      for (const [what, bytes] of [
        ["images", images],
        ["labels", labels],
      ] as const)
        writeFileSync(at(folder, nameOf(part, what)), packed ? gzipSync(bytes) : bytes);
  };
  const rank = (what: string): number => (what === "images" ? 3 : 1);
  test.each([
    [
      "dots",
      (of: string, what: string) => `${of === "train" ? "train" : "t10k"}-${what}.idx${rank(what)}-ubyte`,
      false,
    ],
    ["emnist", (of: string, what: string) => `emnist-digits-${of}-${what}-idx${rank(what)}-ubyte.gz`, true],
    [
      "torch/raw",
      (of: string, what: string) => `${of === "train" ? "train" : "t10k"}-${what}-idx${rank(what)}-ubyte`,
      false,
    ],
  ] as const)("%s", async (folder, nameOf, packed) => {
    set(folder, nameOf, packed);
    const found = await json("data", "verify", folder.replace("/raw", ""));
    expect([found.train, found.test, found.pixels, found.classes, found.files.length]).toEqual([20, 20, 4, 10, 4]);
  });
  test("but not of two sets in one folder, nor a file in its place, nor nothing", async () => {
    for (const name of ["emnist-digits", "emnist-letters"])
      set("two", (of, what) => `${name}-${of}-${what}-idx${rank(what)}-ubyte`);
    for (const [path, words] of [
      ["two", "holds the files of emnist-digits and emnist-letters"],
      ["two/emnist-digits-test-labels-idx1-ubyte", "is a file; give the folder"],
      ["nowhere", "the folder nowhere is not there"],
    ] as const) {
      const { status, stderr } = await rramlab("data", "verify", path);
      expect([path, status, stderr]).toEqual([path, 2, expect.stringContaining(words)]);
    }
  });
});

describe("completion", () => {
  const bash = spawnSync("bash", ["--version"], { stdio: "ignore" }).status === 0;
  (bash ? test : test.skip)("in bash gives commands, studies, flags and their choices", async () => {
    const { stdout } = await rramlab("completion", "bash");
    const asked = (...words: string[]): string => {
      const script = `${stdout}\ncompopt() { :; }\nCOMP_WORDS=(rramlab ${words.map((word) => `'${word}'`).join(" ")})\nCOMP_CWORD=${words.length}\nCOMPREPLY=()\n_rramlab\necho "\${COMPREPLY[*]}"`;
      return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.trim();
    };
    expect(asked("comp")).toBe("completion");
    expect(asked("run", "sense-e")).toBe("sense-errors");
    expect(asked("spice", "")).toBe("export run");
    expect(asked("run", "x", "--fig")).toBe("--figures");
    expect(asked("run", "x", "--figures", "p")).toBe("png");
  });
  test("for zsh and fish is there too", async () => {
    expect((await rramlab("completion", "zsh")).stdout).toContain("bashcompinit");
    expect((await rramlab("completion", "fish")).stdout).toContain("-a 'sense-errors'");
  });
});

describe("what a run leaves for other programs", () => {
  test("means over training seeds with their intervals are columns, and every printed cell a row", async () => {
    const small = ["--set", "seeds=3", "--set", "epochs=1", "--set", "widths=784-8-10", "--grid", "weights=binary"];
    const { rows, out } = await json("run", "network-accuracy", ...small, "--out", "seeds");
    const values = rows.map((row: Record<string, number>) => row["accuracy"]);
    const mean = values.reduce((a: number, b: number) => a + b, 0) / 3;
    for (const row of rows) {
      expect(row.accuracy_over_seed).toBeCloseTo(mean, 12);
      expect(row.accuracy_over_seed_low).toBeLessThan(mean);
      expect(row.accuracy_over_seed_high).toBeGreaterThan(mean);
    }
    const header = readFileSync(at(out, "results.csv"), "utf8").split("\n")[0];
    expect(header).toContain("accuracy_over_seed,accuracy_over_seed_low,accuracy_over_seed_high");
    const tables = readFileSync(at(out, "tables.csv"), "utf8").trim().split("\n");
    expect(tables[0]).toBe("table,line,row,column,printed,estimate,low,high");
    const printed = tables.find((line) => line.includes(",accuracy,")) as string;
    const [estimate, low] = printed.split(",").slice(-3).map(Number);
    expect(estimate).toBeCloseTo(100 * mean, 1);
    expect(low).toBeLessThan(estimate);
  });
  test("an experiment that says nothing of its own has a figure, an answer and a title", async () => {
    writeFileSync(
      at("own.mjs"),
      `import { defineExperiment, quantity, rate, uniform } from ${JSON.stringify(index)};
export const own = defineExperiment({ name: "own-coin", summary: "A coin.", module: import.meta.url,
  parameters: { bias: quantity("1", 0.5, [0, 1], "chance of heads", "chosen") }, axes: ["bias"], grid: () => [{ bias: [0.2, 0.5, 0.9] }],
  trials: 50, block: 25, numbers: { heads: rate("heads up") },
  together: (_context, { bias }, keys) => keys.map((key) => ({ numbers: { heads: uniform(key) < bias ? 1 : 0 } })) });`,
    );
    expect((await rramlab("run", "own.mjs", "--out", "own")).status).toBe(0);
    const report = readFileSync(at("own", "report.html"), "utf8");
    expect(report).toContain("<h1>Own coin</h1>");
    expect(report).toMatch(/class="answer">Heads up: from \d+ % \[[\d., ]+\] \(bias 0\.2\) to /);
    expect(report).toContain("Rate of heads against bias");
  });
});
