import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { exportOnnx } from "#src/exchange/index";
import { inFolder, packageFolder } from "../experiments/run-rramlab.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { place, rramlab } = inFolder();

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

interface PublishedTable {
  readonly from: number;
  readonly text: string;
  readonly names: readonly string[] | null;
}
const { looksMeasured, printedTable, staleTables, strangers, tablesOf, withPrintedTables } = (await import(
  join(root, "scripts", "published-tables.mjs")
)) as {
  looksMeasured: (table: PublishedTable) => boolean;
  printedTable: (record: string, title: string) => string;
  staleTables: (page: string) => readonly { readonly line: number; readonly words: readonly string[] }[];
  strangers: (table: string, printed: string) => string[];
  tablesOf: (page: string) => readonly PublishedTable[];
  withPrintedTables: (page: string) => string;
};

const pages = ["README.md", ...readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"))];
const textOf = (page: string): string => readFileSync(join(root, page === "README.md" ? "" : "docs", page), "utf8");
/** Figures whose scripts draw one each, by the scripts' own first line. */
const drawn = ENTRIES.filter(({ line }) => line.startsWith("scripts/")).map(
  ({ line }) => /docs\/figures\/([\w-]+\.png)/.exec(readFileSync(join(root, line.split(" ")[0]), "utf8"))?.[1],
);

describe("what README and docs publish is made by one command", () => {
  test("every figure by exactly one entry", () => {
    const made = [...ENTRIES.flatMap(({ figures }) => Object.keys(figures)), ...drawn].sort();
    expect(made).toEqual(
      readdirSync(join(root, "docs", "figures"))
        .filter((name) => name.endsWith(".png"))
        .sort(),
    );
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
  test("every table of measured values says which record it shows, or that it is given", () => {
    const unmarked = pages
      .filter((page) => page !== "published.md")
      .flatMap((page) => tablesOf(textOf(page)).map((table) => ({ page, ...table })))
      .filter((table) => table.names === null && looksMeasured(table) && !/^\s*(?:rramlab|npm) /m.test(table.text));
    expect(unmarked.map(({ page, from }) => `${page}:${from}`)).toEqual([]);
    for (const page of pages)
      for (const { names } of tablesOf(textOf(page)))
        for (const name of names ?? [])
          expect([page, name, ENTRIES.some((entry) => entry.name === name && entry.shownIn.includes(page))]).toEqual([
            page,
            name,
            true,
          ]);
  });
  test("every table shows what its record prints, in its digits, and printed tables word for word", () => {
    const tables = pages.flatMap((page) => tablesOf(textOf(page)).filter(({ names }) => (names?.length ?? 0) > 0));
    expect(tables.length).toBeGreaterThan(30);
    for (const page of pages) expect([page, staleTables(textOf(page))]).toEqual([page, []]);
    for (const page of pages) expect(withPrintedTables(textOf(page))).toBe(textOf(page));
  });
  test("a figure that is printed otherwise, by one digit or as another interval, is a stranger", () => {
    const printed = "weak  1T1R  8.07e-3  [7.93e-3, 8.22e-3]  928 ps\n";
    expect(strangers("| 8.07e-3 [7.93e-3, 8.22e-3] | 0.93 ns |", printed)).toEqual([]);
    expect(strangers("| 8.1e-3 [7.9e-3, 8.2e-3] | 928 ps |", printed)).toEqual([]);
    expect(strangers("| 8.18e-3 [7.93e-3, 8.22e-3] | 0.94 ns |", printed)).toEqual([
      "8.18e-3 [7.93e-3, 8.22e-3]",
      "0.94",
    ]);
    // More digits than were printed are made up.
    expect(strangers("| 8.070e-3 |", printed)).toEqual(["8.070e-3"]);
  });
  test("a printed table is taken with its title and rows, and no further", () => {
    const record = "$ rramlab\n\nTitle, %\n\na  b\n-  -\n1  2\n\nWords after.\n";
    expect(printedTable(record, "Title")).toBe("Title, %\n\na  b\n-  -\n1  2");
    expect(() => printedTable(record, "Other")).toThrow('begins with "Other"');
  });
  // Data sets and networks stand for the user's; any will do to see that the command is understood.
  const anyNetwork = (): string => {
    const dense = { name: "dense1", kind: "dense", outputs: 10, weights: { kind: "binary" }, scale: "none" } as const;
    const input = { shape: { channels: 784, height: 1, width: 1 }, scale: 1 / 255, offset: 0, quantizer: null };
    const file = join(place.folder, "any.onnx");
    const tensors = { "dense1.weight": new Float32Array(7840).fill(1) };
    writeFileSync(file, exportOnnx({ input, layers: [dense], tensors }, "test"));
    return file;
  };
  const plannable = ENTRIES.filter(({ kind, line }) => kind === "run" && !line.includes("CIFAR"));
  test.each(plannable.map(({ name, line }) => [name, line]))("%s can be run", async (name, line) => {
    const args = wordsOf(line).map((word) => {
      if (word === "MNIST") return "mnist-10k";
      if (word === "BEATS") return "synthetic-beats";
      if (word.startsWith("network=NETWORKS/")) return `network=${anyNetwork()}`;
      if (word.startsWith("network=models/")) return `network=${join(root, word.slice("network=".length))}`;
      return word.startsWith("examples/") ? join(packageFolder, word) : word;
    });
    const { status, stderr } = await rramlab("plan", ...args, "--out", name);
    expect([status, stderr.includes("Error")]).toEqual([0, false]);
  });
});
