import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { parseRram, RRAM_SETS, type RramParams } from "#devices/index";
import { type AnyExperiment, type Precision, SAMPLINGS, type Sampling, type Value } from "#src/montecarlo/index";
import { named, ownOf } from "#src/words/named";
import { suggestion } from "#src/words/suggestion";
import { readUserJson } from "../files/read-file.ts";
import { Misuse, orMisuse } from "../misuse.ts";
import type { PlanOptions } from "../run/run.ts";
import type { Scope } from "../units/expression.ts";
import { parseQuantity } from "../units/parse.ts";
import { gather, parseCount, parseGrid, parseSettings, parseVaried } from "./arguments.ts";

/** Flags that say what a run is. */
export interface PlanFlags {
  readonly set: readonly string[];
  readonly grid: readonly string[];
  readonly vary: readonly string[];
  readonly sampling?: Sampling;
  readonly trials?: string;
  readonly precision: readonly string[];
  readonly keepTrials?: boolean;
  readonly seed?: string;
  readonly device?: string;
  readonly data?: string;
  readonly quick?: boolean;
  readonly out?: string;
  readonly force?: boolean;
}

export const addPlanFlags = (command: Command): Command =>
  command
    .option("--set <name=value>", 'set a parameter: --set supply=0.6V --set "temperature=85 degC"', gather, [])
    .option("--grid <name=values>", "span an axis: --grid supply=0.7V:1.2V:0.1V, or a list a,b,c", gather, [])
    .option(
      "--vary <name=distribution>",
      'draw a parameter anew in every trial: --vary "supply=normal(0.9 V, 20 mV)"; also lognormal(median, sigma of ln), uniform and loguniform(low, high)',
      gather,
      [],
    )
    .addOption(
      new Option("--sampling <kind>", "how varied parameters are drawn")
        .choices(SAMPLINGS)
        .default(undefined, "independent"),
    )
    .option("--trials <n>", "trials a grid point; with --precision their cap")
    .option(
      "--precision <share>",
      "go on until intervals are this narrow: 5% of every number, or --precision type3=5%",
      gather,
      [],
    )
    .option("--keep-trials", "keep a row for every trial: trials.csv, trials.parquet")
    .option("--seed <text>", 'any text (default "rramlab"); the same text gives the same bytes')
    .option("--device <set or file.json>", "a device set (measured-c, ...), or your own resistance statistics")
    .option("--data <dir>", "data set: a name of `rramlab data list`, or a folder of IDX files")
    .option("--quick", "the experiment's own small version; --set changes it further")
    .option("--out <dir>", "run folder (default: runs/NAME-001, or the next free number)")
    .option("--force", "replace an earlier run in --out");

/** "5%" for every number, "type3=5%" for one. */
const parsePrecision = async (texts: readonly string[]): Promise<Precision | null> => {
  if (texts.length === 0) return null;
  let every: number | null = null;
  const relative = named<number>();
  for (const text of texts) {
    const [share, name, ...more] = text
      .split("=")
      .map((part) => part.trim())
      .reverse();
    if (more.length > 0) throw new Misuse(`--precision ${text}: expected e.g. 5% or type3=5%.`);
    const value = await parseQuantity(share, "1", `--precision ${text}`);
    if (!(value > 0 && value < 1))
      throw new Misuse(`--precision ${text}: ${value} is not between 0 and 1; expected e.g. 5% or type3=5%.`);
    if (name !== undefined && name in relative) throw new Misuse(`--precision ${name} is given twice.`);
    if (name !== undefined) relative[name] = value;
    else if (every === null) every = value;
    else throw new Misuse(`--precision is given twice without a name; name a number: --precision type3=${share}.`);
  }
  return { every, relative };
};

/** A device by a set's name or from a file; a word that is neither is told the sets. */
const checkDevice = (device: string): void => {
  if (ownOf<RramParams>(RRAM_SETS, device)) return;
  const names = Object.keys(RRAM_SETS);
  if (/^[\w-]+$/.test(device) && !existsSync(device))
    throw new Misuse(
      `--device ${device}: neither a device set nor a file; sets are ${names.join(", ")}.${suggestion(device, names)}`,
    );
  if (/\.(xlsx?|ods)$/i.test(device))
    throw new Misuse(
      `--device ${device}: a workbook is no device file; save the sheet as CSV, and make a device of it: rramlab fit FILE.csv`,
    );
  if (/\.(csv|tsv|txt|parquet|gz|xz)$/i.test(device))
    throw new Misuse(
      `--device ${device}: measurements are no device file; make one of them: rramlab fit ${device} --out ${device.replace(/(\.\w+)+$/, "")}.json`,
    );
  orMisuse(() => parseRram(readUserJson(device, "--device"), device));
};

/** What the flags ask of this experiment, checked and in SI. */
export const planOptionsOf = async (
  experiment: AnyExperiment,
  flags: PlanFlags,
  scope: Scope = {},
): Promise<PlanOptions> => {
  const given = await parseSettings(experiment, flags.set, scope);
  const { quick, quickTrials } = experiment;
  if (flags.quick && !quick && !quickTrials) throw new Misuse(`${experiment.name} has no --quick version.`);
  const set: Record<string, Value> = { ...(flags.quick ? quick : {}), ...given };
  const only = (parameter: string, option: string): void => {
    if (!(parameter in experiment.parameters)) throw new Misuse(`${experiment.name} takes no ${option}.`);
  };
  if (flags.device !== undefined) {
    only("device", "--device");
    if (Object.hasOwn(given, "device")) throw new Misuse("--device and --set device are both given; choose one.");
    set["device"] = flags.device;
    checkDevice(flags.device);
  }
  if (flags.data !== undefined) {
    only("data", "--data");
    set["data"] = flags.data;
  }
  const grid = await parseGrid(experiment, flags.grid, scope);
  for (const name of Object.keys(grid ?? {}))
    if (!Object.hasOwn(given, name) && name !== "device" && name !== "data") delete set[name];
  for (const name of Object.keys(grid ?? {}))
    if (Object.hasOwn(set, name))
      throw new Misuse(`${name} is both an axis (--grid) and given (--set, --device or --data); choose one.`);
  const precision = await parsePrecision(flags.precision);
  const varied = await parseVaried(experiment, flags.vary, scope);
  return {
    set,
    ...(grid ? { grid } : {}),
    ...(flags.trials !== undefined
      ? { trials: parseCount("--trials", flags.trials, 1) }
      : flags.quick && quickTrials !== undefined && !precision
        ? { trials: quickTrials }
        : {}),
    ...(precision ? { precision } : {}),
    ...(Object.keys(varied).length > 0 ? { varied } : {}),
    ...(flags.sampling === undefined ? {} : { sampling: flags.sampling }),
    ...(flags.keepTrials ? { keepTrials: true } : {}),
    ...(flags.quick ? { quick: true } : {}),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.out === undefined ? {} : { out: flags.out }),
    ...(flags.force ? { force: true } : {}),
  };
};
