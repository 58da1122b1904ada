import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "@jest/globals";

export const main = fileURLToPath(new URL("../../dist/experiments/command-line/main.js", import.meta.url));

/** The built program in an empty folder of its own, made before the tests of a file and removed after them. */
export const inFolder = () => {
  const place = { folder: "" };
  beforeAll(() => {
    place.folder = mkdtempSync(join(tmpdir(), "rramlab-"));
  });
  afterAll(() => {
    rmSync(place.folder, { recursive: true, force: true });
  });
  const rramlab = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
      encoding: "utf8",
      cwd: place.folder,
      timeout: 120_000,
    });
    return { status, stdout, stderr };
  };
  const json = (...args: string[]) => {
    const { status, stdout, stderr } = rramlab(...args, "--json");
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  return { place, rramlab, json };
};
