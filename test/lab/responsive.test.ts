import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser } from "puppeteer-core";
import { chromium, type Overheard, openLab, samplesOf, startBrowser } from "./browser.ts";

const heard: Overheard = { complaints: [], requests: [] };
const held: { browser?: Browser } = {};

interface Watched {
  readonly longest: number;
  /** Summed length of tasks over 50 ms, of the time watched. */
  readonly share: number;
  readonly tasks: number;
}

(chromium ? describe : describe.skip)("the page while it counts", () => {
  beforeAll(async () => {
    held.browser = await startBrowser();
  });
  afterAll(async () => {
    await held.browser?.close();
  });
  /** Tasks of the page's own thread over 50 ms while something is done. */
  const watched = async (hash: string, work: string, seconds: number): Promise<Watched> => {
    const page = await openLab(held.browser as Browser, heard, { hash });
    if (hash === "") await samplesOf(page, 512);
    else await page.waitForFunction(() => Number(document.getElementById("accuracy-ternary")?.dataset["chips"]) > 5);
    const found = await page.evaluate(
      async (script, time) => {
        const lengths: number[] = [];
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) lengths.push(entry.duration);
        });
        observer.observe({ type: "longtask" });
        const began = performance.now();
        const step = new Function("n", script);
        for (let n = 0; performance.now() - began < 1000 * time; n++) {
          step(n);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const all = performance.now() - began;
        observer.disconnect();
        const sum = lengths.reduce((total, length) => total + length, 0);
        return { longest: Math.max(0, ...lengths), share: sum / all, tasks: lengths.length };
      },
      work,
      seconds,
    );
    await page.close();
    return found;
  };
  const told = (what: string, { longest, tasks }: Watched): void => {
    const length =
      tasks === 0 ? "no task over 50 ms" : `${tasks} tasks over 50 ms, the longest ${longest.toFixed(0)} ms`;
    process.stderr.write(`the lab, ${what}: ${length}\n`);
  };
  const SLIDE = `
    const slider = document.getElementById("set-supply");
    slider.value = String(40 + (n % 40));
    slider.dispatchEvent(new Event("input", { bubbles: true }));`;

  // Shares and not times: a machine with other work is slower by any factor.
  test("is not blocked while a slider moves through forty supplies", async () => {
    const found = await watched("", SLIDE, 4);
    told("bench one", found);
    expect(found.share).toBeLessThan(0.1);
  });
  test("nor while chips come in", async () => {
    const found = await watched("#bench=network&supply=0.78", "", 3);
    told("bench two", found);
    expect(found.share).toBeLessThan(0.1);
  });
  test("and the watch sees a page that is blocked", async () => {
    const blocked = "const until = performance.now() + 80; while (performance.now() < until);";
    expect((await watched("", blocked, 1)).share).toBeGreaterThan(0.3);
  });
});
