import type { Summary, TableOf } from "#src/montecarlo/index";
import type { Figure } from "#src/report/figure";
import { showQuantity } from "../../units/show.ts";
import { linesOf } from "../results/index.ts";
import {
  ERROR_NAMES,
  ERRORS,
  type NUMBERS,
  PARAMETERS,
  type PvtValues,
  type RateName,
  STROBE_KINDS,
  STROBES,
  type Strobe,
} from "./pvt-parameters.ts";
import { fitAt, standingOf } from "./sense-notes.ts";

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Row = Table["rows"][number];

/** Share of weights misread with equally likely states; an invalid ±1 is missed, an invalid 0 is used as the 0 it is. */
const misread = (row: Row, strobe: Strobe): number => {
  const rate = (name: RateName): number => row.numbers[`${strobe}${name}`].estimate;
  return (2 * (rate("Type1") + rate("Missed")) + rate("Type3")) / 3;
};

const percentOf = (share: number): string => {
  if (!Number.isFinite(share)) return "";
  const percent = 100 * share;
  return percent === 0 ? "0" : percent >= 10 ? percent.toFixed(0) : percent.toPrecision(2);
};

/** What fits into a place of a map: whole percents, "<1" below, nothing for none. */
const shortOf = (share: number): string => {
  if (!Number.isFinite(share) || share === 0) return "";
  return share < 0.01 ? "<1" : (100 * share).toFixed(0);
};

const nanoseconds = (seconds: number): string => String(Number((1e9 * seconds).toPrecision(2)));

const place = (at: PvtValues): string => `${at.corner} ${Math.round(at.temperature - 273.15)} °C`;

/** Which of the numbers of a place go with how good the transistors' fit is there. */
const marked = (at: PvtValues): string => {
  const fit = fitAt(at);
  return fit !== null && Math.max(Math.abs(fit.low - 1), Math.abs(fit.high - 1)) <= 0.1 ? "" : "~";
};

export const concludePvt = (table: Table, params: PvtValues): Summary[] =>
  linesOf(table, PARAMETERS, ["corner", "supply", "temperature"]).flatMap(({ label, rows }) => {
    const supplies = [...new Set(rows.map((r) => r.at.supply))];
    const worst = (of: readonly Row[], strobe: Strobe): Row =>
      of.reduce((a, b) => (misread(b, strobe) > misread(a, strobe) || Number.isNaN(misread(a, strobe)) ? b : a));
    return [
      {
        title: `Worst corner and temperature at each supply${label ? `: ${label}` : ""}`,
        columns: ["supply", "fixed strobe", "replica", "best of each", "best strobes, ns", "no replica"],
        rows: supplies.map((supply) => {
          const mine = rows.filter((r) => r.at.supply === supply);
          const best = mine.map((r) => r.numbers["bestStrobe"].estimate).filter(Number.isFinite);
          const late = mine.reduce((sum, r) => sum + r.numbers["replicaLate"].estimate, 0) / mine.length;
          return [
            showQuantity(supply, "V"),
            ...STROBE_KINDS.map((strobe) => {
              const row = worst(mine, strobe);
              const share = misread(row, strobe);
              return !Number.isFinite(share) ? "-" : share === 0 ? "0 %" : `${percentOf(share)} % ${place(row.at)}`;
            }),
            best.length > 0 ? `${nanoseconds(Math.min(...best))} .. ${nanoseconds(Math.max(...best))}` : "-",
            `${percentOf(late)} %`,
          ];
        }),
        notes: [
          "Each entry: share of weights misread (equal shares of +1, -1, 0) at the worst corner and temperature of that supply, and which it is.",
          "Replica: strobe of the replica column; no replica: share of dies, over all corners and temperatures of that supply, whose replica gives no strobe within 1.1 us.",
          `Fixed strobe ${showQuantity(params.strobe, "s")}; replica ${showQuantity(params.replicaResistance, "ohm")}; best strobe of each point by least mean squared weight error on separate samples.`,
        ],
      },
    ];
  });

/** From which supply on the worst corner and temperature misread little. */
export const answerPvt = (table: Table): string => {
  const supplies = [...new Set(table.rows.map((r) => r.at.supply))].sort((a, b) => a - b);
  const worstOf = (supply: number, strobe: Strobe): number =>
    Math.max(...table.rows.filter((r) => r.at.supply === supply).map((r) => misread(r, strobe)));
  const from = (strobe: Strobe): string => {
    const first = supplies.find((_, i) => supplies.slice(i).every((supply) => worstOf(supply, strobe) < 0.01));
    return first === undefined ? "at no supply" : `from ${showQuantity(first, "V")} on`;
  };
  return `Below 1 % of weights are misread at every corner and temperature ${from("replica")} with a strobe timed by a replica column, ${from("fixed")} with a fixed one, and ${from("best")} with the best of each condition.`;
};

export const drawPvt = (table: Table, params: PvtValues): Figure[] =>
  linesOf(table, PARAMETERS, ["corner", "supply", "temperature"]).flatMap(({ label, rows }) =>
    STROBE_KINDS.map((strobe): Figure => {
      const distinct = <T>(of: (p: PvtValues) => T): T[] => [...new Set(rows.map((r) => of(r.at)))];
      const corners = distinct((p) => p.corner);
      const supplies = distinct((p) => p.supply).sort((a, b) => a - b);
      const temperatures = distinct((p) => p.temperature).sort((a, b) => a - b);
      const found = new Map(rows.map((r) => [`${r.at.corner} ${r.at.supply} ${r.at.temperature}`, r]));
      return {
        kind: "heat maps",
        title: `Read errors, ${STROBES[strobe]}${label ? `: ${label}` : ""}`,
        caption: `Percent of reads of the state concerned, type 1: ±1 with the wrong sign, 2: ±1 as 0 or invalid, 3: 0 as ±1; one row of maps a corner; point at a place for its digits, empty places saw none. "~" there: the transistor fit's timing was not compared with BSIM4 there, or is more than 10 % off. ${standingOf(rows, params)} No shared amplifiers.`,
        x: {
          label: "supply (V)",
          places: supplies.map((v) =>
            String(Number(v.toPrecision(6))).includes(".") ? String(Number(v.toPrecision(6))) : v.toFixed(1),
          ),
        },
        y: { label: "°C", places: temperatures.map((t) => (t - 273.15).toFixed(0)) },
        colour: { label: "reads in error", unit: "%", scale: "log", from: 0.05, to: 100 },
        columns: ERROR_NAMES.length,
        maps: corners.flatMap((corner) =>
          ERROR_NAMES.map((error) => {
            const cells = temperatures.map((t) => supplies.map((v) => found.get(`${corner} ${v} ${t}`) ?? null));
            const share = (row: Row | null): number => row?.numbers[`${strobe}${error}`].estimate ?? Number.NaN;
            return {
              title: `${corner}, ${ERRORS[error]}`,
              values: cells.map((line) => line.map((row) => (Number.isFinite(share(row)) ? 100 * share(row) : null))),
              texts: cells.map((line) => line.map((row) => (row ? percentOf(share(row)) + marked(row.at) : ""))),
              shorts: cells.map((line) => line.map((row) => (row ? shortOf(share(row)) : ""))),
            };
          }),
        ),
      };
    }),
  );
