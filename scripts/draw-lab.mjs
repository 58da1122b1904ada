// Pictures of the lab for the pages, docs/lab/*.png, in headless Chromium (Debian: apt-get install chromium): node scripts/draw-lab.mjs
import { mkdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { openChromium } from "./open-chromium.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const PICTURES = [
  { name: "read", hash: "#supply=0.8&samples=65536&weight=0", width: 1280, height: 1480 },
  { name: "network", hash: "#bench=network&supply=0.78", width: 1280, height: 1080 },
  { name: "telephone", hash: "#supply=0.8&samples=65536", width: 390, height: 844 },
  { name: "dark", hash: "#supply=0.8&samples=65536&map=temperature", width: 1280, height: 900, dark: true },
];

/** Everything that is asked for is there: nothing on the page says that more is coming. */
const isDone = () => {
  const captions = [...document.querySelectorAll(".caption")].map(({ textContent }) => textContent);
  const isRead = document.getElementById("bench-read") !== null;
  return isRead
    ? captions.some((text) => text.startsWith("192 of 192")) && captions.some((text) => text.includes("All 65,536"))
    : captions.some((text) => text.includes("200 of 200")) && captions.some((text) => text.includes("150 of 150"));
};

mkdirSync(`${root}docs/lab`, { recursive: true });
const browser = await openChromium();
try {
  for (const { name, hash, width, height, dark = false } of PICTURES) {
    const page = await browser.newPage();
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
    await page.goto(`${pathToFileURL(`${root}dist/lab/lab.html`).href}${hash}`);
    await page.waitForFunction(isDone, { timeout: 300_000, polling: 500 });
    await page.screenshot({ path: `${root}docs/lab/${name}.png` });
    await page.close();
  }
} finally {
  await browser.close();
}
