import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "puppeteer-core";
import { inFolder } from "../experiments/run-rramlab.ts";
import { chromium, drop, noticed, type Overheard, openLab, saved, startBrowser, textOf } from "./browser.ts";

const { json, rramlab, place } = inFolder();
const heard: Overheard = { complaints: [], requests: [] };
const held: { browser?: Browser } = {};
const models = fileURLToPath(new URL("../../models/", import.meta.url));
const model = (name: string): Uint8Array => readFileSync(join(models, name));

/** Chips of each network, once there are at least so many. */
const chips = async (page: Page, atLeast: number, kinds: readonly string[] = ["binary", "ternary"]): Promise<void> => {
  for (const kind of kinds)
    await page.waitForFunction(
      (id, least) => Number(document.getElementById(id)?.dataset["chips"]) >= least,
      { timeout: 120_000 },
      `accuracy-${kind}`,
      atLeast,
    );
};

/** Accuracies of the first chips, by network, from the figure's own numbers. */
const accuraciesOf = async (page: Page, count: number): Promise<Record<string, number[]>> => {
  const [heads, ...rows] = (await saved(page, "#figure-chips .take button"))
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return Object.fromEntries(
    heads.slice(1).map((head, k) => [head, rows.slice(0, count).map((row) => Number(row[k + 1]))]),
  );
};
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

(chromium ? describe : describe.skip)("bench two", () => {
  beforeAll(async () => {
    held.browser = await startBrowser();
  });
  afterAll(async () => {
    await held.browser?.close();
  });
  const open = (hash: string): Promise<Page> => openLab(held.browser as Browser, heard, { hash });

  test.each([
    ["at the strobe that is set", "common", "binary", "ternary"],
    ["each at its best strobe", "best", "binaryBest", "ternaryBest"],
  ])("shows the accuracies of the command that it copies, %s", async (_name, strobes, binary, ternary) => {
    const page = await open(`#bench=network&supply=0.78&strobes=${strobes}&seed=chips`);
    await chips(page, 6);
    await page.click("#copy-command");
    const words = (await textOf(page, "#copied")).split(" ");
    expect(words.slice(0, 4)).toEqual(["npx", "rramlab", "run", "ternary-versus-binary"]);
    const trials = words.indexOf("--trials") + 1;
    expect(Number(words[trials])).toBeGreaterThanOrEqual(6);
    words[trials] = "6";
    const asked = words.slice(2).map((word) => word.replace("models/", models));
    const { rows } = await json(...asked, "--workers", "2", "--out", strobes);
    expect(rows.length).toBe(1);
    const found = await accuraciesOf(page, 6);
    expect(mean(found["binary"])).toBeCloseTo(rows[0][binary], 12);
    expect(mean(found["ternary"])).toBeCloseTo(rows[0][ternary], 12);
    expect(await textOf(page, "#figure-digits h3")).toBe("What chip 0 gets wrong");
    await page.waitForSelector("#figure-digits figure canvas");
    await page.close();
  });

  test("takes a network of the user's, an ONNX file too, and tells what it cannot take", async () => {
    const page = await open("#bench=network&supply=0.8&strobe=4e-9");
    await chips(page, 2);
    await drop(page, "cifar.safetensors", model("cifar-ternary.safetensors"));
    expect(await noticed(page, "cifar.safetensors takes")).toContain("28 x 28");
    await drop(page, "text.safetensors", Buffer.from("no network"));
    await noticed(page, "text.safetensors:");
    await drop(page, "broken.onnx", Buffer.from("no network"));
    await noticed(page, "broken.onnx");
    expect((await rramlab("convert", join(models, "digits-ternary.safetensors"), "--out", "t.onnx")).status).toBe(0);
    await drop(page, "t.onnx", readFileSync(join(place.folder, "t.onnx")));
    await page.waitForFunction(() => document.querySelector(".networks .key")?.textContent === "t.onnx");
    await chips(page, 2, ["ternary"]);
    const clean = await page.$eval(".networks tbody td:nth-of-type(2)", (cell) => (cell as HTMLElement).textContent);
    expect(clean).toBe("93.60 %");
    expect(await page.$("#accuracy-binary")).toBeNull();
    await page.click("#copy-command");
    const words = (await textOf(page, "#copied")).split(" ");
    expect(words.slice(0, 6)).toEqual(["npx", "rramlab", "run", "network-on-chips", "--set", "network=t.onnx"]);
    words[words.indexOf("--trials") + 1] = "2";
    const { rows } = await json(...words.slice(2), "--workers", "2", "--out", "own");
    expect(mean((await accuraciesOf(page, 2))["ternary"])).toBeCloseTo(rows[0].accuracy, 12);
    await page.close();
  });

  test("asked nobody for anything, and had nothing to complain of", () => {
    expect(heard).toEqual({ complaints: [], requests: [] });
  });
});
