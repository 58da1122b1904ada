import type { Cell, Parameters, Summary, Table } from "#src/montecarlo/index";
import type { Interval } from "#src/numerics/wilson";
import type { Figure } from "#src/report/figure";
import { recordEntries } from "#src/words/named";
import { linesOf } from "../results/index.ts";
import { type InputName, SENSITIVITY_INPUTS } from "./sensitivity-inputs.ts";

/** What is looked at, as it is called in tables. */
export const OUTPUTS = {
  type1: "type 1 errors",
  type2: "type 2 errors",
  type3: "type 3 errors",
  accuracy: "accuracy",
} as const;
export type OutputName = keyof typeof OUTPUTS;
/** Numbers of an output: its first-order and total index, and its change. */
export type SensitivityNumber = `${OutputName}${"First" | "Total" | "Change"}`;

type Values = { readonly input: InputName };
type NumberName = SensitivityNumber;
type Row = { readonly at: Values; readonly numbers: Readonly<Record<NumberName, Cell>> };

const ranked = <R extends Row>(rows: readonly R[], output: OutputName): R[] =>
  [...rows].sort((a, b) => b.numbers[`${output}Total`].estimate - a.numbers[`${output}Total`].estimate);

const varies = (rows: readonly Row[], output: OutputName): boolean =>
  rows.some((r) => Number.isFinite(r.numbers[`${output}Total`].estimate));

const saysOf = ({ at }: Row): string => SENSITIVITY_INPUTS[at.input].says;

const share = (i: Interval): string => `${i.estimate.toFixed(2)} [${i.low.toFixed(2)}, ${i.high.toFixed(2)}]`;
const change = (i: Interval): string => {
  const text = (x: number): string => `${x < 0 ? "-" : "+"}${Math.abs(100 * x).toFixed(2)}`;
  return `${text(i.estimate)} [${text(i.low)}, ${text(i.high)}]`;
};

/** What to improve first: the device's and circuit's inputs whose total share is significant, largest first. */
const advice = (rows: readonly Row[]): string => {
  const fab = ranked(rows, "accuracy").filter(
    (r) => !["supply", "strobe", "temperature"].includes(r.at.input) && r.numbers.accuracyTotal.low > 0,
  );
  const [first, second] = fab;
  if (!first) return "No parameter of device or circuit moves accuracy significantly here.";
  const direction = (r: Row): string => {
    const { low, high } = r.numbers.accuracyChange;
    return low > 0 ? "raise" : high < 0 ? "lower" : "steady";
  };
  const unsure = second && second.numbers.accuracyTotal.high > first.numbers.accuracyTotal.low;
  const also = unsure ? ` (or ${direction(second)} the ${saysOf(second)}: their intervals overlap)` : "";
  return `For accuracy, of what the fab decides: ${direction(first)} the ${saysOf(first)} first${also}.`;
};

export const concludeSensitivity = <V extends Values>(table: Table<V, NumberName>, parameters: Parameters): Summary[] =>
  linesOf(table, parameters, ["input"]).flatMap(({ label, rows }) =>
    recordEntries(OUTPUTS)
      .filter(([output]) => varies(rows, output))
      .map(([output, words], i, all) => ({
        title: `What moves ${words}${label ? `: ${label}` : ""}`,
        columns: ["input", "total share [95 %]", "alone [95 %]", "change, points [95 %]"],
        rows: ranked(rows, output).map((row) => [
          saysOf(row),
          share(row.numbers[`${output}Total`]),
          share(row.numbers[`${output}First`]),
          change(row.numbers[`${output}Change`]),
        ]),
        notes:
          i === all.length - 1
            ? [
                "Total: share of the output's variance that the input takes part in (Sobol index, with all interactions); alone: without them. Change: slope of the straight line that fits best, times the input's range, in points. Intervals by the delta method: approximate, too narrow where most settings give the same.",
                ...(table.axes.includes("input") ? [advice(rows)] : []),
              ]
            : [],
      })),
  );

export const drawSensitivity = <V extends Values>(table: Table<V, NumberName>, parameters: Parameters): Figure[] =>
  table.axes.includes("input")
    ? linesOf(table, parameters, ["input"]).map(({ label, rows }) => ({
        kind: "bars",
        title: `Share of the variance${label ? `: ${label}` : ""}`,
        caption:
          "Total Sobol indices: the input's part, alone and with others. Bars are 95 % intervals (delta method).",
        x: { label: "total share of the variance", unit: "", scale: "linear", from: -0.1, to: 1.2 },
        names: rows.map(saysOf),
        series: recordEntries(OUTPUTS)
          .filter(([output]) => varies(rows, output))
          .map(([output, words]) => {
            const cells = rows.map((r) => r.numbers[`${output}Total`]);
            return {
              name: words,
              values: cells.map((c) => c.estimate),
              low: cells.map((c) => c.low),
              high: cells.map((c) => c.high),
            };
          }),
      }))
    : [];
