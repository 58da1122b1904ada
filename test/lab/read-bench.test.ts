import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "puppeteer-core";
import { RRAM_SETS } from "#devices/index";
import { inFolder } from "../experiments/run-rramlab.ts";
import { chromium, drop, noticed, type Overheard, openLab, samplesOf, saved, startBrowser, textOf } from "./browser.ts";

const { json } = inFolder();
const heard: Overheard = { complaints: [], requests: [] };
const held: { browser?: Browser } = {};
const lab = (opening: Parameters<typeof openLab>[2] = {}): Promise<Page> =>
  openLab(held.browser as Browser, heard, opening);

/** Words of a shell's line, single quotes undone. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|\\'|[^\s'\\])+/g)].map(([word]) =>
    word.replaceAll("\\'", "\u0000").replaceAll("'", "").replaceAll("\u0000", "'"),
  );

const eventsOf = (page: Page, name: string): Promise<{ events: number; of: number }> =>
  page.$eval(`#rate-${name}`, (cell) => {
    const { events, of } = (cell as HTMLElement).dataset;
    return { events: Number(events), of: Number(of) };
  });

/** Waits for the first numbers of so many settings, the one at the start among them. */
const answered = (page: Page, settings: number) =>
  page.waitForFunction(
    (wanted) => Number(document.querySelector<HTMLElement>("#bench-read")?.dataset["ratesOf"]) >= wanted,
    {},
    settings,
  );

/** Sets a field of the page by typing. */
const type = async (page: Page, name: string, text: string): Promise<void> => {
  await page.click(`#set-${name}-typed`, { count: 3 });
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
};

(chromium ? describe : describe.skip)("bench one, from a file in a folder", () => {
  beforeAll(async () => {
    held.browser = await startBrowser();
  });
  afterAll(async () => {
    await held.browser?.close();
  });

  test("shows the numbers of the command that it copies", async () => {
    const page = await lab({ hash: "#supply=0.78&device=weak&samples=16384&seed=it's me" });
    expect(await samplesOf(page, 16384)).toBe(16384);
    await page.click("#copy-command");
    const words = wordsOf(await textOf(page, "#copied"));
    expect(words.slice(0, 4)).toEqual(["npx", "rramlab", "run", "sense-errors"]);
    expect(words.slice(-4)).toEqual(["--trials", "16384", "--seed", "it's me"]);
    const [row] = (await json(...words.slice(2), "--workers", "2", "--out", "copied")).rows;
    const csv = (await saved(page, "#figure-rates .take button")).split("\n").map((line) => line.split(","));
    for (const name of ["type1", "type2", "type3", "binaryFlip"]) {
      const { events, of } = await eventsOf(page, name);
      expect([name, events / of]).toEqual([name, row[name]]);
      const line = csv.find(([number]) => number === name) as string[];
      expect(line.slice(1, 4).map(Number)).toEqual([row[name], row[`${name}_low`], row[`${name}_high`]]);
    }
    expect(row.type2).toBeGreaterThan(0.05);
    await page.close();
  });

  test("answers the keyboard: value, address, waveforms and numbers follow a slider", async () => {
    const page = await lab();
    await samplesOf(page, 64);
    const before = await eventsOf(page, "type3");
    await page.focus("#set-supply");
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() => location.hash === "#supply=0.86");
    expect(await page.$eval("#set-supply-typed", (field) => (field as HTMLInputElement).value)).toBe("0.86 V");
    expect(await page.$eval("#set-supply", (field) => field.getAttribute("aria-valuetext"))).toBe("0.86 V");
    expect(await textOf(page, "#figure-schematic svg text")).toBe("supply 0.86 V");
    await answered(page, 5);
    const counted = await samplesOf(page, 256);
    const after = await eventsOf(page, "type3");
    expect(after.of).toBeGreaterThanOrEqual(counted);
    expect(after.events / after.of).not.toBe(before.events / before.of);
    // What was copied belongs to the setting that it was copied of.
    await page.click("#copy-command");
    expect(await textOf(page, "#copied")).toContain("supply=0.86");
    await page.focus("#set-supply");
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.getElementById("copied") === null);
    await page.close();
  });

  test("takes a typed value with its unit, and tells one that cannot be", async () => {
    const page = await lab();
    await type(page, "strobe", "4.5 ns");
    await page.waitForFunction(() => location.hash === "#strobe=4.5e-9");
    await type(page, "lrsMedianFactor", "20k");
    await page.waitForFunction(() => location.hash.includes("lrsMedianFactor=2"));
    await type(page, "supply", "2 V");
    expect(await textOf(page, ".fault")).toBe("2 V is outside the range; expected 0.3 V to 1.5 V, e.g. 0.85 V.");
    await type(page, "supply", "fast");
    expect(await textOf(page, ".fault")).toBe('"fast" is no such quantity; expected 0.3 V to 1.5 V, e.g. 0.85 V.');
    await page.keyboard.press("Escape");
    expect(await page.$(".fault")).toBeNull();
    await type(page, "supply", "2 V");
    await page.click("#start-over");
    await page.waitForFunction(() => document.querySelector(".fault") === null && location.hash === "");
    await type(page, "strobe", "3.2e-9");
    await page.waitForFunction(() => location.hash === "#strobe=3.2e-9");
    await page.click("#start-over");
    await page.waitForFunction(() => location.hash === "");
    expect(await page.$eval("#set-supply-typed", (field) => (field as HTMLInputElement).value)).toBe("0.9 V");
    await page.close();
  });

  test("drags the strobe, and moves it by the keyboard", async () => {
    const page = await lab();
    await samplesOf(page, 64);
    const line = await page.waitForSelector(".strobe");
    const box = await line?.boundingBox();
    if (!box) throw new Error("no strobe");
    await page.mouse.move(box.x, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 60, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await page.waitForFunction(() => /strobe=/.test(location.hash));
    const dragged = await page.$eval(".strobe", (element) => Number(element.getAttribute("aria-valuenow")));
    expect(dragged).toBeGreaterThan(4e-9);
    await page.focus(".strobe");
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(
      (now) => Number(document.querySelector(".strobe")?.getAttribute("aria-valuenow")) < now,
      {},
      dragged,
    );
    await page.close();
  });

  test("a link restores what was set, and the same numbers", async () => {
    const first = await lab({ hash: "#supply=0.8&samples=16384" });
    await samplesOf(first, 16384);
    await type(first, "temperature", "85");
    await first.waitForFunction(() => location.hash.includes("temperature"));
    await answered(first, 2);
    await samplesOf(first, 16384);
    await first.click("#copy-link");
    const link = await textOf(first, "#copied");
    const second = await lab({ hash: link.slice(link.indexOf("#")) });
    expect(await samplesOf(second, 16384)).toBe(16384);
    expect(await second.$eval("#set-temperature-typed", (field) => (field as HTMLInputElement).value)).toBe("85 °C");
    for (const name of ["type1", "type2", "type3", "binaryFlip"])
      expect([name, await eventsOf(second, name)]).toEqual([name, await eventsOf(first, name)]);
    await first.close();
    await second.close();
  });

  test("tells what of a link is nonsense, and works all the same", async () => {
    const page = await lab({ hash: "#supply=9&corner=xx&what=1&device=mine" });
    const told = await noticed(page, "supply: 9 V is outside 0.3 .. 1.5 V");
    for (const part of ["corner", '"what" is nothing that can be set here', 'device: "mine"'])
      expect(told).toContain(part);
    expect(await samplesOf(page, 64)).toBeGreaterThan(0);
    await page.close();
  });

  test("reads a device that is dropped on it, holds it in its link, and tells one that is none", async () => {
    const place = mkdtempSync(join(tmpdir(), "rramlab-dropped-"));
    try {
      const page = await lab({ hash: "#supply=0.8&samples=16384" });
      await samplesOf(page, 64);
      await drop(page, "broken.json", Buffer.from('{"name": '));
      expect(await noticed(page, "broken.json is no JSON")).toContain("A device is a file as");
      await drop(page, "other.json", Buffer.from('{"name": "x"}'));
      await noticed(page, "other.json");
      await drop(page, "notes.txt", Buffer.from("hello"));
      await noticed(page, "notes.txt is neither a device (.json) nor a network");
      expect(await page.$eval("#set-device", (field) => (field as HTMLSelectElement).value)).toBe("reference");
      const mine = { ...RRAM_SETS.weak, name: "mine", lrs: { ...RRAM_SETS.weak.lrs, medianResistance: 30e3 } };
      writeFileSync(join(place, "mine.json"), JSON.stringify(mine));
      const [field] = await Promise.all([page.waitForSelector("#device-file"), page.$("#device-file")]);
      await (field as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(join(place, "mine.json"));
      await page.waitForFunction(
        () => (document.getElementById("set-device") as HTMLSelectElement | null)?.value === "mine.json",
      );
      expect(await page.$eval("#set-lrsMedianFactor-typed", (element) => (element as HTMLInputElement).value)).toBe(
        "30 kΩ",
      );
      await page.waitForFunction(() => location.hash.includes("deviceFile="));
      await answered(page, 2);
      await samplesOf(page, 16384);
      const again = await lab({ hash: new URL(page.url()).hash });
      await samplesOf(again, 16384);
      expect(await eventsOf(again, "type2")).toEqual(await eventsOf(page, "type2"));
      const [row] = (
        await json(
          ...["run", "sense-errors", "--set", "supply=0.8", "--device", join(place, "mine.json")],
          ...["--trials", "16384", "--workers", "2", "--out", "mine"],
        )
      ).rows;
      const { events, of } = await eventsOf(again, "type2");
      expect(events / of).toBe(row.type2);
      await page.close();
      await again.close();
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });

  test("gives its figures as pictures and numbers", async () => {
    const page = await lab({ hash: "#supply=0.8" });
    await samplesOf(page, 64);
    await page.waitForFunction(() => document.querySelectorAll("#figure-waveforms canvas").length === 3);
    await page.waitForFunction(() =>
      /^[1-9]\d* of 192/.test((document.querySelector("#figure-map .caption") as HTMLElement).textContent),
    );
    expect(await saved(page, "#figure-waveforms .take button:last-child")).toMatch(/^PNG of \d{4,} bytes$/);
    const waveforms = await saved(page, "#figure-waveforms .take button");
    expect(waveforms.split("\n")[0].split(",").length).toBeGreaterThan(1 + 2 * 72);
    expect(await saved(page, "#figure-map .take button")).toMatch(
      /^supply_V,strobe_s,misread,type 1.*,seed,technology,corner,temperature/,
    );
    const schematic = await saved(page, "#figure-schematic .take button");
    expect(schematic).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(schematic).not.toContain("var(--");
    await page.close();
  });

  test("leads through five steps by the keyboard", async () => {
    const page = await lab();
    await page.focus("#tour");
    await page.keyboard.press("Enter");
    const titles: string[] = [];
    for (let step = 0; step < 5; step++) {
      await page.waitForFunction(
        (n) => (document.querySelector(".tour h2") as HTMLElement | null)?.textContent.startsWith(`${n} of 5`),
        {},
        step + 1,
      );
      titles.push(await textOf(page, ".tour h2"));
      await page.focus(".tour .main");
      await page.keyboard.press("Enter");
    }
    await page.waitForFunction(() => document.querySelector(".tour") === null);
    expect(new Set(titles).size).toBe(5);
    await page.waitForSelector("#bench-network");
    await page.close();
  });

  test.each([1280, 390])("fits %d pixels, names all its controls and does not jump", async (width) => {
    const page = await lab({
      width,
      before: () => {
        const seen = window as unknown as { jumped: number };
        seen.jumped = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) seen.jumped += (entry as unknown as { value: number }).value;
        }).observe({ type: "layout-shift", buffered: true });
      },
    });
    await samplesOf(page, 64);
    // What the figures first draw is there: from here on nothing moves but numbers.
    await page.evaluate(() => {
      (window as unknown as { jumped: number }).jumped = 0;
    });
    await page.focus("#set-supply");
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowLeft");
    await samplesOf(page, 256);
    expect(await page.evaluate(() => (window as unknown as { jumped: number }).jumped)).toBeLessThan(0.02);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const unnamed = await page.$$eval("button, input, select, canvas, svg, [role]", (all) =>
      all
        .filter((element) => {
          const labels = (element as HTMLInputElement).labels;
          const named =
            element.getAttribute("aria-label") ||
            (element as HTMLElement).textContent?.trim() ||
            (labels && [...labels].some((label) => label.textContent.trim() !== ""));
          return !named && !element.closest("[role=img]:not(svg):not(canvas)");
        })
        .map((element) => element.outerHTML.slice(0, 120)),
    );
    expect(unnamed).toEqual([]);
    await page.close();
  });

  test.each([
    ["workers", () => Reflect.deleteProperty(window, "Worker"), "web workers"],
    [
      "SIMD",
      () => {
        WebAssembly.validate = () => false;
      },
      "WebAssembly with SIMD",
    ],
    ["WebAssembly", () => Reflect.deleteProperty(window, "WebAssembly"), "WebAssembly with SIMD"],
  ] as const)("says in a sentence what it misses without %s", async (_name, before, lacks) => {
    const page = await lab({ before });
    await page.waitForFunction(() => document.getElementById("lab")?.textContent?.includes("The lab needs"));
    expect(await textOf(page, "#lab")).toContain(`The lab needs ${lacks}`);
    await page.close();
  });

  test("asked nobody for anything, and had nothing to complain of", () => {
    expect(heard).toEqual({ complaints: [], requests: [] });
  });
});
