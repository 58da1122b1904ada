import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { inFolder, packageFolder } from "../experiments/run-rramlab.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { rramlab } = inFolder();

interface Entry {
  readonly name: string;
  readonly kind: "run" | "script";
  readonly line: string;
  readonly shownIn: readonly string[];
  readonly figures: Readonly<Record<string, string>>;
  readonly cpuMinutes: number;
  readonly of: string;
}
const { ENTRIES } = (await import(join(root, "scripts", "published-entries.mjs"))) as { ENTRIES: readonly Entry[] };
const { publishedPage, wordsOf } = (await import(join(root, "scripts", "published-page.mjs"))) as {
  publishedPage: () => string;
  wordsOf: (line: string) => string[];
};

const pages = ["README.md", ...readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"))];
const textOf = (page: string): string => readFileSync(join(root, page === "README.md" ? "" : "docs", page), "utf8");
/** Figures whose scripts draw one each, by the scripts' own first line. */
const drawn = ENTRIES.filter(({ line }) => line.startsWith("scripts/")).map(
  ({ line }) => /docs\/figures\/([\w-]+\.png)/.exec(readFileSync(join(root, line), "utf8"))?.[1],
);

describe("what README and docs publish is made by one command", () => {
  test("every figure by exactly one entry", () => {
    const made = [...ENTRIES.flatMap(({ figures }) => Object.keys(figures)), ...drawn].sort();
    expect(made).toEqual(readdirSync(join(root, "docs", "figures")).sort());
  });
  test("every figure is shown on the pages that its entry names, and every page is there", () => {
    for (const { name, shownIn, figures } of ENTRIES) {
      for (const page of shownIn) expect([name, page, pages.includes(page)]).toEqual([name, page, true]);
      for (const figure of Object.keys(figures))
        expect([figure, shownIn.some((page) => textOf(page).includes(figure))]).toEqual([figure, true]);
    }
  });
  test("every bench and script that a page cites is an entry", () => {
    const cited = pages.flatMap((page) =>
      [...textOf(page).matchAll(/`(?:npm run bench -- (\w+)|node (bench\/[\w-]+\.mjs)[^`]*)`/g)].map(
        ([, bench, script]) => script ?? `bench/run.mjs ${bench}`,
      ),
    );
    expect(cited.length).toBeGreaterThan(10);
    expect(cited.filter((line) => !ENTRIES.some((entry) => entry.line.startsWith(line)))).toEqual([]);
  });
  test("names are given once, scripts are there, and times and days are said", () => {
    expect(new Set(ENTRIES.map(({ name }) => name)).size).toBe(ENTRIES.length);
    for (const { kind, line, cpuMinutes, of } of ENTRIES) {
      if (kind === "script") expect([line, existsSync(join(root, line.split(" ")[0]))]).toEqual([line, true]);
      expect(cpuMinutes).toBeGreaterThan(0);
      expect(of).toMatch(/^2026-\d\d-\d\d$/);
    }
  });
  test("the page that lists them is the one that the command makes", async () => {
    expect(readFileSync(join(root, "docs", "published.md"), "utf8")).toBe(publishedPage());
  });
  // The data sets stand for the user's; any will do to see that the command is understood.
  const plannable = ENTRIES.filter(({ kind, line }) => kind === "run" && !line.includes("CIFAR"));
  test.each(plannable.map(({ name, line }) => [name, line]))("%s can be run", async (name, line) => {
    const args = wordsOf(line).map((word) =>
      word === "MNIST" ? "mnist-10k" : word.startsWith("examples/") ? join(packageFolder, word) : word,
    );
    const { status, stderr } = await rramlab("plan", ...args, "--out", name);
    expect([status, stderr.includes("Error")]).toEqual([0, false]);
  });
});
