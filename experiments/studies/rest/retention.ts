import {
  binaryErrors,
  compileSenseAmplifier,
  countSamples,
  type ReadCounts,
  readSamples,
  sampleKeys,
  ternaryErrors,
} from "#circuits/index";
import { defineExperiment, type RateReport } from "#src/montecarlo/index";
import { fold, type Key } from "#src/random/index";
import { dataFor } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { evaluatorFor } from "../networks/evaluator.ts";
import {
  checkComparedNetworks,
  idleOfFile,
  networkNotes,
  trainedPart,
  trainingSeeds,
} from "../networks/network-parameters.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { designOf, deviceOf } from "../sensing/sense-design.ts";
import { MONTE_CARLO_TOLERANCE } from "../sensing/sense-errors.ts";
import { senseNotes } from "../sensing/sense-notes.ts";
import { SENSE_NAMES, type SenseValues } from "../sensing/sense-parameters.ts";
import { freshStrobes } from "./fresh-strobes.ts";
import { ageOf, checkRest, extrapolationNote, ownTemperature } from "./rest-parameters.ts";
import { NUMBERS, PARAMETERS, type RetentionValues } from "./retention-parameters.ts";
import { concludeRetention, drawRetention } from "./retention-report.ts";

type ReadValues = SenseValues & Pick<RetentionValues, "samples" | "time" | "storageTemperature" | "cycles">;

/** Reads of rested cells at the strobes that were best when they were fresh. */
interface RestedReads {
  readonly ternary: { readonly strobe: number; readonly counts: ReadCounts };
  readonly binary: { readonly strobe: number; readonly counts: ReadCounts };
  readonly failed: number;
}

const restedReads = (params: ReadValues, key: Key): RestedReads => {
  const fresh = freshStrobes(params, fold(key, "calibration"));
  const strobes = [...new Set([fresh.ternary, fresh.binary])].sort((a, b) => a - b);
  const sampled = readSamples(
    compileSenseAmplifier(designOf(params)),
    deviceOf(params),
    params.mismatch,
    strobes,
    MONTE_CARLO_TOLERANCE,
    sampleKeys(fold(key, "samples"), params.samples),
    { moment: { age: ageOf(params), occasion: 0 } },
  );
  const counts = countSamples(sampled, strobes.length);
  const at = (strobe: number) => ({ strobe, counts: counts[strobes.indexOf(strobe)] });
  return { ternary: at(fresh.ternary), binary: at(fresh.binary), failed: fresh.failed + sampled.failed };
};

const outOf = (events: number, of: number): RateReport => ({ events, of });

/** Ages that each device is asked for: to its last measurement and on to ten years of 365.25 days [s]. */
const TIMES = [0.01, 1, 100, 1e4, 1e5, 1e6, 1e7, 315_576_000];

/** Accuracy and read errors of networks whose cells have rested since they were programmed. */
export const retention = defineExperiment({
  name: "retention",
  summary: "Accuracy of binary and ternary networks, and their read errors, as cells rest for up to years.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "device",
    "storageTemperature",
    "time",
    "cycles",
    "supply",
    "temperature",
    "corner",
    "technology",
    "conduction",
    "bitLineCapacitance",
    "mismatch",
    "seed",
  ],
  // Both measured sets, C at the one temperature that it knows; another device at its own.
  grid: ({ device }) =>
    device === PARAMETERS.device.default
      ? [
          { device: ["measured-c"], storageTemperature: [300.15], time: TIMES },
          { device: ["measured-a"], storageTemperature: [358.15, 423.15], time: TIMES },
        ]
      : [{ storageTemperature: [ownTemperature(device)], time: TIMES }],
  replicates: trainingSeeds,
  trials: 20,
  block: 20,
  numbers: NUMBERS,
  quick: { seeds: 2, epochs: 3, samples: 500 },
  prepare: {
    binaryNetwork: trainedPart<RetentionValues>("binary", "binaryNetwork"),
    ternaryNetwork: trainedPart<RetentionValues>("ternary"),
    reads: { uses: [...SENSE_NAMES, "time", "storageTemperature", "cycles", "samples"], make: restedReads },
  },
  idle: (params) => [...idleRipple(params), ...idleOfFile(params, "seeds")],
  remarks: heatRemarks,
  check: (params) => {
    checkRest(params);
    checkComparedNetworks(params);
  },
  facts: ({ reads, binaryNetwork, ternaryNetwork }, params) => {
    const { train, test } = dataFor(params.data);
    const { signed, zero } = reads.ternary.counts;
    const flips = reads.binary.counts.signed;
    return {
      numbers: {
        binaryClean: evaluatorFor(binaryNetwork, test, train, params.others).clean,
        ternaryClean: evaluatorFor(ternaryNetwork, test, train, params.others).clean,
        type1: outOf(signed.wrongSign, signed.of),
        type2: outOf(signed.zero + signed.invalid, signed.of),
        type3: outOf(zero.signed, zero.of),
        binaryFlip: outOf(flips.binaryFlipped, flips.of),
        ternaryStrobe: reads.ternary.strobe,
        binaryStrobe: reads.binary.strobe,
        failedReads: reads.failed,
      },
    };
  },
  trial: ({ reads, binaryNetwork, ternaryNetwork }, params, key) => {
    const { train, test } = dataFor(params.data);
    const on = (network: typeof binaryNetwork, errors: ReturnType<typeof ternaryErrors>): number =>
      evaluatorFor(network, test, train, params.others).accuracy(() => errors, "frozen", "trained", key);
    const binary = on(binaryNetwork, binaryErrors(reads.binary.counts));
    const ternary = on(ternaryNetwork, ternaryErrors(reads.ternary.counts));
    return { numbers: { binary, ternary, difference: ternary - binary } };
  },
  figures: drawRetention,
  conclude: concludeRetention,
  notes: (params, points) => [
    "Expected before the first run: a zero, stored as two high resistances, is lost first, since high resistances move most; signs are lost only where two distributions cross; so the ternary network loses accuracy before the binary one, with the logarithm of time.",
    extrapolationNote(points),
    ...senseNotes(params, points),
    ...networkNotes(points, ["binary", "ternary"]),
    "Each weight is read with independent errors at the rates of rested cells, drawn once a chip; strobes stay those that were best on fresh cells.",
  ],
});
