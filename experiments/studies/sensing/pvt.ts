import {
  countSamples,
  type ReadCounts,
  readSamples,
  replicaStrobe,
  sampleDie,
  sampleKeys,
  sampleSenseAmplifier,
} from "#circuits/index";
import { defineExperiment, type RateReport } from "#src/montecarlo/index";
import { power } from "#src/numerics/power";
import { fold, type Key } from "#src/random/index";
import { recordEntries, recordOf } from "#src/words/named";
import { OWN_MODULE } from "../../own-module.ts";
import { heatRemarks, idleRipple } from "./idle-parameters.ts";
import { NUMBERS, type NumberName, PARAMETERS, type PvtValues, type RateName, STROBE_KINDS } from "./pvt-parameters.ts";
import { answerPvt, concludePvt, drawPvt } from "./pvt-report.ts";
import { amplifierOf, checkSense, deviceOf } from "./sense-design.ts";
import { MONTE_CARLO_TOLERANCE } from "./sense-errors.ts";
import { senseNotes } from "./sense-notes.ts";
import { SENSE_NAMES } from "./sense-parameters.ts";
import { leastHarm, ternaryHarm } from "./strobe-choice.ts";

/** Strobes from which the best of a point is chosen [s]: eight a decade from 0.2 ns to 1.1 us. */
const CANDIDATES: readonly number[] = Array.from({ length: 31 }, (_, i) => 0.2e-9 * power(10, i / 8));
/** Samples that choose it, apart from those that rates are counted on. */
const CALIBRATION_SAMPLES = 200;
/** A replica that has not decided by then gives no strobe [s]. */
const LATEST = CANDIDATES[CANDIDATES.length - 1];

const bestStrobe = (params: PvtValues, key: Key): { readonly strobe: number } => {
  const samples = readSamples(
    amplifierOf(params),
    deviceOf(params),
    params.mismatch,
    CANDIDATES,
    MONTE_CARLO_TOLERANCE,
    sampleKeys(key, CALIBRATION_SAMPLES),
  );
  return { strobe: CANDIDATES[leastHarm(countSamples(samples, CANDIDATES.length), ternaryHarm)] };
};

const ratesOf = ({ signed, zero }: ReadCounts): Readonly<Record<RateName, RateReport>> => ({
  Type1: { events: signed.wrongSign, of: signed.of },
  Missed: { events: signed.zero + signed.invalid, of: signed.of },
  Type3: { events: zero.signed, of: zero.of },
  Invalid: { events: signed.invalid, of: signed.of },
  BinaryFlip: { events: signed.binaryFlipped, of: signed.of },
});

/** Read errors over process corner, supply and temperature, with three ways to time the strobe. */
export const pvt = defineExperiment({
  name: "pvt",
  summary: "Maps of read errors over process, supply and temperature: fixed strobe, replica column, best strobe.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "technology",
    "device",
    "conduction",
    "bitLineCapacitance",
    "activationEnergyLrs",
    "activationEnergyHrs",
    "rippleAmplitude",
    "rippleFrequency",
    "mismatch",
    "dieVariation",
    "strobe",
    "replicaResistance",
    "corner",
    "supply",
    "temperature",
  ],
  grid: () => [
    {
      activationEnergyHrs: [0, 0.05],
      corner: ["tt", "ss", "ff", "sf", "fs"],
      supply: [0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2],
      temperature: [233.15, 273.15, 300.15, 358.15, 398.15],
    },
  ],
  quick: { samples: 50 },
  quickTrials: 2,
  trials: 4,
  block: 4,
  numbers: NUMBERS,
  prepare: { best: { uses: SENSE_NAMES, make: bestStrobe } },
  facts: ({ best }) => ({ numbers: { bestStrobe: best.strobe } }),
  trial: ({ best }, params, key) => {
    const amplifier = amplifierOf(params);
    const { design } = amplifier;
    const die = sampleDie(design, params.dieVariation, fold(key, "die"));
    const replicaChip = sampleSenseAmplifier(design, params.mismatch, fold(key, "replica"));
    const replica = replicaStrobe(amplifier, replicaChip, die, params.replicaResistance, LATEST, MONTE_CARLO_TOLERANCE);
    const at = { fixed: params.strobe, replica: replica ?? LATEST, best: best.strobe };
    const strobes = [...new Set(Object.values(at))].sort((a, b) => a - b);
    const samples = readSamples(
      amplifier,
      deviceOf(params),
      params.mismatch,
      strobes,
      MONTE_CARLO_TOLERANCE,
      sampleKeys(fold(key, "samples"), params.samples),
      { die },
    );
    const counts = countSamples(samples, strobes.length);
    const reads = samples.reads.length;
    const rates = STROBE_KINDS.flatMap((kind) =>
      recordEntries(ratesOf(counts[strobes.indexOf(at[kind])])).map(([name, rate]): [NumberName, RateReport] => [
        `${kind}${name}`,
        rate,
      ]),
    );
    return {
      numbers: {
        ...recordOf(rates),
        ...(replica === null ? {} : { replicaStrobe: replica }),
        replicaLate: replica === null ? 1 : 0,
        unprecharged: { events: samples.found.unprecharged.reduce((a, b) => a + b, 0), of: reads },
        failedReads: { events: samples.failed, of: reads },
      },
    };
  },
  check: checkSense,
  idle: idleRipple,
  remarks: heatRemarks,
  figures: drawPvt,
  conclude: concludePvt,
  answer: answerPvt,
  notes: (params, points) => [
    ...senseNotes(params, points),
    "Corners move all transistors of a die together; local mismatch is each transistor's own; the die-to-die shift about a corner is a third thing, off unless dieVariation is set. Capacitances are those of tt 27 °C in every corner. Each sample has its own amplifier (no shared amplifiers); a trial is one die with one replica column.",
    "Reads of one die share its replica column, and with dieVariation its shift. A trial is a die: intervals widen as rates are seen to spread from die to die, which few dies tell badly and one not at all; raise --trials.",
    "Type 1: ±1 read with the other sign; type 2, missed: ±1 read as 0 or with both outputs low (invalid, also counted apart); type 3, lost: 0 read as ±1.",
  ],
});
