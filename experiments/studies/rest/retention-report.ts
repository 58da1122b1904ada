import type { Summary } from "#src/montecarlo/index";
import type { Figure } from "#src/report/figure";
import { showQuantity, showTime } from "../../units/show.ts";
import {
  bare,
  type Line,
  linesOf,
  percent,
  percentAxis,
  percentBounds,
  percentCurve,
  rateCell,
  tableOf,
} from "../results/index.ts";
import { standingOf } from "../sensing/sense-notes.ts";
import { refreshInterval, timeOfLoss } from "./refresh-interval.ts";
import { extrapolated, extrapolatedBands, extrapolationNote } from "./rest-parameters.ts";
import {
  type NumberName,
  PARAMETERS,
  type RetentionValues,
  type RetentionTable as Table,
} from "./retention-parameters.ts";

type Course = Line<RetentionValues, NumberName>;

/** Lines that differ in more than time and seed; each is a course of time. */
const coursesOf = (table: Table): Course[] =>
  linesOf(table, PARAMETERS, ["time", "seed"], {
    device: (name) => name,
    storageTemperature: bare,
  });

/** Loss of accuracy that a refresh is to keep below. */
const LIMIT = 0.01;

const nameOf = ({ label, at }: Course): string => label || at.device;

const refreshOf = (course: Course, kind: "binary" | "ternary"): string => {
  const clean = kind === "binary" ? "binaryClean" : "ternaryClean";
  const seeds = course.by("seed");
  const times = seeds.map((seed) =>
    timeOfLoss(
      seed.rows.map(({ at, numbers }) => ({
        seconds: at.time,
        loss: numbers[clean].estimate - numbers[kind].estimate,
      })),
      LIMIT,
    ),
  );
  const known = course.rows.every(({ numbers }) => Number.isFinite(numbers[clean].estimate - numbers[kind].estimate));
  if (!known) return "-";
  const found = refreshInterval(times);
  const last = Math.max(...course.rows.map(({ at }) => at.time));
  const first = Math.min(...course.rows.map(({ at }) => at.time).filter((t) => t > 0));
  if (!found) {
    const [early, late] = (["before", "later"] as const).map((side) => times.filter((t) => t === side).length);
    if (late === times.length) return `> ${showTime(last)}`;
    if (early === times.length) return `< ${showTime(first)}`;
    return [
      ...(early > 0 ? [`${early} of ${times.length} seeds before ${showTime(first)}`] : []),
      `${times.length - late} of ${times.length} within ${showTime(last)}`,
    ].join(", ");
  }
  const two = (t: number): string => showTime(Number(t.toPrecision(2)));
  const bounds = Number.isFinite(found.low) ? ` [${two(found.low)}, ${two(found.high)}]` : " (one seed)";
  const beyond = extrapolated({ ...course.at, time: found.estimate });
  return `${two(found.estimate)}${bounds}${beyond ? " *" : ""}`;
};

export const concludeRetention = (table: Table): Summary[] => {
  const courses = coursesOf(table);
  const [first] = courses;
  const seeds = first.by("seed").length;
  const rows = courses.flatMap((course) => course.by("time").map((line) => ({ course, line })));
  const beyond = ({ at }: Course): string => (extrapolated(at) ? " *" : "");
  return [
    tableOf(
      "How soon to refresh, to lose less than one point [95 % over seeds]",
      courses,
      [
        ["device", nameOf],
        ["binary", (course) => refreshOf(course, "binary")],
        ["ternary", (course) => refreshOf(course, "ternary")],
      ],
      [
        `Time at which accuracy on chips has fallen one point below that without errors, on a course that does not fall, between two ages in proportion on the logarithm of time; geometric mean and t interval over ${seeds} training seeds, which share one estimate of the error rates: its own uncertainty (below) is not in the interval. *: extrapolated. ${extrapolationNote(table.rows.map(({ at }) => at))}`,
      ],
    ),
    tableOf(
      "Accuracy on chips after rest, %",
      rows,
      [
        ["device", ({ course }) => nameOf(course)],
        ["time", ({ line }) => `${showTime(line.value)}${beyond(line)}`],
        ["BNN", ({ line }) => line.within("binary")],
        ["TNN", ({ line }) => line.within("ternary")],
        ["TNN - BNN [95 %]", ({ line }) => percent(line.mean("difference")) + percentBounds(line.over("difference"))],
      ],
      [
        `Means over ${seeds} training seeds of ${first.rows[0].numbers.binary.trials} chips each, t intervals over seeds. Without errors: BNN ${first.percent("binaryClean")} %, TNN ${first.percent("ternaryClean")} %. *: extrapolated.`,
      ],
    ),
    tableOf(
      "Reads of ±1 after rest that err, % [95 % Wilson interval]",
      rows,
      [
        ["device", ({ course }) => nameOf(course)],
        ["time", ({ line }) => `${showTime(line.value)}${beyond(line)}`],
        ["type 1: sign", ({ line }) => rateCell(line.rows[0].numbers.type1)],
        ["type 2: to 0", ({ line }) => rateCell(line.rows[0].numbers.type2)],
      ],
      ["Type 2: read as 0 or with both outputs low."],
    ),
    tableOf(
      "Reads of 0 and binary reads after rest that err, % [95 % Wilson interval]",
      rows,
      [
        ["device", ({ course }) => nameOf(course)],
        ["time", ({ line }) => `${showTime(line.value)}${beyond(line)}`],
        ["type 3: 0 to ±1", ({ line }) => rateCell(line.rows[0].numbers.type3)],
        ["BNN flip", ({ line }) => rateCell(line.rows[0].numbers.binaryFlip)],
      ],
      [
        `Strobes are each network's best on fresh cells: ${courses.map((course) => `${nameOf(course)} TNN ${strobe(course, "ternaryStrobe")}, BNN ${strobe(course, "binaryStrobe")}`).join("; ")}. The same cells at all ages: each is one path of time.`,
      ],
    ),
  ];
};

const strobe = ({ rows: [row] }: Course, name: "ternaryStrobe" | "binaryStrobe"): string =>
  showQuantity(Number(row.numbers[name].estimate.toPrecision(2)), "s");

const TIME_AXIS = { label: "time since programming", unit: "s", scale: "log" } as const;

export const drawRetention = (table: Table, params: RetentionValues): Figure[] =>
  coursesOf(table).flatMap((course): Figure[] => {
    const ages = course.by("time").filter(({ value }) => value > 0);
    if (ages.length < 2) return [];
    const caption = `${extrapolationNote(course.rows.map(({ at }) => at))} ${standingOf(course.rows, params)}`;
    const times = ages.map(({ value }) => value);
    const bands = extrapolatedBands(course.at, times[0], times[times.length - 1]);
    const level = (name: string, number: NumberName) => ({
      name,
      x: [times[0], times[times.length - 1]],
      y: [0, 1].map(() => (Number.isFinite(course.mean(number)) ? 100 * course.mean(number) : null)),
      dash: "dot" as const,
      marks: false,
    });
    const rate = (name: string, number: NumberName) =>
      percentCurve(
        name,
        times,
        ages.map(({ rows: [row] }) => row.numbers[number]),
      );
    const seen = ages.flatMap(({ rows: [row] }) =>
      (["type1", "type2", "type3", "binaryFlip"] as const).map((name) => row.numbers[name].estimate),
    );
    return [
      {
        title: `Accuracy after rest: ${nameOf(course)}`,
        caption: `Means over chips and training seeds, bars are 95 % t intervals over seeds; dotted: without errors. ${caption}`,
        x: TIME_AXIS,
        bands,
        y: percentAxis("test accuracy"),
        series: [
          percentCurve(
            "BNN",
            times,
            ages.map((age) => age.over("binary")),
          ),
          percentCurve(
            "TNN",
            times,
            ages.map((age) => age.over("ternary")),
          ),
          level("BNN without errors", "binaryClean"),
          level("TNN without errors", "ternaryClean"),
        ],
      },
      {
        title: `Read errors after rest: ${nameOf(course)}`,
        caption: `Bars are 95 % Wilson intervals over ${params.samples} samples a state; rates of nothing seen are not drawn. ${caption}`,
        x: TIME_AXIS,
        bands,
        y: { label: "reads in error", unit: "%", scale: seen.some((p) => p > 0) ? "log" : "linear" },
        series: [
          rate("type 1: sign", "type1"),
          rate("type 2: ±1 to 0", "type2"),
          rate("type 3: 0 to ±1", "type3"),
          rate("BNN flip", "binaryFlip"),
        ],
      },
    ];
  });
