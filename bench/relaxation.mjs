// How far the relaxation model of technology C is from the cells that were measured: errors of quantiles of the change of ln R since
// programming, beside the difference between two halves of the cells; correlations between ages; speed.
// node bench/relaxation.mjs MEASURED, a folder with techc-relaxation.csv (cell, level, time, resistance)
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { atRest, fold, RELAXATION_C, relaxedResistance, rootKey } from "rramlab";
import { summariesText } from "rramlab/experiments";
import { conditions } from "./measure.mjs";

const SEED = "bench relaxation";
const DRAWS = 6;
const TIMES = [0.01, 0.1, 1, 4, 1e5];
/** Levels that are taken together: some 700 cells. */
const GROUPS = [
  [1, 3],
  [4, 6],
  [7, 9],
  [10, 12],
  [13, 15],
  [16, 18],
  [19, 21],
  [22, 24],
  [25, 27],
  [28, 31],
];

const cells = new Map();
const rows = readFileSync(join(process.argv[2], "techc-relaxation.csv"), "utf8").trim().split("\n").slice(1);
let negative = 0;
for (const row of rows) {
  const [cell, level, time, resistance] = row.split(",").map(Number);
  if (!(resistance > 0)) negative++;
  else {
    if (!cells.has(cell)) cells.set(cell, { level, resistances: {} });
    cells.get(cell).resistances[time] = resistance;
  }
}
const cellsOf = ([low, high], times) =>
  [...cells].filter(
    ([, { level, resistances: r }]) => level >= low && level <= high && [0, ...times].every((t) => r[t] > 0),
  );
const change = (r0, time, key) => Math.log(relaxedResistance(RELAXATION_C, r0, atRest(RELAXATION_C, time), key) / r0);

const quantile = (sorted, p) => {
  const x = p * (sorted.length - 1);
  const i = Math.floor(x);
  return sorted[i] + (x - i) * ((sorted[i + 1] ?? sorted[i]) - sorted[i]);
};
const median = (list) =>
  quantile(
    [...list].sort((a, b) => a - b),
    0.5,
  );
const ascending = (list) => list.sort((a, b) => a - b);

const PARTS = [
  ["10 to 90 %", [0.1, 0.25, 0.5, 0.75, 0.9]],
  ["5 to 95 %", [0.05, 0.95]],
  ["1 to 99 %", [0.01, 0.99]],
];
const errorsAt = (time) => {
  const own = PARTS.map(() => []);
  const halves = PARTS.map(() => []);
  for (const group of GROUPS) {
    const found = cellsOf(group, [time]);
    const measured = found.map(([, { resistances: r }]) => Math.log(r[time] / r[0]));
    const drawn = found.flatMap(([cell, { resistances: r }]) =>
      Array.from({ length: DRAWS }, (_, k) => change(r[0], time, fold(fold(rootKey(SEED), cell), k))),
    );
    const [one, other] = [0, 1].map((half) => ascending(measured.filter((_, i) => i % 2 === half)));
    ascending(measured);
    ascending(drawn);
    const width = (quantile(measured, 0.9) - quantile(measured, 0.1)) / 2.563;
    const largest = (a, b, ps) => Math.max(...ps.map((p) => Math.abs(quantile(a, p) - quantile(b, p)) / width));
    PARTS.forEach(([, ps], k) => {
      own[k].push(largest(drawn, measured, ps));
      halves[k].push(largest(one, other, ps));
    });
  }
  const shown = (list) => `${median(list).toFixed(2)} / ${Math.max(...list).toFixed(2)}`;
  return [`${time} s`, ...PARTS.flatMap((_, k) => [shown(own[k]), shown(halves[k])])];
};

const ranks = (list) => {
  const order = list.map((x, i) => [x, i]).sort((a, b) => a[0] - b[0]);
  const found = new Array(list.length);
  order.forEach(([, i], k) => {
    found[i] = k;
  });
  return found;
};
const correlation = (a, b) => {
  const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;
  const [p, q] = [mean(a), mean(b)];
  const sum = (of) => a.reduce((total, _, i) => total + of(i), 0);
  return sum((i) => (a[i] - p) * (b[i] - q)) / Math.sqrt(sum((i) => (a[i] - p) ** 2) * sum((i) => (b[i] - q) ** 2));
};
const differences = [];
const correlations = TIMES.flatMap((first, k) =>
  TIMES.slice(k + 1).map((later) => {
    const pairs = GROUPS.map((group) => {
      const found = cellsOf(group, [first, later]);
      const pair = (changes) => correlation(...[first, later].map((t) => ranks(changes(t))));
      const measured = pair((t) => found.map(([, { resistances: r }]) => Math.log(r[t] / r[0])));
      const model = pair((t) =>
        Array.from({ length: DRAWS }, (_, k) => fold(rootKey(`${SEED} paths`), k)).flatMap((own) =>
          found.map(([cell, { resistances: r }]) => change(r[0], t, fold(own, cell))),
        ),
      );
      differences.push(model - measured);
      return [measured, model];
    });
    const mean = (part) => (pairs.reduce((sum, pair) => sum + pair[part], 0) / pairs.length).toFixed(2);
    return [`${first} s`, `${later} s`, mean(0), mean(1)];
  }),
);

/** Low and high levels of pairs, and how far apart an amplifier needs the two resistances. */
const PAIRS = [
  [31, 1],
  [31, 8],
  [31, 16],
  [16, 1],
  [8, 1],
];
const FACTORS = [1, 1.5, 2];
const shareBelow = (low, high, factor) => {
  const sorted = ascending([...high]);
  let sum = 0;
  for (const r of low) {
    let [from, to] = [0, sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (sorted[middle] < factor * r) from = middle + 1;
      else to = middle;
    }
    sum += from;
  }
  return sum / (low.length * high.length);
};
const pairsAt = (time) =>
  PAIRS.map(([low, high]) => {
    const [a, b] = [low, high].map((level) => cellsOf([level, level], [time]));
    const read = (found) => found.map(([, { resistances: r }]) => r[time]);
    const drawn = (found) =>
      found.flatMap(([cell, { resistances: r }]) =>
        Array.from(
          { length: DRAWS },
          (_, k) => r[0] * Math.exp(change(r[0], time, fold(fold(rootKey(`${SEED} pairs`), cell), k))),
        ),
      );
    const [measured, modelled] = [
      [read(a), read(b)],
      [drawn(a), drawn(b)],
    ];
    const shown = (p) => (p === 0 ? "0" : p.toExponential(1));
    return [
      `${low} / ${high}`,
      ...FACTORS.map((f) => `${shown(shareBelow(...measured, f))} / ${shown(shareBelow(...modelled, f))}`),
    ];
  });

const COUNT = 50_000;
const cost = TIMES.map((time) => {
  const key = rootKey(SEED);
  for (let i = 0; i < COUNT / 10; i++) change(1e5, time, fold(key, i));
  const before = process.cpuUsage();
  for (let i = 0; i < COUNT; i++) change(1e5, time, fold(key, i));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / COUNT;
});

console.log(
  summariesText([
    {
      title: "Errors of quantiles, in units of the width: median / largest over ten groups of levels",
      columns: ["age", ...PARTS.flatMap(([name]) => [name, "halves"])],
      rows: TIMES.map(errorsAt),
      notes: [
        `Change of ln R since programming, ${DRAWS} draws a cell from its own first resistance; width: (q90 - q10) / 2.563 of the cells measured. Halves: the same between two halves of the cells, twice what sampling alone makes of all. ${cells.size} cells; ${negative} readings that are not above 0 ohm are left out.`,
      ],
    },
    {
      title: "Rank correlation of a cell's changes at two ages, mean over groups",
      columns: ["age", "later", "measured", "model"],
      rows: correlations,
      notes: [
        `Root mean square of the differences, group by group: ${Math.sqrt(differences.reduce((sum, d) => sum + d * d, 0) / differences.length).toFixed(3)}.`,
      ],
    },
    ...[1, 1e5].map((time) => ({
      title: `Pairs of a low and a high level after ${time} s whose resistances are less than a factor apart: measured / modelled`,
      columns: ["levels", ...FACTORS.map((f) => (f === 1 ? "inverted" : `below ${f}`))],
      rows: pairsAt(time),
      notes: [
        "All cells of one level with all of the other; of about 500 cells a level, a share below 2e-3 is a single cell or none.",
      ],
    })),
  ]),
);
console.log(`\nCPU of a cell at an age: ${TIMES.map((t, k) => `${cost[k].toFixed(1)} us at ${t} s`).join(", ")}`);
console.log(conditions());
