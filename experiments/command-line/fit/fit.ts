import { basename, dirname, join } from "node:path";
import { type Command, Option } from "commander";
import type { PulsedParams, RramParams } from "#devices/index";
import { LOG_FAMILIES, type LogFamily } from "#src/numerics/log-fits";
import { fold, rootKey } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { pageHtml, type WordTable } from "#src/report/page";
import { tableText, wrapped } from "#src/report/word-table";
import { checkWritable, writeUserFile } from "../../files/user-file.ts";
import { fitDevice, nameOf } from "../../fit/fit-device.ts";
import { fitFigures, fitTables } from "../../fit/fit-report.ts";
import { readSeries } from "../../fit/noise/read-series.ts";
import { seriesTable, spectrumFigure } from "../../fit/noise/series-report.ts";
import { fitAllSeries, rateOf, withNoise } from "../../fit/noise/with-noise.ts";
import { fitPulses } from "../../fit/pulses/fit-pulses.ts";
import { pulseFigure, pulseTables } from "../../fit/pulses/pulse-report.ts";
import { readPulses } from "../../fit/pulses/read-pulses.ts";
import { STATES_EXAMPLE } from "../../fit/read-resistances.ts";
import { fitRestDevice } from "../../fit/relaxation/fit-rest-device.ts";
import { groupTable, numberTable, restFigures, restTables } from "../../fit/relaxation/rest-report.ts";
import { type ColumnRoles, columnRoles, kindOf, type TableKind } from "../../fit/tables/column-roles.ts";
import { type RecordTable, readTable, sourceOf } from "../../fit/tables/read-table.ts";
import { Misuse } from "../../misuse.ts";
import { plotlySource } from "../../run/plotly-source.ts";
import { answer, progressDisplay } from "../output.ts";
import { type FitFlags, namedColumn, resampleCount, temperatureRange } from "./fit-flags.ts";

const TITLE = "Fit of ";
/** Whether a text is a device that was fitted to this file before. */
const isFitOf =
  (file: string) =>
  (text: string): boolean => {
    try {
      return String(JSON.parse(text).source).startsWith(`${basename(file)} (sha256 `);
    } catch {
      return false;
    }
  };

/** What any fit answers with. */
interface Fitted {
  readonly device: RramParams | PulsedParams;
  readonly tables: readonly WordTable[];
  readonly figures: readonly Figure[];
  readonly details: readonly WordTable[];
  readonly notes: readonly string[];
  /** Of the JSON document, beside device and notes. */
  readonly record: Readonly<Record<string, unknown>>;
}

type FittedCells = Fitted & { readonly device: RramParams };

const bestOrAsked = (flags: FitFlags): LogFamily | null => {
  if (flags.family === "best") return null;
  return flags.family === "mixture" ? LOG_FAMILIES[2] : flags.family;
};

const fittedStates = async (table: RecordTable, flags: FitFlags): Promise<FittedCells> => {
  const fitted = await fitDevice(table, {
    condition: flags.condition ?? null,
    family: bestOrAsked(flags),
    name: flags.name ?? null,
    skip: flags.skipBad ?? false,
    seed: flags.seed,
  });
  const { device, states, chosen, notes } = fitted;
  return {
    device,
    tables: fitTables(fitted),
    figures: fitFigures(fitted),
    details: [],
    notes,
    record: {
      fits: Object.fromEntries(
        (["lrs", "hrs"] as const).map((state) => [
          state,
          { count: states[state].sorted.length, chosen: chosen[state], families: states[state].families },
        ]),
      ),
    },
  };
};

const fittedRest = async (
  tables: readonly (readonly [RecordTable, ColumnRoles])[],
  flags: FitFlags,
): Promise<FittedCells> => {
  for (const [flag, given] of [
    ["--condition", flags.condition !== undefined],
    ["--family", flags.family !== "best"],
  ] as const)
    if (given) throw new Misuse(`${flag}: cells over time have none; leave it out.`);
  const display = progressDisplay();
  const { device, states, fit, cells, notes } = await fitRestDevice(tables, {
    progress: (done, total) => display.show({ phase: "fitting", done, total }),
    low: flags.low ?? null,
    high: flags.high ?? null,
    temperatures: flags.temperatures === undefined ? null : await temperatureRange(flags.temperatures),
    resamples: resampleCount(flags.resamples),
    name: flags.name ?? null,
    skip: flags.skipBad ?? false,
    seed: flags.seed,
  }).finally(display.end);
  const chosen = { lrs: states.lrs.best, hrs: states.hrs.best };
  return {
    device,
    tables: restTables(fit, cells.ages),
    figures: [...restFigures(fit, cells.ages), ...fitFigures({ states, chosen })],
    details: [groupTable(fit, cells.ages), numberTable(fit), ...fitTables({ states, chosen })],
    notes,
    record: {
      cells: cells.first.length,
      ages: cells.ages,
      numbers: fit.numbers,
      energies: fit.energies.map(({ law, energy, above }) => ({
        law: law.name,
        assumes: law.assumes,
        energy,
        above,
      })),
      correlations: fit.correlations,
    },
  };
};

const fittedPulses = async (table: RecordTable, roles: ColumnRoles, flags: FitFlags): Promise<Fitted> => {
  const { branches, notes } = readPulses(table, roles);
  const fit = fitPulses(
    branches,
    flags.name ?? nameOf(table.file),
    sourceOf(table),
    fold(rootKey(flags.seed), "pulses"),
  );
  return {
    device: fit.device,
    tables: pulseTables(fit),
    figures: [pulseFigure(fit)],
    details: [],
    notes: [...notes, ...fit.notes],
    record: { cells: fit.cells, numbers: fit.numbers, readNoise: fit.readNoise },
  };
};

/** Resistances with the noise of series beside them. */
const withSeries = async (
  fitted: FittedCells,
  series: readonly (readonly [RecordTable, ColumnRoles])[],
  flags: FitFlags,
): Promise<Fitted> => {
  const rate = await rateOf(flags.rate as string);
  const fits = fitAllSeries(
    series.flatMap(([table, roles]) => readSeries(table, roles)),
    rate,
  );
  const { device, notes } = withNoise(fitted.device, fits);
  const sources = series.map(([table]) => sourceOf(table));
  return {
    ...fitted,
    device: { ...device, source: [device.source, ...sources].join(", ") },
    tables: [...fitted.tables, seriesTable(fits)],
    figures: [...fitted.figures, spectrumFigure(fits)],
    notes: [...fitted.notes, ...notes],
    record: { ...fitted.record, series: fits.map(({ spectrum, modelled, ...fit }) => fit) },
  };
};

const fittedOf = async (files: readonly string[], flags: FitFlags): Promise<Fitted> => {
  const named = (flags.column ?? []).map(namedColumn);
  const tables = await Promise.all(files.map((file) => readTable(file, STATES_EXAMPLE)));
  const kinds = await Promise.all(tables.map((table) => kindOf(table, named, flags.rate !== undefined)));
  const of = (kind: TableKind): RecordTable[] => tables.filter((_, i) => kinds[i] === kind);
  if (flags.rate !== undefined && !kinds.includes("series"))
    throw new Misuse(`--rate ${flags.rate}: none of ${files.join(", ")} is a series of reads.`);
  const [states, rest, series, pulses] = [of("states"), of("rest"), of("series"), of("pulses")];
  const withRoles = (list: readonly RecordTable[]) =>
    Promise.all(list.map(async (table) => [table, await columnRoles(table, named)] as const));
  const names = (list: readonly RecordTable[]): string => list.map(({ file }) => file).join(", ");
  const several = [states, rest, pulses].filter((list) => list.length > 0);
  if (several.length > 1 || (pulses.length > 0 && series.length > 0))
    throw new Misuse(
      `${names(tables)}: measurements of several kinds (resistances of states, cells over time, pulses); fit one kind at a time.`,
    );
  if (states.length > 1) throw new Misuse(`${names(states)}: resistances of states are fitted one file at a time.`);
  if (pulses.length > 1) throw new Misuse(`${names(pulses)}: pulses are fitted one file at a time.`);
  if (pulses.length === 1) return fittedPulses(...(await withRoles(pulses))[0], flags);
  if (several.length === 0)
    throw new Misuse(
      `${names(series)}: series of reads alone make no device; give them together with resistances of both states, or of cells over time.`,
    );
  const fitted =
    rest.length > 0 ? await fittedRest(await withRoles(rest), flags) : await fittedStates(states[0], flags);
  return series.length > 0 ? withSeries(fitted, await withRoles(series), flags) : fitted;
};

export const addFit = (program: Command): void => {
  program
    .command("fit")
    .description("fit your measurements and write the device file that every experiment takes")
    .argument(
      "<files...>",
      "resistances of two states; or of cells over time (columns cell, time, resistance; level, temperature, cycle); or under pulses (pulse, conductance; direction, cell); csv, tsv, parquet, also gz or xz",
    )
    .option("--condition <name>", "which condition of the file")
    .addOption(
      new Option(
        "--family <family>",
        "distribution of both states; best: lognormal, unless another is better by 10 in BIC",
      )
        .choices(["best", "lognormal", "weibull", "mixture"])
        .default("best"),
    )
    .option(
      "--column <role=name[:unit]>",
      "what a column says, where its name does not tell; repeat it",
      (one: string, before: readonly string[] = []) => [...before, one],
    )
    .option("--low <level>", 'cells over time: level, or range "200..240 uS", of the low resistance')
    .option("--high <level>", "and of the high resistance")
    .option("--temperatures <range>", 'cells over time: fit these alone, e.g. "100..180 degC"')
    .option("--resamples <count>", "cells over time: sets of cells drawn anew for intervals", "24")
    .option("--rate <reads a second>", "series of reads of one cell each, given beside the others: their noise goes in")
    .option("--name <text>", "the device's name (default: the file's)")
    .option("--skip-bad", "leave out rows that cannot be used, and say which")
    .option("--seed <text>", "of what is drawn: halves of cells, resamples, the bootstrap behind p", "rramlab")
    .option(
      "--out <file.json>",
      "device file (default: the first file's name with .json); a report goes beside it, .html",
    )
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  rramlab fit resistances.csv --condition 55uA --out mine.json\n  rramlab fit relaxation.csv.xz series.csv --rate 400 --low 31 --high 1 --out mine.json\n  rramlab run sense-errors --device mine.json",
    )
    .action(async (files: string[], flags: FitFlags) => {
      const [file] = files;
      const out = flags.out ?? `${join(dirname(file), nameOf(file))}.json`;
      const page = `${out.replace(/\.json$/i, "")}.html`;
      checkWritable(out, { reads: files, named: flags.out !== undefined, isOurs: isFitOf(file) });
      checkWritable(page, { reads: [...files, out], named: false, isOurs: (text) => text.includes(`<title>${TITLE}`) });
      const { device, tables, figures, details, notes, record } = await fittedOf(files, flags);
      writeUserFile(out, `${JSON.stringify(device, null, 2)}\n`);
      writeUserFile(
        page,
        pageHtml(
          {
            title: `${TITLE}${device.name}`,
            summary: `${device.source}. Seed "${flags.seed}".`,
            tables,
            figures,
            notes,
            details,
          },
          plotlySource("small"),
        ),
      );
      const text = [
        ...tables.map((t) => tableText(t)),
        ...notes.map((note) => wrapped(note, 80).join("\n")),
        `Device: ${out}\nReport: ${page}`,
      ].join("\n\n");
      answer(flags.json ?? false, { out, report: page, device, notes, ...record }, text);
    });
};
