// Makes the figures, tables and figures of merit that README and docs show.
//   npm run published -- [--data MNIST] [--cifar CIFAR] [--networks NETWORKS] [--measured MEASURED] [NAME ...]    those named, or all of up to 30 CPU minutes
//   npm run published -- --all ...                                    the long ones too
//   npm run published -- --list                                       what there is: docs/published.md, made by this
//   npm run published -- --compare                                    every table of the pages against what was printed
// What a command printed goes to docs/published/NAME.txt with machine, seed, date and CPU time, its figures to docs/figures,
// its printed tables into the pages; then tables that are laid out by hand are compared, and stale ones named (exit code 1).
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { report } from "rramlab/experiments";
import { chosenFigure, drawFigure } from "./draw-figure.mjs";
import { ENTRIES } from "./published-entries.mjs";
import { commandOf, LONG, pages, publishedPage, recordOf, records, root, wordsOf } from "./published-page.mjs";
import { staleTables, withPrintedTables } from "./published-tables.mjs";

/** Words that stand for folders, alone or at the head of a path. */
const FOLDERS = ["MNIST", "CIFAR", "NETWORKS", "MEASURED"];
const FLAGS = { MNIST: "--data", CIFAR: "--cifar", NETWORKS: "--networks", MEASURED: "--measured" };
const inPlaces = (word, places) => word.replace(/\b(MNIST|CIFAR|NETWORKS|MEASURED)\b/g, (name) => places[name] ?? name);
const needs = ({ line }) => FOLDERS.filter((name) => new RegExp(`\\b${name}\\b`).test(line));

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
  for (const [file, title] of Object.entries(entry.figures))
    drawFigure(chosenFigure(figures, title), join(root, "docs", "figures", file));
  return { stdout: stdout.replaceAll(`${root}/`, ""), seed: `"${plan.seed}"`, seconds: user + system };
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
      all: { type: "boolean" },
      data: { type: "string" },
      cifar: { type: "string" },
      networks: { type: "string" },
      measured: { type: "string" },
    },
  });
  const unknown = positionals.filter((name) => !ENTRIES.some((entry) => entry.name === name));
  if (unknown.length > 0) {
    console.error(`nothing is called ${unknown.join(", ")}; there are: ${ENTRIES.map(({ name }) => name).join(", ")}`);
    process.exitCode = 2;
    return;
  }
  const page = join(root, "docs", "published.md");
  if (!values.list && !values.compare) {
    const given = { MNIST: values.data, CIFAR: values.cifar, NETWORKS: values.networks, MEASURED: values.measured };
    const places = Object.fromEntries(FOLDERS.map((name) => [name, given[name] && resolve(given[name])]));
    const asked = ENTRIES.filter((entry) =>
      positionals.length > 0 ? positionals.includes(entry.name) : values.all || entry.cpuMinutes <= LONG,
    );
    mkdirSync(records, { recursive: true });
    for (const entry of asked) {
      const missing = needs(entry).find((name) => !places[name]);
      if (missing) {
        console.log(`${entry.name}: left out, give ${FLAGS[missing]}`);
        continue;
      }
      try {
        const { stdout, seed, seconds } = await made(entry, places);
        const date = new Date().toISOString().slice(0, 10);
        const machine = `${cpus()[0].model}, ${cpus().length} logical processors, Node ${process.version}`;
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
