import type { AnyExperiment, Table } from "#src/montecarlo/index";
import type { AnyFigure, Figure, HeatMapFigure, ParallelFigure, SurfaceFigure } from "#src/report/figure";
import { shown } from "../units/show.ts";

const asSurfaces = ({ columns: _columns, ...figure }: HeatMapFigure): SurfaceFigure => ({
  ...figure,
  kind: "surfaces",
  title: `${figure.title}: as surfaces`,
});

const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);

/** All points of a run: its axes, then its numbers. Axes of words, and those of few values, are told by their words. */
const allPoints = (experiment: AnyExperiment, { axes, numbers, rows }: Table): ParallelFigure => ({
  kind: "parallel coordinates",
  title: "All points: axes and numbers",
  caption:
    "A line is a point of the grid. Drag along an axis to keep some of its values, drag an axis by its name to move it. Estimates, without their intervals.",
  axes: [
    ...axes.map((axis) => {
      const words = [...new Set(rows.map((r) => r.point[axis]))];
      if (words.every((word) => typeof word === "number")) words.sort((a, b) => Number(a) - Number(b));
      return {
        label: axis,
        words: words.map((word) => shown(experiment.parameters[axis], word)),
        values: rows.map((r) => words.indexOf(r.point[axis])),
      };
    }),
    ...Object.entries(numbers).map(([name, spec]) => ({
      label: spec.kind === "mean" && spec.unit !== "1" ? `${name} (${spec.unit})` : name,
      values: rows.map((r) => finite(r.numbers[name].estimate)),
    })),
  ],
});

/** What the full bundle of plotly shows of a run beyond its own figures: maps as surfaces, and all points at once. */
export const fullFigures = (experiment: AnyExperiment, table: Table, figures: readonly Figure[]): AnyFigure[] => [
  ...figures.flatMap((figure): AnyFigure[] => (figure.kind === "heat maps" ? [figure, asSurfaces(figure)] : [figure])),
  ...(table.axes.length > 0 && table.rows.length > 1 ? [allPoints(experiment, table)] : []),
];
