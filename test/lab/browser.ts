import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, launch, type Page } from "puppeteer-core";
import { packageFolder } from "../experiments/run-rramlab.ts";

/** A browser of Chromium's kind; undefined: there is none. */
export const chromium = ["chromium", "chromium-browser", "google-chrome"]
  .map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout?.trim())
  .find((path) => path);
if (!chromium) console.warn("skipped: the lab in a browser; install one: apt-get install chromium");

/** The built page, as a file in a folder. */
export const labFile = join(packageFolder, "dist", "lab", "lab.html");
const address = pathToFileURL(labFile).href;

/** What pages said and asked for that nobody should hear of. */
export interface Overheard {
  readonly complaints: string[];
  readonly requests: string[];
}

export const startBrowser = (): Promise<Browser> =>
  launch({ executablePath: chromium as string, args: ["--no-sandbox", "--disable-gpu"], headless: true });

interface Opening {
  readonly hash?: string;
  readonly width?: number;
  /** Run in the page before everything else. */
  readonly before?: () => void;
  readonly at?: string;
}

/** The lab in a page of its own. */
export const openLab = async (browser: Browser, heard: Overheard, opening: Opening = {}): Promise<Page> => {
  const { hash = "", width = 1280, before, at = address } = opening;
  const page = await browser.newPage();
  await page.setViewport({ width, height: 900 });
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) heard.complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => heard.complaints.push((error as Error).message));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("blob:") && !url.startsWith("data:") && url.split("#")[0] !== at) heard.requests.push(url);
  });
  if (before) await page.evaluateOnNewDocument(before);
  await page.goto(`${at}${hash}`);
  return page;
};

/** Text of an element. */
export const textOf = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (element) => (element as HTMLElement).textContent.trim());

/** The samples that are counted, once there are at least so many. */
export const samplesOf = async (page: Page, atLeast: number): Promise<number> => {
  await page.waitForFunction(
    (least) => Number(document.getElementById("samples")?.dataset["samples"]) >= least,
    { timeout: 120_000 },
    atLeast,
  );
  return page.$eval("#samples", (element) => Number((element as HTMLElement).dataset["samples"]));
};

/** What a button saves: the text of its file. */
export const saved = async (page: Page, selector: string): Promise<string> => {
  await page.evaluate(() => {
    const kept = window as unknown as { saved?: Blob };
    URL.createObjectURL = (blob) => {
      kept.saved = blob as Blob;
      return "blob:kept";
    };
    HTMLAnchorElement.prototype.click = () => {};
  });
  await page.$eval(selector, (button) => (button as HTMLElement).click());
  await page.waitForFunction(() => "saved" in window);
  return page.evaluate(async () => {
    const kept = window as unknown as { saved?: Blob };
    const blob = kept.saved as Blob;
    delete kept.saved;
    return blob.type.startsWith("image/png") ? `PNG of ${blob.size} bytes` : blob.text();
  });
};

/** Drops a file on the page. */
export const drop = (page: Page, name: string, bytes: Uint8Array): Promise<void> =>
  page.evaluate(
    (called, base64) => {
      const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], called));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    },
    name,
    Buffer.from(bytes).toString("base64"),
  );

/** Waits for a notice that holds this text, and tells all notices. */
export const noticed = async (page: Page, text: string): Promise<string> => {
  await page.waitForFunction(
    (wanted) => (document.querySelector(".notices") as HTMLElement | null)?.textContent.includes(wanted),
    { timeout: 60_000 },
    text,
  );
  return textOf(page, ".notices");
};
