import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import {
  type AnyExperiment,
  impreciseNumbers,
  type Plan,
  paramsAt,
  pendingPoints,
  type Summary,
  type Table,
  told,
  usesOf,
} from "#src/montecarlo/index";
import { meanInterval } from "#src/numerics/mean-interval";
import { momentsOf } from "#src/numerics/moments";
import type { Interval } from "#src/numerics/wilson";
import { type Column, csvText, parquetBytes } from "#src/report/columns";
import type { Figure } from "#src/report/figure";
import { pageHtml, type WordTable } from "#src/report/page";
import { withDashes } from "#src/report/word-table";
import { grouped } from "#src/words/grouped";
import { faultText } from "../files/fault-text.ts";
import { type Manifest, manifestShape } from "../files/plan-shape.ts";
import { readPlainText } from "../files/read-file.ts";
import { LostPart, readPart } from "../files/run-folder.ts";
import { writeFile } from "../files/write-file.ts";
import { Misuse } from "../misuse.ts";
import { showDistribution, shown } from "../units/show.ts";
import { packageVersion } from "./code-hash.ts";
import { fullFigures } from "./full-figures.ts";
import { generalAnswer, generalFigures, generalSummary, titleOf } from "./general-report.ts";
import { type FigureSet, plotlySource } from "./plotly-source.ts";

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

/** Axes that a study spans by itself, whatever is asked: its training seeds. */
export const replicatesOf = (plan: Plan, experiment: AnyExperiment): string[] =>
  Object.keys(experiment.replicates?.(plan.params) ?? {}).filter((axis) => plan.axes.includes(axis));

/**
 * Means over what a study spans by itself (training seeds), with their t intervals: what tables print of points that differ in nothing else. The
 * same in each of their rows.
 */
const pooledColumns = (table: Table, replicates: readonly string[]): Column[] => {
  const others = table.axes.filter((axis) => !replicates.includes(axis));
  const placeOf = (row: Table["rows"][number]): string => JSON.stringify(others.map((axis) => row.point[axis]));
  const groups = grouped(table.rows, placeOf);
  if ([...groups.values()].every((rows) => rows.length < 2)) return [];
  const suffix = `over_${replicates.join("_")}`;
  return Object.keys(table.numbers).flatMap((name): Column[] => {
    const means = new Map(
      [...groups].map(([place, rows]) => {
        const known = rows.map((row) => row.numbers[name].estimate).filter(Number.isFinite);
        return [place, meanInterval(momentsOf(known))] as const;
      }),
    );
    const of = (pick: (interval: Interval) => number) =>
      table.rows.map((row) => finite(pick(means.get(placeOf(row)) as Interval)));
    return [
      { name: `${name}_${suffix}`, values: of((x) => x.estimate) },
      { name: `${name}_${suffix}_low`, values: of((x) => x.low) },
      { name: `${name}_${suffix}_high`, values: of((x) => x.high) },
    ];
  });
};

/**
 * A row a grid point: axes, then for each number its estimate, low, high, trials; then the number of failed trials; then, of a study with
 * training seeds, the means over them.
 */
const resultColumns = (table: Table, replicates: readonly string[]): Column[] => [
  ...table.axes.map((axis) => ({ name: axis, values: table.rows.map((r) => r.point[axis]) })),
  ...Object.keys(table.numbers).flatMap((name): Column[] => [
    { name, values: table.rows.map((r) => finite(r.numbers[name].estimate)) },
    { name: `${name}_low`, values: table.rows.map((r) => finite(r.numbers[name].low)) },
    { name: `${name}_high`, values: table.rows.map((r) => finite(r.numbers[name].high)) },
    { name: `${name}_trials`, values: table.rows.map((r) => r.numbers[name].trials) },
    ...quantilesOf(table, name),
  ]),
  { name: "failed", values: table.rows.map((r) => r.failed) },
  ...pooledColumns(table, replicates),
];

/** Columns of a number's quantiles: decisionTime_q99, its low and high. */
const quantilesOf = (table: Table, name: string): Column[] => {
  const spec = table.numbers[name];
  if (spec.kind !== "mean") return [];
  return (spec.quantiles ?? []).flatMap((q, i): Column[] => {
    const column = `${name}_q${String(Number((100 * q).toPrecision(12))).replace(".", "_")}`;
    const of = (pick: (interval: Interval) => number) =>
      table.rows.map((r) => finite(pick(r.numbers[name].quantiles[i])));
    return [
      { name: column, values: of((x) => x.estimate) },
      { name: `${column}_low`, values: of((x) => x.low) },
      { name: `${column}_high`, values: of((x) => x.high) },
    ];
  });
};

/** Results as records, for machines. */
export const resultRows = (table: Table, replicates: readonly string[] = []): Record<string, unknown>[] => {
  const columns = resultColumns(table, replicates);
  return table.rows.map((_, i) => Object.fromEntries(columns.map((c) => [c.name, c.values[i]])));
};

/** @throws Misuse where there is one that is not what was written. */
export const readManifest = (dir: string): Manifest | null => {
  const path = join(dir, "manifest.json");
  if (!existsSync(path)) return null;
  try {
    return manifestShape.parse(JSON.parse(readPlainText(path)));
  } catch (error) {
    throw new Misuse(`${path} is no manifest of a run (${faultText(error)}); delete it, and "rramlab merge ${dir}".`);
  }
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

/** An estimate with its interval, as tables print them: "92.35 [89.65, 94.42]". */
const PRINTED = /^([-+±]?[\d.e+-]+)(?: %)?(?: \[([-+]?[\d.e+-]+), ([-+]?[\d.e+-]+)\])?/;

/** What tables print, a row a cell: the table, the first cell of its row, the column, and the cell as text and in parts. */
const tablesText = (summaries: readonly Summary[]): string => {
  const cells = summaries.flatMap(({ title, columns, rows }) =>
    rows.flatMap((row, i) => row.map((text, c) => ({ title, line: i + 1, of: row[0], column: columns[c], text }))),
  );
  const parts = cells.map(({ text }) => PRINTED.exec(text));
  const number = (of: string | undefined): number | null =>
    of === undefined || of === "" || !Number.isFinite(Number(of)) ? null : Number(of);
  return csvText([
    { name: "table", values: cells.map(({ title }) => title) },
    { name: "line", values: cells.map(({ line }) => line) },
    { name: "row", values: cells.map(({ of }) => of) },
    { name: "column", values: cells.map(({ column }) => column) },
    { name: "printed", values: cells.map(({ text }) => text) },
    { name: "estimate", values: parts.map((found) => number(found?.[1])) },
    { name: "low", values: parts.map((found) => number(found?.[2])) },
    { name: "high", values: parts.map((found) => number(found?.[3])) },
  ]);
};

export const writeResults = (dir: string, plan: Plan, experiment: AnyExperiment, table: Table): void => {
  const columns = resultColumns(table, replicatesOf(plan, experiment));
  writeFile(join(dir, "tables.csv"), tablesText(summariesOf(plan, experiment, table)));
  writeFile(join(dir, "results.csv"), csvText(columns));
  writeFile(join(dir, "results.parquet"), parquetBytes(columns));
};

/** "1 trial", "1000 trials", or what stops a run: "trials until 5 % of type3, at most 100000". */
const trialsText = ({ stopping }: Plan): string => {
  if (stopping.kind === "trials") return stopping.trials === 1 ? "1 trial" : `${stopping.trials} trials`;
  const percent = (x: number): string => `${Number((100 * x).toPrecision(6))} %`;
  const named = Object.entries(stopping.relative).map(([name, p]) => `${percent(p)} of ${name}`);
  const every = stopping.every === null ? [] : [`${percent(stopping.every)} of every number`];
  return `trials until ${[...every, ...named].join(", ")}, at most ${stopping.most}`;
};

const parameterTable = (plan: Plan, experiment: AnyExperiment): WordTable => ({
  title: "Effective parameters",
  columns: ["parameter", "value", "meaning", "source"],
  rows: Object.entries(experiment.parameters).map(([name, p]) => [
    plan.axes.includes(name) ? `${name} (axis)` : Object.hasOwn(plan.varied, name) ? `${name} (varied)` : name,
    plan.axes.includes(name)
      ? [...new Set(plan.points.map((point) => shown(p, point[name])))].join(", ")
      : Object.hasOwn(plan.varied, name)
        ? showDistribution(plan.varied[name], p.kind === "quantity" ? p.unit : "1")
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
    ["a point", trialsText(plan)],
    ...(Object.keys(plan.varied).length > 0 ? [["sampling of varied parameters", plan.sampling]] : []),
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
  (
    told(`${experiment.name}: conclude`, () => experiment.conclude?.(table, plan.params)) ?? [
      generalSummary(experiment, table),
    ]
  ).map(withDashes);

/** What a run found, in one sentence. */
const answerOf = (plan: Plan, experiment: AnyExperiment, table: Table): string =>
  told(`${experiment.name}: answer`, () => experiment.answer?.(table, plan.params)) ?? generalAnswer(experiment, table);

/** What must be said where a run ended at its cap before its numbers were as precise as asked. */
export const cappedNote = (plan: Plan, experiment: AnyExperiment, table: Table): string[] => {
  const { stopping } = plan;
  if (stopping.kind === "trials") return [];
  const capped = pendingPoints(plan, experiment, table);
  const hopeless = table.rows.filter((row) => row.failed === row.trials).length;
  const numbers = [...new Set(capped.flatMap((point) => impreciseNumbers(plan, experiment, table.rows[point])))];
  return [
    ...(capped.length > 0
      ? [
          `${capped.length} of ${table.rows.length} points reached the cap of ${stopping.most} trials before the precision asked for (${numbers.join(", ")}): ${trialsText(plan)}.`,
        ]
      : []),
    ...(hopeless > 0 ? [`${hopeless} of ${table.rows.length} points were given up: every trial failed.`] : []),
  ];
};

/** How many trials failed, and why: the first reasons that differ. */
export const failuresTold = ({ rows }: Table): string[] => {
  const failed = rows.reduce((sum, r) => sum + r.failed, 0);
  if (failed === 0) return [];
  const trials = rows.reduce((sum, r) => sum + r.trials, 0);
  const reasons = [...new Set(rows.flatMap((r) => r.reasons))];
  const shown = reasons.slice(0, 3).join("; ").replace(/\.$/, "");
  return [
    `${failed} of ${trials} trials failed and are in no number (column "failed" of results.csv): ${shown}${reasons.length > 3 ? "; and others" : ""}.`,
  ];
};

/** What an experiment draws of a run, from its folder alone. @throws LostPart where a part that it draws is not there. */
export const figuresOf = (dir: string, plan: Plan, experiment: AnyExperiment, table: Table): readonly Figure[] => {
  try {
    const own = told(
      `${experiment.name}: figures`,
      () =>
        experiment.figures?.(table, plan.params, (part, params) =>
          readPart(dir, plan, { part, uses: usesOf(params, experiment.prepare?.[part]?.uses ?? []) }),
        ) ?? [],
    );
    return own.length > 0 ? own : generalFigures(experiment, table);
  } catch (error) {
    throw error instanceof Error && error.cause instanceof LostPart ? error.cause : error;
  }
};

/** Writes report.html. */
export const writeReport = (
  dir: string,
  plan: Plan,
  experiment: AnyExperiment,
  table: Table,
  figures: readonly Figure[],
  manifest: Manifest,
  set: FigureSet = "small",
): void => {
  const drawn = set === "full" ? fullFigures(experiment, table, figures) : figures;
  const failures = failuresTold(table);
  const page = {
    title: titleOf(experiment),
    answer: answerOf(plan, experiment, table),
    summary: `${experiment.summary} ${experiment.name}, seed "${plan.seed}", ${trialsText(plan)} a point.`,
    warnings: [...failures, ...cappedNote(plan, experiment, table)],
    tables: summariesOf(plan, experiment, table),
    figures: drawn.map((f) => ({
      ...f,
      caption: `${f.caption} Seed "${plan.seed}".`,
    })),
    notes: [
      ...(experiment.notes?.(
        plan.params,
        plan.points.map((_, i) => paramsAt(plan, i)),
      ) ?? []),
      ...(plan.sampling === "independent"
        ? []
        : [
            `Varied parameters are drawn by ${plan.sampling === "sobol" ? "Sobol's sequence, scrambled" : "a Latin hypercube"}: intervals are those of independent trials, too wide by whatever these parameters explain.`,
          ]),
    ],
    details: [parameterTable(plan, experiment), provenanceTable(plan, manifest)],
  };
  writeFile(join(dir, "report.html"), pageHtml(page, plotlySource(set)));
};
