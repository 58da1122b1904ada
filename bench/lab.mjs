// The lab in headless Chromium: from a change to the first waveforms and numbers, samples counted a second on all workers, the longest task of
// the page's own thread, and the size of the file. There is no peer that answers in a browser; its place is null.
import { statSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openChromium } from "../scripts/open-chromium.mjs";
import { conditions, median, printTable } from "./measure.mjs";

const CHANGES = 40;
const file = fileURLToPath(new URL("../dist/lab/lab.html", import.meta.url));

const watch = () => {
  window.lengths = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.lengths.push(duration);
  }).observe({ type: "longtask", buffered: true });
};
/** Longest task over 50 ms since the last look [ms]; 0: none. */
const longest = (page) =>
  page.evaluate(() => {
    const most = Math.max(0, ...window.lengths);
    window.lengths = [];
    return most;
  });

const opened = async (browser, hash) => {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  await page.evaluateOnNewDocument(watch);
  await page.goto(`${pathToFileURL(file).href}${hash}`);
  return page;
};

const samples = (page) => page.$eval("#samples", (element) => Number(element.dataset.samples));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Times from a key that changes the supply until the page shows the first waveforms and the first rates of it [ms]. */
const answers = async (page) => {
  await page.evaluate(() => {
    const bench = document.getElementById("bench-read").dataset;
    window.answers = { waveforms: [], rates: [] };
    let began = 0;
    let before = null;
    document.addEventListener(
      "keydown",
      () => {
        began = performance.now();
        before = { waveforms: bench.waveformsOf, rates: bench.ratesOf };
      },
      true,
    );
    new MutationObserver(() => {
      for (const kind of ["waveforms", "rates"])
        if (before?.[kind] && bench[`${kind}Of`] !== before[kind]) {
          window.answers[kind].push(performance.now() - began);
          before[kind] = null;
        }
    }).observe(document.getElementById("bench-read"), { attributes: true });
  });
  await page.focus("#set-supply");
  for (let i = 0; i < CHANGES; i++) {
    await page.keyboard.press(i % 2 ? "ArrowRight" : "ArrowLeft");
    await pause(300);
  }
  return page.evaluate(() => window.answers);
};

const nineTenths = (values) => [...values].sort((a, b) => a - b)[Math.floor(0.9 * values.length)];

export default async () => {
  const browser = await openChromium();
  try {
    const page = await opened(browser, "#samples=1048576");
    await page.waitForFunction(() => Number(document.getElementById("samples")?.dataset.samples) > 512);
    const atStart = await longest(page);
    const { waveforms, rates } = await answers(page);
    const whileChanged = await longest(page);
    // The map has its samples after that: what is counted then are reads alone.
    await page.waitForFunction(() => document.querySelector("#figure-map .caption")?.textContent?.startsWith("192"), {
      timeout: 300_000,
    });
    const [before, began] = [await samples(page), performance.now()];
    await pause(10_000);
    const perSecond = (1000 * ((await samples(page)) - before)) / (performance.now() - began);
    const counting = await longest(page);
    const workers = Number(await page.$eval("main", ({ dataset }) => dataset.workers));
    await page.close();
    const second = await opened(browser, "#bench=network&supply=0.78");
    await second.waitForFunction(() => Number(document.getElementById("accuracy-ternary")?.dataset.chips) >= 100, {
      timeout: 300_000,
    });
    const network = await longest(second);
    const ms = (value) => `${value.toFixed(0)} ms`;
    const task = (value) => (value === 0 ? "none over 50 ms" : ms(value));
    printTable(
      ["the lab, 1280 x 900", "median", "nine tenths within"],
      [
        ["a key to the first waveforms on the page", ms(median(waveforms)), ms(nineTenths(waveforms))],
        ["a key to the first numbers on the page", ms(median(rates)), ms(nineTenths(rates))],
      ],
    );
    printTable(
      ["longest task of the page's thread", ""],
      [
        ["while it opens", task(atStart)],
        ["while the supply changes", task(whileChanged)],
        ["while reads are counted", task(counting)],
        ["bench two, 100 chips", task(network)],
      ],
    );
    console.log(`${perSecond.toFixed(0)} samples (of three reads) a second on ${workers} workers`);
    console.log(`${(statSync(file).size / 1000).toFixed(0)} kB the whole file`);
    return {
      name: "lab",
      unit: "samples/s",
      ours: Number(perSecond.toPrecision(3)),
      peer: null,
      ratio: null,
      runs: CHANGES,
      conditions: `${conditions().replace("CPU seconds of one thread, medians of interleaved rounds", "Chromium, wall time")}; no peer counts reads in a browser`,
    };
  } finally {
    await browser.close();
  }
};
