import type { AnyExperiment, NumberSpec, Row, Summary, Table } from "#src/montecarlo/index";
import type { Figure } from "#src/report/figure";
import {
  drawn,
  intervalCurve,
  inWords,
  linesOf,
  measuredCell,
  rateCell,
  rateFigures,
  spreadAxis,
  sweptAxis,
  tableOf,
  varied,
} from "../studies/results/index.ts";
import { showMeasured, showRate } from "../units/show.ts";

/** What is told of a run by an experiment that says nothing of its own: every number with its interval, a figure of each, a sentence. */

const placeOf = ({ parameters }: AnyExperiment, table: Table, row: Row): string =>
  table.axes.map((axis) => `${inWords(axis)} ${varied(parameters, axis, row.point[axis])}`).join(", ");

const unitOf = (spec: NumberSpec): string => (spec.kind === "mean" ? spec.unit : "1");

/** A table of all numbers, the points of each together so that they have the same digits. */
export const generalSummary = (experiment: AnyExperiment, table: Table): Summary => {
  const parts = Object.entries(table.numbers).map(([name, spec]) => {
    const axes = table.axes.map(
      (axis) => [inWords(axis), (row: Row) => varied(experiment.parameters, axis, row.point[axis])] as const,
    );
    const cell = (row: Row) => row.numbers[name];
    const unit = unitOf(spec);
    const ends = spec.kind === "rate" ? null : table.rows.flatMap((row) => [cell(row).low, cell(row).high]);
    const of = (value: number) => (Number.isFinite(value) ? showMeasured(value, unit) : "-");
    return tableOf(experiment.summary, table.rows, [
      ...axes,
      ["number", () => (spec.kind === "rate" ? `${name}, %` : name)],
      ["estimate", (row) => (spec.kind === "rate" ? rateCell(cell(row)) : measuredCell(cell(row).estimate, unit))],
      ends !== null && ["95 % interval", (row) => `[${of(cell(row).low)}, ${of(cell(row).high)}]`],
      ["trials", (row) => String(cell(row).trials)],
    ]);
  });
  const wide = parts.some(({ columns }) => columns.includes("95 % interval"));
  const head = wide ? parts.find(({ columns }) => columns.includes("95 % interval")) : parts[0];
  return {
    title: experiment.summary,
    columns: wide ? (head?.columns ?? []) : table.axes.map(inWords).concat("number", "estimate [95 %]", "trials"),
    rows: parts.flatMap(({ columns, rows }) =>
      wide && columns.length < (head?.columns.length ?? 0) ? rows.map(asWide) : rows,
    ),
    notes: [],
  };
};

/** A rate's cell, "37 [35, 40]", as two. */
const asWide = (row: readonly string[]): string[] => {
  const at = row.length - 2;
  const [estimate, ...interval] = row[at].split(" ");
  return [...row.slice(0, at), estimate, interval.join(" "), row[row.length - 1]];
};

/** Numbers of which a figure is drawn. */
const MOST_DRAWN = 6;

/** Figures of a run against what was swept: its rates together, each mean by itself. */
export const generalFigures = (experiment: AnyExperiment, table: Table): Figure[] => {
  if (table.rows.length < 2) return [];
  const { parameters } = experiment;
  const of = (kind: NumberSpec["kind"]): string[] =>
    Object.keys(table.numbers)
      .filter((name) => table.numbers[name].kind === kind)
      .slice(0, MOST_DRAWN);
  const rates = of("rate");
  const axis = sweptAxis(table, parameters);
  const caption = "Bars are 95 % intervals.";
  return [
    ...(rates.length === 0
      ? []
      : rateFigures(table, parameters, Object.fromEntries(rates.map((name) => [name, inWords(name)])), {
          title: rates.length === 1 ? `Rate of ${inWords(rates[0])}` : "Rates",
          y: rates.length === 1 ? inWords(rates[0]) : "rate",
          caption: () => caption,
        })),
    ...of("mean").map((name): Figure => {
      const y = drawn(inWords(name), unitOf(table.numbers[name]));
      const cellsOf = (rows: readonly Row[]) =>
        rows.map(({ numbers }) => {
          const { estimate, low, high } = numbers[name];
          return { estimate: y.value(estimate), low: y.value(low), high: y.value(high) };
        });
      if (!axis) {
        const { y: values, ...rest } = intervalCurve(inWords(name), [], cellsOf(table.rows), 1);
        return {
          kind: "dots",
          title: `${inWords(name)} against ${table.axes.map(inWords).join(" and ")}`,
          caption,
          x: y.axis,
          names: table.rows.map((row) => table.axes.map((a) => varied(parameters, a, row.point[a])).join(", ")),
          series: [{ ...rest, values }],
        };
      }
      const parameter = parameters[axis];
      const x = drawn(inWords(axis), parameter.kind === "quantity" ? parameter.unit : "1");
      const placesOf = (rows: readonly Row[]) => rows.map((row) => x.value(Number(row.point[axis])));
      return {
        title: `${inWords(name)} against ${inWords(axis)}`,
        caption,
        x: spreadAxis(x.axis, placesOf(table.rows)),
        y: y.axis,
        series: linesOf(table, parameters, [axis]).map(({ label, rows }) =>
          intervalCurve(label || inWords(name), placesOf(rows), cellsOf(rows), 1),
        ),
      };
    }),
  ];
};

/** The rate or share that differs most from point to point; where there is none, the first number. */
const mostMoved = (table: Table): readonly [string, NumberSpec] => {
  const all = Object.entries(table.numbers);
  const rangeOf = (name: string): number => {
    const values = table.rows.map((row) => row.numbers[name].estimate).filter(Number.isFinite);
    return values.length > 0 ? Math.max(...values) - Math.min(...values) : -1;
  };
  const rates = all.filter(([, spec]) => spec.kind === "rate");
  return rates.length > 0 ? rates.reduce((a, b) => (rangeOf(b[0]) > rangeOf(a[0]) ? b : a)) : all[0];
};

/** The range of the number that moves most, and where its ends are. */
export const generalAnswer = (experiment: AnyExperiment, table: Table): string => {
  const [name, spec] = mostMoved(table);
  const known = table.rows.filter((row) => Number.isFinite(row.numbers[name].estimate));
  if (known.length === 0) return "";
  const sorted = [...known].sort((a, b) => a.numbers[name].estimate - b.numbers[name].estimate);
  const told = (row: Row): string => {
    const cell = row.numbers[name];
    const value =
      spec.kind === "rate" ? showRate(cell).replace(" [", " % [") : showMeasured(cell.estimate, unitOf(spec));
    const place = placeOf(experiment, table, row);
    return place ? `${value} (${place})` : value;
  };
  const what = `${spec.says.charAt(0).toUpperCase()}${spec.says.slice(1)}`;
  const [first, last] = [sorted[0], sorted[sorted.length - 1]];
  return first.numbers[name].estimate === last.numbers[name].estimate
    ? `${what}: ${told(first)}${known.length > 1 ? ", at every point" : ""}.`
    : `${what}: from ${told(first)} to ${told(last)}.`;
};

/** An experiment's name in words. */
export const titleOf = ({ name, title }: AnyExperiment): string => {
  const words = title ?? name.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};
