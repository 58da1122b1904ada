// docs/figures/crossbar-maps.png: node voltages of a 64 x 64 array with lines of 4 ohm a cell, half of the devices 10 kohm,
// half 150 kohm, all inputs at 0.2 V, seed "crossbar maps". node scripts/draw-maps.mjs
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCrossbarSolver, parseCrossbar, rootKey, uniform } from "rramlab";
import { crossbarMaps } from "../dist/experiments/command-line/crossbar-maps.js";
import { drawFigure } from "./draw-figure.mjs";

const SIZE = 64;
const key = rootKey("crossbar maps");
const array = {
  rows: SIZE,
  columns: SIZE,
  wordLineResistance: 4,
  bitLineResistance: 4,
  resistances: Array.from({ length: SIZE }, (_, i) =>
    Array.from({ length: SIZE }, (_, j) => (uniform(key, i * SIZE + j) < 0.5 ? 10e3 : 150e3)),
  ),
  inputs: [new Array(SIZE).fill(0.2)],
};
const parsed = parseCrossbar(array, "crossbar maps");
const solver = createCrossbarSolver(parsed.design, { nodes: true });
solver.program(parsed.conductances);
const solution = solver.solve(parsed.inputs[0], { tolerance: 1e-9 });
if (!solution.ok) throw new Error(solution.reason);
const [voltages] = crossbarMaps(parsed, parsed.inputs[0], solver.nodeVoltages());
const figures = fileURLToPath(new URL("../docs/figures/", import.meta.url));
drawFigure(voltages, join(figures, "crossbar-maps.png"));
console.log(`${voltages.title}: ${voltages.caption}`);
