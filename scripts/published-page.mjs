// The page that lists what README and docs publish, how it is made, and of which day it is: docs/published.md.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ENTRIES } from "./published-entries.mjs";

/** CPU minutes above which an entry is made only where asked for. */
export const LONG = 30;
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const records = join(root, "docs", "published");
export const recordOf = (name) => join(records, `${name}.txt`);

/** README and the pages of docs, below the root. */
export const pages = () => [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** Day and CPU minutes of the record, where there is one. */
const stateOf = ({ name, cpuMinutes, of }) => {
  if (!existsSync(recordOf(name))) return { of, minutes: cpuMinutes, estimated: true };
  const [, date] = /^date: (\S+)/m.exec(readFileSync(recordOf(name), "utf8")) ?? [];
  const [, seconds] = /^CPU: ([\d.]+) s/m.exec(readFileSync(recordOf(name), "utf8")) ?? [];
  return { of: date, minutes: Number(seconds) / 60, estimated: false };
};

/** The words of a command's line, as a shell takes them apart. */
export const wordsOf = (line) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);

export const commandOf = ({ kind, line }) => (kind === "run" ? `rramlab run ${line}` : `node ${line}`);
const duration = (minutes) =>
  minutes > LONG ? `${Number((minutes / 60).toPrecision(2))} h` : `${Number(minutes.toPrecision(2))} min`;

/** Figures that were drawn before their data was kept, in words; empty where there are none. */
const undated = () => {
  const figures = join(root, "docs", "figures");
  const before = readdirSync(figures).filter(
    (name) => name.endsWith(".png") && !existsSync(join(figures, "data", name.replace(/png$/, "json"))),
  );
  return before.length > 0 ? ` Drawn before that, by runs of hours, and as they were then: ${before.join(", ")}.` : "";
};

/** The page that lists what is published, and of which day it is. */
export const publishedPage = () => {
  const rows = ENTRIES.map((entry) => {
    const { of, minutes, estimated } = stateOf(entry);
    const shown = [...entry.shownIn, ...Object.keys(entry.figures)].join(", ");
    return `| ${entry.name} | \`${commandOf(entry)}\` | ${shown} | ${estimated ? "about " : ""}${duration(minutes)}${minutes > LONG ? " (long)" : ""} | ${of} |`;
  });
  const total = ENTRIES.map((entry) => stateOf(entry).minutes).reduce((a, b) => a + b, 0);
  return `# What is published, and how it is made

\`npm run published -- --data MNIST --cifar CIFAR --networks NETWORKS --measured MEASURED --beats BEATS\` makes every figure, table and figure of merit that README and these pages show, but
those marked long (\`--all\` makes these too); \`npm run published -- NAME ...\` makes some. MNIST and CIFAR are your folders of the
data (\`rramlab data list\`), NETWORKS one of other people's networks (networks-elsewhere.md), MEASURED one of measured cells (relaxation.md), BEATS one of heart beats (medical-networks.md). Studies have the seed "rramlab" unless their file names another; what was printed lies in
published/NAME.txt with machine, seed, date and CPU time, once it was made by this command. It puts the printed tables into the pages that show them and
compares every number of the tables that are laid out by hand with the records (\`--compare\` does this alone; a test too). What a figure shows lies in figures/data, with a digest of its drawing: a test compares it with today's, \`--redraw\`
draws it again.${undated()} All of it together: about ${duration(total)} of CPU.

| name | command | shown in | CPU time | of |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
};
