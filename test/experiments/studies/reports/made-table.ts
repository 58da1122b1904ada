import {
  type AnyExperiment,
  type Cell,
  type NumberSpec,
  type Plan,
  paramsAt,
  planRun,
  type Table,
  type Value,
  type Values,
} from "#src/montecarlo/index";
import { expectDataSets } from "../../../../experiments/files/data-sets.ts";

/** What is asked of a study beside its defaults. */
export interface Asked {
  readonly set?: Values;
  readonly grid?: Readonly<Record<string, readonly Value[]>>;
}

/** Values of an axis that are kept of a study's own grid. */
const KEPT = 2;

const few = (values: readonly Value[]): readonly Value[] =>
  values.length <= KEPT ? values : [values[0], ...values.slice(1 - KEPT)];

/** The plan of a study over a corner of its grid: two values of each axis. */
export const smallPlan = (study: AnyExperiment, { set = {}, grid }: Asked): Plan => {
  expectDataSets([]);
  const plan = planRun(
    {
      ...study,
      grid: (params) =>
        (study.grid?.(params) ?? [{}]).map((axes) =>
          Object.fromEntries(Object.entries(axes).map(([axis, values]) => [axis, few(values)])),
        ),
      replicates: (params) =>
        Object.fromEntries(
          Object.entries(study.replicates?.(params) ?? {}).map(([axis, values]) => [axis, few(values)]),
        ),
    },
    {
      seed: "made",
      set,
      grid: grid ?? null,
      varied: {},
      sampling: "independent",
      trials: null,
      precision: null,
      keepTrials: false,
      module: "m",
      hash: "h",
      dataSet: (asked) => ({ asked, name: asked, train: 700, test: 70, pixels: 49, classes: 10, sha256: "0" }),
      network: (asked) => ({ asked, described: asked, layers: [], trained: null, imported: null, sha256: "0" }),
      device: () => null,
      arithmetic: {},
    },
  );
  expectDataSets(plan.dataSets);
  return plan;
};

/** Golden-ratio sequence: fractions of which no two are alike. */
const fraction = (n: number): number => (0.318309886 + n * 0.618033989) % 1;

/** What a number of this unit is about. */
const SCALES: Readonly<Record<string, number>> = {
  s: 1e-9,
  J: 1e-15,
  A: 1e-6,
  ohm: 1e4,
  W: 1e-6,
  S: 1e-5,
  F: 1e-15,
  V: 1,
};

/** Middling values; or those at which limits are met: none, few, nearly all. */
export type Kind = "middling" | "extreme";

const estimateOf = (spec: NumberSpec, kind: Kind, n: number, replicate: number): number => {
  const share = fraction(n);
  const scale = spec.kind === "mean" ? (SCALES[spec.unit] ?? 1) : 1;
  // Replicates of a point are nearly alike, or no difference between points would be significant.
  const middling = 0.05 + 0.8 * share + 0.01 * fraction(n + 17 * replicate);
  if (kind === "middling") return scale * middling;
  const nth = Math.floor(4 * share);
  if (spec.kind === "rate") return [0, 0.0001, 0.03, 0.97][nth] * (1 + 0.03 * middling);
  return [Number.NaN, 0, scale * middling, -scale * middling][nth];
};

const interval = (spec: NumberSpec, kind: Kind, n: number, replicate: number) => {
  const estimate = estimateOf(spec, kind, n, replicate);
  // One in three intervals of what may be negative holds zero.
  const below = spec.kind !== "rate" && Math.floor(n) % 3 === 0 ? 1.1 : 0.1 + 0.2 * fraction(n + 0.3);
  const away = Math.abs(estimate);
  return { estimate, low: estimate - away * below, high: estimate + away * (0.05 + 0.1 * fraction(n + 0.7)) };
};

const cell = (spec: NumberSpec, kind: Kind, n: number, replicate: number): Cell => {
  const mine = interval(spec, kind, n, replicate);
  return {
    ...mine,
    trials: 100 + n,
    events: spec.kind === "rate" ? 10 + n : Number.NaN,
    deviation: spec.kind === "mean" ? Math.abs(mine.estimate) * 0.3 : Number.NaN,
    quantiles:
      spec.kind === "mean"
        ? (spec.quantiles ?? []).map((_, q) => interval(spec, kind, n + 0.1 * (q + 1), replicate))
        : [],
  };
};

/** A table of made-up numbers over the points of a plan: of the middling ones no two estimates, lows or highs are alike. */
export const madeTable = (study: AnyExperiment, plan: Plan, kind: Kind): Table => {
  const names = Object.entries(study.numbers);
  const settings: string[] = [];
  return {
    axes: plan.axes,
    numbers: study.numbers,
    rows: plan.points.map((point, r) => {
      const { seed, ...rest } = point;
      const setting = JSON.stringify(rest);
      if (!settings.includes(setting)) settings.push(setting);
      const first = settings.indexOf(setting) * names.length;
      const replicate = Number(seed ?? 0);
      return {
        point,
        at: paramsAt(plan, r),
        numbers: Object.fromEntries(names.map(([name, spec], i) => [name, cell(spec, kind, first + i, replicate)])),
        trials: 100,
        failed: r,
        reasons: [],
        facts: [],
      };
    }),
  };
};
