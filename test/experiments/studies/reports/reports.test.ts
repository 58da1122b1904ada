import { expect, test } from "@jest/globals";
import { paramsAt } from "#src/montecarlo/index";
import { loadStudy, studyNames } from "../../../../experiments/registry.ts";
import { summariesOf } from "../../../../experiments/run/finish.ts";
import { type Asked, type Kind, madeTable, smallPlan } from "./made-table.ts";
import { watchedImage } from "./watched-image.ts";
import { writtenReport } from "./written-report.ts";

/** What is asked of a study whose own grid, cut to two values of each axis, shows too little of its report. */
const ASKED: Readonly<Record<string, readonly Asked[]>> = {
  "accuracy-versus-errors": [
    {},
    {
      grid: {
        weights: ["ternary", "binary"],
        error: ["type1"],
        rate: [0.3, 0.01, 0.1],
        widths: ["784-16-10"],
        seed: [0],
      },
    },
  ],
  "analog-versus-digital": [{}, { grid: { tile: [64, 128], seed: [0] } }],
  "array-size-limit": [{ grid: { rows: [16, 256, 1024] } }, { grid: { supply: [0.9, 1.1] } }],
  eqspike: [{ grid: { epoch: [1, 2, 3, 5, 10, 20, 30], seed: [0, 1, 2] } }],
  "eqspike-gradients": [{}, { grid: { epoch: [5, 0, 1], layer: [1], seed: [0, 1] } }],
  "eqspike-plasticity": [{}, { grid: { delay: [10, -7, 3, -3, -10, 11], seed: [0, 1] } }],
  "ernoult-2019": [{}, { grid: { model: ["P-1h"], epoch: [25, 4, 1, 2, 3, 10, 20], seed: [0, 1, 2] } }],
  "eqspike-dynamics": [{}, { grid: { image: [3, 10] } }],
  "ep-on-rram": [
    {},
    { grid: { nonlinearity: [1, 2], seed: [0, 1] }, set: { method: "backpropagation", asymmetry: 0.3 } },
  ],
  gdu: [{}, { grid: { beta: [0.1, 0.003, 0.01], layer: [2, 1], step: [0] } }, { grid: { step: [1, 2] } }],
  "laborieux-2020": [
    { grid: { filters: [16, 8], weights: ["binary", "ternary"], seed: [0, 1, 2], epoch: [6] } },
    { grid: { weights: ["float"], activation: ["relu"], seed: [0, 1], epoch: [1, 6] } },
  ],
  "memory-error-rate": [{ grid: { device: ["strong", "weak"], lrsMedianFactor: [1, 2] } }],
  "network-accuracy": [
    { grid: { widths: ["784-16-10", "784-64-10"], weights: ["float", "binary", "ternary"], seed: [0, 1, 2] } },
    { grid: { weights: ["binary", "ternary"], seed: [0] } },
  ],
  pvt: [
    {
      grid: {
        corner: ["tt", "ss"],
        supply: [0.6, 0.9, 1.2],
        temperature: [233.15, 300.15],
      },
    },
  ],
  "sense-errors": [{}, { grid: { bitLineCapacitance: [10e-15, 40e-15], temperature: [273.15, 358.15] } }],
  sensitivity: [{ grid: { input: ["lrsMedian", "mismatch", "supply", "strobe", "hrsSpread"] } }],
  "ternary-versus-binary": [
    { grid: { supply: [0.8, 1.2, 1], corner: ["tt", "ss"], seed: [0, 1, 2] } },
    { grid: { supply: [0.8, 1], seed: [0] } },
  ],
};

const KINDS: readonly Kind[] = ["middling", "extreme"];

const cases = studyNames().flatMap((name) =>
  (ASKED[name] ?? [{}]).flatMap((asked, i) => KINDS.map((kind) => ({ name, nth: i + 1, asked, kind }))),
);

// Snapshots: they say that a report changed, not that it is right.
test.each(cases)("the report of $name on made-up numbers, $kind, grid $nth", async ({ name, asked, kind }) => {
  const study = await loadStudy(name);
  if (!study) throw new Error(name);
  const plan = smallPlan(study, asked);
  const table = madeTable(study, plan, kind);
  const points = plan.points.map((_, i) => paramsAt(plan, i));
  expect(
    writtenReport(
      summariesOf(plan, study, table),
      study.figures?.(table, plan.params, watchedImage) ?? [],
      kind === "middling" ? (study.notes?.(plan.params, points) ?? []) : [],
    ),
  ).toMatchSnapshot();
});
