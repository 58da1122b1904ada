import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { inFolder } from "../run-rramlab.ts";

const { place, rramlab, json } = inFolder();
const at = (name: string): string => join(place.folder, name);

interface Drawn {
  readonly type: string;
  readonly visible?: boolean;
  readonly dimensions?: readonly { label: string; ticktext?: string[]; values: (number | null)[] }[];
}

const figuresOf = (path: string): { readonly data: readonly Drawn[] }[] => {
  const found = /<script>(\[.*\])\.forEach\(/.exec(readFileSync(path, "utf8"));
  return JSON.parse((found?.[1] ?? "[]").replaceAll("\\u003c", "<"));
};

test("a report with the full set shows maps as surfaces and all points at once, and can be drawn small again", async () => {
  const grid = ["--grid", "supply=0.9V,1.1V", "--grid", "temperature=300.15K,358.15K", "--grid", "corner=tt,sf"];
  const run = await rramlab("run", "pvt", "--trials", "1", "--set", "samples=10", ...grid, "--out", "maps");
  expect(run.status).toBe(0);
  const kinds = (): string[] => figuresOf(at("maps/report.html")).map(({ data }) => data[0].type);
  expect(kinds()).toEqual(["heatmap", "heatmap", "heatmap"]);
  const small = statSync(at("maps/report.html")).size;
  expect((await rramlab("report", "maps", "--figures", "full")).status).toBe(0);
  expect(kinds()).toEqual(["heatmap", "surface", "heatmap", "surface", "heatmap", "surface", "parcoords"]);
  expect(statSync(at("maps/report.html")).size - small).toBeGreaterThan(3e6);
  const surfaces = figuresOf(at("maps/report.html"))[1];
  // A list chooses the map: two corners of three errors, the first is shown.
  expect(surfaces.data.map(({ visible }) => visible)).toEqual([true, false, false, false, false, false]);
  expect((await rramlab("report", "maps")).status).toBe(0);
  expect(kinds()).toEqual(["heatmap", "heatmap", "heatmap"]);
});

test("parallel axes hold the place of each word, temperatures rising, and each number's estimate; one point has none", async () => {
  const drawn = figuresOf(at("maps/report.html"));
  expect(drawn.length).toBe(3);
  await rramlab("report", "maps", "--figures", "full");
  const [{ dimensions }] = figuresOf(at("maps/report.html"))[6].data;
  const named = (name: string) => dimensions?.find(({ label }) => label === name);
  expect(named("corner")?.ticktext).toEqual(["tt", "sf"]);
  expect(named("temperature")?.ticktext).toEqual(["27 °C", "85 °C"]);
  expect(named("corner")?.values.length).toBe(8);
  const { rows } = await json("report", "maps");
  expect(named("fixedMissed")?.values).toEqual(rows.map((r: Record<string, number>) => r["fixedMissed"]));
  await json("run", "pvt", "--trials", "1", "--set", "samples=10", "--grid", "supply=0.9V", "--out", "one");
  await rramlab("report", "one", "--figures", "full");
  expect(figuresOf(at("one/report.html")).some(({ data }) => data[0].type === "parcoords")).toBe(false);
});

test("another set is refused with those that there are", async () => {
  const { status, stderr } = await rramlab("report", "maps", "--figures", "ful");
  expect(status).toBe(2);
  expect(stderr).toContain("Allowed choices are small, full");
});
