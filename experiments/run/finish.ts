import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { join } from "node:path";
import {
  type AnyExperiment,
  mergeShards,
  type Plan,
  paramsAt,
  type Summary,
  shardCount,
  type Table,
} from "#src/montecarlo/index";
import { type Column, csvText, parquetBytes } from "#src/report/columns";
import { pageHtml, type WordTable } from "#src/report/page";
import { hasShard, readShard } from "../files/run-folder.ts";
import { writeFile } from "../files/write-file.ts";
import { shown } from "../units/show.ts";
import { packageVersion } from "./code-hash.ts";

/** Who computed a run, when, with what: everything about it that is not its results. */
export interface Manifest {
  readonly program: string;
  readonly experiment: string;
  readonly seed: string;
  readonly params: Readonly<Record<string, number | string>>;
  readonly node: string;
  readonly processor: string;
  readonly workers: number;
  readonly started: string;
  readonly finished: string;
  /** CPU time of all sittings of the run [s]. */
  readonly cpuSeconds: number;
  readonly failedTrials: number;
  readonly codeHash: string;
}

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

/** A row a grid point: axes, then for each number its estimate, low, high, trials; then the number of failed trials. */
export const resultColumns = (table: Table): Column[] => [
  ...table.axes.map((axis) => ({ name: axis, values: table.rows.map((r) => r.point[axis]) })),
  ...Object.keys(table.numbers).flatMap((name): Column[] => [
    { name, values: table.rows.map((r) => finite(r.numbers[name].estimate)) },
    { name: `${name}_low`, values: table.rows.map((r) => finite(r.numbers[name].low)) },
    { name: `${name}_high`, values: table.rows.map((r) => finite(r.numbers[name].high)) },
    { name: `${name}_trials`, values: table.rows.map((r) => r.numbers[name].trials) },
  ]),
  { name: "failed", values: table.rows.map((r) => r.failed) },
];

/** Results as records, for machines. */
export const resultRows = (table: Table): Record<string, unknown>[] => {
  const columns = resultColumns(table);
  return table.rows.map((_, i) => Object.fromEntries(columns.map((c) => [c.name, c.values[i]])));
};

export const mergedTable = (dir: string, plan: Plan, experiment: AnyExperiment): Table =>
  mergeShards(
    plan,
    experiment,
    Array.from({ length: shardCount(plan) }, (_, i) => i)
      .filter((i) => hasShard(dir, i))
      .map((i) => readShard(dir, i)),
  );

export const readManifest = (dir: string): Manifest | null => {
  const path = join(dir, "manifest.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
};

export const manifestOf = (
  plan: Plan,
  table: Table,
  sitting: {
    readonly workers: number;
    readonly started: string;
    readonly finished: string;
    readonly cpuSeconds: number;
  },
  before: Manifest | null,
): Manifest => ({
  program: `rramlab ${packageVersion()}`,
  experiment: plan.experiment.name,
  seed: plan.seed,
  params: plan.params,
  node: process.version,
  processor: `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} logical`,
  workers: sitting.workers,
  started: before?.started ?? sitting.started,
  finished: sitting.finished,
  cpuSeconds: Math.round(((before?.cpuSeconds ?? 0) + sitting.cpuSeconds) * 100) / 100,
  failedTrials: table.rows.reduce((sum, r) => sum + r.failed, 0),
  codeHash: plan.experiment.hash,
});

export const writeResults = (dir: string, table: Table): void => {
  const columns = resultColumns(table);
  writeFile(join(dir, "results.csv"), csvText(columns));
  writeFile(join(dir, "results.parquet"), parquetBytes(columns));
};

const parameterTable = (plan: Plan, experiment: AnyExperiment): WordTable => ({
  title: "Effective parameters",
  columns: ["parameter", "value", "meaning", "source"],
  rows: Object.entries(experiment.parameters).map(([name, p]) => [
    plan.axes.includes(name) ? `${name} (axis)` : name,
    plan.axes.includes(name)
      ? [...new Set(plan.points.map((point) => shown(p, point[name])))].join(", ")
      : shown(p, plan.params[name]),
    p.says,
    p.source,
  ]),
  notes: [],
});

const provenanceTable = (plan: Plan, manifest: Manifest): WordTable => ({
  title: "Provenance",
  columns: ["what", "value"],
  rows: [
    ["program", manifest.program],
    ["code", manifest.codeHash],
    ["seed", plan.seed],
    ["trials a point", String(plan.trials)],
    ["failed trials", String(manifest.failedTrials)],
    ["started", manifest.started],
    ["finished", manifest.finished],
    ["CPU time", `${manifest.cpuSeconds} s`],
    ["workers", String(manifest.workers)],
    ["node", manifest.node],
    ["processor", manifest.processor],
  ],
  notes: [],
});

/** What a run concludes: the experiment's own tables, or every number with its interval. */
export const summariesOf = (plan: Plan, experiment: AnyExperiment, table: Table): readonly Summary[] =>
  experiment.conclude?.(table, plan.params) ?? [
    {
      title: experiment.summary,
      columns: [...table.axes, "number", "estimate", "95 % interval", "trials"],
      rows: table.rows.flatMap((row) =>
        Object.entries(row.numbers).map(([name, cell]) => [
          ...table.axes.map((axis) => shown(experiment.parameters[axis], row.point[axis])),
          name,
          cell.estimate.toPrecision(4),
          `[${cell.low.toPrecision(3)}, ${cell.high.toPrecision(3)}]`,
          String(cell.trials),
        ]),
      ),
      notes: [],
    },
  ];

/** Writes report.html. */
export const writeReport = (
  dir: string,
  plan: Plan,
  experiment: AnyExperiment,
  table: Table,
  manifest: Manifest,
): void => {
  const require = createRequire(import.meta.url);
  const plotly = readFileSync(require.resolve("plotly.js-cartesian-dist-min"), "utf8");
  const failures =
    manifest.failedTrials > 0 ? [`${manifest.failedTrials} trials failed numerically and are in no number.`] : [];
  const page = {
    title: experiment.name,
    summary: `${experiment.summary} Seed "${plan.seed}", ${plan.trials} trials a point.`,
    tables: summariesOf(plan, experiment, table),
    figures: (experiment.figures?.(table, plan.params) ?? []).map((f) => ({
      ...f,
      caption: `${f.caption} Seed "${plan.seed}".`,
    })),
    notes: [
      ...(experiment.notes?.(
        plan.params,
        plan.points.map((_, i) => paramsAt(plan, i)),
      ) ?? []),
      ...failures,
    ],
    details: [parameterTable(plan, experiment), provenanceTable(plan, manifest)],
  };
  writeFile(join(dir, "report.html"), pageHtml(page, plotly));
};
