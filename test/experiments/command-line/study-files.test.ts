import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { evaluateDefinitions, evaluateExpression } from "../../../experiments/units/expression.ts";
import { parseDistribution } from "../../../experiments/units/parse-distribution.ts";
import { index, inFolder, packageFolder } from "../run-rramlab.ts";

const { place, rramlab, json } = inFolder();
const root = fileURLToPath(new URL("../../../", import.meta.url));
const write = (name: string, text: string): string => {
  writeFileSync(join(place.folder, name), text);
  return name;
};
const csv = (run: string, file = "results.csv"): string => readFileSync(join(place.folder, run, file), "utf8");

// A trial that reports its parameters: what was drawn is what is counted.
const ECHO = `import { defineExperiment } from ${JSON.stringify(index)};
const quantity = (unit, value, min, max) => ({ kind: "quantity", unit, default: value, min, max, says: "x", source: "chosen" });
export const echo = defineExperiment({ name: "echo", summary: "Echo.", module: import.meta.url,
  parameters: { voltage: quantity("V", 1, 0, 2), heat: quantity("K", 300, 200, 400), ohms: quantity("ohm", 8000, 1, 1e9), made: quantity("1", 1, 0, 9) },
  axes: ["voltage", "ohms", "made"], trials: 1000, block: 100, prepare: { part: { uses: ["made"], make: (p) => p.made } },
  numbers: { v: { kind: "mean", unit: "V", says: "v" }, h: { kind: "mean", unit: "K", says: "h" }, o: { kind: "mean", unit: "ohm", says: "o", quantiles: [0.1, 0.5, 0.9] } },
  together: (_c, p, keys) => keys.map(() => ({ numbers: { v: p.voltage, h: p.heat, o: p.ohms } })),
  trial: (_c, p) => ({ numbers: { v: p.voltage, h: p.heat, o: p.ohms } }) });`;

beforeAll(() => {
  write("echo.mjs", ECHO);
});

describe("a study file", () => {
  test("draws varied parameters from their distributions, the same at every point", async () => {
    write(
      "vary.yaml",
      `define: { mid: 0.4 V + 0.6 V, spread: 5 % }
experiment: echo.mjs
vary:
  voltage: normal(mid, spread * mid)
  heat: uniform(0 degC, 80 degC)
  ohms: lognormal(8 kohm, 0.25)
grid: { made: [1, 2] }
keepTrials: true
out: varied
`,
    );
    const { rows } = await json("run", "vary.yaml");
    const [row, other] = rows;
    expect(Math.abs(row.v - 1)).toBeLessThan((4 * 0.05) / Math.sqrt(1000));
    expect(Math.abs(row.h - 313.15)).toBeLessThan((4 * 80) / Math.sqrt(12 * 1000));
    expect(Math.abs(row.o_q50 / 8000 - 1)).toBeLessThan(0.05);
    expect(Math.abs(Math.log(row.o_q90 / row.o_q10) / (2 * 1.2816 * 0.25) - 1)).toBeLessThan(0.12);
    expect(other.v).toBe(row.v);
    const [header, first] = csv("varied", "trials.csv").split("\n");
    expect(header.split(",")).toEqual(["made", "trial", "heat", "ohms", "voltage", "v", "h", "o", "failed"]);
    expect(first.split(",")[2]).toBe(first.split(",")[6]);
    const report = csv("varied", "report.html");
    expect(report).toContain("lognormal(8 kohm, 0.25)");
    expect(report).toContain("voltage (varied)");
  });
  test("takes a varied parameter out of the experiment's own grid, and refuses it in the user's", async () => {
    const args = ["run", "sense-errors", "--vary", "supply=normal(0.9 V, 20 mV)", "--trials", "4"];
    expect((await json(...args, "--out", "own-grid")).rows).toHaveLength(1);
    const { status, stderr } = await rramlab(...args, "--grid", "supply=0.8V,0.9V", "--out", "both");
    expect([status, stderr]).toEqual([2, expect.stringContaining("it is an axis of this grid")]);
  });
  test("fills the space more evenly with Sobol's sequence and latin hypercubes, and any worker draws the same", async () => {
    const error = async (sampling: string): Promise<number> => {
      const args = [
        "run",
        "echo.mjs",
        "--vary",
        "voltage=uniform(0.5 V, 1.5 V)",
        "--trials",
        "1024",
        "--sampling",
        sampling,
      ];
      const { rows } = await json(...args, "--out", `s-${sampling}`);
      await json(...args, "--workers", "1", "--out", `s1-${sampling}`);
      expect(csv(`s1-${sampling}`)).toBe(csv(`s-${sampling}`));
      return Math.abs(rows[0].v - 1);
    };
    expect(await error("sobol")).toBeLessThan(1e-3);
    expect(await error("latin hypercube")).toBeLessThan(1e-3);
    expect(await error("independent")).toBeGreaterThan(1e-3);
    expect(csv("s-sobol", "report.html")).toContain("sobol");
  });
  test("names several runs that share what stands beside them; flags beside it win", async () => {
    write(
      "several.yaml",
      `seed: shared
trials: 100
set: { heat: 50 degC }
experiments:
  low: { experiment: echo.mjs, set: { voltage: 0.5 V } }
  high: { experiment: echo.mjs, set: { voltage: 1.5 V, heat: 60 degC }, trials: 7 }
out: several
`,
    );
    const { runs } = await json("run", "several.yaml");
    expect([runs.low.rows[0].v, runs.high.rows[0].v]).toEqual([0.5, 1.5]);
    expect(runs.low.rows[0].h).toBeCloseTo(323.15, 9);
    expect(runs.high.rows[0].h).toBeCloseTo(333.15, 9);
    expect([runs.low.rows[0].v_trials, runs.high.rows[0].v_trials]).toEqual([100, 7]);
    const changed = (await json("run", "several.yaml", "--set", "voltage=1 V", "--trials", "3", "--out", "changed"))
      .runs;
    expect([changed.low.rows[0].v, changed.high.rows[0].v_trials]).toEqual([1, 3]);
    expect(JSON.parse(csv("several/low", "plan.json")).seed).toBe("shared");
  });
  test("takes a seed as the text that was written, and so every text beside it", async () => {
    const study = (written: string, out: string): string =>
      write(
        "seed.yaml",
        `experiment: echo.mjs\ntrials: 20\nvary: { voltage: "uniform(0 V, 2 V)" }\nseed: ${written}\nout: ${out}\n`,
      );
    for (const [i, written] of ["010", "10", "1.0", "1e3", "0x10", "true", '"quoted"'].entries()) {
      await json("plan", study(written, `seed-${i}`));
      expect(JSON.parse(csv(`seed-${i}`, "plan.json")).seed).toBe(written.replaceAll('"', ""));
    }
    await json("run", study("12345678901234567890", "seed-a"));
    await json("run", study("12345678901234567891", "seed-b"));
    expect(csv("seed-b")).not.toBe(csv("seed-a"));
    write("text.yaml", "experiment: eqspike-dynamics\nset: { start: 010 }\nout: text\n");
    await json("plan", "text.yaml");
    expect(JSON.parse(csv("text", "plan.json")).params.start).toBe("010");
    for (const none of ["", "~", "null"]) {
      write("none.yaml", `experiment: echo.mjs\nseed: ${none}\nout: none\n`);
      expect(await rramlab("run", "none.yaml")).toMatchObject({ status: 2, stderr: expect.stringContaining("seed") });
    }
    // Runs may be called what entries are called; their own seeds are texts too.
    write(
      "named.yaml",
      "experiments: { set: { experiment: echo.mjs, trials: 10, keepTrials: true, seed: 010 }, seed: { experiment: echo.mjs, trials: 7 } }\nout: named\n",
    );
    const { runs } = await json("run", "named.yaml");
    expect([runs.set.rows[0].v_trials, runs.seed.rows[0].v_trials]).toEqual([10, 7]);
    expect(JSON.parse(csv("named/set", "plan.json")).seed).toBe("010");
  });
  test("says what is wrong with it, and runs nothing", async () => {
    const refused = async (text: string, ...words: string[]): Promise<void> => {
      const { status, stderr } = await rramlab("run", write("bad.yaml", text), "--out", "bad");
      expect([status, stderr]).toEqual([2, expect.stringContaining(words[0])]);
      for (const word of words) expect(stderr).toContain(word);
      expect(() => csv("bad", "plan.json")).toThrow();
    };
    await refused("experiment: echo.mjs\ntrails: 3\n", "trails", "describe --schema");
    await refused("experiment: [1\n", "is no YAML");
    await refused("trials: 3\n", 'Give "experiment"');
    await refused("experiments: {}\n", "experiments is empty");
    await refused(
      "experiment: echo.mjs\nvary: { voltage: 'gauss(1 V, 0.1 V)' }\n",
      "is no distribution",
      "lognormal(median",
    );
    await refused("experiment: echo.mjs\nvary: { voltage: normal(1 V) }\n", "is no distribution");
    await refused("experiment: echo.mjs\nvary: { voltage: 'normal(1 V, 3 kohm)' }\n", "wrong unit; expected V");
    await refused("experiment: echo.mjs\nvary: { voltage: 'normal(1 V, 0 V)' }\n", "sigma is above 0");
    await refused("experiment: echo.mjs\nvary: { voltage: 'uniform(1 V, 0.5 V)' }\n", "low is below high");
    await refused("experiment: echo.mjs\nvary: { voltage: 'uniform(1 V, 4 V)' }\n", "67 % of it lies outside");
    await refused("experiment: echo.mjs\nvary: { made: 'uniform(1, 2)' }\n", "part is prepared from it once");
    await refused(
      "experiment: echo.mjs\nset: { voltage: 1 V }\nvary: { voltage: 'uniform(1 V, 2 V)' }\n",
      "choose one",
    );
    await refused("experiment: sense-errors\nvary: { corner: 'uniform(1, 2)' }\n", "no quantity");
    await refused("experiment: echo.mjs\nprecision: 5%\nsampling: latin hypercube\n", "cannot grow to a precision");
    await refused("define: { V: 3 }\nexperiment: echo.mjs\n", "define V", "a unit, a constant or a function");
    await refused("define: { pi: 3 }\nexperiment: echo.mjs\n", "define pi");
    await refused("define: { a: zz + 1 }\nexperiment: echo.mjs\n", "define a", "Undefined symbol zz");
    await refused(
      "define: { __proto__: 1 }\nexperiment: echo.mjs\nset: { voltage: import(1) }\n",
      "is no name for anything",
    );
    expect(
      (
        await rramlab(
          "run",
          write("two.yaml", "experiments: { a: { experiment: echo.mjs }, b: { experiment: echo.mjs } }"),
        )
      ).stderr,
    ).toContain("give the folder");
  });
  test("has a schema for editors, committed and up to date, that knows every parameter", async () => {
    const { status, stdout } = await rramlab("describe", "--schema");
    expect(status).toBe(0);
    expect(readFileSync(join(root, "docs", "study.schema.json"), "utf8")).toBe(stdout);
    const schema = JSON.parse(stdout);
    const of = schema.allOf.find(
      (s: { if: { properties: { experiment: { const: string } } } }) =>
        s.if.properties.experiment.const === "sense-errors",
    );
    expect(of.then.properties.set.properties.corner.enum).toContain("ss");
    expect(of.then.properties.vary.properties.supply.description).toContain("0.3 V .. 1.5 V");
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(["define", "experiments", "precision", "sampling"]),
    );
  });
  test("the examples run", async () => {
    const margin = await json(
      "run",
      join(packageFolder, "examples", "high-resistance-margin.yaml"),
      "--trials",
      "20",
      "--precision",
      "type3=90%",
      "--out",
      "margin",
    );
    expect(margin.rows).toHaveLength(14);
    const majority = await json(
      "run",
      join(packageFolder, "examples", "majority-read.mjs"),
      "--trials",
      "4",
      "--out",
      "majority",
    );
    expect(majority.rows).toHaveLength(6);
  });
});

describe("expressions cannot reach the host", () => {
  test.each([
    "import({})",
    'createUnit("foo")',
    'evaluate("1")',
    'parse("1")',
    'cos.constructor("return process")()',
    "f(x) = x",
    "[1, 2, 3]",
    '"a".constructor',
    "zeros(1e5, 1e5)",
    "1:1e12",
    "x = 5",
    "{ a: 1 }",
    "a.b",
    "(1 V).toString",
    'typed("a")',
    "true ? 1 : 2",
    "1; 2",
    "random()",
    "chain(3)",
    'unit("3 V")',
    "parser()",
    "help(cos)",
    "170!",
    "constructor",
    "__proto__",
    "process",
    "globalThis",
    "require",
    "config({})",
    "compile(1)",
    "simplify(1)",
    'derivative("x^2", "x")',
    "reviver()",
    "map([1], f(x) = x)",
    "bignumber(1)",
    "x".repeat(600),
    "ones(9)[1]",
    "print(1)",
    "1 and 2",
    "not 1",
    "1 == 1",
  ])("%s is refused", async (text) => {
    await expect(evaluateExpression(text)).rejects.toThrow();
  });
  test("while arithmetic of quantities, elementary functions and names above it work", async () => {
    const scope = await evaluateDefinitions({ nominal: "0.9 V", half: "nominal / 2", n: "sqrt(16)" });
    expect(String(await evaluateExpression("half + 10 mV * n", scope))).toBe("0.49 V");
    expect(await evaluateExpression("-(2 ^ 3) * max(1, exp(0)) * 5%", scope)).toBeCloseTo(-0.4, 12);
  });
});

test("a distribution is read with its units, and differences of temperature as such", async () => {
  const kelvin = { kind: "quantity", unit: "K", default: 300, min: 200, max: 400, says: "", source: "" } as const;
  expect(await parseDistribution("normal(27 degC, 5 degC)", kelvin, "t")).toEqual({
    kind: "normal",
    mean: 300.15,
    sigma: 5,
  });
  expect(await parseDistribution("loguniform(200 K, max(300 K, 310 K))", kelvin, "t")).toEqual({
    kind: "loguniform",
    low: 200,
    high: 310,
  });
});
