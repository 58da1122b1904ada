// docs/figures/fit.png: 400 resistances of which 6 % lie in a lower tail (a lognormal about 60 kohm beside one about 350 kohm),
// seed "fit figure", against the quantiles of what `rramlab fit` makes of them. node scripts/draw-fit.mjs
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fold, logNormal, rootKey, uniform } from "rramlab";
import { fitDevice } from "../dist/experiments/fit/fit-device.js";
import { fitFigures } from "../dist/experiments/fit/fit-report.js";
import { readTable } from "../dist/experiments/fit/tables/read-table.js";
import { chosenFigure, drawFigure } from "./draw-figure.mjs";

const folder = mkdtempSync(join(tmpdir(), "rramlab-fit-"));
const key = rootKey("fit figure");
const rows = Array.from({ length: 400 }, (_, i) => {
  const tail = uniform(fold(key, "tail"), i) < 0.06;
  const high = logNormal(fold(key, "high"), tail ? 60e3 : 350e3, tail ? 0.3 : 0.25, i);
  return `LRS,${logNormal(fold(key, "low"), 8e3, 0.15, i)}\nHRS,${high}`;
});
writeFileSync(join(folder, "drawn.csv"), `state,ohm\n${rows.join("\n")}\n`);
const fitted = await fitDevice(await readTable(join(folder, "drawn.csv"), ""), {
  seed: "rramlab",
  condition: null,
  family: null,
  name: null,
  skip: false,
});
rmSync(folder, { recursive: true, force: true });
const figure = chosenFigure(fitFigures(fitted), "HRS");
const figures = fileURLToPath(new URL("../docs/figures/", import.meta.url));
drawFigure(figure, join(figures, "fit.png"));
console.log(`${figure.title}: LRS ${fitted.chosen.lrs}, HRS ${fitted.chosen.hrs}`);
