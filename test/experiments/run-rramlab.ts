import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

declare global {
  /** The program's entry in this process: see test/program/environment.mjs. */
  var runProgram: (folder: string, args: readonly string[]) => Promise<Ended>;
}

/** The package as it would be installed, built for this run of the tests alone. */
export const packageFolder = process.env["RRAMLAB_PACKAGE"] as string;
/** What users' modules import. */
export const index = join(packageFolder, "dist", "index.js");
/** The built program. */
export const main = join(packageFolder, "dist", "experiments", "command-line", "main.js");

/** The program in an empty folder of its own, made before the tests of a file and removed after them. */
export const inFolder = () => {
  const place = { folder: "" };
  beforeAll(() => {
    place.folder = mkdtempSync(join(tmpdir(), "rramlab-"));
  });
  afterAll(() => {
    rmSync(place.folder, { recursive: true, force: true });
  });
  /** The command in this process, through the entry that the program calls. */
  const rramlab = (...args: string[]): Promise<Ended> => runProgram(place.folder, args);
  const json = async (...args: string[]) => {
    const { status, stdout, stderr } = await rramlab(...args, "--json");
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  /** The command as a process of its own. */
  const asProcess = (...args: string[]): Ended => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
      encoding: "utf8",
      cwd: place.folder,
    });
    return { status, stdout, stderr };
  };
  /** A script of a user's, in Node as it is: a module's lines, in which `lab` is the library, whose `answer` is what comes back. */
  const scripted = (lines: string): unknown => {
    const file = join(place.folder, "scripted.mjs");
    writeFileSync(
      file,
      `import * as lab from ${JSON.stringify(index)};\nif (lab.isProgram(import.meta.url)) {\n${lines}\nprocess.stdout.write(JSON.stringify(answer));\n}\n`,
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8", cwd: place.folder });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };
  /**
   * Kills the command, as a process of its own, in the state that is asked for; where it was done before that was seen (a
   * machine with other work), it is run again from nothing.
   */
  const killedIn = async (reached: () => boolean, out: string, ...args: string[]): Promise<void> => {
    for (let attempt = 0; attempt < 20; attempt++) {
      rmSync(join(place.folder, out), { recursive: true, force: true });
      const child = spawn(process.execPath, [main, ...args, "--out", out], { cwd: place.folder, stdio: "ignore" });
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      while (child.exitCode === null && !reached()) await new Promise((resolve) => setTimeout(resolve, 5));
      child.kill("SIGKILL");
      await ended;
      if (child.exitCode === null && reached()) return;
    }
    throw new Error(`${args.join(" ")} was done twenty times before it could be killed`);
  };
  return { place, rramlab, json, asProcess, scripted, killedIn };
};
