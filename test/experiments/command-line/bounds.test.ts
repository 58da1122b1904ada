import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { csvText } from "#src/report/columns";
import { oneLine } from "#src/words/one-line";
import { coinModule } from "../coin-module.ts";
import { inFolder, main } from "../run-rramlab.ts";

const { place, rramlab, asProcess } = inFolder();
const at = (...names: string[]): string => join(place.folder, ...names);
const write = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return name;
};

/** A deck whose operating point is beyond numbers. */
const FAILS = "t\nV1 1 0 1\nR1 1 2 1k\nI1 0 2 1e30\n.op\n";

/** Refused with exit code 2 in one line of the program's, with these words. */
const refused = async (args: readonly string[], words: string): Promise<void> => {
  const { status, stderr } = await rramlab(...args);
  expect({ args, status, stderr }).toEqual({ args, status: 2, stderr: expect.stringContaining(words) });
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr.length).toBeLessThan(2500);
};

describe("enormous and endless inputs are estimated, refused with the number, or bounded", () => {
  const pulse = (delay: number, edge: number, width: number, period: number, stop: number): string =>
    `t\nV1 a 0 PULSE(0 1 ${delay} ${edge} ${edge} ${width} ${period})\nR1 a 0 1k\n.tran ${stop / 2} ${stop}\n`;
  test("pulses below the resolution of their times, and more edges than a run can land on", async () => {
    await refused(
      ["spice", "run", write("pulse.cir", pulse(1, 1e-18, 5e-18, 1e-17, 1.000000000000002))],
      "an edge of 1e-18 s cannot be told from a jump at 1.000000000000002 s",
    );
    await refused(
      ["spice", "run", write("edges.cir", pulse(0, 1e-12, 1e-12, 4e-12, 1))],
      "edges before 1 s; at most 1000000",
    );
  });
  test("decks, netlists, crossbars, studies, measurements and models without end", async () => {
    for (const args of [
      ["spice", "run", "/dev/zero"],
      ["transient", "/dev/zero"],
      ["crossbar", "/dev/zero"],
      ["fit", "/dev/zero", "--out", "zero.json"],
      ["evaluate", "/dev/zero"],
      ["run", "sense-errors", "--device", "/dev/zero"],
    ])
      await refused(args, "which is the most that is read");
    symlinkSync("/dev/zero", at("zero.yaml"));
    await refused(["run", "zero.yaml"], "which is the most that is read");
  });
  test("a small .gz of more than any data set", async () => {
    mkdirSync(at("bomb"));
    const zeros = gzipSync(Buffer.alloc(2 ** 26));
    const file = openSync(at("bomb", "train-images-idx3-ubyte.gz"), "w");
    // Members one after another unpack as one.
    for (let i = 0; i < 9; i++) writeSync(file, zeros);
    closeSync(file);
    await refused(["run", "network-accuracy", "--data", "bomb"], "unpacks to more than 500000000 bytes");
  });
  test("lists of shards, threads and arrays", async () => {
    write("coin.mjs", coinModule());
    await rramlab("plan", "coin.mjs", "--out", "coin");
    const many = Array(60).fill("0-9999999").join(",");
    await refused(["shard", "coin", "--index", many], "--index names 600000000 shards; at most 1000000");
    await refused(["shard", "coin", "--index", "7-99999999999999999999"], "at most 1000000");
    await refused(["run", "coin.mjs", "--workers", "1024", "--out", "threads"], "--workers is 1024; expected 1 ..");
    write("huge.mjs", coinModule().replace("shape: [2]", "shape: [100000000]"));
    await refused(["run", "huge.mjs", "--out", "huge"], 'array "pair" takes 8.00 GB in a shard of 10 trials');
  });
  test("a folder with links to itself", async () => {
    symlinkSync(".", at("coin", "self"));
    symlinkSync("..", at("coin", "shards-of-old"));
    expect((await rramlab("resume", "coin", "--workers", "1")).status).toBe(0);
  });
  test("conditions by the thousand are counted in one look, and the first told", async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `LRS,c${i},8`).join("\n");
    await refused(
      ["fit", write("many.csv", `state,condition,resistance (kohm)\n${rows}\n`)],
      "and 29988 more; choose one",
    );
  });
  test("reasons of failed trials are cut and cleaned", async () => {
    write("reason.mjs", coinModule("", 'return { failed: "\\u001b[2J\\nbell\\u0007 \\u202e" + "x".repeat(1e7) };'));
    const { status, stderr } = await rramlab(
      "run",
      "reason.mjs",
      "--trials",
      "10",
      "--workers",
      "1",
      "--out",
      "reason",
    );
    expect(status).toBe(0);
    expect(stderr.length).toBeLessThan(2500);
    expect(stderr).toContain("\\u001b[2J bell\\u0007 \\u202exxx");
    expect(stderr).toContain("10000012 characters");
    expect(readFileSync(at("reason", "shards", "000000.jsonl")).length).toBeLessThan(20_000);
    expect(readFileSync(at("reason", "report.html"), "utf8")).not.toContain("\u001b");
  });
});

describe("standard output is one answer", () => {
  beforeAll(() => {
    write("fails.cir", FAILS);
    write(
      "talks.mjs",
      `console.log("log"); console.info("info"); process.stdout.write("stdout\\n");\n${coinModule(
        "",
        'console.log("trial"); process.stdout.write("written\\n");',
      ).replace(
        "trial: (",
        'conclude: () => { console.log("conclude"); process.stdout.write("concluded"); return []; },\n  trial: (',
      )}`,
    );
  });
  const one = (text: string): unknown => {
    expect(text.endsWith("\n")).toBe(true);
    return JSON.parse(text);
  };
  test("also of a deck that fails, which is exit code 1", async () => {
    const { status, stdout, stderr } = await rramlab("spice", "run", "fails.cir", "--json");
    expect([status, one(stdout)]).toEqual([1, expect.objectContaining({ ok: false })]);
    expect(stderr).toContain("1 of 1 runs failed numerically");
  });
  test("whatever a module prints while it is loaded, runs, or draws", () => {
    for (const args of [
      ["describe", "talks.mjs"],
      ["run", "talks.mjs", "--workers", "1", "--out", "talks"],
      ["report", "talks"],
      ["shard", "talks", "--index", "0"],
    ]) {
      const { status, stdout, stderr } = asProcess(...args, "--json");
      expect([args, status]).toEqual([args, 0]);
      one(stdout);
      for (const word of ["log", "info", "stdout"]) expect(stderr).toContain(`${word}\n`);
    }
  });
  test("of misuse, and of what the command line does not know", async () => {
    for (const args of [
      ["run", "nothing\nat all"],
      ["frobnicate\n--x"],
      ["run", "sense-errors", "--nothing\n1"],
      ["run", "sense-errors", "--set", "supply=\n1\n2 furlongs"],
    ]) {
      const { status, stdout, stderr } = await rramlab(...args, "--json");
      expect([status, one(stdout)]).toEqual([2, { ok: false, error: expect.any(String) }]);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    }
  });
});

describe("what becomes of streams that go away", () => {
  const piped = (script: string): { readonly stdout: string; readonly stderr: string } => {
    const { stdout, stderr } = spawnSync(
      "bash",
      ["-c", script.replaceAll("rramlab", `"${process.execPath}" "${main}"`)],
      {
        cwd: place.folder,
        encoding: "utf8",
      },
    );
    return { stdout, stderr };
  };
  test("a deck that fails is no success where nobody reads its answer; a run that works is no failure", () => {
    write("fails.cir", FAILS);
    expect(piped(`rramlab spice run fails.cir | true; echo "\${PIPESTATUS[0]}"`).stdout).toBe("1\n");
    expect(piped(`rramlab describe --schema | head -c 1 > head; echo "\${PIPESTATUS[0]}"`).stdout).toBe("0\n");
  });
  test("a full disk under the answer is exit code 1, with its cause", () => {
    const { stdout, stderr } = piped("rramlab list > /dev/full; echo $?");
    expect([stdout, stderr]).toEqual(["1\n", expect.stringContaining("the answer cannot be written (ENOSPC)")]);
  });
  test("logs that nobody reads any more end no run", async () => {
    write("warns.mjs", coinModule("", 'console.error("x".repeat(1e5));'));
    const child = spawn(process.execPath, [main, "run", "warns.mjs", "--workers", "1", "--out", "warns"], {
      cwd: place.folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.stderr.once("data", () => child.stderr.destroy());
    expect(await ended).toBe(0);
    expect(readFileSync(at("warns", "results.csv"), "utf8")).toContain("heads");
  });
});

test("text that a spreadsheet would run is marked as text in CSV files, numbers stay numbers", () => {
  const values = ["=1+1", "@SUM(A1)", "+1", "-cmd", "\tx", "plain", 'a "b", c', -5, 1e-7];
  expect(csvText([{ name: "=x", values }])).toBe(
    `'=x\n'=1+1\n'@SUM(A1)\n'+1\n'-cmd\n'\tx\nplain\n"a ""b"", c"\n-5\n1e-7\n`,
  );
});

test("one line is one line: no control character, no turned writing, no more than can be read", () => {
  expect(oneLine("a\r\n\tb\u2028c\u0000\u009b\n\n")).toBe("a b\\u2028c\\u0000\\u009b");
  expect(oneLine("x".repeat(10), 4)).toBe("xxxx ... (10 characters)");
});
