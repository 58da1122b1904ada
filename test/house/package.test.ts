import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { packageFolder } from "../experiments/run-rramlab.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const place = { folder: "", project: "" };
const installed = (...names: string[]): string => join(place.project, "node_modules", "rramlab", ...names);
const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: place.project, encoding: "utf8" });

// What npm packs of this checkout with the tests' build in it, installed beside its dependencies in an empty project.
beforeAll(() => {
  place.folder = mkdtempSync(join(tmpdir(), "rramlab-packed-"));
  const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const name of ["package.json", ...files])
    cpSync(join(name === "dist" ? packageFolder : root, name), join(place.folder, "source", name), { recursive: true });
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", place.folder], {
    cwd: join(place.folder, "source"),
  });
  const [tarball] = readdirSync(place.folder).filter((name) => name.endsWith(".tgz"));
  place.project = join(place.folder, "project");
  mkdirSync(installed(), { recursive: true });
  execFileSync("tar", ["xzf", join(place.folder, tarball), "--strip-components", "1", "-C", installed()]);
  for (const name of readdirSync(join(root, "node_modules")))
    if (!name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(place.project, "node_modules", name));
  writeFileSync(join(place.project, "package.json"), '{ "type": "module" }');
});
afterAll(() => rmSync(place.folder, { recursive: true, force: true }));

describe("the package, installed in an empty project", () => {
  test("runs the README's script", () => {
    cpSync(join(root, "examples", "missed-reads.mjs"), join(place.project, "missed.mjs"));
    const { status, stdout, stderr } = node("missed.mjs");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^0\.86 V +missed, % +0 \[0, 0\.19\] +2000$/m);
  });
  test("runs the program, whose help names pages that are there", () => {
    const help = node(installed("dist", "experiments", "command-line", "main.js"), "transient", "--help");
    const [page] = /node_modules\/rramlab\/docs\/[\w-]+\.md/.exec(help.stdout) ?? [];
    expect(page).toBe("node_modules/rramlab/docs/transient.md");
    expect(readFileSync(join(place.project, page as string), "utf8")).toContain("# Transients");
  });
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const entries = Object.keys(exports).filter((entry) => !["./experiments", "./package.json"].includes(entry));
  test.each(entries)("bundles %s for a browser, without Node", async (entry) => {
    const { outputFiles } = await build({
      stdin: {
        contents: `export * from ${JSON.stringify(entry.replace(/^\./, "rramlab"))};`,
        resolveDir: place.project,
      },
      bundle: true,
      platform: "browser",
      format: "iife",
      globalName: "lab",
      write: false,
      logLevel: "silent",
    });
    // Of what Node adds to the language there is nothing in this room, but what browsers have too.
    const room = { atob, TextDecoder, TextEncoder, URL, structuredClone };
    const names = runInNewContext(`${outputFiles[0].text}\nObject.keys(lab)`, room);
    expect(names.length).toBeGreaterThan(5);
  });
  test("reads a cell in a browser as it does in Node", async () => {
    const read = `const design = { ...lab.REFERENCE_SIZING, technology: lab.sky130, corner: "tt", supply: 0.8, temperature: 300.15 };
const keys = lab.sampleKeys(lab.rootKey("browser"), 20);
const { found } = lab.readSamples(lab.compileSenseAmplifier(design), lab.RRAM_SETS.weak, 1, [3e-9], 1e-3, keys);
const readings = found.readings.join();`;
    const { outputFiles } = await build({
      stdin: {
        contents: `import * as lab from "rramlab";\n${read}\nglobalThis.readings = readings;`,
        resolveDir: place.project,
      },
      bundle: true,
      platform: "browser",
      format: "iife",
      write: false,
      logLevel: "silent",
    });
    const room: { readings?: string; [name: string]: unknown } = { atob, TextDecoder, TextEncoder, URL };
    runInNewContext(outputFiles[0].text, room);
    const script = join(place.project, "browser.mjs");
    writeFileSync(script, `import * as lab from "rramlab";\n${read}\nprocess.stdout.write(readings);`);
    const { status, stdout } = node(script);
    expect([status, new Set(stdout.split(",")).size > 1]).toEqual([0, true]);
    expect(room.readings).toBe(stdout);
  });
  // What `tsc --init` writes, of TypeScript 5.9 and 7, with every check on; and what it takes without a configuration.
  test.each([
    [
      "as `tsc --init` sets it",
      [
        "--module",
        "nodenext",
        "--target",
        "esnext",
        "--strict",
        "--noUncheckedIndexedAccess",
        "--exactOptionalPropertyTypes",
        "--verbatimModuleSyntax",
        "--isolatedModules",
        "--skipLibCheck",
      ],
    ],
    ["as it is without a configuration", []],
    [
      "as bundlers set it, with every declaration checked",
      ["--module", "esnext", "--moduleResolution", "bundler", "--strict", "--skipLibCheck", "false"],
    ],
  ])("is understood by TypeScript %s", (_name, flags) => {
    writeFileSync(
      join(place.project, "own.ts"),
      `import * as lab from "rramlab";
import { wilson } from "rramlab/numerics";
import { resume, run } from "rramlab/experiments";
const design = { ...lab.REFERENCE_SIZING, technology: lab.sky130, corner: "tt", temperature: 300.15 } as const;
const amplifierAt = lab.oncePerPoint((at: { supply: number }) => lab.compileSenseAmplifier({ ...design, ...at }));
export const missed = lab.defineExperiment({
  name: "missed", summary: "Missed.", module: "file:///missed.js",
  parameters: { supply: lab.quantity("V", 0.9, [0.5, 1.2], "supply", "chosen") },
  axes: ["supply"], trials: 10, block: 5, numbers: { missed: lab.rate("+1 not read as +1") },
  trial: (_context, params, key) => {
    const [{ sensed }] = lab.sampleReads(amplifierAt(params), lab.RRAM_SETS.reference, 1, [2e-9], 1e-3, key);
    return sensed.ok ? { numbers: { missed: sensed.readings[0] === 1 ? 0 : 1 } } : { failed: sensed.reason };
  },
});
export const low: number = wilson(1, 10).low;
export const again = [run, resume];
// @ts-expect-error: a word that is no number.
export const wrong: number = lab.RRAM_SETS.reference.name;
`,
    );
    cpSync(join(root, "examples", "missed-reads.mjs"), join(place.project, "missed.mts"));
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const { status, stdout } = node(compiler, ...flags, "--noEmit", "own.ts", "missed.mts");
    expect([status, stdout]).toEqual([0, ""]);
  });
});
