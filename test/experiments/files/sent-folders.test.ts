import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { coinModule } from "../coin-module.ts";
import { inFolder } from "../run-rramlab.ts";

const { place, rramlab } = inFolder();
const at = (...names: string[]): string => join(place.folder, ...names);
const read = (...names: string[]): string => readFileSync(at(...names), "utf8");
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

type Fields = Record<string, unknown>;
/** A folder outside the one that commands run in. */
const outside = mkdtempSync(join(tmpdir(), "rramlab-outside-"));
afterAll(() => rmSync(outside, { recursive: true, force: true }));

beforeAll(async () => {
  writeFileSync(at("coin.mjs"), coinModule());
  const { status, stderr } = await rramlab("run", "coin.mjs", "--keep-trials", "--workers", "1", "--out", "whole");
  if (status !== 0) throw new Error(stderr);
});

beforeEach(() => {
  rmSync(at("sent"), { recursive: true, force: true });
  cpSync(at("whole"), at("sent"), { recursive: true });
});

/** Changes the plan of the run that was sent, and seals it as the program does. */
const forge = (change: (plan: Fields) => void): void => {
  const { digest: _, begunOn, ...plan } = JSON.parse(read("sent", "plan.json"));
  change(plan);
  writeFileSync(
    at("sent", "plan.json"),
    JSON.stringify({ ...plan, digest: sha256(JSON.stringify(plan)), begunOn }, null, 2),
  );
};

const VERBS = [
  ["resume", "sent"],
  ["merge", "sent"],
  ["report", "sent"],
  ["shard", "sent", "--index", "0"],
  ["submit", "sent", "--engine", "commands"],
];

describe("a folder that somebody sent runs no code unasked", () => {
  const evil = join(outside, "evil.mjs");
  const mark = join(outside, "ran");
  const plant = (path: string): void =>
    writeFileSync(
      path,
      `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(mark)}, "");\n${coinModule()}`,
    );
  beforeEach(() => {
    rmSync(mark, { force: true });
  });

  test("not of a module outside the current folder, unless it is named", async () => {
    plant(evil);
    forge((plan) => Object.assign(plan["experiment"] as Fields, { module: pathToFileURL(evil).href }));
    for (const args of VERBS) {
      const ended = await rramlab(...args);
      expect({ args, ...ended }).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("which is not below the current folder: its code would be run"),
      });
      expect(existsSync(mark)).toBe(false);
    }
  });
  test("not of a module named that is another than the plan's", async () => {
    plant(evil);
    expect(await rramlab("resume", "sent", "--module", evil)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("the run's plan names another module"),
    });
    expect(existsSync(mark)).toBe(false);
  });
  test("not of a module that is not what the plan's hash says, before it is loaded", async () => {
    plant(at("changed.mjs"));
    forge((plan) => Object.assign(plan["experiment"] as Fields, { module: pathToFileURL(at("changed.mjs")).href }));
    for (const args of VERBS) {
      expect(await rramlab(...args)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("was begun by other code"),
      });
      expect(existsSync(mark)).toBe(false);
    }
  });
  test("not of a link below the current folder to one outside", async () => {
    plant(evil);
    const { symlinkSync } = await import("node:fs");
    symlinkSync(evil, at("link.mjs"));
    forge((plan) => Object.assign(plan["experiment"] as Fields, { module: pathToFileURL(at("link.mjs")).href }));
    expect((await rramlab("resume", "sent")).status).toBe(2);
    expect(existsSync(mark)).toBe(false);
  });
  test("of one below it with a line that says so, of one that is named without", async () => {
    const { status, stderr } = await rramlab("merge", "sent");
    const line = "rramlab: the run's plan names coin.mjs, below the current folder: its code is run.\n";
    expect([status, stderr]).toEqual([0, expect.stringContaining(line)]);
    const named = await rramlab("resume", "sent", "--module", "coin.mjs");
    expect([named.status, named.stderr]).toEqual([0, expect.not.stringContaining("coin.mjs")]);
  });
  test("a plan of a server, a host or nothing is no file", async () => {
    for (const module of ["http://x/y.mjs", "file://host/y.mjs", "data:text/javascript,1", ""]) {
      forge((plan) => Object.assign(plan["experiment"] as Fields, { module }));
      expect((await rramlab("resume", "sent")).status).toBe(2);
    }
  });
});

describe("what is read back is what was written", () => {
  const part = (): string => join("parts", readdirSync(at("sent", "parts"))[0]);

  test("a prepared part with other values is not used", async () => {
    const [line, sum] = read("sent", part()).split("\n");
    const { edge } = JSON.parse(line);
    const other = Buffer.from(Float64Array.of(0.9, 2).buffer).toString("base64");
    writeFileSync(at("sent", part()), `${line.replace(edge.base64, other)}\n${sum}\n`);
    rmSync(at("sent", "shards", "000001.jsonl"));
    const { status, stderr } = await rramlab("resume", "sent");
    expect([status, stderr]).toEqual([2, expect.stringContaining(`${part()} is damaged (it was changed`)]);
    rmSync(at("sent", part()));
    expect((await rramlab("resume", "sent")).status).toBe(0);
    expect(read("sent", "results.csv")).toBe(read("whole", "results.csv"));
  });
  test("nor the part of a run with another seed", async () => {
    await rramlab("run", "coin.mjs", "--seed", "other", "--out", "other", "--force");
    cpSync(at("other", part()), at("sent", part()));
    rmSync(at("sent", "shards", "000001.jsonl"));
    expect((await rramlab("resume", "sent")).stderr).toContain("is of another run");
  });
  test("a flipped byte in a stored array is computed again, and named where nothing is computed", async () => {
    const piece = at("sent", "arrays", "pair", "000002.npy");
    for (const place of [200, 150, 128, 10, readFileSync(piece).length - 1]) {
      const bytes = readFileSync(piece);
      bytes[place] ^= 1;
      writeFileSync(piece, bytes);
      expect(await rramlab("merge", "sent")).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("000002.npy: is not the array of 10 x 2 that was written"),
      });
      expect((await rramlab("resume", "sent")).status).toBe(0);
      expect(readFileSync(at("sent", "arrays", "pair.npy"))).toEqual(readFileSync(at("whole", "arrays", "pair.npy")));
    }
  });
});

/** Every place of a value, and what may stand there instead. */
const STRANGE: readonly unknown[] = [null, "x", -1, 1e300, [], {}, true, [null], { type1: 1 }];
const places = (value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] =>
  typeof value === "object" && value !== null
    ? [
        ...(path.length > 0 ? [path] : []),
        ...Object.entries(value).flatMap(([key, inner]) =>
          places(inner, [...path, Array.isArray(value) ? Number(key) : key]),
        ),
      ]
    : [path];
const changed = (value: unknown, path: readonly (string | number)[], instead: unknown): unknown => {
  const copy = structuredClone(value) as Record<string | number, unknown>;
  const inner = path.slice(0, -1).reduce((v, key) => v[key] as Record<string | number, unknown>, copy);
  if (instead === undefined) delete inner[path[path.length - 1]];
  else inner[path[path.length - 1]] = instead;
  return copy;
};
const isAt = (value: unknown, path: readonly (string | number)[], other: unknown): boolean =>
  JSON.stringify(path.reduce<unknown>((v, key) => (v as Record<string | number, unknown>)[key], value)) ===
  JSON.stringify(other);
/** A fault of ours, told as JavaScript does. */
const RAW =
  /Cannot read|is not a function|not iterable|undefined \(|\bNaN\b|of null|of undefined|Cannot convert|is not defined/;
const plain = (text: string): void => {
  expect(text).not.toMatch(RAW);
  expect(text).not.toContain("    at ");
};

describe("resealed files of a wrong shape are told by name, in words", () => {
  test("plans", async () => {
    const { digest: _, begunOn: __, ...plan } = JSON.parse(read("whole", "plan.json"));
    let refused = 0;
    let tried = 0;
    for (const path of places(plan).filter(([top]) => top !== "arithmetic"))
      for (const instead of [undefined, ...STRANGE].filter((other) => !isAt(plan, path, other))) {
        forge((own) => {
          for (const key of Object.keys(own)) delete own[key];
          Object.assign(own, changed(plan, path, instead));
        });
        const { status, stderr } = await rramlab("merge", "sent");
        plain(stderr);
        tried++;
        if (status === 2) refused++;
        cpSync(at("whole", "plan.json"), at("sent", "plan.json"));
      }
    expect(tried).toBeGreaterThan(150);
    expect(refused).toBe(tried);
  });
  test("shards, and none merges to what is no number", async () => {
    const lines = read("whole", "shards", "000001.jsonl")
      .split("\n")
      .slice(0, -2)
      .map((line) => JSON.parse(line));
    let refused = 0;
    let tried = 0;
    for (const path of places(lines))
      for (const instead of [undefined, ...STRANGE]) {
        const body = (changed(lines, path, instead) as unknown[]).map((line) => JSON.stringify(line) ?? "");
        const end = JSON.stringify({ end: body.length, sha256: sha256(body.join("\n")) });
        writeFileSync(at("sent", "shards", "000001.jsonl"), `${body.join("\n")}\n${end}\n`);
        const { status, stderr, stdout } = await rramlab("merge", "sent", "--json");
        plain(stderr);
        tried++;
        if (status === 2) refused++;
        // An index of what does not vary is none.
        else
          for (const row of JSON.parse(stdout).rows ?? [`exit ${status}: ${stderr}`])
            for (const [name, value] of Object.entries(row).filter(([name]) => !name.startsWith("index")))
              expect([name, typeof value]).toEqual([name, "number"]);
      }
    expect(tried).toBeGreaterThan(200);
    // What passes is a number in the place of a number that its neighbours do not contradict.
    expect(refused / tried).toBeGreaterThan(0.8);
  });
  test("manifests", async () => {
    const manifest = JSON.parse(read("whole", "manifest.json"));
    for (const path of places(manifest))
      for (const instead of [undefined, null, [], {}]) {
        writeFileSync(at("sent", "manifest.json"), JSON.stringify(changed(manifest, path, instead)));
        const { status, stderr } = await rramlab("report", "sent");
        if (status !== 0) expect(stderr).toContain("manifest.json");
        plain(stderr);
      }
    for (const text of ["", "null", "[]", "1", '"x"', "{"]) {
      writeFileSync(at("sent", "manifest.json"), text);
      const { status, stderr } = await rramlab("report", "sent");
      expect([status, stderr]).toEqual([2, expect.stringContaining("manifest.json is no manifest of a run")]);
    }
  });
  test("parts", async () => {
    const name = join("parts", readdirSync(at("sent", "parts"))[0]);
    rmSync(at("sent", "shards", "000001.jsonl"));
    const plan = JSON.parse(read("sent", "plan.json"));
    const of = `${plan.digest} edge ${JSON.stringify({ bias: 0.5 })}`;
    const seal = (text: string): string => `${text}\n${sha256(`${of}\n${text}`)}\n`;
    const [whole] = read("sent", name).split("\n");
    expect(seal(whole)).toBe(read("sent", name));
    for (const text of ["null", "{}", '{"edge":null}', '{"edge":{"typedArray":"constructor","base64":""}}', "[", ""]) {
      writeFileSync(at("sent", name), seal(text));
      const { status, stderr } = await rramlab("resume", "sent", "--workers", "1");
      expect([text, status]).toEqual([text, expect.any(Number)]);
      expect(status).not.toBe(0);
      expect(stderr).toContain(name);
    }
  });
});

test("pipes, folders and devices in the place of a run's files end in words, and do not wait", async () => {
  const { execFileSync } = await import("node:child_process");
  for (const name of [
    "plan.json",
    "manifest.json",
    "shards/000001.jsonl",
    "arrays/pair/000001.npy",
    "trials/000001.json",
  ]) {
    rmSync(at("sent"), { recursive: true });
    cpSync(at("whole"), at("sent"), { recursive: true });
    for (const make of [() => execFileSync("mkfifo", [at("sent", name)]), () => mkdirSync(at("sent", name))]) {
      rmSync(at("sent", name), { recursive: true });
      make();
      const { status, stderr } = await rramlab(name === "manifest.json" ? "report" : "merge", "sent");
      expect([name, status]).toEqual([name, 2]);
      expect(stderr).toContain(name);
      plain(stderr);
    }
  }
});
