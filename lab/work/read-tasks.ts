import {
  compileSenseAmplifier,
  countSamples,
  type PairReads,
  pairWaveforms,
  type ReadCounts,
  readSamples,
  type SenseAmplifier,
  samplePairs,
  sensePairs,
} from "#circuits/index";
import { parseRram, RRAM_SETS, type RramParams } from "#devices/index";
import { readDevicesBy } from "#experiments/files/named-devices";
import { designOf, deviceOf } from "#experiments/studies/sensing/sense-design";
import { MONTE_CARLO_TOLERANCE, readingsTogether, senseErrors } from "#experiments/studies/sensing/sense-errors";
import { addReport, emptyTally, type Tally, type TrialResult, trialStream } from "#src/montecarlo/index";
import { power } from "#src/numerics/power";
import { fold, type Key } from "#src/random/index";
import { ownOf } from "#src/words/named";
import type { DroppedDevice, ReadValues } from "../state/lab-parameters.ts";
import type { AnswerOf, Setting, Tallies, TaskOf, Waveforms } from "./task.ts";

/** What is kept of one setting, so that its slices share it: studies keep compiled amplifiers by the record of parameters. */
let last: { readonly text: string; readonly params: ReadValues; readonly amplifier: SenseAmplifier } | undefined;
let lastDevice = "";

export const standFor = (device: DroppedDevice | null): void => {
  const text = device ? JSON.stringify(device) : "";
  if (text === lastDevice) return;
  lastDevice = text;
  last = undefined;
  readDevicesBy((asked) => {
    if (device && asked === device.file) return parseRram(device.record, device.file);
    throw new RangeError(
      `device: "${asked}" is not one of ${Object.keys(RRAM_SETS).join(", ")}; drop its file on the page.`,
    );
  });
};

const stand = ({ params, device }: Setting): { readonly params: ReadValues; readonly amplifier: SenseAmplifier } => {
  standFor(device);
  const text = JSON.stringify(params);
  if (last?.text !== text) last = { text, params, amplifier: compileSenseAmplifier(designOf(params)) };
  return last;
};

/** Keys of trials of a run with this seed: a link's samples are those of the command line. */
const trialKeys = (seed: string, from: number, count: number): Key[] => {
  const stream = trialStream({ seed });
  return Array.from({ length: count }, (_, i) => fold(stream, from + i));
};

const talliesOf = (results: readonly TrialResult<string>[]): Tallies => {
  const tallies: Record<string, Tally> = {};
  // Without the sketches of quantiles, which the page does not show.
  for (const [name, spec] of Object.entries(senseErrors.numbers))
    tallies[name] = emptyTally(spec.kind === "mean" ? { kind: "mean", unit: spec.unit, says: spec.says } : spec);
  for (const result of results) {
    if ("failed" in result) continue;
    for (const [name, report] of Object.entries(result.numbers))
      if (report !== undefined) tallies[name] = addReport(tallies[name], report);
  }
  return tallies;
};

export const rates = ({ setting, from, count }: TaskOf<"rates">): Tallies =>
  talliesOf(readingsTogether(stand(setting).params, trialKeys(setting.seed, from, count)));

export const energies = ({ setting, from, count }: TaskOf<"energies">): Tallies =>
  talliesOf(senseErrors.together?.({}, stand(setting).params, trialKeys(setting.seed, from, count)) ?? []);

export const counts = ({ setting, strobes, from, count }: TaskOf<"counts">): readonly ReadCounts[] => {
  const { params, amplifier } = stand(setting);
  const keys = trialKeys(setting.seed, from, count);
  return countSamples(
    readSamples(amplifier, deviceOf(params), params.mismatch, strobes, MONTE_CARLO_TOLERANCE, keys),
    strobes.length,
  );
};

export const device = ({ device: dropped }: TaskOf<"device">): AnswerOf<"device"> => {
  if (ownOf(RRAM_SETS, dropped.file) !== undefined)
    throw new RangeError(`device: a file called "${dropped.file}" has the name of a set; give it another.`);
  const { name, lrs, hrs } = parseRram(dropped.record, dropped.file);
  return { name, low: lrs.medianResistance, high: hrs.medianResistance };
};

/** The three reads of cells at their medians by transistors as drawn. */
const nominalReads = ({ lrs, hrs }: RramParams): PairReads => {
  const [low, high] = [lrs.medianResistance, hrs.medianResistance];
  return { count: 3, left: [low, high, high], right: [high, low, high], thresholdShifts: {}, gainFactors: {} };
};

/** Right cell of a zero's read over its left one, so that the nominal read decides: by an amplifier without mismatch two equal cells never do. */
const UNEQUAL = 1.1;
/** Longest time that is shown [s]. */
const LONGEST = 10e-6;
const POINTS = 160;
/** Shown before SEN rises, of the time after it. */
const BEFORE = 0.06;
const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** The next round number of seconds. */
const rounded = (seconds: number): number => {
  const decade = power(10, Math.floor(Math.log10(seconds)));
  const factor = ROUND.find((r) => r * decade >= seconds * (1 - 1e-9)) ?? 10;
  return Number((factor * decade).toPrecision(3));
};

/** How long reads are shown [s]: until zeros have decided too, and the strobe is past. */
const shownTime = (amplifier: SenseAmplifier, rram: RramParams, strobe: number): number => {
  const [low, high] = [rram.lrs.medianResistance, rram.hrs.medianResistance];
  const reads = {
    count: 2,
    left: [low, high],
    right: [high, UNEQUAL * high],
    thresholdShifts: {},
    gainFactors: {},
  };
  const { decisionTimes } = sensePairs(amplifier, reads, [LONGEST], MONTE_CARLO_TOLERANCE);
  const [signed, zero] = decisionTimes;
  const wanted = Math.max(3 * (signed || 0), 1.4 * (zero || 0), 1.2 * strobe);
  return Math.min(LONGEST, rounded(wanted));
};

export const waveforms = ({ setting, samples }: TaskOf<"waveforms">): Waveforms => {
  const { params, amplifier } = stand(setting);
  const rram = deviceOf(params);
  const until = shownTime(amplifier, rram, params.strobe);
  const before = Math.min(BEFORE * until, amplifier.design.timing.precharge);
  const times = Float64Array.from({ length: POINTS + 1 }, (_, i) => -before + ((until + before) * i) / POINTS);
  const { pairs } = samplePairs(amplifier, rram, params.mismatch, trialKeys(setting.seed, 0, samples));
  const { q, qb } = pairWaveforms(amplifier, pairs, ["q", "qb"], times, MONTE_CARLO_TOLERANCE);
  const nodes = ["q", "qb", "bl", "blb", "xl", "xr", "sl"];
  const nominal = pairWaveforms(amplifier, nominalReads(rram), nodes, times, MONTE_CARLO_TOLERANCE);
  return {
    times,
    q,
    qb,
    count: pairs.count,
    supply: params.supply,
    nominal,
    medians: [rram.lrs.medianResistance, rram.hrs.medianResistance],
  };
};
