import { countSamples, readSamples, ternaryErrors } from "#circuits/index";
import {
  choice,
  defineExperiment,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  type Report,
  type ValuesOf,
} from "#src/montecarlo/index";
import type { Network } from "#src/networks/index";
import { fold, type Key, keyText, uniform } from "#src/random/index";
import { keysOf, recordEntries, recordOf } from "#src/words/named";
import { dataFor } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { amplifierOf, checkSense, deviceOf } from "../sensing/sense-design.ts";
import { MONTE_CARLO_TOLERANCE } from "../sensing/sense-errors.ts";
import { senseNotes } from "../sensing/sense-notes.ts";
import { SENSE_PARAMETERS, STROBE_PARAMETER } from "../sensing/sense-parameters.ts";
import { evaluatorFor } from "./evaluator.ts";
import { checkCells, idleOfFile, NETWORK_PARAMETERS, networkNotes, trainedPart } from "./network-parameters.ts";
import { INPUT_NAMES, type InputName, SENSITIVITY_INPUTS } from "./sensitivity-inputs.ts";
import {
  concludeSensitivity,
  drawSensitivity,
  OUTPUTS,
  type OutputName,
  type SensitivityNumber,
} from "./sensitivity-report.ts";

const { seeds: _seeds, ...NETWORK } = NETWORK_PARAMETERS;

const PARAMETERS = {
  ...SENSE_PARAMETERS,
  ...NETWORK,
  strobe: STROBE_PARAMETER,
  input: choice(INPUT_NAMES, "lrsMedian", "whose share of the variance is estimated (an axis)", "all of them"),
  deviceRange: quantity(
    "1",
    0.2,
    [0.001, 0.9],
    "half-range of medians and spreads of resistance, relative",
    "chosen: equal for all",
  ),
  circuitRange: quantity(
    "1",
    0.2,
    [0.001, 0.9],
    "half-range of mismatch and bit-line capacitance, relative",
    "chosen: as for the device",
  ),
  supplyRange: quantity("1", 0.05, [0.001, 0.9], "half-range of the supply, relative", "chosen: a regulated supply"),
  strobeRange: quantity(
    "1",
    0.2,
    [0.001, 0.9],
    "half-range of the strobe's time, relative",
    "chosen: as for the device",
  ),
  temperatureRange: quantity(
    "1",
    40,
    [0.1, 200],
    "half-range of temperature in kelvin",
    "chosen: -13 .. 67 °C about 27 °C",
  ),
  samples: integer(
    200,
    [10, 100_000],
    "amplifiers with their cells whose reads give the error rates at one setting, the same at all settings",
    "chosen: rates to about a percent; what they miss is counted as no variance of the inputs",
  ),
  chips: integer(
    4,
    [1, 1000],
    "chips whose accuracies are averaged at one setting, the same at all settings",
    "chosen: the luck of one chip would pass for an effect of every input",
  ),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** Every input uniform over its range: u in (0, 1) for each. */
const settingAt = (params: Params, u: readonly number[]): Params => {
  const changed: Record<string, number> = {};
  INPUT_NAMES.forEach((name, i) => {
    const { parameter, range } = SENSITIVITY_INPUTS[name];
    const nominal = params[parameter] as number;
    const half = range === "temperatureRange" ? params[range] : params[range] * nominal;
    changed[parameter] = nominal + half * (2 * u[i] - 1);
  });
  return { ...params, ...changed };
};

const corners = (params: Params): Params[] =>
  [0, 1].map((u) =>
    settingAt(
      params,
      INPUT_NAMES.map(() => u),
    ),
  );

const check = (params: Params): void => {
  checkSense(params);
  checkCells(params);
  for (const setting of corners(params))
    for (const name of INPUT_NAMES) {
      const { parameter, range } = SENSITIVITY_INPUTS[name];
      const { min, max, unit } = PARAMETERS[parameter] as { min: number; max: number; unit: string };
      const value = setting[parameter] as number;
      if (!(value >= min && value <= max))
        throw new RangeError(
          `sensitivity: ${parameter} would reach ${value} ${unit}, outside ${min} .. ${max}; make ${range} smaller.`,
        );
    }
};

type Outputs = Readonly<Record<OutputName, number>>;

/** Error rates and accuracy at one setting, on samples and chips that are the same at every setting. */
const outputsAt = (params: Params, context: Context): Outputs | null => {
  const { network, samples: key } = context;
  const keys = Array.from({ length: params.samples }, (_, i) => fold(key, i));
  const found = readSamples(
    amplifierOf(params),
    deviceOf(params),
    params.mismatch,
    [params.strobe],
    MONTE_CARLO_TOLERANCE,
    keys,
  );
  if (found.failed > 0) return null;
  const rates = ternaryErrors(countSamples(found, 1)[0]);
  const { train, test } = dataFor(params.data);
  const evaluator = evaluatorFor(network, test, train, params.others);
  const chip = fold(key, "chip");
  let accuracy = 0;
  for (let i = 0; i < params.chips; i++)
    accuracy += evaluator.accuracy(() => rates, "frozen", "trained", fold(chip, i)) / params.chips;
  return { ...rates, accuracy };
};

interface Context {
  readonly network: Network;
  readonly samples: Key;
}

// A row's two own points serve all inputs: kept from one grid point to the next.
const kept = new Map<string, Outputs | null>();
const MOST_KEPT = 100_000;

const remembered = (
  params: Params,
  context: Context,
  row: Key,
  which: string,
  u: readonly number[],
): Outputs | null => {
  const { input: _input, ...same } = params;
  const name = `${keyText(row)} ${which} ${JSON.stringify(same)}`;
  const found = kept.get(name);
  if (found !== undefined) return found;
  const outputs = outputsAt(settingAt(params, u), context);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(name, outputs);
  return outputs;
};

/** Which parameters of device and circuit move read errors and accuracy most. */
export const sensitivity = defineExperiment({
  name: "sensitivity",
  summary: "Which device and circuit parameters move read errors and accuracy most: Sobol indices, ranked.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: ["device", "technology", "corner", "seed", "input"],
  grid: () => [{ input: INPUT_NAMES }],
  quick: { epochs: 3, samples: 50, chips: 2 },
  quickTrials: 32,
  trials: 128,
  block: 16,
  numbers: recordOf(
    recordEntries(OUTPUTS).flatMap(([name, label]): [SensitivityNumber, NumberSpec][] => [
      [
        `${name}First`,
        { kind: "sobol", effect: "first", says: `share of the variance of ${label} by the input alone` },
      ],
      [
        `${name}Total`,
        { kind: "sobol", effect: "total", says: `share of the variance of ${label} by the input and all it acts with` },
      ],
      [`${name}Change`, mean("1", `slope of ${label} against the input, times its range`)],
    ]),
  ),
  prepare: {
    network: trainedPart<Params>("ternary"),
    samples: { uses: [], make: (_params, key) => key },
  },
  check,
  idle: (params) => [...idleRipple(params), ...idleOfFile(params)],
  // It draws temperatures itself, about the one that is set.
  remarks: (points) => heatRemarks(points.map((p) => ({ ...p, temperature: p.temperature + p.temperatureRange }))),
  trial: (context, params, key) => {
    const draws = (which: string): number[] => INPUT_NAMES.map((_, i) => uniform(fold(key, which), i));
    const [from, to] = [draws("a"), draws("b")];
    const changed = INPUT_NAMES.indexOf(params.input);
    const mixedPoint = from.map((u, i) => (i === changed ? to[i] : u));
    const a = remembered(params, context, key, "a", from);
    const b = remembered(params, context, key, "b", to);
    const mixed = outputsAt(settingAt(params, mixedPoint), context);
    if (!a || !b || !mixed) return { failed: "a read could not be solved" };
    const sign = Math.sign(to[changed] - from[changed]);
    return {
      numbers: recordOf(
        keysOf(OUTPUTS).flatMap((name): [SensitivityNumber, Report][] => {
          const row = { a: a[name], b: b[name], mixed: mixed[name] };
          return [
            [`${name}First`, row],
            [`${name}Total`, row],
            // The slope of the best line is 12 cov(f, u), and cov(f, u) is E[sign (f(mixed) - f(a))] / 4.
            [`${name}Change`, 3 * sign * (mixed[name] - a[name])],
          ];
        }),
      ),
    };
  },
  conclude: (table) => concludeSensitivity(table, PARAMETERS),
  figures: (table) => drawSensitivity(table, PARAMETERS),
  notes: (params, points) => [
    `Every input is uniform over its range about the values above: ${INPUT_NAMES.map((name) => `${name} +-${rangeText(params, name)}`).join(", ")}. At each setting the same ${params.samples} amplifiers with their cells are read, and the errors of the same ${params.chips} chips drawn at the rates found.`,
    ...networkNotes(points, ["ternary"]),
    ...senseNotes(params, points),
  ],
});

const rangeText = (params: Params, name: InputName): string => {
  const { range } = SENSITIVITY_INPUTS[name];
  return range === "temperatureRange" ? `${params[range]} K` : `${Number((100 * params[range]).toPrecision(3))} %`;
};
