import type { Command } from "commander";
import {
  agedBy,
  beyondMeasured,
  type CellAge,
  equivalentTime,
  REFERENCE_TEMPERATURE,
  type RramParams,
  type RramState,
  sampleResistancesInto,
  wornBy,
} from "#devices/index";
import { momentsOf, standardDeviation } from "#src/numerics/moments";
import { sortedQuantile } from "#src/numerics/ranks";
import { fold, rootKey } from "#src/random/index";
import { type Column, csvText, parquetBytes } from "#src/report/columns";
import { tableText, wrapped } from "#src/report/word-table";
import { deviceFor } from "../files/named-devices.ts";
import { checkWritable, writeUserFile } from "../files/user-file.ts";
import { Misuse, orMisuse } from "../misuse.ts";
import { parseQuantity } from "../units/parse.ts";
import { showMeasured, showQuantity, showTime } from "../units/show.ts";
import { answer } from "./output.ts";
import { parseAge } from "./parse-age.ts";

interface SampleFlags {
  readonly state: string;
  readonly at?: readonly string[];
  readonly cells: string;
  readonly cycles: string;
  readonly temperature: string;
  readonly seed: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Most resistances that are drawn: more would not be held as one text. */
const MOST_VALUES = 10_000_000;
const STATES: Readonly<Record<string, RramState>> = { low: "lrs", lrs: "lrs", high: "hrs", hrs: "hrs" };

/** Where cells begin: in a state of the device, or all at one resistance. */
type Start =
  | { readonly kind: "state"; readonly state: RramState }
  | { readonly kind: "resistance"; readonly resistance: number };

const startOf = async (text: string): Promise<Start> => {
  if (Object.hasOwn(STATES, text.toLowerCase())) return { kind: "state", state: STATES[text.toLowerCase()] };
  const isConductance = /S\s*$/.test(text);
  const value = await parseQuantity(text, isConductance ? "S" : "ohm", "--state").catch((error) => {
    if (!(error instanceof Misuse)) throw error;
    throw new Misuse(
      `--state ${text}: expected low, high, a resistance such as "94 kohm", or a conductance such as "10 uS".`,
    );
  });
  if (!(value > 0)) throw new Misuse(`--state ${text}: a resistance is above 0.`);
  return { kind: "resistance", resistance: isConductance ? 1 / value : value };
};

const countOf = (text: string, columns: number): number => {
  const count = Number(text);
  const most = Math.floor(MOST_VALUES / columns);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new Misuse(`--cells ${text}: expected a whole number from 1 to ${most}, ${MOST_VALUES} resistances in all.`);
};

/** Resistances of the same cells at one age, a read of its own each time. */
const drawn = (
  params: RramParams,
  start: Start,
  count: number,
  temperature: number,
  seed: string,
  age: CellAge | null,
  read: number,
): Float64Array => {
  const key = rootKey(seed);
  if (start.kind === "state") {
    const out = new Float64Array(count);
    sampleResistancesInto(
      out,
      params,
      start.state,
      temperature,
      fold(key, "sample"),
      age,
      fold(fold(key, "read"), read),
    );
    return out;
  }
  const rest = fold(key, "rest");
  const own = Math.log(start.resistance);
  const away = (state: RramState): number => Math.abs(Math.log(params[state].medianResistance) - own);
  const state = away("lrs") <= away("hrs") ? "lrs" : "hrs";
  return Float64Array.from({ length: count }, (_, i) =>
    age ? start.resistance * Math.exp(agedBy(params, state, start.resistance, age, fold(rest, i))) : start.resistance,
  );
};

const isOutside = (x: number, [low, high]: readonly [number, number]): boolean => x < low || x > high;

const QUANTILES = [0.01, 0.1, 0.5, 0.9, 0.99];

/** An age in words: "10000 s, 85 degC; 1 day, 27 degC". */
const ageName = ({ holds }: CellAge): string =>
  holds.map(({ seconds, temperature }) => `${showTime(seconds)}, ${showQuantity(temperature, "K")}`).join("; ");

export const addSample = (program: Command): void => {
  program
    .command("sample")
    .description(
      "draw resistances of a device's cells, at several ages of the same cells, to compare with your own data",
    )
    .argument("<device>", "a device set (measured-c, ...) or a device file")
    .option("--state <state>", 'low, high, or where all cells begin: "94 kohm", "10 uS"', "high")
    .option(
      "--at <age>",
      'time since programming and temperature: "10000 s, 85 degC"; holds apart by semicolons; repeat it for more columns',
      (one: string, before: readonly string[] = []) => [...before, one],
    )
    .option("--cells <count>", "cells", "10000")
    .option("--cycles <count>", "times that the cells had been programmed before", "0")
    .option("--temperature <T>", "temperature at which they are read", "27 degC")
    .option("--seed <text>", "of all that is drawn", "rramlab")
    .option("--out <file>", "all resistances: .csv or .parquet, a row a cell")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      '\nExample:\n  rramlab sample measured-c --state high --at "1 s" --at "1e5 s" --cells 100000 --out r.csv',
    )
    .action(async (asked: string, flags: SampleFlags) => {
      const { out, json = false, seed } = flags;
      if (out !== undefined && !/\.(csv|parquet)$/i.test(out))
        throw new Misuse(`--out ${out}: expected a name that ends in .csv or .parquet.`);
      if (out !== undefined) checkWritable(out, { reads: [asked] });
      const params = orMisuse(() => deviceFor(asked));
      const start = await startOf(flags.state);
      const count = countOf(flags.cells, 1 + (flags.at?.length ?? 0));
      const temperature = await parseQuantity(flags.temperature, "K", "--temperature");
      if (!(temperature > 0)) throw new Misuse(`--temperature ${flags.temperature}: expected more than 0 K.`);
      const { relaxation } = params;
      const own = relaxation?.temperature ?? REFERENCE_TEMPERATURE;
      const cycles = await parseQuantity(flags.cycles, "1", "--cycles");
      orMisuse(() => wornBy(params, "lrs", cycles));
      const rested = await Promise.all((flags.at ?? []).map((text) => parseAge(text, own)));
      const ages = rested.map((age) => ({ ...age, cycles }));
      const programmed = cycles > 0 ? { holds: [], cycles } : null;
      if (relaxation) for (const age of ages) orMisuse(() => equivalentTime(relaxation, age));
      const beyond = relaxation ? ages.filter((age) => beyondMeasured(relaxation, age)) : [];
      const columns: Column[] = [programmed, ...ages].map((age, k) => ({
        name: k > 0 && age ? `R at ${ageName(age)} (ohm)` : "R at programming (ohm)",
        values: Array.from(orMisuse(() => drawn(params, start, count, temperature, seed, age, k))),
      }));
      const rows = columns.map(({ name, values }) => {
        const sorted = Float64Array.from(values as number[]).sort();
        const logs = sorted.map(Math.log);
        return {
          name: name.replace(/^R at | \(ohm\)$/g, ""),
          logSigma: count > 1 ? standardDeviation(momentsOf(logs)) : 0,
          quantiles: QUANTILES.map((p) => sortedQuantile(sorted, p)),
        };
      });
      const cell: Column = { name: "cell", values: Array.from({ length: count }, (_, i) => i) };
      if (out !== undefined)
        writeUserFile(out, /\.csv$/i.test(out) ? csvText([cell, ...columns]) : parquetBytes([cell, ...columns]));
      const notes = [
        `${params.name}: ${params.standing}. Valid: ${params.valid}. Source: ${params.source}.`,
        ...(beyond.length > 0 ? [`EXTRAPOLATED: ${beyond.map(ageName).join("; ")}.`] : []),
        ...(start.kind === "resistance" && relaxation && isOutside(1 / start.resistance, relaxation.conductances)
          ? [
              `EXTRAPOLATED: cells begin at ${showMeasured(1 / start.resistance, "S")}; measured were ${relaxation.conductances.map((g) => showMeasured(g, "S")).join(" to ")}.`,
            ]
          : []),
        ...(start.kind === "resistance"
          ? ["All cells begin at one resistance; the noise of single reads is left out."]
          : []),
      ];
      const table = tableText({
        title: `${count} cells, ${start.kind === "state" ? `${start.state === "lrs" ? "low" : "high"} resistance` : showMeasured(start.resistance, "ohm")}: quantiles of R`,
        columns: ["age", "sigma ln R", ...QUANTILES.map((p) => `${100 * p} %`)],
        rows: rows.map(({ name, logSigma, quantiles }) => [
          name,
          logSigma.toFixed(3),
          ...quantiles.map((q) => showQuantity(Number(q.toPrecision(3)), "ohm")),
        ]),
        notes: [],
      });
      const text = [
        table,
        ...notes.map((note) => wrapped(note, 80).join("\n")),
        ...(out === undefined ? [] : [`Resistances: ${out}`]),
      ].join("\n\n");
      answer(json, { device: params.name, cells: count, seed, ages, rows, notes, ...(out ? { out } : {}) }, text);
    });
};
