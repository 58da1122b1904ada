import type { Summary } from "#src/montecarlo/index";
import type { Axis, BarFigure, CurveFigure, DotFigure, Figure, HeatMapFigure } from "#src/report/figure";
import { tableText } from "#src/report/word-table";

const DIGITS = 5;
/** Points of a long curve that are written. */
const WRITTEN = 12;

const short = (x: number | null | undefined): string =>
  x === null || x === undefined ? "-" : Number.isFinite(x) ? String(Number(x.toPrecision(DIGITS))) : String(x);

const some = <T>(values: readonly T[]): readonly T[] => {
  const step = Math.ceil(values.length / WRITTEN);
  return values.filter((_, i) => i % step === 0);
};

const numbers = (values: readonly (number | null)[] | undefined): string =>
  values ? some(values).map(short).join(" ") : "";

const axis = ({ label, unit, scale }: Axis): string => `${label} (${unit}), ${scale}`;

const curves = (f: CurveFigure): string[] => [
  `x ${axis(f.x)}`,
  `y ${axis(f.y)}`,
  ...f.series.flatMap((s) => [
    `- ${s.name} [${s.dash ?? "solid"}${s.marks ? ", marks" : ""}] ${s.x.length} points`,
    `  x    ${numbers(s.x)}`,
    `  y    ${numbers(s.y)}`,
    ...(s.low ? [`  low  ${numbers(s.low)}`] : []),
    ...(s.high ? [`  high ${numbers(s.high)}`] : []),
    ...(s.below ? [`  below ${numbers(s.below)}`] : []),
  ]),
  ...(f.bands ?? []).map((b) => `= ${b.label}: ${short(b.from)} .. ${short(b.to)}`),
];

const bars = (f: BarFigure): string[] => [
  `x ${axis(f.x)}, ${short(f.x.from)} .. ${short(f.x.to)}`,
  ...f.series.flatMap((s) =>
    f.names.map((name, i) => `- ${s.name}, ${name}: ${short(s.values[i])} [${short(s.low[i])}, ${short(s.high[i])}]`),
  ),
];

const maps = (f: HeatMapFigure): string[] => [
  `x ${f.x.label}: ${f.x.places.join(" ")}`,
  `y ${f.y.label}: ${f.y.places.join(" ")}`,
  `colour ${axis(f.colour)}, ${short(f.colour.from)} .. ${short(f.colour.to)}; ${f.columns} columns`,
  ...f.maps.flatMap((m) => [
    `- ${m.title}`,
    ...m.values.map((row, i) => `  ${row.map((v, j) => `${short(v)} "${m.texts[i][j]}"`).join("  ")}`),
  ]),
];

const dots = (f: DotFigure): string[] => [
  `x ${axis(f.x)}${f.reference === undefined ? "" : `, line at ${f.reference}`}`,
  ...f.series.flatMap((s) => [
    `- ${s.name}`,
    ...f.names.map(
      (name, k) =>
        `  ${name}: ${short(s.values[k])}${s.low && s.high ? ` [${short(s.low[k])}, ${short(s.high[k])}]` : ""}${s.below?.[k] === null || !s.below ? "" : ` below ${short(s.below[k])}`}`,
    ),
  ]),
];

export const writtenFigure = (f: Figure): string =>
  [
    `# ${f.title}`,
    f.caption,
    ...(f.kind === "bars" ? bars(f) : f.kind === "heat maps" ? maps(f) : f.kind === "dots" ? dots(f) : curves(f)),
  ].join("\n");

/** What people see of a run, as text: tables, figures and notes. */
export const writtenReport = (
  summaries: readonly Summary[],
  figures: readonly Figure[],
  notes: readonly string[],
): string => [...summaries.map((s) => tableText(s, 120)), ...figures.map(writtenFigure), ...notes].join("\n\n");
