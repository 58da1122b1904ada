import { spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { inFolder, main, packageFolder } from "../experiments/run-rramlab.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const { place, rramlab } = inFolder();
const { wordsOf } = (await import(join(root, "scripts", "published-page.mjs"))) as {
  wordsOf: (line: string) => string[];
};

/** Every command of the README, of blocks and of running text, each as the words that a shell hands over. */
const blocks = [...readme.matchAll(/^```\n([\s\S]*?)^```$/gm)].flatMap(([, block]) => block.split("\n"));
const spans = [...readme.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span);
const commands = [...blocks, ...spans]
  .flatMap((line) => line.replace(/ {2,}#.*/, "").split(" && "))
  .map((line) => line.trim())
  .filter((line) => line.startsWith("npx rramlab "));
const withoutPlaceholder = commands.filter((line) => !/\b[A-Z]{3,}\b/.test(line.replaceAll(/[A-Z]\w*=/g, "")));

/** Runs until it is stopped. */
const SERVES = "npx rramlab lab";

describe("the README's commands work as they are pasted", () => {
  // As after npm ci: the checkout's own files beside where the user is.
  beforeAll(() => {
    for (const name of ["examples", "models"]) cpSync(join(root, name), join(place.folder, name), { recursive: true });
    for (const name of ["package.json", "dist", "node_modules"])
      symlinkSync(join(packageFolder, name), join(place.folder, name));
  });
  test("there are a dozen, and one placeholder", () => {
    expect(withoutPlaceholder.length).toBeGreaterThan(12);
    expect(commands.filter((line) => !withoutPlaceholder.includes(line))).toEqual(["npx rramlab describe NAME"]);
  });
  test("no command is written as if the program were on the path", () => {
    expect([...blocks, ...spans].filter((line) => /(^|&& )rramlab [a-z]/.test(line))).toEqual([]);
  });
  test("each of the package's scripts that it names is there", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    for (const [, name] of readme.matchAll(/npm (?:run )?(start|test|run [\w:]+)/g))
      expect([name, name.replace("run ", "") in scripts]).toEqual([name, true]);
  });
  // Runs are laid out and not computed: that they compute is the studies' tests.
  const ending = withoutPlaceholder.filter((line) => line !== SERVES);
  test.each(ending.map((line, i) => [line, i] as const))("%s", async (line, i) => {
    const [, , command, ...rest] = wordsOf(line);
    const { status, stderr } =
      command === "run" ? await rramlab("plan", ...rest, "--out", `readme-${i}`) : await rramlab(command, ...rest);
    expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
  });
  test(`${SERVES}, until it is stopped`, async () => {
    expect(withoutPlaceholder).toContain(SERVES);
    const child = spawn(process.execPath, [main, "lab"], { cwd: place.folder, stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const said = await new Promise<string>((resolve) => child.stdout.once("data", (bytes) => resolve(String(bytes))));
    child.kill("SIGINT");
    expect([said.split("\n")[0], await ended]).toEqual([
      expect.stringMatching(/^The lab: http:\/\/127\.0\.0\.1:\d+\/$/),
      0,
    ]);
  });
  test("its script is the example of the same name", () => {
    const [, script] = /^```js\n([\s\S]*?)^```$/m.exec(readme) ?? [];
    expect(script).toBe(readFileSync(join(root, "examples", "missed-reads.mjs"), "utf8"));
    expect(script.trimEnd().split("\n")).toHaveLength(15);
  });
  test("every page and picture that it links is there", () => {
    const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });
});
