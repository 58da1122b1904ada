import { parseRram, type RramParams, type RramStateParams } from "#devices/index";
import { fold, rootKey } from "#src/random/index";
import { Misuse } from "../../misuse.ts";
import { showQuantity, showTime } from "../../units/show.ts";
import { median, nameOf } from "../fit-device.ts";
import { fitState, type StateFit, stateParams } from "../fit-state.ts";
import type { ColumnRoles } from "../tables/column-roles.ts";
import { type RecordTable, sourceOf } from "../tables/read-table.ts";
import { chooseLevels } from "./choose-levels.ts";
import { fitRest, type RestFit } from "./fit-rest.ts";
import type { RestingCells } from "./likelihood.ts";
import { type RestData, readRest } from "./read-rest.ts";

export interface RestFitOptions {
  readonly low: string | null;
  readonly high: string | null;
  /** Ages at temperatures between these alone are fitted [K]; null: all. */
  readonly temperatures: readonly [low: number, high: number] | null;
  readonly resamples: number;
  readonly name: string | null;
  readonly skip: boolean;
  readonly seed: string;
  readonly progress?: (done: number, total: number) => void;
}

export interface FittedRestDevice {
  readonly device: RramParams;
  readonly states: Readonly<Record<"lrs" | "hrs", StateFit>>;
  readonly fit: RestFit;
  readonly cells: RestingCells;
  readonly notes: readonly string[];
}

const inRange = (data: RestData, range: readonly [number, number] | null): RestData => {
  if (range === null) return data;
  const { cells, levels } = data;
  const kept = cells.ages.map(({ temperature }) => temperature >= range[0] - 0.01 && temperature <= range[1] + 0.01);
  if (!kept.includes(true))
    throw new Misuse(
      `--temperatures: no read between ${showQuantity(range[0], "K")} and ${showQuantity(range[1], "K")}; there are ${[...new Set(cells.ages.map(({ temperature }) => showQuantity(temperature, "K")))].join(", ")}.`,
    );
  const ages = [...kept.keys()].filter((k) => kept[k]);
  const places = Array.from(cells.first.keys()).filter((i) => ages.some((k) => cells.later[k][i] > 0));
  return {
    ...data,
    cells: {
      first: Float64Array.from(places, (i) => cells.first[i]),
      ages: ages.map((k) => cells.ages[k]),
      later: ages.map((k) => Float64Array.from(places, (i) => cells.later[k][i])),
    },
    levels: places.map((i) => levels[i]),
    notes: [
      ...data.notes,
      `Fitted: ${ages.length} of ${cells.ages.length} ages, those from ${showQuantity(range[0], "K")} to ${showQuantity(range[1], "K")}.`,
    ],
  };
};

const stateOf = ({ families, best, sorted }: StateFit): RramStateParams =>
  stateParams(families[best].fit, sorted.length, 0);

/** A device with an age from tables of resistances over time. */
export const fitRestDevice = async (
  tables: readonly (readonly [RecordTable, ColumnRoles])[],
  options: RestFitOptions,
): Promise<FittedRestDevice> => {
  const data = inRange(readRest(tables, options.skip), options.temperatures);
  const { low, high } = await chooseLevels(data, options);
  if (median(low.resistances) >= median(high.resistances))
    throw new Misuse(
      `the low resistance (${low.name}, median ${showQuantity(Number(median(low.resistances).toPrecision(3)), "ohm")}) is not below the high one (${high.name}, ${showQuantity(Number(median(high.resistances).toPrecision(3)), "ohm")}).`,
    );
  const key = rootKey(options.seed);
  const files = tables.map(([table]) => sourceOf(table)).join(", ");
  const fit = fitRest(data.cells, {
    key: fold(key, "rest"),
    resamples: options.resamples,
    standing: `fitted to ${data.cells.first.length} measured cells${data.temperatureIsKnown ? "" : "; their temperature is not told, 27 °C is taken"}`,
    source: files,
    ...(options.progress ? { progress: options.progress } : {}),
  });
  const states = (() => {
    try {
      return {
        lrs: fitState(low.resistances, fold(key, "lrs")),
        hrs: fitState(high.resistances, fold(key, "hrs")),
      };
    } catch (error) {
      if (error instanceof RangeError)
        throw new Misuse(
          `resistances after programming of ${low.name} or ${high.name}: ${error.message.replace(/^fitLog: /, "")}`,
        );
      throw error;
    }
  })();
  const { relaxation } = fit;
  const celsius = (kelvin: number): string => showQuantity(kelvin, "K");
  const temperatures =
    relaxation.temperatures[0] === relaxation.temperatures[1]
      ? `at ${celsius(relaxation.temperature)}${data.temperatureIsKnown ? "" : " (taken, not told)"}; read hot or cold, resistances are taken unchanged; aged at another temperature: refused`
      : `at ${celsius(relaxation.temperatures[0])} to ${celsius(relaxation.temperatures[1])}, law of time and temperature assumed (${fit.law.assumes}); beyond: extrapolated`;
  const device: RramParams = {
    name: options.name ?? nameOf(tables[0][0].file),
    standing: `measured: low resistance ${low.name} (${low.resistances.length} cells), high ${high.name} (${high.resistances.length}); the spread after programming is that of write and verify`,
    source: files,
    valid: `rest from ${showTime(relaxation.times[0])} to ${showTime(relaxation.times[1])} ${temperatures}`,
    lrs: stateOf(states.lrs),
    hrs: stateOf(states.hrs),
    conduction: { kind: "ohmic" },
    stuck: { lrs: 0, hrs: 0 },
    relaxation,
  };
  try {
    parseRram(device, device.name);
  } catch (error) {
    if (error instanceof RangeError)
      throw new Misuse(`the fit ended where no device is, so none is written: ${error.message}`);
    throw error;
  }
  return {
    device,
    states,
    fit,
    cells: data.cells,
    notes: [
      ...data.notes,
      `Low resistance: ${low.name}; high: ${high.name}. Their spread after programming is what write and verify left, drawn anew at every programming.`,
      ...fit.notes,
    ],
  };
};
