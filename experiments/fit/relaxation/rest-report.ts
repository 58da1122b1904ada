import { centralWidth, sortedQuantile } from "#src/numerics/ranks";
import type { Figure } from "#src/report/figure";
import type { WordTable } from "#src/report/page";
import { showQuantity, showTime } from "../../units/show.ts";
import type { ReadAge } from "./clock-laws.ts";
import type { Estimated, RestFit } from "./fit-rest.ts";
import { type GroupChanges, quantileError } from "./groups.ts";

const SHARES = [0.01, 0.05, 0.1, 0.5, 0.9, 0.95, 0.99];
const PARTS = [
  ["10-90 %", [0.1, 0.25, 0.5, 0.75, 0.9]],
  ["5-95 %", [0.05, 0.95]],
  ["1-99 %", [0.01, 0.99]],
] as const;

const celsius = (kelvin: number): string => `${Number((kelvin - 273.15).toFixed(1))} C`;

const ageNames = (ages: readonly ReadAge[]): string[] => {
  const several = new Set(ages.map(({ temperature }) => temperature)).size > 1;
  return ages.map(({ seconds, temperature }) =>
    several ? `${celsius(temperature)}, ${showTime(seconds)}` : showTime(seconds),
  );
};

const shown = ({ value, low, high }: Estimated): string =>
  Number.isFinite(low) ? `${value} [${low}, ${high}]` : String(value);

/** Share of measured values below the model's quantile, over all groups of an age, in percent. */
const coverage = (own: readonly GroupChanges[], p: number): string => {
  const [below, all] = own.reduce(
    ([sum, count], { measured, drawn }) => {
      const limit = sortedQuantile(drawn, p);
      return [sum + measured.filter((x) => x < limit).length, count + measured.length];
    },
    [0, 0],
  );
  return ((100 * below) / all).toFixed(1);
};

const errorsOf = (pairs: readonly (readonly [Float64Array, Float64Array])[], shares: readonly number[]): string => {
  const errors = pairs.map(([measured, other]) => quantileError(measured, other, shares)).sort((a, b) => a - b);
  return `${sortedQuantile(errors, 0.5).toFixed(2)}/${errors[errors.length - 1].toFixed(2)}`;
};

/** Changes of fitted and held-out cells of the same group and age. */
const halves = (fit: RestFit, own: readonly GroupChanges[]): (readonly [Float64Array, Float64Array])[] =>
  own.flatMap(({ group, age, measured }) => {
    const twin = fit.heldOut.fittedChanges.find((g) => g.group === group && g.age === age);
    return twin ? [[measured, twin.measured] as const] : [];
  });

export const restTables = (fit: RestFit, ages: readonly ReadAge[]): WordTable[] => {
  const names = ageNames(ages);
  const { changes, count, logLikelihood, logLikelihoodOfNormal } = fit.heldOut;
  const of = (age: number): GroupChanges[] => changes.filter((group) => group.age === age);
  const read = [...names.keys()].filter((age) => of(age).length > 0);
  return [
    {
      title: "Cells not fitted: share below the model's quantiles, %",
      columns: ["age", "cells", ...SHARES.map((p) => `${100 * p} %`)],
      rows: read.map((age) => [
        names[age],
        String(of(age).reduce((sum, { measured }) => sum + measured.length, 0)),
        ...SHARES.map((p) => coverage(of(age), p)),
      ]),
      notes: [
        `Fitted to half of the cells, compared with the other ${count}. ln of the likelihood a cell and age: ${logLikelihood.toFixed(3)}; of a process without heavy tails ${logLikelihoodOfNormal.toFixed(3)}.`,
      ],
    },
    {
      title: "Errors of quantiles of the change of ln R, in widths: median/largest",
      columns: ["age", ...PARTS.flatMap(([name]) => [name, "halves"])],
      rows: read.map((age) => [
        names[age],
        ...PARTS.flatMap(([, shares]) => [
          errorsOf(
            of(age).map(({ measured, drawn }) => [measured, drawn] as const),
            shares,
          ),
          halves(fit, of(age)).length > 0 ? errorsOf(halves(fit, of(age)), shares) : "-",
        ]),
      ]),
      notes: [
        "Cells not fitted, in groups of neighbours in conductance; width: (q90 - q10) / 2.563 of the measured changes. Halves: the same between cells fitted and not, 1.4 times what sampling alone makes of one half.",
      ],
    },
    ...(fit.correlations.length > 0
      ? [
          {
            title: "Rank correlation of a cell's changes at two ages",
            columns: ["age", "later", "measured", "model"],
            rows: fit.correlations.map(({ measured, model }) => [
              names[measured.first],
              names[measured.later],
              measured.correlation.toFixed(2),
              model.correlation.toFixed(2),
            ]),
            notes: [],
          },
        ]
      : []),
    ...(fit.energies.length > 0
      ? [
          {
            title: "Activation energy [95 %], eV, under laws of time that are assumed",
            columns: ["law", "Ea", "ln L more"],
            rows: fit.energies.map(({ law, energy, above }) => [law.name, shown(energy), above.toFixed(1)]),
            notes: [
              `${fit.energies.map(({ law }) => `${law.name}: ${law.assumes}`).join("; ")}. ln L more: ln of the likelihood above that of the first law, which is the device file's. Intervals: sampling of cells alone; each temperature was one bake.`,
            ],
          },
        ]
      : []),
  ];
};

/** Quantiles of the change of ln R group by group, for the page's details. */
export const groupTable = ({ heldOut }: RestFit, ages: readonly ReadAge[]): WordTable => {
  const names = ageNames(ages);
  const shares = [0.01, 0.1, 0.5, 0.9, 0.99];
  return {
    title: "Change of ln R of cells not fitted, by age and conductance: measured / modelled",
    columns: ["age", "conductance", "cells", "width", ...shares.map((p) => `${100 * p} %`)],
    rows: heldOut.changes.map(({ age, conductance, measured, drawn }) => [
      names[age],
      showQuantity(Number(conductance.toPrecision(3)), "S"),
      String(measured.length),
      `${centralWidth(measured).toFixed(3)} / ${centralWidth(drawn).toFixed(3)}`,
      ...shares.map((p) => `${sortedQuantile(measured, p).toFixed(3)} / ${sortedQuantile(drawn, p).toFixed(3)}`),
    ]),
    notes: ["Conductance: the median of the group's cells after programming. Width: (q90 - q10) / 2.563."],
  };
};

/** All numbers of the fit, for the page's details. */
export const numberTable = ({ numbers, relaxation, redrawsAlike }: RestFit): WordTable => ({
  title: "Numbers of the relaxation [95 %]",
  columns: ["number", "value"],
  rows: [
    ...numbers.map((number) => [number.name, shown(number)]),
    ["permanent", String(relaxation.permanent)],
    [
      "redraws",
      redrawsAlike ? `${relaxation.redraws} (alike: ${redrawsAlike.join(" to ")})` : String(relaxation.redraws),
    ],
  ],
  notes: [
    "Intervals: cells drawn anew and fitted again, 1.96 standard deviations. permanent and redraws are searched so that ages correlate as measured.",
  ],
});

/** Points of a QQ curve: dense in both tails. */
const QQ_SHARES = [
  0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998,
];

/** Changes of all groups of an age in widths of the model's. */
const pooled = (own: readonly GroupChanges[], which: "measured" | "drawn"): Float64Array =>
  Float64Array.from(
    own.flatMap((group) => {
      const width = centralWidth(group.drawn);
      const centre = sortedQuantile(group.drawn, 0.5);
      return Array.from(group[which], (x) => (x - centre) / width);
    }),
  ).sort();

export const restFigures = (fit: RestFit, ages: readonly ReadAge[]): Figure[] => {
  const names = ageNames(ages);
  const { changes } = fit.heldOut;
  const read = [...names.keys()].filter((age) => changes.some((group) => group.age === age));
  const several = new Set(ages.map(({ temperature }) => temperature)).size > 1;
  const quantiles = read.map((age) => {
    const own = changes.filter((group) => group.age === age);
    const [model, measured] = [pooled(own, "drawn"), pooled(own, "measured")];
    return {
      name: names[age],
      x: QQ_SHARES.map((p) => sortedQuantile(model, p)),
      y: QQ_SHARES.map((p) => sortedQuantile(measured, p)),
    };
  });
  const ends = [Math.min(...quantiles.flatMap(({ x }) => x)), Math.max(...quantiles.flatMap(({ x }) => x))];
  const groups = [...new Set(changes.map(({ group }) => group))];
  const some = groups.filter((_, k) => k % Math.max(1, Math.ceil(groups.length / 4)) === 0).slice(0, 4);
  const widths = some.flatMap((group) => {
    const own = changes.filter((c) => c.group === group);
    const label = showQuantity(Number(own[0].conductance.toPrecision(2)), "S");
    const x = own.map(({ age }) => (several ? ages[age].temperature - 273.15 : ages[age].seconds));
    return [
      {
        name: `${label}, measured`,
        x,
        y: own.map(({ measured }) => centralWidth(measured)),
        marks: true,
        dash: "none" as const,
      },
      {
        name: `${label}, model`,
        x,
        y: own.map(({ drawn }) => centralWidth(drawn)),
        marks: false,
        dash: "solid" as const,
      },
    ];
  });
  return [
    {
      title: "Change of ln R of cells not fitted: measured against modelled quantiles",
      caption: `Quantiles from 0.2 to 99.8 %, in widths (q90 - q10) / 2.563 of the model's, of ${fit.heldOut.count} cells that were not fitted; groups of neighbours in conductance together. Points on the dotted line follow the model.`,
      x: { label: "modelled change of ln R, in widths", unit: "", scale: "linear" },
      y: { label: "measured change of ln R, in widths", unit: "", scale: "linear" },
      series: [
        ...quantiles.map((curve) => ({ ...curve, dash: "none" as const, marks: true })),
        { name: "equal", x: ends, y: ends, dash: "dot" as const, marks: false },
      ],
    },
    {
      title: "Width of the change of ln R of cells not fitted",
      caption:
        "Width: (q90 - q10) / 2.563 of the change of ln R since programming, for four groups of neighbours in conductance (median).",
      x: several
        ? { label: "bake temperature", unit: "°C", scale: "linear" }
        : { label: "time since programming", unit: "s", scale: "log" },
      y: { label: "width of the change of ln R", unit: "", scale: "log" },
      series: widths,
    },
  ];
};
