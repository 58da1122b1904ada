import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("../../", import.meta.url));
let checkout = "";

const at = (...names: string[]): string => join(checkout, ...names);
const build = (): void => {
  const { status, stderr } = spawnSync(process.execPath, [at("scripts", "build.mjs")], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
};
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
/** What tells a file that was replaced: its number on the disk, and when it was written. */
const state = (): string[] =>
  [...filesOf(at("dist")), at("src", "kernels", "built", "kernels.ts")].map((file) => {
    const { ino, mtimeMs } = statSync(file);
    return `${file} ${ino} ${mtimeMs}`;
  });

// A checkout in small: one floor of a few files, the kernels, and a lab that shows nothing.
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), "rramlab-checkout-"));
  for (const name of [
    "package.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "scripts",
    "src/random",
    "src/kernels/assembly",
    "package-lock.json",
    "lab/page",
    ...["binary", "ternary"].map((kind) => `models/digits-${kind}.safetensors`),
  ])
    cpSync(join(root, name), at(name), { recursive: true });
  symlinkSync(join(root, "node_modules"), at("node_modules"));
  mkdirSync(at("experiments", "command-line"), { recursive: true });
  writeFileSync(at("experiments", "command-line", "main.ts"), "console.log(1);\n");
  for (const folder of [at("experiments", "files"), at("lab", "work")]) mkdirSync(folder, { recursive: true });
  writeFileSync(at("experiments", "files", "load-data-set.ts"), "export const loadDataSet = () => null;\n");
  for (const entry of [at("lab", "main.tsx"), at("lab", "work", "worker.ts")]) writeFileSync(entry, "self.name;\n");
  for (const entry of ["index.ts", "browser.ts"]) writeFileSync(at(entry), 'export * from "#src/random/index";\n');
  build();
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

describe("a build", () => {
  test("leaves what is up to date alone", () => {
    const before = state();
    expect(before.length).toBeGreaterThan(20);
    build();
    expect(state()).toEqual(before);
  });
  test("replaces what changed, and nothing else, and removes what is gone", () => {
    const before = state();
    writeFileSync(at("src", "random", "more.ts"), "export const more = 1;\n");
    build();
    expect(
      state()
        .filter((line) => !before.includes(line))
        .map((line) => line.split(" ")[0])
        .sort(),
    ).toEqual(["built.json", "src/random/more.d.ts", "src/random/more.js"].map((name) => at("dist", name)));
    rmSync(at("src", "random", "more.ts"));
    build();
    expect(existsSync(at("dist", "src", "random", "more.js"))).toBe(false);
  });
  test("touches nothing in the folder that is not its own", () => {
    writeFileSync(at("dist", "thesis.txt"), "mine");
    writeFileSync(at("src", "random", "more.ts"), "export const more = 2;\n");
    build();
    rmSync(at("src", "random", "more.ts"));
    build();
    expect(readFileSync(at("dist", "thesis.txt"), "utf8")).toBe("mine");
    rmSync(at("dist", "thesis.txt"));
  });
  test("mends a file that was damaged", () => {
    const file = at("dist", "src", "random", "key.js");
    const whole = readFileSync(file, "utf8");
    writeFileSync(file, whole.slice(0, 100));
    build();
    expect(readFileSync(file, "utf8")).toBe(whole);
  });
  test("that does not compile leaves everything as it was, and says why", () => {
    const before = state();
    writeFileSync(at("src", "random", "wrong.ts"), "export const wrong: number = 'a';\n");
    const { status, stderr } = spawnSync(process.execPath, [at("scripts", "build.mjs")], { encoding: "utf8" });
    rmSync(at("src", "random", "wrong.ts"));
    expect([status, stderr]).toEqual([1, expect.stringContaining("wrong.ts")]);
    expect(state()).toEqual(before);
    writeFileSync(at("lab", "main.tsx"), "self.name +;\n");
    const lab = spawnSync(process.execPath, [at("scripts", "build.mjs")], { encoding: "utf8" });
    writeFileSync(at("lab", "main.tsx"), "self.name;\n");
    expect([lab.status, lab.stderr]).toEqual([1, expect.stringContaining("lab/main.tsx")]);
    expect(state()).toEqual(before);
    expect(readdirSync(checkout).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
  test("beside another, from nothing, is never seen half-done by whoever reads", async () => {
    const kernels = at("src", "kernels", "built", "kernels.ts");
    const main = at("dist", "experiments", "command-line", "main.js");
    const whole = new Map([kernels, main].map((file) => [file, readFileSync(file, "utf8")]));
    for (const folder of [at("dist"), at("src", "kernels", "built")]) rmSync(folder, { recursive: true });
    const builds = [1, 2].map(() => spawn(process.execPath, [at("scripts", "build.mjs")], { stdio: "inherit" }));
    const ended = Promise.all(builds.map((child) => new Promise((resolve) => child.once("exit", resolve))));
    let running = true;
    void ended.then(() => {
      running = false;
    });
    let looks = 0;
    while (running) {
      for (const [file, text] of whole)
        if (existsSync(file)) {
          expect(readFileSync(file, "utf8") === text).toBe(true);
          looks++;
        }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await ended).toEqual([0, 0]);
    expect(looks).toBeGreaterThan(0);
    for (const [file, text] of whole) expect(readFileSync(file, "utf8")).toBe(text);
  });
});
