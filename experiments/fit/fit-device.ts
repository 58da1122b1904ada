import { basename } from "node:path";
import type { RramParams, RramState } from "#devices/index";
import { LOG_FAMILIES, type LogFamily } from "#src/numerics/log-fits";
import { fold, type Key, permutation, rootKey } from "#src/random/index";
import { Misuse } from "../misuse.ts";
import { deviceShare, fitState, type StateFit, stateParams } from "./fit-state.ts";
import { type Measurement, readResistances } from "./read-resistances.ts";
import { listed, type RecordTable, sourceOf } from "./tables/read-table.ts";

interface FitOptions {
  /** Which condition of the file; needed where it has several. */
  readonly condition: string | null;
  /** Family of both states; null for the best of each by BIC. */
  readonly family: LogFamily | null;
  readonly name: string | null;
  readonly skip: boolean;
  readonly seed: string;
}

export interface FittedDevice {
  readonly device: RramParams;
  readonly condition: string;
  readonly states: Readonly<Record<RramState, StateFit>>;
  /** The family that went into the device. */
  readonly chosen: Readonly<Record<RramState, LogFamily>>;
  /** What must be said beside the fit. */
  readonly notes: readonly string[];
}

/** Fewer values of a state say too little of its spread. */
const FEWEST = 8;
/** Share of the variance between devices where the file names none: as the sets that come with the program. */
const ASSUMED_DEVICE_SHARE = 0.5;
/** More values of a state are fitted by a sample of this many: their fit is known far better than its family. */
const MOST = 10_000;
/** Rows are named up to this many. */
const TOLD = 8;

/** The middle of the values, the upper one of two. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Rows far out in their own state that lie well inside the other: labels may be mixed up. */
const mixedRows = (low: readonly Measurement[], high: readonly Measurement[]): Measurement[] => {
  const robust = (values: readonly Measurement[]) => {
    const logs = values.map((v) => Math.log(v.resistance));
    const centre = median(logs);
    // 1.4826 makes the median absolute deviation a normal's standard deviation.
    return { centre, sigma: 1.4826 * median(logs.map((y) => Math.abs(y - centre))) || 1e-9 };
  };
  const [l, h] = [robust(low), robust(high)];
  const isMixed = (v: Measurement, own: typeof l, other: typeof l): boolean => {
    const y = Math.log(v.resistance);
    return Math.abs(y - own.centre) > 5 * own.sigma && Math.abs(y - other.centre) < 2 * other.sigma;
  };
  return [...low.filter((v) => isMixed(v, l, h)), ...high.filter((v) => isMixed(v, h, l))].sort(
    (a, b) => a.row - b.row,
  );
};

/** The resistances, or MOST of them drawn without repetition from the sorted ones: the same whatever the order of the rows. */
const sampled = (values: readonly Measurement[], key: Key): readonly number[] => {
  const all = values.map((v) => v.resistance).sort((a, b) => a - b);
  return all.length <= MOST ? all : Array.from(permutation(key, all.length).subarray(0, MOST), (i) => all[i]);
};

/** Less is no memory cell's resistance [ohm], by two orders of magnitude. */
const LEAST_LIKELY = 100;
/** More is no low resistance of a memory cell [ohm], by the same. */
const MOST_LIKELY = 10e6;

/** What is said of medians that no memory cell has: the unit, or what separates thousands, is likely another. */
const doubtsOf = ([low, high]: readonly number[]): string[] => {
  if (low >= MOST_LIKELY)
    return [
      `A doubt: a low resistance of ${Number(low.toPrecision(4))} ohm is no memory cell's. Is the column in a smaller unit than its head says?`,
    ];
  if (low >= LEAST_LIKELY) return [];
  const units = [
    ["k", 1e3],
    ["M", 1e6],
    ["G", 1e9],
  ] as const;
  const [unit] = units.find(([, factor]) => low * factor >= LEAST_LIKELY) ?? ["G"];
  return [
    `A doubt: medians of ${Number(low.toPrecision(4))} and ${Number(high.toPrecision(4))} ohm are no memory cell's. Is the column in ${unit}ohm, or does a point in it separate thousands (12.033 for 12 033)?`,
  ];
};

/** A device's name from its file's. */
export const nameOf = (file: string): string => basename(file).replace(/(\.(csv|tsv|txt|parquet))?(\.(gz|xz))?$/i, "");

/** Conditions that are told one by one. */
const LISTED = 12;

/**
 * A device from measured resistances.
 * @throws Misuse where the file cannot be read as such, has several conditions and none is named, or too few values.
 */
export const fitDevice = async (table: RecordTable, options: FitOptions): Promise<FittedDevice> => {
  const { file } = table;
  const { values, skipped, ignored } = await readResistances(table, options.skip);
  const counts = new Map<string, number>();
  for (const { condition } of values) counts.set(condition, (counts.get(condition) ?? 0) + 1);
  const some = [...counts].slice(0, LISTED).map(([c, count]) => `"${c}" (${count})`);
  const counted = `${some.join(", ")}${counts.size > LISTED ? ` and ${counts.size - LISTED} more` : ""}`;
  if (options.condition === null && counts.size > 1)
    throw new Misuse(`${file} has ${counts.size} conditions: ${counted}; choose one with --condition.`);
  const condition = options.condition ?? counts.keys().next().value ?? "";
  const mine = values.filter((v) => v.condition === condition);
  if (mine.length === 0) throw new Misuse(`${file} has no condition "${condition}"; it has ${counted}.`);
  const of = (state: RramState): Measurement[] => mine.filter((v) => v.state === state);
  const [low, high] = [of("lrs"), of("hrs")];
  for (const [name, some] of [["LRS", low] as const, ["HRS", high] as const])
    if (some.length < FEWEST)
      throw new Misuse(
        `${file}${condition ? `, condition "${condition}"` : ""}: ${some.length} values of ${name}; at least ${FEWEST} of each state are needed.`,
      );
  const medians = [low, high].map((some) => median(some.map((v) => v.resistance)));
  if (medians[0] >= medians[1])
    throw new Misuse(
      `${file}: the median of LRS (${medians[0].toPrecision(4)} ohm) is not below that of HRS (${medians[1].toPrecision(4)} ohm); are the states exchanged?`,
    );
  const doubts = doubtsOf(medians);
  const key = rootKey(options.seed);
  let states: Record<RramState, StateFit>;
  try {
    states = {
      lrs: fitState(sampled(low, fold(key, "lrs sample")), fold(key, "lrs")),
      hrs: fitState(sampled(high, fold(key, "hrs sample")), fold(key, "hrs")),
    };
  } catch (error) {
    if (error instanceof RangeError) throw new Misuse(`${file}: ${error.message}`);
    throw error;
  }
  const chosen = {
    lrs: options.family ?? states.lrs.best,
    hrs: options.family ?? states.hrs.best,
  };
  const shares = { lrs: deviceShare(low), hrs: deviceShare(high) };
  const params = (state: RramState) =>
    stateParams(
      states[state].families[chosen[state]].fit,
      states[state].sorted.length,
      shares[state] ?? ASSUMED_DEVICE_SHARE,
    );
  const where = condition ? `condition "${condition}"` : "one condition";
  const device: RramParams = {
    name: options.name ?? nameOf(file),
    standing: `fitted: LRS ${chosen.lrs}, HRS ${chosen.hrs}, to ${low.length} and ${high.length} measured resistances`,
    source: `${sourceOf(table)}, ${where}`,
    valid: `${where} of that file; temperature dependence not fitted`,
    lrs: params("lrs"),
    hrs: params("hrs"),
    conduction: { kind: "ohmic" },
    stuck: { lrs: 0, hrs: 0 },
  };
  const mixed = mixedRows(low, high);
  return {
    device,
    condition,
    states,
    chosen,
    notes: [
      ...doubts,
      ...(skipped.length > 0 ? [`${skipped.length} rows were left out: ${listed(skipped, TOLD)}.`] : []),
      ...(mixed.length > 0
        ? [
            `${mixed.length} rows look like the other state and were kept: ${listed(
              mixed.map((v) => `row ${v.row}, ${v.state.toUpperCase()} ${v.resistance.toPrecision(3)} ohm`),
              TOLD,
            )}. Are their labels mixed up?`,
          ]
        : []),
      ...[low, high]
        .filter((some) => some.length > MOST)
        .map(
          (some) =>
            `Of ${some.length} values of ${some[0].state.toUpperCase()} ${MOST}, drawn by the seed, were fitted.`,
        ),
      ...(ignored.length > 0 ? [`Columns not used: ${ignored.join(", ")}.`] : []),
      shares.lrs === null || shares.hrs === null
        ? 'How the spread is shared between devices and cycles is assumed, half and half: for it to be fitted, a column "device" names devices that are measured several times.'
        : `Share of the variance of ln R between devices: LRS ${(100 * shares.lrs).toFixed(0)} %, HRS ${(100 * shares.hrs).toFixed(0)} %; the rest is between cycles. No read noise is taken apart. Intervals and p take all values as independent, which repeated measurements of a device are not quite.`,
      ...LOG_FAMILIES.filter((kind) => kind === chosen.lrs || kind === chosen.hrs).flatMap((kind) =>
        (["lrs", "hrs"] as const)
          .filter((state) => chosen[state] === kind && states[state].families[kind].goodness.probability < 0.05)
          .map(
            (state) =>
              `${state.toUpperCase()} does not follow a ${kind} distribution (Anderson-Darling p = ${states[state].families[kind].goodness.probability.toPrecision(2)}): trust its tails no further than its QQ figure.`,
          ),
      ),
    ],
  };
};
