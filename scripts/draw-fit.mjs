// docs/figures/fit.png: examples/resistances.csv, made up (400 resistances a state; of the high ones 6 % lie in a lower tail, a lognormal about
// 60 kohm beside one about 350 kohm), against the quantiles of what `rramlab fit` makes of them. node scripts/draw-fit.mjs
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fitDevice } from "../dist/experiments/fit/fit-device.js";
import { fitFigures } from "../dist/experiments/fit/fit-report.js";
import { readTable } from "../dist/experiments/fit/tables/read-table.js";
import { chosenFigure, drawFigure } from "./draw-figure.mjs";

const examples = fileURLToPath(new URL("../examples/", import.meta.url));
const fitted = await fitDevice(await readTable(join(examples, "resistances.csv"), ""), {
  seed: "rramlab",
  condition: null,
  family: null,
  name: null,
  skip: false,
});
const figure = chosenFigure(fitFigures(fitted), "HRS");
const figures = fileURLToPath(new URL("../docs/figures/", import.meta.url));
drawFigure(figure, join(figures, "fit.png"));
console.log(`${figure.title}: LRS ${fitted.chosen.lrs}, HRS ${fitted.chosen.hrs}`);
