// Debian's Chromium, headless and driven: for the pictures and the timings of the lab.
import { spawnSync } from "node:child_process";
import { launch } from "puppeteer-core";

const PATHS = ["chromium", "chromium-browser", "google-chrome"];

/** @throws Error where no browser of Chromium's kind is installed. */
export const openChromium = () => {
  const executablePath = PATHS.map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout.trim()).find(
    (path) => path !== "",
  );
  if (!executablePath) throw new Error("no browser of Chromium's kind is here; install one: apt-get install chromium");
  return launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"], headless: true });
};
