import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { parquetReadObjects } from "hyparquet";
import { index, inFolder, main } from "../run-rramlab.ts";

const references = fileURLToPath(new URL("../../references/pcsa/", import.meta.url));
const { place, rramlab, json, killedIn } = inFolder();

const SMALL = ["run", "sense-errors", "--trials", "2000", "--grid", "supply=0.8V,1.0V"];

describe("rramlab", () => {
  test("list and describe answer with what design and documents promise", async () => {
    expect((await json("list")).map((e: { name: string }) => e.name)).toContain("ternary-versus-binary");
    const d = await json("describe", "sense-errors");
    expect(d.parameters.supply).toMatchObject({ unit: "V", default: 0.9, min: 0.3, max: 1.5 });
    expect(d.axes).toContain("supply");
  });

  test("the built file runs as a program of its own, as npx calls it", () => {
    const { status, stdout } = spawnSync(main, ["list"], { encoding: "utf8" });
    expect([status, stdout.includes("eqspike")]).toEqual([0, true]);
  });

  test("one and two workers, and a run killed in the middle and resumed, write the same bytes", async () => {
    expect((await json(...SMALL, "--workers", "1", "--out", "one")).rows).toHaveLength(2);
    expect((await rramlab(...SMALL, "--workers", "2", "--out", "two")).status).toBe(0);
    const shards = join(place.folder, "killed", "shards");
    const begun = (): boolean =>
      existsSync(shards) &&
      readdirSync(shards).some((n) => n.endsWith(".jsonl")) &&
      !existsSync(join(place.folder, "killed", "results.csv"));
    await killedIn(begun, "killed", ...SMALL, "--workers", "2");
    expect(existsSync(join(place.folder, "killed", "results.csv"))).toBe(false);
    expect((await rramlab("resume", "killed")).status).toBe(0);
    for (const other of ["two", "killed"]) {
      for (const file of ["results.csv", "results.parquet"])
        expect(
          readFileSync(join(place.folder, other, file)).equals(readFileSync(join(place.folder, "one", file))),
        ).toBe(true);
      expect(readdirSync(join(place.folder, other, "shards"))).toEqual(
        readdirSync(join(place.folder, "one", "shards")),
      );
      for (const name of readdirSync(join(place.folder, "one", "shards")))
        expect(readFileSync(join(place.folder, other, "shards", name), "utf8")).toBe(
          readFileSync(join(place.folder, "one", "shards", name), "utf8"),
        );
    }
  });

  test("Ctrl-C keeps what is done, leaves nothing half-written, and says how to go on", async () => {
    const child = spawn(process.execPath, [main, ...SMALL, "--trials", "20000", "--out", "stopped"], {
      cwd: place.folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (d) => {
      stderr += d;
    });
    const shards = join(place.folder, "stopped", "shards");
    while (!existsSync(shards) || readdirSync(shards).length < 2) await new Promise((r) => setTimeout(r, 10));
    child.kill("SIGINT");
    const code = await new Promise((r) => child.once("exit", r));
    expect(code).toBe(1);
    expect(stderr).toContain("rramlab resume stopped");
    const left = readdirSync(join(place.folder, "stopped"), { recursive: true, encoding: "utf8" });
    expect(left.filter((n) => n.endsWith(".tmp"))).toEqual([]);
    for (const name of readdirSync(shards))
      expect(readFileSync(join(shards, name), "utf8").trim().split("\n").at(-1)).toContain('"end"');
  });

  test("another seed gives other numbers, the same seed the same", async () => {
    await json(...SMALL, "--seed", "a", "--out", "a");
    await json(...SMALL, "--seed", "a", "--out", "a2");
    await json(...SMALL, "--seed", "b", "--out", "b");
    const csv = (run: string): string => readFileSync(join(place.folder, run, "results.csv"), "utf8");
    expect(csv("a2")).toBe(csv("a"));
    expect(csv("b")).not.toBe(csv("a"));
  });

  test("parquet holds what csv holds", async () => {
    const bytes = readFileSync(join(place.folder, "one", "results.parquet"));
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    });
    const lines = readFileSync(join(place.folder, "one", "results.csv"), "utf8")
      .trim()
      .split("\n");
    const names = lines[0].split(",");
    rows.forEach((row, i) => {
      const fields = lines[i + 1].split(",");
      names.forEach((name, c) => {
        expect(row[name] === null ? "" : String(row[name])).toBe(fields[c]);
      });
    });
    expect(rows).toHaveLength(2);
  });

  test("a report is one file that asks for nothing from outside", async () => {
    const html = readFileSync(join(place.folder, "one", "report.html"), "utf8");
    expect(html).toContain("illustrative, recalled");
    expect(html).toContain("Seed &quot;rramlab&quot;");
    expect(html).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)=/);
    expect((await rramlab("report", "one")).status).toBe(0);
  });

  test("a study file says what flags say, and flags beside it win", async () => {
    writeFileSync(
      join(place.folder, "study.yaml"),
      "experiment: sense-errors\ntrials: 2000\ngrid:\n  supply: [0.8 V, 1.0 V]\nset:\n  temperature: 27 degC\nout: from-study\n",
    );
    expect((await json("run", "study.yaml")).rows).toHaveLength(2);
    const csv = (run: string): string => readFileSync(join(place.folder, run, "results.csv"), "utf8");
    expect(csv("from-study")).toBe(csv("one"));
    expect((await json("run", "study.yaml", "--trials", "10", "--out", "less")).rows[0].type3_trials).toBe(10);
  });

  test("a user's device file is used, named in the report and kept in the plan", async () => {
    const device = {
      name: "my device",
      source: "measured by me",
      lrs: { medianResistance: 8000, spread: { deviceToDevice: 0.1, cycleToCycle: 0.1, readToRead: 0.01 } },
      hrs: { medianResistance: 9000, spread: { deviceToDevice: 0.1, cycleToCycle: 0.1, readToRead: 0.01 } },
    };
    writeFileSync(join(place.folder, "device.json"), JSON.stringify(device));
    const { rows } = await json(
      "run",
      "sense-errors",
      "--set",
      "supply=1V",
      "--trials",
      "50",
      "--device",
      "device.json",
      "--out",
      "mine",
    );
    expect(rows[0].type1).toBeGreaterThan(0.1);
    expect(readFileSync(join(place.folder, "mine", "report.html"), "utf8")).toContain("my device");
  });

  test("a user's own experiment runs from its module", async () => {
    writeFileSync(
      join(place.folder, "coin.mjs"),
      `import { defineExperiment, uniform } from ${JSON.stringify(index)};
       export const coin = defineExperiment({ name: "coin", summary: "A coin.", module: import.meta.url,
         parameters: { bias: { kind: "quantity", unit: "1", default: 0.5, min: 0, max: 1, says: "chance of heads", source: "chosen" } },
         axes: ["bias"], trials: 400, block: 100, numbers: { heads: { kind: "rate", says: "heads" } },
         trial: (_context, { bias }, key) => ({ numbers: { heads: uniform(key) < bias ? 1 : 0 } }) });`,
    );
    const { rows } = await json("run", "coin.mjs", "--grid", "bias=0.1:0.9:0.4", "--out", "coin");
    expect(rows.map((r: { bias: number }) => r.bias)).toEqual([0.1, 0.5, 0.9]);
    expect(rows[1].heads_low).toBeLessThan(0.5);
    expect(rows[1].heads_high).toBeGreaterThan(0.5);
  });

  test("transient answers a reference netlist in the reference's shape, from a file and from standard input", async () => {
    const file = join(references, "case11.json");
    const reference = JSON.parse(readFileSync(file, "utf8"));
    const answer = await json("transient", file);
    expect(answer.times).toEqual(reference.analysis.times);
    expect(Object.keys(answer.crossings)).toEqual(Object.keys(reference.expected.firstCrossing));
    expect(answer.crossings.q / reference.expected.firstCrossing.q).toBeCloseTo(1, 3);
    expect(answer.crossings.qb).toBeNull();
    const piped = spawnSync(process.execPath, [main, "transient", "-", "--json"], {
      input: readFileSync(file),
      encoding: "utf8",
    });
    expect(JSON.parse(piped.stdout)).toEqual(answer);
  });

  test("train writes a model that evaluate reads; errors lower its accuracy", async () => {
    const trained = await json("train", "--layers", "784-32-10", "--epochs", "2", "--out", "m.safetensors");
    expect(trained.accuracy).toBeGreaterThan(0.8);
    const clean = await json("evaluate", "m.safetensors");
    expect(clean.accuracy).toBeCloseTo(trained.accuracy, 3);
    expect(clean.zeros).toHaveLength(2);
    const hurt = await json("evaluate", "m.safetensors", "--errors", "type1=0.2,type3=5%", "--chips", "4");
    expect(hurt.accuracy).toBeLessThan(clean.accuracy - 0.03);
  });
});

describe("misuse is told in one line, exit code 2, and writes nothing", () => {
  const refused = async (args: string[], ...words: string[]): Promise<void> => {
    const { status, stderr } = await rramlab(...args);
    expect(status).toBe(2);
    for (const word of words) expect(stderr).toContain(word);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
    expect(stderr).not.toContain("    at ");
  };
  const idx = (values: number[], ...shape: number[]): Buffer => {
    const header = Buffer.alloc(4 + 4 * shape.length);
    header.writeUInt32BE(0x800 + shape.length);
    shape.forEach((n, i) => {
      header.writeUInt32BE(n, 4 + 4 * i);
    });
    return Buffer.concat([header, Buffer.from(values)]);
  };
  test("experiments and parameters", async () => {
    await refused(["run", "sense-erors"], 'Did you mean "sense-errors"?');
    await refused(["run", "sense-errors", "--set", "suply=1V"], 'Did you mean "supply"?');
    await refused(["run", "sense-errors", "--set", "supply=0.6 A"], "wrong unit", "expected V");
    await refused(["run", "sense-errors", "--set", "supply=9 V"], "outside 0.3 V .. 1.5 V");
    await refused(["run", "sense-errors", "--set", "device=stronk"], "strong, reference, weak");
    await refused(["run", "sense-errors", "--grid", "supply=1V:0.8V:0.1V"], "1 .. 10,000 values");
    await refused(["run", "sense-errors", "--set", "supply=import({},{})"], "disabled");
    await refused(["run", "sense-errors", "--set", "temperature=85"], 'write "85 degC"');
    await refused(["run", "sense-errors", "--set", "supply=1V", "--grid", "supply=1V,0.9V"], "both an axis");
    await refused(["run", "sense-errors", "--set", "toString=1"], 'no parameter "toString"');
    await refused(["run", "sense-errors", "--set", "device=toString"], "strong, reference, weak");
    await refused(
      ["run", "sense-errors", "--grid", "supply=0.7V:1.2V:0.0001V", "--grid", "strobe=1ns:10ns:0.002ns"],
      "grid has",
      "at most 100000",
    );
    await refused(["run", "sense-errors", "--seed", "x".repeat(300)], "at most 200");
    await refused(["run", "sense-transient", "--trials", "5"], "draws nothing");
    await refused(["describe", "nothing"], "unknown experiment");
    await refused(["frobnicate"], "unknown command");
  });
  test("folders", async () => {
    writeFileSync(join(place.folder, "file"), "");
    await refused(["run", "sense-errors", "--out", "file"], "is a file");
    await refused(["run", "sense-errors", "--out", "file/below"], "cannot be written");
    await refused(["run", "sense-errors", "--out", "/proc/rramlab"], "cannot be written");
    await refused([...SMALL, "--out", "one"], "resume one", "--force");
    await refused(["resume", "."], "holds no run");
    const before = readFileSync(join(place.folder, "one", "results.csv"), "utf8");
    await refused([...SMALL, "--out", "one", "--force", "--workers", "5000"], "expected 1 ..", "processors here");
    await refused([...SMALL, "--out", "one", "--force", "--trials", "99999999999999"], "99999999999999 trials");
    expect(readFileSync(join(place.folder, "one", "results.csv"), "utf8")).toBe(before);
    mkdirSync(join(place.folder, "own"));
    writeFileSync(join(place.folder, "own", "results.csv"), "mine");
    await refused([...SMALL, "--out", "own", "--force"], "holds no run");
    expect(readFileSync(join(place.folder, "own", "results.csv"), "utf8")).toBe("mine");
  });
  test("a run whose plan was edited or whose shard is damaged", async () => {
    cpSync(join(place.folder, "one"), join(place.folder, "edited"), { recursive: true });
    const plan = join(place.folder, "edited", "plan.json");
    const shard = join(place.folder, "edited", "shards", "000000.jsonl");
    const whole = readFileSync(shard, "utf8");
    const lines = whole.split("\n");
    const damages: [string, string][] = [
      [whole.slice(0, 20), "cut short after line 0"],
      [lines.slice(0, -2).join("\n"), "cut short"],
      [lines.with(2, "{").join("\n"), "line 3 is no JSON"],
      [lines.with(2, lines[2].replace(/\d+/, "9")).join("\n"), "checksum"],
      [lines.toSpliced(2, 1).join("\n"), "checksum"],
      [readFileSync(join(place.folder, "one", "shards", "000001.jsonl"), "utf8"), "it is shard 1"],
      [readFileSync(join(place.folder, "a", "shards", "000000.jsonl"), "utf8"), "another plan"],
    ];
    for (const [text, words] of damages) {
      writeFileSync(shard, text);
      await refused(["merge", "edited"], "000000.jsonl", words, "resume edited");
      const { status, stderr } = await rramlab("resume", "edited");
      expect(status).toBe(0);
      expect(stderr).toContain("set aside");
      expect(readFileSync(shard, "utf8")).toBe(whole);
      expect(readFileSync(`${shard}.damaged`, "utf8")).toBe(text);
    }
    rmSync(shard);
    await refused(["report", "edited"], "is not complete", "missing: 0", "resume edited");
    writeFileSync(shard, whole);
    const other = readFileSync(plan, "utf8");
    writeFileSync(plan, other.replace("rramlab plan 4", "rramlab plan 1"));
    await refused(["resume", "edited"], "another version", "rramlab plan 1");
    writeFileSync(plan, other);
    writeFileSync(plan, readFileSync(plan, "utf8").replace('"trials": 2000', '"trials": 3000'));
    await refused(["resume", "edited"], "was edited");
  });
  test("a user's module that does not hold up", async () => {
    const module = (name: string, change: string): string => {
      writeFileSync(
        join(place.folder, name),
        `import { defineExperiment } from ${JSON.stringify(index)};
         export const e = defineExperiment({ name: "mine", summary: "s", module: import.meta.url, parameters: {}, axes: [], trials: 2, block: 1,
           numbers: { m: { kind: "mean", unit: "1", says: "m" } }, ${change} });`,
      );
      return name;
    };
    await refused(
      ["run", module("axes.mjs", "trial: () => ({ numbers: {} }), axes: ['supply']")],
      "axes.mjs cannot be loaded",
      "no parameter",
    );
    await refused(["run", "nowhere.mjs"], "not there");
    const fails = async (name: string, trial: string, ...words: string[]): Promise<void> => {
      const { status, stderr } = await rramlab(
        "run",
        module(name, `trial: ${trial}`),
        "--workers",
        "1",
        "--out",
        `out-${name}`,
      );
      expect(status).toBe(1);
      for (const word of words) expect(stderr).toContain(word);
    };
    await fails("throws.mjs", '() => { throw new Error("boom") }', "mine: trial 0 threw: boom");
    await fails("nothing.mjs", "() => undefined", "trial 0 gave no { numbers }");
    await fails("promise.mjs", "async () => ({ numbers: {} })", "trials are synchronous");
    await fails("infinite.mjs", "() => ({ numbers: { m: Infinity } })", "not a finite number");
    const { status, stdout, stderr } = await rramlab(
      "run",
      module("fails.mjs", 'trial: () => { console.log("hello"); return { failed: "no" }; }'),
      "--out",
      "f",
      "--json",
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout).rows[0].failed).toBe(2);
    expect(stderr).toContain("2 of 2 trials failed");
  });
  test("netlists", async () => {
    const write = (name: string, change: (n: { elements: Record<string, unknown>[] }) => void): string => {
      const netlist = JSON.parse(readFileSync(join(references, "case00.json"), "utf8"));
      change(netlist);
      writeFileSync(join(place.folder, name), JSON.stringify(netlist));
      return name;
    };
    await refused(
      ["transient", write("r.json", (n) => Object.assign(n.elements[3], { resistance: -5 }))],
      "RL: resistance is -5 ohm",
    );
    await refused(
      ["transient", write("m.json", (n) => Object.assign(n.elements[18], { model: "nfet" }))],
      'unknown model "nfet"',
    );
    await refused(
      ["transient", write("f.json", (n) => Object.assign(n.elements[3], { nodes: ["bl", "zz"] }))],
      "floats",
    );
    await refused(
      ["transient", write("t.json", (n) => Object.assign(n.elements[3], { type: "memristor" }))],
      "RL.type",
    );
    await refused(
      ["transient", write("v.json", (n) => Object.assign(n.elements[0], { nodes: ["vdd", "vdd"] }))],
      "VDD: both ends",
    );
    await refused(
      ["transient", write("o.json", (n) => Object.assign(n.elements[18], { model: "toString" }))],
      'unknown model "toString"',
    );
    writeFileSync(join(place.folder, "half.json"), '{"elements": [');
    await refused(["transient", "half.json"], "is no JSON");
  });
  test("data sets and models", async () => {
    const data = join(place.folder, "idx");
    rmSync(data, { recursive: true, force: true });
    await refused(["run", "ternary-versus-binary", "--data", "idx"], "is not there");
    const put = (name: string, bytes: Buffer): void => {
      if (!existsSync(data)) spawnSync("mkdir", [data]);
      writeFileSync(join(data, name), bytes);
    };
    const pixels = Array.from({ length: 4 * 4 }, (_, i) => i);
    put("train-images-idx3-ubyte", idx(pixels.slice(0, 10), 4, 2, 2));
    put("train-labels-idx1-ubyte", idx([0, 1, 0, 1], 4));
    put("t10k-images-idx3-ubyte", idx(pixels, 4, 2, 2));
    put("t10k-labels-idx1-ubyte", idx([0, 1, 0, 1], 4));
    await refused(["data", "verify", "idx"], "truncated", "holds 10 values");
    put("train-images-idx3-ubyte", Buffer.from("not an IDX file at all"));
    await refused(["data", "verify", "idx"], "corrupt");
    put("train-images-idx3-ubyte", idx(pixels, 4, 2, 2));
    expect((await json("data", "verify", "idx")).train).toBe(4);
    await refused(["run", "ternary-versus-binary", "--data", "idx"], "784 inputs", "4 pixels");
    await refused(["evaluate", "m.safetensors", "--data", "idx"], "takes 784 (", "4 pixels");
    await refused(["evaluate", "file"], "not a safetensors file");
    await refused(["evaluate", "m.safetensors", "--errors", "typ1=0.1"], "type1");
    await refused(["evaluate", "m.safetensors", "--errors", "type1=1.5"], "probability");
    await refused(["train", "--layers", "10-x"], "no list of layer widths");
  });
  test("with --json the error is a document too", async () => {
    const { status, stdout } = await rramlab("run", "sense-errors", "--set", "supply=9V", "--json");
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false });
  });
});
