import {
  type Cell,
  choice,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  type TableOf,
} from "#src/montecarlo/index";

export const PARAMETERS = {
  weights: choice(["binary", "ternary"], "ternary", "kind of weights", "chosen"),
  rate: quantity("1", 0.1, [0, 1], "of errors", "chosen"),
  seed: quantity("1", 0, [0, 9], "of the training", "chosen"),
} as const satisfies Parameters;
export const NUMBERS = { accuracy: mean("1", "share of images") } as const satisfies Readonly<
  Record<string, NumberSpec>
>;
export type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
export type Params = Table["rows"][number]["at"];

const cell = (estimate: number): Cell => ({
  estimate,
  low: estimate - 0.01,
  high: estimate + 0.01,
  trials: 4,
  events: Number.NaN,
  deviation: 0.1,
  quantiles: [],
});

const row = (at: Params, accuracy: number): Table["rows"][number] => ({
  point: at,
  at,
  numbers: { accuracy: cell(accuracy) },
  trials: 4,
  failed: 0,
  reasons: [],
  facts: [],
});

export const TABLE: Table = {
  axes: ["weights", "rate", "seed"],
  numbers: NUMBERS,
  rows: [
    row({ weights: "ternary", rate: 0.3, seed: 0 }, 0.9),
    row({ weights: "ternary", rate: 0.3, seed: 1 }, 0.92),
    row({ weights: "binary", rate: 0.1, seed: 0 }, 0.8),
    row({ weights: "ternary", rate: 0.1, seed: 0 }, Number.NaN),
  ],
};
