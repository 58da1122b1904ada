import type { RramState } from "#devices/index";
import { tInterval } from "#src/numerics/intervals";
import { LOG_FAMILIES, type LogFamily, logQuantileOf } from "#src/numerics/log-fits";
import { momentsOf, standardDeviation } from "#src/numerics/moments";
import type { Figure } from "#src/report/figure";
import type { WordTable } from "#src/report/page";
import { showMeasured } from "../units/show.ts";
import type { FittedDevice } from "./fit-device.ts";
import { logSigmaOf, type StateFit } from "./fit-state.ts";

const NAMES: Readonly<Record<RramState, string>> = { lrs: "LRS", hrs: "HRS" };
const STATES = ["lrs", "hrs"] as const;
/** Points drawn of a large sample: all of both tails, and every so many between. */
const DRAWN = 1500;

const three = (x: number): string => String(Number(x.toPrecision(3)));

/**
 * Median with its 95 % interval where R is lognormal (t for the mean of ln R), and the standard deviation of ln R with
 * sqrt((kurtosis - 1) / (4 n)) as its relative standard error: for a hundred values or more, of any distribution with a
 * fourth moment (of 20 normal values it covers 88 %).
 */
const statisticsRow = (name: string, { sorted }: StateFit): string[] => {
  const m = momentsOf(sorted);
  const deviation = standardDeviation(m);
  const { low, high } = tInterval(m.mean, deviation, m.count);
  const fourth = sorted.reduce((sum, y) => sum + ((y - m.mean) ** 2) ** 2, 0) / m.count;
  const kurtosis = fourth / (m.squares / m.count) ** 2;
  const half = 1.96 * deviation * Math.sqrt((kurtosis - 1) / (4 * m.count));
  const ohm = (y: number): string => showMeasured(Number(Math.exp(y).toPrecision(3)), "ohm");
  return [
    name,
    String(m.count),
    `${ohm(m.mean)} [${ohm(low)}, ${ohm(high)}]`,
    `${deviation.toFixed(3)} [${(deviation - half).toFixed(3)}, ${(deviation + half).toFixed(3)}]`,
    `${ohm(sorted[0])} .. ${ohm(sorted[sorted.length - 1])}`,
  ];
};

type States = Pick<FittedDevice, "states" | "chosen">;

export const fitTables = ({ states, chosen }: States): WordTable[] => [
  {
    title: "Measured resistances [95 %]",
    columns: ["state", "n", "geometric mean", "sigma of ln R", "range"],
    rows: STATES.map((s) => statisticsRow(NAMES[s], states[s])),
    notes: [],
  },
  {
    title: "Fits",
    columns: ["state", "family", "median", "sigma of ln R", "A^2", "p", "BIC", ""],
    rows: STATES.flatMap((s) =>
      LOG_FAMILIES.map((kind: LogFamily) => {
        const { fit, goodness, criterion } = states[s].families[kind];
        return [
          NAMES[s],
          kind,
          showMeasured(Math.exp(logQuantileOf(fit, 0.5)), "ohm"),
          logSigmaOf(fit, states[s].sorted.length).toFixed(3),
          three(goodness.distance),
          goodness.probability <= 1 / (goodness.replicates + 1)
            ? `< ${three(2 / (goodness.replicates + 1))}`
            : three(goodness.probability),
          (criterion - Math.min(...LOG_FAMILIES.map((k) => states[s].families[k].criterion))).toFixed(1),
          kind === chosen[s] ? "taken" : "",
        ];
      }),
    ),
    notes: [
      "A^2: Anderson and Darling's distance; p: share of samples drawn from the fit, and fitted again, that lie as far from theirs (small: the family does not hold). BIC: over the least; another family than the lognormal is taken where it is better by ten, a mixture from 50 values on.",
    ],
  },
];

export const fitFigures = ({ states, chosen }: States): Figure[] =>
  STATES.map((s): Figure => {
    const { sorted, families } = states[s];
    const n = sorted.length;
    const edge = Math.floor(DRAWN / 3);
    const stride = Math.max(1, Math.ceil((n - 2 * edge) / edge));
    const shown = [...sorted.keys()].filter((i) => i < edge || i >= n - edge || i % stride === 0);
    const unit = Math.exp(sorted[n >> 1]) > 1e5 ? ([1e-6, "Mohm"] as const) : ([1e-3, "kohm"] as const);
    const ohm = (y: number): number => Math.exp(y) * unit[0];
    const kinds = [...new Set<LogFamily>([chosen[s], "lognormal"])];
    const ends = [ohm(sorted[0]), ohm(sorted[n - 1])];
    return {
      title: `${NAMES[s]}: measured against fitted quantiles`,
      caption: `QQ figure of ${n} resistances${shown.length < n ? ` (all of the ${edge} lowest and highest, and some between)` : ""}: points on the dotted line follow the fit. Taken: ${chosen[s]}.`,
      x: { label: "fitted resistance", unit: unit[1], scale: "log" },
      y: { label: "measured resistance", unit: unit[1], scale: "log" },
      series: [
        ...kinds.map((kind) => ({
          name: kind,
          // Hazen's plotting positions.
          x: shown.map((i) => ohm(logQuantileOf(families[kind].fit, (i + 0.5) / n))),
          y: shown.map((i) => ohm(sorted[i])),
          dash: "none" as const,
          marks: true,
        })),
        { name: "equal", x: ends, y: ends, dash: "dot" as const, marks: false },
      ],
    };
  });
