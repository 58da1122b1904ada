import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { parquetReadObjects } from "hyparquet";
import { index, inFolder, main } from "../run-rramlab.ts";

const { place, rramlab, json, asProcess } = inFolder();

const coin = (trial: string, more = ""): string => `import { existsSync, writeFileSync } from "node:fs";
import { defineExperiment, normal, uniform } from ${JSON.stringify(index)};
export const coin = defineExperiment({ name: "coin", summary: "A coin.", module: import.meta.url,
  parameters: { bias: { kind: "quantity", unit: "1", default: 0.5, min: 0, max: 1, says: "chance of heads", source: "chosen" } },
  axes: ["bias"], trials: 100, block: 10, ${more}
  numbers: { heads: { kind: "rate", says: "heads" }, height: { kind: "mean", unit: "m", says: "height", quantiles: [0.5, 0.9] } },
  trial: (_context, { bias }, key) => { ${trial} } });`;
const FAIR = "return { numbers: { heads: uniform(key) < bias ? 1 : 0, height: 2 * Math.exp(normal(key, 1)) } };";

const write = (name: string, text: string): void => writeFileSync(join(place.folder, name), text);
const read = (...path: string[]): string => readFileSync(join(place.folder, ...path), "utf8");
const lines = (...path: string[]): string[][] =>
  read(...path)
    .trim()
    .split("\n")
    .map((line) => line.split(","));

beforeAll(() => {
  write("coin.mjs", coin(FAIR));
});

describe("what a run keeps", () => {
  test("a failed trial is named with its key in its shard", async () => {
    write("edge.mjs", coin(`if (uniform(key) > 0.9) return { failed: "on its edge" }; ${FAIR}`));
    const { rows } = await json("run", "edge.mjs", "--out", "edge");
    const failures = readdirSync(join(place.folder, "edge", "shards")).flatMap((name) =>
      read("edge", "shards", name)
        .split("\n")
        .filter((line) => line.includes('"reason"'))
        .map((line) => JSON.parse(line)),
    );
    expect(failures).toHaveLength(rows[0].failed);
    expect(rows[0].failed).toBeGreaterThan(2);
    expect(rows[0].heads_trials).toBe(100 - rows[0].failed);
    for (const { key, reason, trial } of failures) {
      expect(reason).toBe("on its edge");
      expect(key).toMatch(/^[0-9a-f]{16}$/);
      expect(Number.isInteger(trial)).toBe(true);
    }
    expect(new Set(failures.map((f) => f.key)).size).toBe(failures.length);
  });

  test("--keep-trials keeps every trial's row, in csv and parquet, and they add up to the results", async () => {
    const { rows } = await json("run", "coin.mjs", "--grid", "bias=0.2,0.7", "--keep-trials", "--out", "kept");
    const [header, ...trials] = lines("kept", "trials.csv");
    expect(header).toEqual(["bias", "trial", "heads", "heads_of", "height", "failed"]);
    expect(trials).toHaveLength(200);
    const heads = trials.filter(([bias, , h]) => bias === "0.7" && h === "1").length;
    expect(heads / 100).toBe(rows[1].heads);
    const heights = trials.filter(([bias]) => bias === "0.2").map((t) => Number(t[4]));
    expect(heights.reduce((a, b) => a + b, 0) / 100).toBeCloseTo(rows[0].height, 12);
    const median = heights.sort((a, b) => a - b)[50];
    expect(Math.abs(rows[0].height_q50 / median - 1)).toBeLessThan(0.005);
    expect(rows[0].height_q50_low).toBeLessThan(median);
    expect(rows[0].height_q50_high).toBeGreaterThan(median);
    const bytes = readFileSync(join(place.folder, "kept", "trials.parquet"));
    const stored = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    });
    expect(stored.map((r) => [r["bias"], r["trial"], r["heads"], r["height"]].map(String))).toEqual(
      trials.map((t) => [t[0], t[1], t[2], t[4]]),
    );
    expect(existsSync(join(place.folder, "edge", "trials.csv"))).toBe(false);
  });

  test("arrays go to .npy files that hold a row a trial", async () => {
    write(
      "wave.mjs",
      coin(
        "return { numbers: { heads: 1 }, arrays: { wave: [bias, uniform(key), 3, 4, 5, 6] } };",
        'arrays: { wave: { unit: "V", says: "a wave", shape: [2, 3] } },',
      ),
    );
    expect(
      (await rramlab("run", "wave.mjs", "--grid", "bias=0.25,0.5", "--trials", "25", "--out", "wave")).status,
    ).toBe(0);
    const bytes = readFileSync(join(place.folder, "wave", "arrays", "wave-0001.npy"));
    expect(bytes.subarray(0, 8).toString("latin1")).toBe("\u0093NUMPY\u0001\u0000");
    expect(bytes.readUInt16LE(8)).toBe(118);
    expect(bytes.toString("latin1", 10, 128)).toContain("'shape': (25, 2, 3)");
    const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset + 128, bytes.byteOffset + bytes.length));
    expect(values).toHaveLength(150);
    expect([values[0], values[2], values[144], values[149]]).toEqual([0.5, 3, 0.5, 6]);
    expect(new Set(values.filter((_, i) => i % 6 === 1)).size).toBe(25);
    write("wrong.mjs", coin("return { numbers: {}, arrays: { wave: [1] } };"));
    expect((await rramlab("run", "wrong.mjs", "--out", "wrong")).stderr).toContain('array "wave" is not declared');
  });
});

describe("a run to a precision", () => {
  const asked = ["run", "coin.mjs", "--grid", "bias=0.1,0.5", "--precision", "heads=10%", "--trials", "100000"];
  test("doubles the trials of the points that need it, and no others, until they are precise", async () => {
    const { rows } = await json(...asked, "--out", "precise");
    for (const row of rows) {
      expect((row.heads_high - row.heads_low) / 2).toBeLessThanOrEqual(0.1 * row.heads);
      expect(Math.log2(row.heads_trials / 100) % 1).toBe(0);
    }
    expect(rows[0].heads_trials).toBeGreaterThanOrEqual(4 * rows[1].heads_trials);
    // One round fewer would not have done: the trials of a fixed run of half as many are the same ones.
    const [half] = (
      await json("run", "coin.mjs", "--set", "bias=0.1", "--trials", String(rows[0].heads_trials / 2), "--out", "half")
    ).rows;
    expect((half.heads_high - half.heads_low) / 2).toBeGreaterThan(0.1 * half.heads);
  });
  test("stops at the cap, and says so", async () => {
    const { rows } = await json("run", "coin.mjs", "--precision", "1%", "--trials", "250", "--out", "capped");
    expect(rows[0].heads_trials).toBe(250);
    expect(read("capped", "report.html")).toContain("1 of 1 points reached the cap of 250 trials");
  });
  test("gives the same bytes with one worker, in pieces in any order, and after a stop between rounds", async () => {
    await rramlab(...asked, "--workers", "1", "--out", "precise-1");
    await rramlab("plan", ...asked.slice(1), "--out", "precise-pieces");
    for (let round = 0; round < 20; round++) {
      const { commands } = await json("submit", "precise-pieces", "--engine", "commands");
      if (commands.length === 0) break;
      const indices = commands.map((c: string) => c.split("--index ")[1]).reverse();
      expect((await rramlab("shard", "precise-pieces", "--index", indices.join(","))).status).toBe(0);
    }
    expect((await rramlab("merge", "precise-pieces")).status).toBe(0);
    for (const run of ["precise-1", "precise-pieces"]) {
      expect(read(run, "results.csv")).toBe(read("precise", "results.csv"));
      for (const folder of ["shards", "rounds"]) {
        const names = readdirSync(join(place.folder, "precise", folder)).sort();
        expect(readdirSync(join(place.folder, run, folder)).sort()).toEqual(names);
        // The plan's digest is the same only where the plan is.
        for (const name of names) expect(read(run, folder, name)).toBe(read("precise", folder, name));
      }
    }
  });
  test("is followed while others compute it: told of each new round, merged at the end", async () => {
    await rramlab("plan", ...asked.slice(1), "--out", "followed");
    const child = spawn(process.execPath, [main, "merge", "followed", "--follow", "--json"], { cwd: place.folder });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    for (let told = 0; child.exitCode === null; ) {
      const { commands } = await json("submit", "followed", "--engine", "commands");
      if (commands.length === 0) break;
      await rramlab("shard", "followed", "--index", commands.map((c: string) => c.split("--index ")[1]).join(","));
      told += commands.length;
      expect(told).toBeLessThan(1000);
    }
    expect(await ended).toBe(0);
    expect(JSON.parse(stdout).rows).toHaveLength(2);
    expect(read("followed", "results.csv")).toBe(read("precise", "results.csv"));
    expect(stderr).not.toContain("    at ");
  });
  test("is refused where it says nothing", async () => {
    const refused = async (words: string, ...args: string[]): Promise<void> => {
      const { status, stderr } = await rramlab("run", ...args);
      expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
    };
    await refused("between 0 and 1", "coin.mjs", "--precision", "5");
    await refused("between 0 and 1", "coin.mjs", "--precision", "0%");
    await refused("no number; numbers: heads, height", "coin.mjs", "--precision", "tails=5%");
    await refused('no number; did you mean "heads"? numbers: heads, height', "coin.mjs", "--precision", "haeds=5%");
    await refused("pure number", "coin.mjs", "--precision", "5 V");
    await refused("draws nothing", "sense-transient", "--precision", "5%");
  });
});

describe("what was changed in a run folder is found", () => {
  const asked = [
    "run",
    "coin.mjs",
    "--grid",
    "bias=0.1,0.5",
    "--precision",
    "heads=20%",
    "--trials",
    "6400",
    "--keep-trials",
  ];
  const merged = () => rramlab("merge", "changed");
  const path = (...names: string[]): string => join(place.folder, "changed", ...names);
  beforeAll(async () => {
    expect((await rramlab(...asked, "--out", "changed")).status).toBe(0);
    cpSync(path(), join(place.folder, "unchanged"), { recursive: true });
  });
  const same = (): void => {
    for (const file of ["results.csv", "trials.csv"]) expect(read("changed", file)).toBe(read("unchanged", file));
  };
  test("rows of trials: exchanged, cut, emptied or gone, they are named, and computed again", async () => {
    const rows = path("trials", "000001.json");
    for (const text of [read("changed", "trials", "000002.json"), "{}", '{"trial":[1]}\nabc\n', "[]", null]) {
      if (text === null) rmSync(rows);
      else writeFileSync(rows, text);
      const { status, stderr } = await merged();
      expect([status, stderr]).toEqual([2, expect.stringMatching(/trials\/000001\.json: .*resume/)]);
      expect((await rramlab("resume", "changed")).status).toBe(0);
      same();
    }
  });
  test("rounds: whatever was edited, the file is named", async () => {
    const round = path("rounds", "2.json");
    const whole = readFileSync(round, "utf8");
    for (const text of [
      whole.replace(/"to":\d+/, '"to":150'),
      whole.replace(/"points":\[[^\]]*\]/, '"points":[7]'),
      "null",
      "{",
    ]) {
      writeFileSync(round, text);
      const { status, stderr } = await merged();
      expect([status, stderr]).toEqual([2, expect.stringContaining("rounds/2.json was changed")]);
    }
    rmSync(round);
    expect((await rramlab("resume", "changed")).status).toBe(0);
    expect(readFileSync(round, "utf8")).toBe(whole);
    same();
  });
  test("shards that are folders or point nowhere are set aside, folders that are files refused, plans that are none too", async () => {
    const shard = path("shards", "000001.jsonl");
    for (const make of [() => mkdirSync(shard), () => symlinkSync("nowhere", shard)]) {
      rmSync(shard, { recursive: true, force: true });
      make();
      expect((await merged()).status).toBe(2);
      expect((await rramlab("resume", "changed")).status).toBe(0);
      same();
    }
    cpSync(path(), join(place.folder, "broken"), { recursive: true });
    rmSync(join(place.folder, "broken", "rounds"), { recursive: true });
    write("broken/rounds", "");
    const { status, stderr } = await rramlab("merge", "broken");
    expect([status, stderr]).toEqual([2, expect.stringContaining("a run keeps a folder there")]);
    const forge = async (change: (plan: Record<string, unknown>) => void): Promise<string> => {
      const { digest: _digest, begunOn, ...plan } = JSON.parse(read("changed", "plan.json"));
      change(plan);
      const digest = createHash("sha256").update(JSON.stringify(plan)).digest("hex");
      mkdirSync(join(place.folder, "forged"), { recursive: true });
      write("forged/plan.json", JSON.stringify({ ...plan, digest, begunOn }));
      return (await rramlab("resume", "forged")).stderr;
    };
    expect(await forge((plan) => Object.assign(plan, { block: 0 }))).toContain("block");
    expect(await forge((plan) => Object.assign(plan, { points: [] }))).toContain("points");
    expect(await forge((plan) => Object.assign(plan["experiment"] as object, { module: "http://x" }))).toContain(
      "is no file",
    );
  });
});

describe("a module that does not hold up is named", () => {
  test.each([
    ["exits.mjs", "process.exit(0); export const e = 1;", 1, "ended the program while it was loaded"],
    ["hangs.mjs", "await new Promise(() => {});", 1, "ended the program while it was loaded"],
    [
      "array.mjs",
      coin(FAIR, 'arrays: { "../evil": { unit: "1", says: "x", shape: [1] } },'),
      2,
      "no name for an array",
    ],
    ["shape.mjs", coin(FAIR, 'arrays: { a: { unit: "1", says: "x", shape: [-3] } },'), 2, "has shape -3"],
    ["kind.mjs", coin(FAIR).replace('"rate"', '"median"'), 2, "rate, mean and sobol are known"],
    ["failed.mjs", coin(FAIR).replaceAll("heads:", "failed:"), 2, "no name for a number"],
    ["reason.mjs", coin("return { failed: { a: 1 } };"), 1, "not a reason in words"],
    ["null.mjs", coin("return { numbers: null };"), 1, "trial 0 gave numbers: null"],
    [
      "text.mjs",
      coin('return { numbers: {}, arrays: { a: "abc" } };', 'arrays: { a: { unit: "1", says: "x", shape: [3] } },'),
      1,
      "is a string",
    ],
    [
      "part.mjs",
      coin(FAIR, "prepare: { p: { uses: [], make: () => () => 1 } },"),
      1,
      'coin: part "p" threw: it gave function',
    ],
    ["grid.mjs", coin(FAIR, 'grid: () => { throw new Error("no grid"); },'), 1, "coin: grid threw: no grid"],
    ["draws.mjs", coin(FAIR, 'figures: () => { throw new Error("no figure"); },'), 1, "coin: figures threw: no figure"],
  ])("%s", async (name, text, code, words) => {
    write(name, text);
    // What ends the program while it is loaded would end this one.
    const command = text.startsWith("import") ? rramlab : asProcess;
    const { status, stderr } = await command("run", name, "--trials", "10", "--workers", "1", "--out", `m-${name}`);
    expect([status, stderr]).toEqual([code, expect.stringContaining(words)]);
    expect(stderr).not.toContain("    at ");
  });
});

describe("when something gives way", () => {
  test("a worker that dies is replaced and its shard tried again", async () => {
    const once = join(place.folder, "died");
    write(
      "dies.mjs",
      coin(
        `if (!existsSync(${JSON.stringify(once)})) { writeFileSync(${JSON.stringify(once)}, ""); process.exit(3); } ${FAIR}`,
      ),
    );
    const { status, stderr } = await rramlab("run", "dies.mjs", "--workers", "2", "--out", "dies");
    expect([status, stderr]).toEqual([0, expect.stringContaining("a worker died on shard")]);
    await rramlab("run", "coin.mjs", "--out", "whole");
    expect(read("dies", "results.csv")).toBe(read("whole", "results.csv"));
  });
  test("what a trial leaves behind and throws later stops nothing that was done", async () => {
    for (const [name, late] of [
      ["timer.mjs", 'setTimeout(() => { throw new Error("late"); }, 20);'],
      ["promise.mjs", '(async () => { throw new Error("floating"); })();'],
    ]) {
      write(name, coin(`if (bias > 0.6) ${late} ${FAIR}`));
      const asked = [
        "run",
        name,
        "--grid",
        "bias=0.5,0.7",
        "--trials",
        "10",
        "--workers",
        "1",
        "--out",
        `late-${name}`,
      ];
      const { status, stderr } = asProcess(...asked);
      expect(stderr).not.toContain("    at ");
      expect([name, status, readdirSync(join(place.folder, `late-${name}`, "shards")).length]).toEqual([name, 0, 2]);
    }
  });
  test("a shard that no worker survives is named, and the others are kept", () => {
    write(
      "hungry.mjs",
      coin(
        `if (bias > 0.6) { const eaten = []; for (;;) eaten.push(new Array(1e6).fill(bias + eaten.length)); } ${FAIR}`,
      ),
    );
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        "--max-old-space-size=100",
        main,
        "run",
        "hungry.mjs",
        "--grid",
        "bias=0.5,0.7",
        "--trials",
        "10",
        "--out",
        "hungry",
      ],
      { cwd: place.folder, encoding: "utf8" },
    );
    expect(status).toBe(1);
    expect(stderr).toContain("shard 1 (it ran out of memory)");
    expect(stderr).toContain("everything else is done and kept");
    expect(readdirSync(join(place.folder, "hungry", "shards"))).toEqual(["000000.jsonl"]);
  });
  const mounted = async (name: string, options: string, use: () => Promise<void>): Promise<void> => {
    const folder = join(place.folder, name);
    mkdirSync(folder);
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]);
    if (status !== 0) {
      process.stderr.write("skipped: a small file system cannot be mounted here (it takes root)\n");
      return;
    }
    try {
      await use();
    } finally {
      execFileSync("umount", [folder]);
    }
  };
  test("a full disk stops the run with what to do, and keeps what was done for a resume", async () => {
    await mounted("small", "size=256k", async () => {
      const asked = ["coin.mjs", "--grid", "bias=0.1:0.9:0.1", "--trials", "200"];
      const { status, stderr } = await rramlab("run", ...asked, "--out", "small/run");
      expect([status, stderr]).toEqual([1, expect.stringMatching(/ENOSPC.*the disk is full; free some space/)]);
      const done = readdirSync(join(place.folder, "small", "run", "shards"));
      expect(done.length).toBeGreaterThan(5);
      expect(done.filter((name) => name.endsWith(".tmp"))).toEqual([]);
      execFileSync("mount", ["-o", "remount,size=20m", join(place.folder, "small")]);
      expect((await rramlab("resume", "small/run")).status).toBe(0);
      await rramlab("run", ...asked, "--out", "large");
      expect(read("small/run", "results.csv")).toBe(read("large", "results.csv"));
    });
  });
  test("a read-only folder is refused at once, for a new run and for a resumed one", async () => {
    await mounted("fixed", "size=20m", async () => {
      await rramlab("plan", "coin.mjs", "--out", "fixed/planned");
      execFileSync("mount", ["-o", "remount,ro", join(place.folder, "fixed")]);
      const fresh = await rramlab("run", "coin.mjs", "--out", "fixed/run");
      expect([fresh.status, fresh.stderr]).toEqual([2, expect.stringContaining("cannot be written")]);
      const old = await rramlab("resume", "fixed/planned");
      expect([old.status, old.stderr]).toEqual([2, expect.stringContaining("cannot be written (EROFS)")]);
    });
  });
  test("other code than that which began the run does not continue it", async () => {
    write("changing.mjs", coin(FAIR));
    await rramlab("plan", "changing.mjs", "--out", "changing");
    write("changing.mjs", coin(`${FAIR} /* changed */`));
    for (const args of [
      ["resume", "changing"],
      ["shard", "changing", "--index", "0"],
      ["merge", "changing"],
      ["submit", "changing", "--engine", "commands"],
    ]) {
      const { status, stderr } = await rramlab(...args);
      expect([status, stderr]).toEqual([2, expect.stringContaining("begun by other code")]);
    }
    rmSync(join(place.folder, "changing.mjs"));
    expect((await rramlab("resume", "changing")).stderr).toContain("which is not there");
  });
  test("shards and indices that are none", async () => {
    await rramlab("plan", "coin.mjs", "--out", "planned");
    for (const [text, words] of [
      ["10", "shards are 0 .. 9"],
      ["x", "expected a shard"],
      ["3-1", "expected a shard"],
    ]) {
      const { status, stderr } = await rramlab("shard", "planned", "--index", text);
      expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
    }
    expect((await rramlab("shard", "planned")).status).toBe(2);
    expect((await rramlab("shard", "nowhere", "--index", "1")).stderr).toContain("holds no run");
  });
});
