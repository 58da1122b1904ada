import type { Summary, TableOf } from "#src/montecarlo/index";
import { tilesFor, weightsIn } from "#src/networks/index";
import { withImages } from "#src/numerics/chips-and-images";
import type { Interval } from "#src/numerics/wilson";

import type { Figure } from "#src/report/figure";
import { dataSetRecord } from "../../files/data-sets.ts";
import { showQuantity } from "../../units/show.ts";
import { networkNotes, networkText } from "../networks/network-parameters.ts";
import {
  drawn,
  intervalCurve,
  type Line,
  linesOf,
  percent,
  percentBounds,
  tableOf,
  valuesOf,
  varied,
} from "../results/index.ts";
import { senseNotes } from "../sensing/sense-notes.ts";
import { type NUMBERS, type NumberName, PARAMETERS, type Params } from "./network-on-chips-parameters.ts";
import type { Placed } from "./placement.ts";

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Condition = Line<Params, NumberName>;

/** Over training seeds, or with one network over its chips. */
const intervalOf = ({ rows, over }: Condition, number: NumberName): Interval =>
  rows.length > 1 ? over(number) : rows[0].numbers[number];

const imagesOf = ({ at }: Condition): number => {
  const { test } = dataSetRecord(at.data);
  return at.images === 0 ? test : Math.min(at.images, test);
};

/** The accuracy: over training seeds, or of one network over chips and images. */
const accuracyOf = (condition: Condition): Interval => {
  const { rows, over } = condition;
  if (rows.length > 1) return over("accuracy");
  const chips = rows[0].numbers.accuracy;
  return Number.isFinite(chips.low) ? withImages(chips, imagesOf(condition)) : chips;
};

const bracketed = (interval: Interval): string => percent(interval.estimate) + percentBounds(interval);

const POINT = 0.01;

/** Whether less than a point is lost: where the whole interval says so. */
const underOnePoint = (condition: Condition): string => {
  const { low, high } = intervalOf(condition, "loss");
  if (!Number.isFinite(high)) return "one chip: not known";
  if (high < POINT) return "yes";
  return low > POINT ? "no" : "undecided";
};

const shownRate = (condition: Condition, number: NumberName): string => {
  const x = condition.mean(number);
  if (!Number.isFinite(x)) return "";
  return x === 0 ? "0" : `${(100 * x).toPrecision(2)} %`;
};

const three = (x: number, unit: string): string =>
  Number.isFinite(x) ? showQuantity(Number(x.toPrecision(3)), unit) : "";

const counted = (x: number): string => (Number.isFinite(x) ? Math.round(x).toLocaleString("en") : "");

const hasAny = (conditions: readonly Condition[], number: NumberName): boolean =>
  conditions.some((condition) => Number.isFinite(condition.mean(number)));

/** Networks by their files' names, modes and networks without the axis' own. */
const WORDING = { network: (path: string) => path.split("/").at(-1) ?? path, mode: (mode: string) => mode };

const RATES: readonly (readonly [head: string, number: NumberName])[] = [
  ["type1", "usedType1"],
  ["type2", "usedType2"],
  ["type3", "usedType3"],
  ["flip", "usedFlip"],
];

/** Where the network keeps its accuracy, and where it does not. */
export const answerChips = (table: Table): string => {
  const conditions = linesOf(table, PARAMETERS, ["seed", "weights"], WORDING);
  const losses = conditions.map((c) => ({ c, loss: c.mean("loss") })).filter(({ loss }) => Number.isFinite(loss));
  if (losses.length === 0) return "";
  const kept = losses.filter(({ loss }) => loss < 0.01).length;
  const sorted = [...losses].sort((a, b) => a.loss - b.loss);
  const told = ({ c, loss }: (typeof losses)[number]): string =>
    `${(100 * loss).toFixed(1)} points${c.label ? ` at ${c.label}` : ""}`;
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  return least === most
    ? `Of ${least.c.percent("clean")} % without errors, chips lose ${told(least)}.`
    : `Chips lose less than a point of ${least.c.percent("clean")} % at ${kept} of ${losses.length} conditions: from ${told(least)} to ${told(most)}.`;
};

export const concludeChips = (table: Table): Summary[] => {
  const conditions = linesOf(table, PARAMETERS, ["seed", "weights"], WORDING);
  const isOfSeeds = conditions.some(({ rows }) => rows.length > 1);
  // A column an axis keeps tables within a terminal's width.
  const axes = table.axes.filter((axis) => axis !== "seed" && axis !== "weights");
  const told = (axis: keyof Params & string, { at }: Condition): string => {
    const value = varied(PARAMETERS, axis, at[axis]);
    return axis === "network" ? WORDING.network(value) : value;
  };
  const labels = axes.map((axis) => [axis, (c: Condition) => told(axis, c)] as const);
  const rates = RATES.filter(([, number]) => hasAny(conditions, number));
  return [
    tableOf(
      `Accuracy on chips, % [95 % interval over ${isOfSeeds ? "training seeds" : "chips and images"}]`,
      conditions,
      [
        ...labels,
        ["accuracy", (c) => bracketed(accuracyOf(c))],
        ["clean", (c) => c.percent("clean")],
        ["loss, points", (c) => bracketed(intervalOf(c, "loss"))],
        ["under a point", underOnePoint],
      ],
      [
        `Loss: what the same network loses on the same images${isOfSeeds ? "" : ", its interval over chips alone"}. Under a point: yes or no where the whole interval of the loss is on that side of one point.`,
      ],
    ),
    tableOf(
      "What the chips do and take",
      conditions,
      [
        ...labels,
        ...rates.map(([head, number]) => [head, (c: Condition) => shownRate(c, number)] as const),
        hasAny(conditions, "usedStrobe") && ["strobe", (c) => three(c.mean("usedStrobe"), "s")],
        hasAny(conditions, "energy") && ["energy", (c) => three(c.mean("energy"), "J")],
        ["devices", (c) => counted(c.mean("devices"))],
        ["tiles", (c) => counted(c.mean("tiles"))],
        ["on arrays", (c) => `${(100 * c.mean("share")).toFixed(0)} %`],
      ],
      [
        [
          rates.length > 0 &&
            "Rates, of a cell's read: type1 ±1 with the other sign, type2 ±1 as 0, type3 0 as ±1, of ternary weights; flip: of binary ones.",
          hasAny(conditions, "energy") &&
            "Energy: of an image; every weight's read once a place, precharge from 0 V and sense, or the devices of analog arrays under their voltages; converters, drivers and digital sums are left out.",
          "On arrays: share of the products.",
        ]
          .filter(Boolean)
          .join(" "),
      ],
    ),
  ];
};

/** Axes that are drawn against, the first of which has several values. */
const SWEPT = [
  "supply",
  "strobe",
  "temperature",
  "type1",
  "type2",
  "type3",
  "converterBits",
  "levels",
  "programmingError",
  "readNoise",
  "wireResistance",
  "inputBits",
  "mismatch",
  "bitLineCapacitance",
  "tile",
] as const;

export const drawChips = (table: Table, params: Params): Figure[] => {
  const swept = SWEPT.find((axis) => valuesOf(table.rows, axis).length > 1);
  if (swept === undefined) return [];
  const lines = linesOf(table, PARAMETERS, ["seed", "weights", swept], WORDING);
  const parameter = PARAMETERS[swept];
  const { axis, value } = drawn(swept, parameter.kind === "quantity" ? parameter.unit : "1");
  const isRate = swept.startsWith("type");
  const curve = (line: Condition, name: string, number: NumberName, dash: "solid" | "dot") => {
    const points = line.by(swept);
    const series = intervalCurve(
      name,
      points.map((point) => value(Number(point.value))),
      points.map((point) => (number === "accuracy" ? accuracyOf(point) : intervalOf(point, number))),
      100,
    );
    if (number !== "clean") return { ...series, dash };
    const { low: _low, high: _high, ...level } = series;
    return { ...level, dash };
  };
  // Of one network it is the same whatever reads it.
  const isOneLevel = new Set(table.rows.map(({ numbers }) => numbers.clean.estimate)).size === 1;
  const over = lines.some((line) => line.by(swept).some(({ rows }) => rows.length > 1))
    ? "training seeds"
    : "chips and images";
  return [
    {
      title: `Accuracy on chips against ${swept}`,
      caption: `Bars are 95 % intervals over ${over}; dotted: without errors. ${dataSetRecord(params.data).name}, ${networkText(params)}.`,
      x: isRate ? { ...axis, scale: "log" } : axis,
      y: { label: "test accuracy", unit: "%", scale: "linear" },
      series: [
        ...lines.map((line) => curve(line, line.label || "on chips", "accuracy", "solid")),
        ...(isOneLevel
          ? [curve(lines[0], "without errors", "clean", "dot")]
          : lines.map((line) =>
              curve(line, line.label ? `${line.label}, without errors` : "without errors", "clean", "dot"),
            )),
      ],
    },
  ];
};

/** A layer and where it is, in a few words. */
const placeText = ({ layer, place, copies }: Placed, tile: number): string => {
  const { name, weights, groups, inputs, outputs, places, digital } = layer;
  const size = `${groups > 1 ? `${groups} x ` : ""}${inputs} x ${outputs} ${weights}`;
  const read = places > 1 ? `, read at ${places} places` : "";
  const arrays = copies * tilesFor(layer, tile, tile);
  const where =
    place === "digital"
      ? `digital${digital ? ` (${digital})` : ""}`
      : `${place === "2T2R" ? `${(copies * weightsIn(layer)).toLocaleString("en")} 2T2R cells${copies > 1 ? `, ${copies} a weight,` : ""}` : "analog"} on ${arrays} ${arrays === 1 ? "array" : "arrays"}`;
  return `${name}: ${size}${read}, ${where}`;
};

/** The values a parameter takes, in words. */
const used = (points: readonly Params[], name: keyof Params): string =>
  [...new Set(points.map((p) => p[name]))].join(" and ");

export const notesOfChips = (
  params: Params,
  points: readonly Params[],
  placedAt: (point: Params) => readonly Placed[] | null,
): string[] => {
  const uses = (...modes: readonly Params["mode"][]): boolean => points.some(({ mode }) => modes.includes(mode));
  const layers = new Set(
    points.flatMap((point) => {
      const placed = placedAt(point);
      const name = points.some(({ network }) => network !== points[0].network) ? `${point.network}: ` : "";
      return placed ? [`${name}layers: ${placed.map((layer) => placeText(layer, point.tile)).join("; ")}.`] : [];
    }),
  );
  return [
    ...networkNotes(points, [...new Set(points.map(({ weights }) => weights))], params.images),
    ...[...layers].map((text) => text[0].toUpperCase() + text.slice(1)),
    ...(uses("sense amplifiers", "whole chips") ? senseNotes(params, points) : []),
    ...(uses("sense amplifiers")
      ? [
          `Sense amplifiers: each weight is read with independent errors at the rates of ${params.samples} samples of each stored state, whose own uncertainty is not in the intervals.`,
        ]
      : []),
    ...(uses("whole chips")
      ? [
          "Whole chips: every weight is read by a transient of its column's amplifier with its own cells, columns of `tile` rows.",
        ]
      : []),
    ...(uses("analog arrays")
      ? [
          `Analog arrays: devices ${showQuantity(params.lowResistance, "ohm")} to ${showQuantity(params.highResistance, "ohm")}, programming error ${percent(params.programmingError)} %, read noise ${percent(params.readNoise)} %; tiles of ${used(points, "tile")} rows and columns, ${used(points, "wireResistance")} ohm of line from cell to cell, solved exactly; converters of ${used(points, "converterBits")} bits (0: none). Where weights are all ±1 half of a tile's devices are at their low resistance, and the lines' drop is at its worst: smaller tiles or higher resistances lose less.`,
        ]
      : []),
  ];
};
