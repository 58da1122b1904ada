// Makes the figures, tables and figures of merit that README and docs show.
//   npm run published -- [--data MNIST] [--cifar CIFAR] [--networks NETWORKS] [--measured MEASURED] [--beats BEATS] [NAME ...]    those named, or all of up to 30 CPU minutes
//   npm run published -- --all ...                                    the long ones too
//   npm run published -- --list                                       what there is: docs/published.md, made by this
//   npm run published -- --again NAME ...                             of runs that lie in runs/published, told and drawn by today's code
//   npm run published -- --redraw                                     figures again, of their data, where the drawing changed
//   npm run published -- --compare                                    every table of the pages against what was printed
// What a command printed goes to docs/published/NAME.txt with machine, seed, date and CPU time, its figures to docs/figures,
// its printed tables into the pages; then tables that are laid out by hand are compared, and stale ones named (exit code 1).
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { report } from "rramlab/experiments";
import { chosenFigure, drawAll, drawingOf } from "./draw-figure.mjs";
import { ENTRIES } from "./published-entries.mjs";
import { commandOf, LONG, pages, publishedPage, recordOf, records, root, wordsOf } from "./published-page.mjs";
import { staleTables, withPrintedTables } from "./published-tables.mjs";

/** Words that stand for folders, alone or at the head of a path. */
const FOLDERS = ["MNIST", "CIFAR", "NETWORKS", "MEASURED", "BEATS"];
const FLAGS = { MNIST: "--data", CIFAR: "--cifar", NETWORKS: "--networks", MEASURED: "--measured", BEATS: "--beats" };
const inPlaces = (word, places) =>
  word.replace(/\b(MNIST|CIFAR|NETWORKS|MEASURED|BEATS)\b/g, (name) => places[name] ?? name);
const needs = ({ line }) => FOLDERS.filter((name) => new RegExp(`\\b${name}\\b`).test(line));

/** A run that was made before, told by today's code: what it prints now, with the time and day of its computing. */
const told = async (entry) => {
  const folder = join(root, "runs", "published", entry.name);
  const program = join(root, "dist", "experiments", "command-line", "main.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "report", folder], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr.trim());
  const { figures, plan } = await report(folder);
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  drawAll(
    Object.entries(entry.figures).map(([file, title]) => [
      chosenFigure(figures, title),
      join(root, "docs", "figures", file),
    ]),
  );
  return {
    stdout: stdout.replaceAll(`${root}/`, ""),
    seed: `"${plan.seed}"`,
    seconds: manifest.cpuSeconds,
    date: manifest.finished.slice(0, 10),
    machine: `${manifest.processor} processors, Node ${manifest.node}`,
  };
};

/** Runs one entry: what it printed, the seed, and the CPU time of it and its children [s]. */
const made = async (entry, places) => {
  const args = wordsOf(entry.line).map((word) => inPlaces(word, places));
  const folder = join(root, "runs", "published", entry.name);
  const program = join(root, "dist", "experiments", "command-line", "main.js");
  const command = entry.kind === "run" ? [program, "run", ...args, "--out", folder, "--force"] : args;
  const timed = ["-c", 'TIMEFORMAT="%U %S"; time "$@"', "published", process.execPath, ...command];
  const { status, stdout, stderr } = spawnSync("bash", timed, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(stderr.trim().split("\n").slice(0, -1).join("\n") || `exit code ${status}`);
  const [user, system] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  if (entry.kind === "script") return { stdout, seed: "the script's own, named above", seconds: user + system };
  const { figures, plan } = await report(folder);
  drawAll(
    Object.entries(entry.figures).map(([file, title]) => [
      chosenFigure(figures, title),
      join(root, "docs", "figures", file),
    ]),
  );
  return { stdout: stdout.replaceAll(`${root}/`, ""), seed: `"${plan.seed}"`, seconds: user + system };
};

/** Draws every figure again whose drawing is no longer that of its data. */
const redraw = () => {
  const folder = join(root, "docs", "figures");
  const stale = readdirSync(join(folder, "data"))
    .map((name) => ({ name, ...JSON.parse(readFileSync(join(folder, "data", name), "utf8")) }))
    .filter(({ drawing, figure }) => drawingOf(figure) !== drawing);
  if (stale.length > 0) drawAll(stale.map(({ name, figure }) => [figure, join(folder, name.replace(/json$/, "png"))]));
  console.log(`${stale.length} figures drawn again`);
};

/** Puts printed tables into the pages and names what stands in others and in no record. */
const comparePages = () => {
  for (const file of pages()) {
    const page = join(root, file);
    const text = readFileSync(page, "utf8");
    const renewed = withPrintedTables(text);
    if (renewed !== text) writeFileSync(page, renewed);
    for (const { line, names, words } of staleTables(renewed)) {
      console.error(`${file}:${line}: not printed by ${names.join(", ")}: ${words.join(" | ")}`);
      process.exitCode = 1;
    }
  }
};

const main = async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      list: { type: "boolean" },
      compare: { type: "boolean" },
      again: { type: "boolean" },
      redraw: { type: "boolean" },
      all: { type: "boolean" },
      data: { type: "string" },
      cifar: { type: "string" },
      networks: { type: "string" },
      measured: { type: "string" },
      beats: { type: "string" },
    },
  });
  const unknown = positionals.filter((name) => !ENTRIES.some((entry) => entry.name === name));
  if (unknown.length > 0) {
    console.error(`nothing is called ${unknown.join(", ")}; there are: ${ENTRIES.map(({ name }) => name).join(", ")}`);
    process.exitCode = 2;
    return;
  }
  if (values.redraw) {
    redraw();
    return;
  }
  const page = join(root, "docs", "published.md");
  if (!values.list && !values.compare) {
    const given = {
      MNIST: values.data,
      CIFAR: values.cifar,
      NETWORKS: values.networks,
      MEASURED: values.measured,
      BEATS: values.beats,
    };
    const places = Object.fromEntries(FOLDERS.map((name) => [name, given[name] && resolve(given[name])]));
    const asked = ENTRIES.filter((entry) =>
      positionals.length > 0 ? positionals.includes(entry.name) : values.all || entry.cpuMinutes <= LONG,
    );
    mkdirSync(records, { recursive: true });
    for (const entry of asked) {
      const missing = !values.again && needs(entry).find((name) => !places[name]);
      if (missing) {
        console.log(`${entry.name}: left out, give ${FLAGS[missing]}`);
        continue;
      }
      try {
        const {
          stdout,
          seed,
          seconds,
          date = new Date().toISOString().slice(0, 10),
          machine = `${cpus()[0].model}, ${cpus().length} logical processors, Node ${process.version}`,
        } = values.again ? await told(entry) : await made(entry, places);
        writeFileSync(
          recordOf(entry.name),
          `$ ${commandOf(entry)}\nmachine: ${machine}\nseed: ${seed}\ndate: ${date}\nCPU: ${seconds.toFixed(1)} s\n\n${stdout}`,
        );
        console.log(`${entry.name}: ${seconds.toFixed(1)} CPU s`);
      } catch (error) {
        console.error(`${entry.name}: ${error.message}`);
        process.exitCode = 1;
      }
    }
    const strange = readdirSync(records).filter((file) => !ENTRIES.some(({ name }) => file === `${name}.txt`));
    for (const file of strange) console.log(`docs/published/${file} belongs to nothing that is published: remove it`);
  }
  writeFileSync(page, publishedPage());
  if (values.list) console.log(publishedPage());
  else comparePages();
};

await main();
