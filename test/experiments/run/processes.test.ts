import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { inFolder, main } from "../run-rramlab.ts";

// Other tests call the commands in their own process. Each is run once here as a process of its own, as a shell does, and
// answers what it answers there.
const { place, rramlab, asProcess } = inFolder();
const references = fileURLToPath(new URL("../../references/", import.meta.url));

/** The answer of both, without what is a process's own: names of folders. */
const alike = async (
  args: readonly string[],
  own: (folder: string) => readonly string[] = () => [],
): Promise<string> => {
  const inside = await rramlab(...args, ...own("run-i"), "--json");
  const outside = asProcess(...args, ...own("run-o"), "--json");
  expect([outside.status, outside.stderr]).toEqual([0, outside.stderr]);
  expect(outside.stdout.replaceAll("run-o", "X")).toBe(inside.stdout.replaceAll("run-i", "X"));
  JSON.parse(outside.stdout);
  return outside.stdout;
};
const out = (folder: string): readonly string[] => ["--out", folder];
const SMALL = ["memory-error-rate", "--trials", "50", "--set", "device=reference", "--set", "temperature=300.15"];

describe("every command as a process of its own", () => {
  test("list, describe, data", async () => {
    await alike(["list"]);
    await alike(["describe", "pvt"]);
    await alike(["data", "list"]);
    await alike(["data", "verify", "mnist-10k"]);
  });
  test("plan, shard, submit, merge, report, resume, run", async () => {
    await alike(["plan", ...SMALL], out);
    const shards = await alike(["shard"], (folder) => [folder, "--index", "0-1"]);
    expect(JSON.parse(shards).computed).toEqual([0, 1]);
    await alike(["submit", "--engine", "commands"], (folder) => [folder]);
    for (const command of ["merge", "report", "resume"]) await alike([command], (folder) => [folder]);
    await alike(["run", ...SMALL, "--seed", "other"], (folder) => ["--out", `${folder}-run`]);
    expect(readFileSync(join(place.folder, "run-o", "results.csv"), "utf8")).toBe(
      readFileSync(join(place.folder, "run-i", "results.csv"), "utf8"),
    );
  });
  test("transient, crossbar, spice", async () => {
    await alike(["transient", join(references, "pcsa", "case00.json")]);
    await alike(["crossbar", join(references, "crossbar", "4x4.json")]);
    writeFileSync(join(place.folder, "rc.cir"), "rc\nV1 in 0 1\nR1 in out 1k\nC1 out 0 1p\n.tran 10p 1n uic\n.end\n");
    await alike(["spice", "run", "rc.cir"]);
  });
  test("train, evaluate, fit", async () => {
    await alike(["train", "--layers", "784-8-10", "--epochs", "1"], (folder) => ["--out", `${folder}.safetensors`]);
    await alike(["evaluate"], (folder) => [`${folder}.safetensors`]);
    const rows = Array.from({ length: 20 }, (_, i) => `LRS,${8000 + 37 * i * i}\nHRS,${3e5 + 9000 * ((7 * i) % 20)}`);
    writeFileSync(join(place.folder, "r.csv"), `state,ohm\n${rows.join("\n")}\n`);
    await alike(["fit", "r.csv", "--name", "mine"], (folder) => ["--out", `${folder}.json`]);
  });
});

describe("as a process", () => {
  test("misuse ends with 2, a failure with 1, --help with 0", () => {
    expect(asProcess("run", "sense-errors", "--set", "supply=9 V")).toMatchObject({ status: 2, stdout: "" });
    expect(asProcess("frobnicate").status).toBe(2);
    expect(asProcess("--help").status).toBe(0);
    mkdirSync(join(place.folder, "modules"));
    writeFileSync(join(place.folder, "modules", "none.mjs"), "export const nothing = 1;");
    expect(asProcess("run", "modules/none.mjs")).toMatchObject({ status: 2 });
  });
  test("a reader that has seen enough is no failure", () => {
    const piped = spawnSync("sh", ["-c", `"${process.execPath}" "${main}" describe pvt | head -1; echo done`], {
      encoding: "utf8",
    });
    expect([piped.stdout.trim().split("\n").at(-1), piped.stderr]).toEqual(["done", ""]);
  });
});
