import type { Row, Summary, TableOf } from "#src/montecarlo/index";
import { meanInterval } from "#src/numerics/mean-interval";
import { momentsOf } from "#src/numerics/moments";
import { pairedInterval } from "#src/numerics/paired-interval";
import type { Interval } from "#src/numerics/wilson";
import type { Axis, Figure, Series } from "#src/report/figure";
import { grouped } from "#src/words/grouped";
import { showQuantity } from "../../units/show.ts";
import {
  bare,
  drawn,
  intervalCurve,
  type Line,
  linesOf,
  percent,
  percentAxis,
  percentCurve,
  pureAxis,
  sweptCurve,
  tableOf,
  valuesOf,
} from "../results/index.ts";
import { senseNotes } from "../sensing/sense-notes.ts";
import { type NUMBERS, type NumberName, PARAMETERS, type Params } from "./laborieux-2020-parameters.ts";
import { dataNote } from "./published-parameters.ts";

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Trained = Line<Params, NumberName>;
type TrainedRow = Row<Params, NumberName>;

const WORDING = {
  filters: (filters: string) => `F = ${filters}`,
  weights: (weights: string) => `${weights} weights`,
  activation: (activation: string) => `${activation} activations`,
  supply: bare,
  technology: bare,
};

/** Lines of the networks after their last epoch, as far as trainings came. */
const finished = (table: Table, except: readonly (keyof Params & string)[] = []): Trained[] =>
  linesOf(
    { ...table, rows: table.rows.filter(({ at }) => at.epoch === at.epochs) },
    PARAMETERS,
    ["seed", "epoch", ...except],
    WORDING,
  )
    .map((line) => line.known("accuracy"))
    .filter(({ rows }) => rows.length > 0);

/** What must agree for a binary and a ternary network to be compared; `but`: what else may differ. */
const settingOf = (at: Params, but: readonly (keyof Params)[]): string =>
  Object.entries(at)
    .filter(([name]) => name !== "weights" && name !== "seed" && !but.includes(name as keyof Params))
    .map(([, value]) => value)
    .join("\n");

/** Networks of one setting, by kind of weights. */
const pairsOf = (lines: readonly Trained[], but: readonly (keyof Params)[] = []) =>
  [...grouped(lines, ({ at }) => settingOf(at, but)).values()].flatMap((own) => {
    const [binary, ternary] = (["binary", "ternary"] as const).map((kind) =>
      own.filter(({ at }) => at.weights === kind),
    );
    return binary.length > 0 && ternary.length > 0 ? [{ binary, ternary }] : [];
  });

const seedsOf = ({ rows }: Trained): Map<number, TrainedRow> => new Map(rows.map((row) => [row.at.seed, row]));

/** Ternary less binary accuracy over the seeds that both have. */
const differenceOf = (binary: Trained, ternary: Trained): { readonly interval: Interval; readonly seeds: number } => {
  const of = seedsOf(binary);
  const both = ternary.rows.filter((row) => of.has(row.at.seed));
  const accuracy = (row: TrainedRow | undefined): number => row?.numbers.accuracy.estimate ?? Number.NaN;
  return {
    interval: pairedInterval(
      both.map(accuracy),
      both.map((row) => accuracy(of.get(row.at.seed))),
    ),
    seeds: both.length,
  };
};

/** The place where a line through points, ascending in x, has this height, and back; null beyond its ends. */
export const interpolated = (points: readonly (readonly [x: number, y: number])[], at: number): number | null => {
  const sorted = [...points].sort((a, b) => a[0] - b[0]);
  for (let k = 0; k + 1 < sorted.length; k++) {
    const [[x0, y0], [x1, y1]] = [sorted[k], sorted[k + 1]];
    if (at >= x0 && at <= x1 && x1 > x0) return y0 + ((y1 - y0) * (at - x0)) / (x1 - x0);
  }
  return null;
};

const SIGNED = (interval: Interval): string => {
  const sign = (x: number): string => `${x >= 0 ? "+" : ""}${percent(x)}`;
  const bounds = Number.isFinite(interval.low) ? ` [${sign(interval.low)}, ${sign(interval.high)}]` : "";
  return sign(interval.estimate) + bounds;
};

/** One seed's networks of several widths: what they take (in its logarithm), and their accuracy. */
const curveOf = (lines: readonly Trained[], seed: number, taken: "cells" | "energy"): (readonly [number, number])[] =>
  lines.flatMap((line) => {
    const row = seedsOf(line).get(seed);
    return row ? [[Math.log(row.numbers[taken].estimate), row.numbers.accuracy.estimate] as const] : [];
  });

interface Fair {
  readonly filters: number;
  readonly interval: Interval;
  readonly seeds: number;
}

const overSeeds = (filters: number, values: readonly (number | null)[]): Fair => {
  const known = values.filter((x): x is number => x !== null);
  return { filters, interval: meanInterval(momentsOf(known)), seeds: known.length };
};

/** Ternary less binary accuracy where binary networks, between those trained, take as much energy as each ternary one. */
const atEqualEnergy = (binary: readonly Trained[], ternary: readonly Trained[]): Fair[] =>
  ternary.map((line) =>
    overSeeds(
      line.at.filters,
      line.rows.map(({ at, numbers }) => {
        const other = interpolated(curveOf(binary, at.seed, "energy"), Math.log(numbers.energy.estimate));
        return other === null ? null : numbers.accuracy.estimate - other;
      }),
    ),
  );

/** Cells of ternary networks, between those trained, that are as accurate as each binary one, in its cells. */
const atEqualAccuracy = (binary: readonly Trained[], ternary: readonly Trained[]): Fair[] =>
  binary.map((line) =>
    overSeeds(
      line.at.filters,
      line.rows.map(({ at, numbers }) => {
        const turned = curveOf(ternary, at.seed, "cells").map(([x, y]) => [y, x] as const);
        const cells = interpolated(turned, numbers.accuracy.estimate);
        return cells === null ? null : Math.exp(cells) / numbers.cells.estimate;
      }),
    ),
  );

const known = (fair: readonly Fair[]): Fair[] => fair.filter(({ seeds }) => seeds > 0);

const ratioText = ({ interval: { estimate, low, high } }: Fair): string =>
  `${estimate.toFixed(2)} times${Number.isFinite(low) ? ` [${low.toFixed(2)}, ${high.toFixed(2)}]` : ""}`;

const partly = ({ seeds }: Fair, all: number): string => (seeds < all ? ` (${seeds} of ${all} seeds)` : "");

/** The three comparisons, in words, of every setting that has several widths. */
const fairComparisons = (lines: readonly Trained[]): Summary[] =>
  pairsOf(lines, ["filters"]).flatMap(({ binary, ternary }) => {
    if (binary.length < 2 && ternary.length < 2) return [];
    const all = ternary[0].rows.length;
    const rows: [string, string, string][] = [
      ...ternary.flatMap((line): [string, string, string][] => {
        const same = binary.find(({ at }) => at.filters === line.at.filters);
        return same
          ? [["cells", `F = ${line.at.filters}, both`, `${SIGNED(differenceOf(same, line).interval)} points`]]
          : [];
      }),
      ...known(atEqualEnergy(binary, ternary)).map((fair): [string, string, string] => [
        "energy",
        `of the ternary F = ${fair.filters}`,
        `${SIGNED(fair.interval)} points${partly(fair, all)}`,
      ]),
      ...known(atEqualAccuracy(binary, ternary)).map((fair): [string, string, string] => [
        "accuracy",
        `of the binary F = ${fair.filters}`,
        `${ratioText(fair)} the cells${partly(fair, all)}`,
      ]),
    ];
    return [
      tableOf(
        `Ternary against binary, fairly: ${binary[0].at.activation} activations`,
        rows,
        [
          ["at equal", ([at]) => at],
          ["where", ([, where]) => where],
          ["ternary networks", ([, , found]) => found],
        ],
        [
          "Intervals are 95 % t intervals over paired seeds. Between widths that were trained, accuracy is taken as linear in the logarithm of cells or energy; beyond them nothing is said.",
        ],
      ),
    ];
  });

const zerosText = (line: Trained): string =>
  line.at.weights === "ternary" ? `${(100 * line.mean("zeros")).toFixed(0)} %` : "";
const cellsText = (line: Trained): string =>
  Number.isFinite(line.mean("cells")) ? Math.round(line.mean("cells")).toLocaleString("en") : "";
const energyText = (line: Trained): string =>
  Number.isFinite(line.mean("energy")) ? showQuantity(Number(line.mean("energy").toPrecision(3)), "J") : "";

const nameOf = (line: Trained): string => line.label || `F = ${line.at.filters}, ${line.at.weights} weights`;

export const concludeVgg = (table: Table): Summary[] => {
  const lines = finished(table);
  const pairs = pairsOf(lines);
  const trainings = linesOf(table, PARAMETERS, ["seed", "epoch"], WORDING);
  const lost = table.rows.filter(({ numbers }) => !Number.isFinite(numbers.accuracy.estimate)).length;
  return [
    tableOf(
      "Test accuracy after the last epoch, % [95 % t interval over seeds]",
      lines,
      [
        ["network", nameOf],
        ["accuracy", (line) => line.bracketed("accuracy")],
        ["seeds", ({ rows }) => `${rows.length}`],
        ["zeros", zerosText],
        ["cells", cellsText],
        ["energy", energyText],
      ],
      [
        ...(lost > 0
          ? [`${lost} epochs of ${trainings.length} networks' trainings were not reached: they diverged.`]
          : []),
        "Cells: 2T2R, one a weight. Energy: of an image, every weight read once a place from rest, precharge and sense to the best strobe for its kind; converters, drivers and digital sums are left out.",
      ],
    ),
    ...(pairs.length > 0
      ? [
          tableOf(
            "Ternary less binary, points [95 % t interval over paired seeds]",
            pairs.map(({ binary: [b], ternary: [t] }) => ({ binary: b, ternary: t, ...differenceOf(b, t) })),
            [
              ["networks", ({ ternary: { at } }) => `F = ${at.filters}, ${at.activation} activations`],
              ["difference", ({ interval }) => SIGNED(interval)],
              ["pairs", ({ seeds }) => `${seeds}`],
              [
                "ternary better",
                ({ interval: { low, high } }) =>
                  !Number.isFinite(low) ? "one pair" : low > 0 ? "yes" : high < 0 ? "no" : "undecided",
              ],
            ],
            ["Both networks of a pair start from the same draws and see the same images in the same order."],
          ),
        ]
      : []),
    ...fairComparisons(lines),
  ];
};

/** Over seeds, cut at 0 and 1; of one seed the value alone. */
const accuracyOf = (line: Trained): Interval => (line.rows.length > 1 ? line.share("accuracy") : line.over("accuracy"));

/** A line of the same networks at several widths, against what they take. */
const against = (lines: readonly Trained[], taken: "cells" | "energy", value: (si: number) => number): Series[] =>
  [...grouped(lines, ({ at }) => [at.weights, settingOf(at, ["filters"])].join("\n")).values()].map((unsorted) => {
    const own = [...unsorted].sort((a, b) => a.at.filters - b.at.filters);
    return percentCurve(
      `${own[0].at.weights} weights, ${own[0].at.activation} activations`,
      own.map((line) => value(line.mean(taken))),
      own.map(accuracyOf),
    );
  });

const logarithmic = (axis: Axis): Axis => ({ ...axis, scale: "log" });

export const drawVgg = (table: Table, params: Params): Figure[] => {
  const lines = finished(table).filter(({ at }) => at.weights !== "float");
  const note = `Bars are 95 % t intervals over training seeds. ${dataNote(params)}.`;
  const joules = drawn("energy of an image", "J");
  const curves = linesOf(table, PARAMETERS, ["seed", "epoch"], WORDING);
  const figures: Figure[] = [
    {
      title: "Test accuracy against epochs",
      caption: note,
      x: pureAxis("epochs"),
      y: percentAxis("test accuracy"),
      series: curves.map((line) => sweptCurve(line.label || "test", line.known("accuracy"), "epoch", accuracyOf)),
    },
  ];
  if (
    valuesOf(
      lines.flatMap(({ rows }) => rows),
      "filters",
    ).length < 2
  )
    return figures;
  const nanojoules = (si: number): number => si * 1e9;
  figures.push(
    {
      title: "At equal cells: accuracy against cells",
      caption: note,
      x: logarithmic(pureAxis("2T2R cells")),
      y: percentAxis("test accuracy"),
      series: against(lines, "cells", (x) => x),
    },
    {
      title: "At equal energy: accuracy against the reads' energy of an image",
      caption: note,
      x: { ...joules.axis, unit: "nJ", scale: "log" },
      y: percentAxis("test accuracy"),
      series: against(lines, "energy", nanojoules),
    },
  );
  for (const { binary, ternary } of pairsOf(lines, ["filters"])) {
    const fair = known(atEqualAccuracy(binary, ternary));
    if (fair.length === 0) continue;
    const at = fair.map(({ filters }) => binary.find((line) => line.at.filters === filters) as Trained);
    figures.push({
      title: `At equal accuracy: cells of ternary networks, ${binary[0].at.activation} activations`,
      caption: `${note} Cells of a ternary network, between widths that were trained, that is as accurate as a binary one, in that one's cells.`,
      x: percentAxis("accuracy of the binary network"),
      y: pureAxis("ternary cells / binary cells"),
      series: [
        intervalCurve(
          "cells",
          at.map((line) => 100 * line.mean("accuracy")),
          fair.map(({ interval }) => interval),
          1,
        ),
      ],
    });
  }
  return figures;
};

export const vggNotes = (params: Params, points: readonly Params[]): string[] => {
  const all = (name: keyof Params): string => [...new Set(points.map((point) => point[name]))].join(", ");
  return [
    `${dataNote(params)}. Six 3 x 3 convolutions of F, F, 2F, 2F, 4F, 4F channels, each pair pooled before its last normalisation, dense layers of 512 and the classes; F ${all("filters")} where the authors have 128.`,
    `Straight-through estimators, ${all("optimiser")}, learning rate ${all("learningRate")} by a cosine${params.restarts === "" ? "" : ` (${params.restarts} epochs)`}, batch ${all("batch")}, ${all("epochs")} epochs, the last counts; ${all("arithmetic")} arithmetic; images flipped and moved by up to 4 pixels. Latent weights start at N(0, 0.03), are 0 within 0.05 where ternary, and stay within -1 .. 1.`,
    "Of the authors' training other: 700 epochs; AdamW; latent weights are not clipped there; their input is normalised by channel, here all three channels alike.",
    ...senseNotes(params, points),
  ];
};
