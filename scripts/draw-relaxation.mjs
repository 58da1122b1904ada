// docs/figures/relaxation.png: how the spread of ln R grows at rest, technology C as measured and as modelled, seed "relaxation figure".
// node scripts/draw-relaxation.mjs MEASURED, a folder with techc-relaxation.csv
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { atRest, fold, RELAXATION_C, relaxedResistance, rootKey } from "rramlab";
import { drawFigure } from "./draw-figure.mjs";

const rows = readFileSync(join(process.argv[2], "techc-relaxation.csv"), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((row) => row.split(",").map(Number));
const first = new Map(rows.filter(([, , time, r]) => time === 0 && r > 0).map(([cell, , , r]) => [cell, r]));

const width = (changes) => {
  const sorted = [...changes].sort((a, b) => a - b);
  const at = (p) => sorted[Math.floor(p * (sorted.length - 1))];
  return (at(0.9) - at(0.1)) / 2.563;
};
const MEASURED = [0.01, 0.1, 1, 4, 1e5];
const MODELLED = Array.from({ length: 22 }, (_, k) => 10 ** (-2 + k / 3));
const key = rootKey("relaxation figure");
const series = [1, 8, 16, 31].flatMap((level) => {
  const own = rows.filter(([cell, of, , r]) => Math.abs(of - level) <= 1 && r > 0 && first.has(cell));
  const cells = [...new Set(own.map(([cell]) => cell))];
  const measured = MEASURED.map((t) =>
    width(own.filter(([, , time]) => time === t).map(([cell, , , r]) => Math.log(r / first.get(cell)))),
  );
  const modelled = MODELLED.map((t) =>
    width(
      cells.map((cell) => {
        const r = first.get(cell);
        return Math.log(relaxedResistance(RELAXATION_C, r, atRest(RELAXATION_C, t), fold(key, cell)) / r);
      }),
    ),
  );
  return [
    { name: `level ${level}, measured`, x: MEASURED, y: measured, marks: true, dash: "dot" },
    { name: `level ${level}, model`, x: MODELLED, y: modelled, dash: "solid" },
  ];
});
const figure = {
  title: "Spread of the change of ln R at rest",
  caption: "",
  x: { label: "time since programming", unit: "s", scale: "log" },
  y: { label: "(q90 - q10) / 2.563 of the change of ln R", unit: "", scale: "log" },
  series,
};
drawFigure(figure, fileURLToPath(new URL("../docs/figures/relaxation.png", import.meta.url)));
const at = (name, time) => {
  const { x, y } = series.find((s) => s.name === name);
  return y[x.findIndex((t) => Math.abs(t / time - 1) < 0.01)].toFixed(3);
};
for (const level of [1, 8, 16, 31])
  console.log(
    `level ${level}: ${[0.01, 1, 1e5].map((t) => `${t} s measured ${at(`level ${level}, measured`, t)}, model ${at(`level ${level}, model`, t)}`).join("; ")}`,
  );
