import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { coinModule } from "../coin-module.ts";
import { inFolder, main } from "../run-rramlab.ts";

const { place, rramlab } = inFolder();
const at = (...names: string[]): string => join(place.folder, ...names);
const write = (name: string, text: string): void => writeFileSync(at(name), text);
const read = (...names: string[]): string => readFileSync(at(...names), "utf8");
const HOST = hostname().split(".")[0];
/** No process has this number: Linux' largest is 2^22. */
const GONE = 2 ** 22 + 1;
const yesterday = (path: string): void => utimesSync(path, 1, 1);

beforeAll(() => {
  write("coin.mjs", coinModule());
});

const ran = async (out: string): Promise<void> => {
  const { status, stderr } = await rramlab("run", "coin.mjs", "--keep-trials", "--workers", "1", "--out", out);
  if (status !== 0) throw new Error(stderr);
};

describe("a run's folder", () => {
  test("loses what killed writers left of it, and nothing else: no user's file, no live writer's, nothing behind a link", async () => {
    await ran("shared");
    mkdirSync(at("elsewhere"));
    symlinkSync(at("elsewhere"), at("shared", "link"));
    symlinkSync("..", at("shared", "loop"));
    const kept = [
      ["shared", "notes.tmp"],
      ["shared", "shards", "mine.tmp"],
      ["shared", `notes.txt.${HOST}-${GONE}-0.tmp`],
      ["shared", "results.csv.another-77-0.tmp"],
      ["shared", `results.csv.${HOST}-1-0.tmp`],
      ["elsewhere", `000000.jsonl.${HOST}-${GONE}-0.tmp`],
    ];
    const gone = [
      ["shared", "shards", `000000.jsonl.${HOST}-${GONE}-0.tmp`],
      ["shared", "arrays", "pair", `000001.npy.${HOST}-${GONE}-3.tmp`],
      ["shared", `results.csv.${HOST}-${GONE}-0.tmp`],
    ];
    for (const names of [...kept, ...gone]) {
      writeFileSync(at(...names), "half");
      yesterday(at(...names));
    }
    const { status, stderr } = await rramlab("resume", "shared");
    expect([status, stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(kept.filter((names) => !existsSync(at(...names)))).toEqual([]);
    expect(gone.filter((names) => existsSync(at(...names)))).toEqual([]);
  });

  test("is replaced by --force file by file: what the user put into it stays", async () => {
    await ran("mixed");
    for (const name of ["notes.txt", "shards/notes.txt", "arrays/mine.csv"]) write(join("mixed", name), "mine");
    expect((await rramlab("run", "coin.mjs", "--trials", "10", "--out", "mixed", "--force")).status).toBe(0);
    for (const name of ["notes.txt", "shards/notes.txt", "arrays/mine.csv"]) expect(read("mixed", name)).toBe("mine");
    expect(readdirSync(at("mixed", "shards")).sort()).toEqual(["000000.jsonl", "notes.txt"]);
    expect(existsSync(at("mixed", "trials.csv"))).toBe(false);
  });

  test("whose plan is somebody else's is nobody's to empty", async () => {
    for (const [name, plan] of [
      ["terraform", '{"terraform":1}'],
      ["text", "a plan"],
      ["list", "[]"],
    ]) {
      mkdirSync(at(name, "shards"), { recursive: true });
      write(join(name, "plan.json"), plan);
      write(join(name, "shards", "data"), "precious");
      write(join(name, "results.csv"), "precious");
      const { status, stderr } = await rramlab("run", "coin.mjs", "--out", name, "--force");
      expect([status, stderr]).toEqual([2, expect.stringContaining("holds no run of this program, but has")]);
      expect([read(name, "plan.json"), read(name, "shards", "data"), read(name, "results.csv")]).toEqual([
        plan,
        "precious",
        "precious",
      ]);
    }
  });

  test("with a link in the place of a folder of its own is refused: nothing is written or removed behind it", async () => {
    await ran("linked");
    mkdirSync(at("behind"));
    write("behind/000000.jsonl", "precious");
    const { renameSync } = await import("node:fs");
    renameSync(at("linked", "shards"), at("linked", "before"));
    symlinkSync(at("behind"), at("linked", "shards"));
    for (const args of [
      ["run", "coin.mjs", "--out", "linked", "--force"],
      ["resume", "linked"],
    ])
      expect(await rramlab(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining("shards is a link") });
    expect(readdirSync(at("behind"))).toEqual(["000000.jsonl"]);
    expect(read("behind", "000000.jsonl")).toBe("precious");
  });

  test("of parts whose name leads out of it is refused where the experiment is defined", async () => {
    for (const name of ["../../../escape", "a/b", "", "a b"]) {
      write(
        "escape.mjs",
        coinModule().replace(
          "prepare: { edge:",
          `prepare: { ${JSON.stringify(name)}: { uses: [], make: () => 1 }, edge:`,
        ),
      );
      expect(await rramlab("run", "escape.mjs", "--out", "escaped")).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("is no name for a part"),
      });
    }
    expect(existsSync(at("escaped"))).toBe(false);
  });
});

describe("a file that a command reads is not what it writes", () => {
  const rows = Array.from({ length: 30 }, (_, i) => `LRS,${8 + (i % 7)}\nHRS,${80 + (i % 7)}`).join("\n");
  const csv = `state,resistance (kohm)\n${rows}\n`;
  test("fit", async () => {
    write("r.csv", csv);
    symlinkSync("r.csv", at("also.json"));
    for (const out of ["r.csv", "./r.csv", at("r.csv"), "also.json"])
      expect(await rramlab("fit", "r.csv", "--out", out)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("is the file that is read"),
      });
    expect(read("r.csv")).toBe(csv);
  });
  test("fit, whose report would stand where its measurements do", async () => {
    write("r.html", csv);
    expect((await rramlab("fit", "r.html", "--out", "r.json")).status).toBe(2);
    expect(read("r.html")).toBe(csv);
  });
  test("crossbar", async () => {
    const text =
      '{"rows":1,"columns":1,"wordLineResistance":1,"bitLineResistance":1,"resistances":[[1000]],"inputs":[[1]]}';
    write("x.json", text);
    expect(await rramlab("crossbar", "x.json", "--maps", "x.json")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("is the file that is read"),
    });
    expect(read("x.json")).toBe(text);
  });
});

describe("a file that nobody named is not replaced", () => {
  const rows = Array.from({ length: 30 }, (_, i) => `LRS,${8 + (i % 7)}\nHRS,${80 + (i % 7)}`).join("\n");
  test("by fit, unless it is what fit made of the same file before", async () => {
    write("s.csv", `state,resistance (kohm)\n${rows}\n`);
    write("s.json", '{"mine":1}');
    expect(await rramlab("fit", "s.csv")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("is there already"),
    });
    expect(read("s.json")).toBe('{"mine":1}');
    expect((await rramlab("fit", "s.csv", "--out", "s.json")).status).toBe(0);
    expect((await rramlab("fit", "s.csv")).status).toBe(0);
    write("t.html", "<p>mine</p>");
    expect((await rramlab("fit", "s.csv", "--out", "t.json")).status).toBe(2);
    expect(read("t.html")).toBe("<p>mine</p>");
    expect(existsSync(at("t.json"))).toBe(false);
  });
  test("by train", async () => {
    write("model.safetensors", "mine");
    expect(await rramlab("train", "--epochs", "1")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("model.safetensors is there already"),
    });
    expect(read("model.safetensors")).toBe("mine");
  });
});

test("a command that is refused leaves no file or folder behind", async () => {
  write("bad.csv", "state,resistance (kohm)\nLRS,8\n");
  write(
    "several.yaml",
    "out: many\nexperiments:\n  a: { experiment: coin.mjs }\n  b: { experiment: coin.mjs, set: { bias: 7 } }\n",
  );
  const before = readdirSync(place.folder);
  for (const args of [
    ["fit", "bad.csv", "--out", "new/deep/mine.json"],
    ["fit", "absent.csv", "--out", "new/deep/mine.json"],
    ["crossbar", "bad.csv", "--maps", "new/maps.html"],
    ["train", "--layers", "7", "--out", "new/model.safetensors"],
    ["run", "coin.mjs", "--set", "bias=7", "--out", "new/run"],
    ["run", "coin.mjs", "--workers", "99999", "--out", "new/run"],
    ["run", "several.yaml"],
    ["plan", "several.yaml"],
    ["run", "coin.mjs", "--grid", "bias=0.1,0.1,2"],
  ])
    expect({ args, ...(await rramlab(...args)) }).toMatchObject({ status: 2 });
  expect(readdirSync(place.folder)).toEqual(before);
});

describe("two at once", () => {
  const claim = (host: string, process: number): string =>
    JSON.stringify({ host, process, since: "2026-01-02T03:04:05.678Z" });
  const claimed = async (dir: string, host: string, process: number): Promise<void> => {
    await ran(dir);
    mkdirSync(at(dir, "running"), { recursive: true });
    write(join(dir, "running", `${host}-${process}.json`), claim(host, process));
  };
  const forced = (dir: string) => rramlab("run", "coin.mjs", "--trials", "10", "--out", dir, "--force");

  test("--force is refused while the process of a run lives", async () => {
    await claimed("lives", HOST, 1);
    const before = read("lives", "plan.json");
    expect(await forced("lives")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`is in use: process 1 on ${HOST} since 2026-01-02T03:04:05.678Z`),
    });
    expect(read("lives", "plan.json")).toBe(before);
  });
  test("and while another host's may live, with the file that says so", async () => {
    await claimed("far", "elsewhere", 12);
    expect(await forced("far")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("Where it is gone, delete far/running/elsewhere-12.json"),
    });
  });
  test("one that is gone is told, and no obstacle; damaged claims are none", async () => {
    await claimed("stale", HOST, GONE);
    write("stale/running/odd-1.json", "{");
    expect(await forced("stale")).toMatchObject({
      status: 0,
      stderr: expect.stringContaining(
        `process ${GONE} of this host began to work here at 2026-01-02T03:04:05.678Z and is gone`,
      ),
    });
    expect(readdirSync(at("stale", "running"))).toEqual(["odd-1.json"]);
  });
  test("a run replaced in the middle of another is refused, and the first ends with its own bytes", async () => {
    write("slow.mjs", coinModule("", "const end = performance.now() + 30; while (performance.now() < end);"));
    const asked = ["slow.mjs", "--workers", "1", "--out"];
    const first = spawn(process.execPath, [main, "run", ...asked, "busy"], { cwd: place.folder, stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => first.once("exit", resolve));
    while (!existsSync(at("busy", "shards"))) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await rramlab("run", ...asked, "busy", "--force");
    expect(second).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`busy is in use: process ${first.pid}`),
    });
    expect(await ended).toBe(0);
    await rramlab("run", ...asked, "alone");
    expect(read("busy", "results.csv")).toBe(read("alone", "results.csv"));
    expect(existsSync(at("busy", "running"))).toBe(false);
  });
  test("three that resume one run at once give its bytes", async () => {
    await ran("one");
    await rramlab("plan", "coin.mjs", "--keep-trials", "--out", "three");
    const together = Array.from(
      { length: 3 },
      () =>
        new Promise<number | null>((resolve) => {
          spawn(process.execPath, [main, "resume", "three"], { cwd: place.folder, stdio: "ignore" }).once(
            "exit",
            resolve,
          );
        }),
    );
    expect(await Promise.all(together)).toEqual([0, 0, 0]);
    for (const name of ["results.csv", "trials.csv", "arrays/pair.npy"])
      expect(readFileSync(at("three", name))).toEqual(readFileSync(at("one", name)));
    expect(existsSync(at("three", "running"))).toBe(false);
  });
});

test("a folder's name with the end of a line is no command of a job's script", async () => {
  const folder = "innocent\ntouch pwned";
  await rramlab("plan", "coin.mjs", "--out", folder);
  const { status, stdout, stderr } = await rramlab("submit", folder, "--engine", "commands", "--module", "coin.mjs");
  expect([status, stdout, stderr]).toEqual([2, "", expect.stringContaining("cannot stand in a script")]);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});
