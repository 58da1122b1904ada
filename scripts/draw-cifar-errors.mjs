// Draws docs/figures/cifar-errors.png of the records of cifar-type1, -type2, -type3 and -flips: what the networks of CIFAR-10 that ship
// lose to read errors of one kind, on 20 chips.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { drawFigure } from "./draw-figure.mjs";
import { recordOf, root } from "./published-page.mjs";

const KINDS = {
  "cifar-type1": "ternary, type 1: ±1 with the other sign",
  "cifar-type2": "ternary, type 2: ±1 as 0",
  "cifar-type3": "ternary, type 3: 0 as ±1",
  "cifar-flips": "binary: the other sign",
};

/** Rows of a record's first table: the rate, and the loss with its interval. */
const rowsOf = (name) =>
  [...readFileSync(recordOf(name), "utf8").matchAll(/^([\d.]+) +[\d.]+ \[.*?\] +[\d.]+ +(\S+) \[(\S+), (\S+)\]/gm)].map(
    ([, ...numbers]) => numbers.map(Number),
  );

const series = Object.entries(KINDS).map(([name, label]) => {
  const rows = rowsOf(name);
  const column = (k) => rows.map((row) => row[k]);
  return { name: label, x: column(0), y: column(1), low: column(2), high: column(3), marks: true };
});
drawFigure(
  {
    title: "Accuracy lost to read errors: F = 16, CIFAR-10 (JPEG-75 copy)",
    caption: "",
    x: { label: "rate, of the weights that it can befall", unit: "", scale: "log" },
    y: { label: "accuracy lost", unit: "points", scale: "linear" },
    series,
  },
  join(root, "docs", "figures", "cifar-errors.png"),
);
for (const { name, x, y } of series) console.log(`${name}: ${x.map((rate, k) => `${rate} ${y[k]}`).join(", ")}`);
