import {
  binaryErrors,
  compileSenseAmplifier,
  countSamples,
  type ReadCounts,
  type ReadSampleOptions,
  readSamples,
  sampleKeys,
  ternaryErrors,
} from "#circuits/index";
import type { RramParams } from "#devices/index";
import { defineExperiment, idleWhere, type RateReport } from "#src/montecarlo/index";
import { type Network, totalShareOfZeros, type WeightErrors } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { dataFor } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { MONTE_CARLO_TOLERANCE } from "../sensing/sense-errors.ts";
import {
  checkSense,
  designOf,
  deviceOf,
  SENSE_NAMES,
  type SenseValues,
  senseNotes,
} from "../sensing/sense-parameters.ts";
import { binaryHarm, CALIBRATION_SAMPLES, CANDIDATES, leastHarm, ternaryHarm } from "../sensing/strobe-choice.ts";
import { readNetwork } from "./chip-network.ts";
import { evaluatorFor } from "./evaluator.ts";
import { checkComparedNetworks, idleOfFile, networkNotes, trainedPart, trainingSeeds } from "./network-parameters.ts";
import { type ComparisonValues, NUMBERS, PARAMETERS } from "./ternary-versus-binary-parameters.ts";
import { answerComparison, concludeComparison, drawComparison } from "./ternary-versus-binary-report.ts";

/** What the sense amplifier does at one condition, at three strobes. */
export interface Reads {
  readonly common: ReadCounts;
  readonly ternaryBest: { readonly strobe: number; readonly counts: ReadCounts };
  readonly binaryBest: { readonly strobe: number; readonly counts: ReadCounts };
  /** Mean energies [J]: a read that follows a read at the common strobe; of a first read, precharge from 0 V and sense until each strobe. */
  readonly energies: {
    readonly repeated: number;
    readonly precharge: number;
    readonly common: number;
    readonly ternaryBest: number;
    readonly binaryBest: number;
  };
  readonly failed: number;
}

interface Counted {
  readonly counts: readonly ReadCounts[];
  readonly repeated: number;
  readonly precharge: number;
  readonly sense: readonly number[];
  readonly failed: number;
}

/** What reads depend on. */
type ReadValues = SenseValues & Pick<ComparisonValues, "strobe" | "samples">;

const countReads = (
  params: ReadValues,
  device: RramParams,
  strobes: readonly number[],
  samples: number,
  key: Key,
  options: ReadSampleOptions,
): Counted => {
  const sampled = readSamples(
    compileSenseAmplifier(designOf(params)),
    device,
    params.mismatch,
    strobes,
    MONTE_CARLO_TOLERANCE,
    sampleKeys(key, samples),
    options,
  );
  const { found, reads, failed, repeatedEnergies } = sampled;
  const solved = reads.filter((read) => !read.failed);
  const mean = (of: (at: number) => number): number => solved.reduce((sum, { at }) => sum + of(at), 0) / solved.length;
  return {
    counts: countSamples(sampled, strobes.length),
    repeated: meanOf(solved.map(({ at }) => repeatedEnergies[at]).filter(Number.isFinite)),
    precharge: mean((at) => found.prechargeEnergies[at]),
    sense: strobes.map((_, s) => mean((at) => found.senseEnergies[at * strobes.length + s])),
    failed,
  };
};

const meanOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/**
 * Reads at one condition: best strobes from samples of their own, of cells just programmed, then rates and energies.
 * @param moment How long cells have rested when rates are counted; left out: they are read fresh.
 * @param device Cells instead of those that the parameters name.
 */
export const readsAt = (
  params: ReadValues,
  key: Key,
  { moment, device = deviceOf(params) }: Pick<ReadSampleOptions, "moment"> & { readonly device?: RramParams } = {},
): Reads => {
  const calibration = countReads(params, device, CANDIDATES, CALIBRATION_SAMPLES, fold(key, "calibration"), {});
  const ternary = CANDIDATES[leastHarm(calibration.counts, ternaryHarm)];
  const binary = CANDIDATES[leastHarm(calibration.counts, binaryHarm)];
  const strobes = [...new Set([params.strobe, ternary, binary])].sort((a, b) => a - b);
  const { counts, repeated, precharge, sense, failed } = countReads(
    params,
    device,
    strobes,
    params.samples,
    fold(key, "samples"),
    { energies: true, repeated: params.strobe, ...(moment ? { moment } : {}) },
  );
  const at = (strobe: number): number => strobes.indexOf(strobe);
  return {
    common: counts[at(params.strobe)],
    ternaryBest: { strobe: ternary, counts: counts[at(ternary)] },
    binaryBest: { strobe: binary, counts: counts[at(binary)] },
    energies: {
      repeated,
      precharge,
      common: sense[at(params.strobe)],
      ternaryBest: sense[at(ternary)],
      binaryBest: sense[at(binary)],
    },
    failed: failed + calibration.failed,
  };
};

/** Of `bestReadsAt`: counted beside the best strobes, and used by nobody [s]. */
const BESIDE = 3e-9;

/** The same for studies that have no common strobe, and read at the best of each kind of weights. */
export const bestReadsAt = (
  params: Omit<ReadValues, "strobe">,
  key: Key,
  options: Parameters<typeof readsAt>[2] = {},
): Reads => readsAt({ ...params, strobe: BESIDE }, key, options);

const outOf = (events: number, of: number): RateReport => ({ events, of });

/** Accuracy of binary and ternary networks of equal size whose weights are read by the same sense amplifiers. */
export const ternaryVersusBinary = defineExperiment({
  name: "ternary-versus-binary",
  summary:
    "Binary and ternary networks of equal size, their weights read from 2T2R cells by the same precharge sense amplifiers.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "technology",
    "device",
    "conduction",
    "bitLineCapacitance",
    "corner",
    "temperature",
    "strobe",
    "supply",
    "mismatch",
    "activationEnergyLrs",
    "activationEnergyHrs",
    "rippleAmplitude",
    "rippleFrequency",
    "amplifiers",
    "seed",
  ],
  // Four supplies at tt 27 degC; cold, hot, ss, ff at one of them.
  grid: () => [
    { supply: [1.2, 1.0, 0.9, 0.8], corner: ["tt"], temperature: [300.15] },
    { supply: [0.8], corner: ["tt"], temperature: [273.15, 358.15] },
    { supply: [0.8], corner: ["ss", "ff"], temperature: [300.15] },
  ],
  replicates: trainingSeeds,
  quick: { seeds: 2, epochs: 3, samples: 200 },
  quickTrials: 5,
  trials: 20,
  block: 20,
  numbers: NUMBERS,
  prepare: {
    binaryNetwork: trainedPart<ComparisonValues>("binary", "binaryNetwork"),
    ternaryNetwork: trainedPart<ComparisonValues>("ternary"),
    reads: { uses: [...SENSE_NAMES, "strobe", "samples"], make: (params, key) => readsAt(params, key) },
  },
  idle: (params) => [
    ...idleRipple(params),
    ...idleOfFile(params, "seeds"),
    ...idleWhere<"arrayRows">([
      params.amplifiers === "independent",
      "with independent errors, which no array makes (amplifiers)",
      "arrayRows",
    ]),
  ],
  remarks: heatRemarks,
  check: (params) => {
    checkSense(params);
    checkComparedNetworks(params);
  },
  facts: ({ reads, binaryNetwork, ternaryNetwork }, params) => {
    const { train, test } = dataFor(params.data);
    const zeros = totalShareOfZeros(ternaryNetwork);
    const { signed, zero } = reads.common;
    const best = reads.ternaryBest.counts;
    const flips = reads.binaryBest.counts.signed;
    return {
      numbers: {
        binaryClean: evaluatorFor(binaryNetwork, test, train, params.others).clean,
        ternaryClean: evaluatorFor(ternaryNetwork, test, train, params.others).clean,
        zeros,
        type1: outOf(signed.wrongSign, signed.of),
        type2: outOf(signed.zero, signed.of),
        type3: outOf(zero.signed, zero.of),
        invalid: outOf(signed.invalid, signed.of),
        binaryFlip: outOf(signed.binaryFlipped, signed.of),
        type1Best: outOf(best.signed.wrongSign, best.signed.of),
        type2Best: outOf(best.signed.zero, best.signed.of),
        type3Best: outOf(best.zero.signed, best.zero.of),
        binaryFlipBest: outOf(flips.binaryFlipped, flips.of),
        ternaryStrobe: reads.ternaryBest.strobe,
        binaryStrobe: reads.binaryBest.strobe,
        ...(Number.isFinite(reads.energies.repeated) ? { repeatedEnergy: reads.energies.repeated } : {}),
        prechargeEnergy: reads.energies.precharge,
        senseEnergy: reads.energies.common,
        senseEnergyTernary: reads.energies.ternaryBest,
        senseEnergyBinary: reads.energies.binaryBest,
        failedReads: reads.failed,
      },
    };
  },
  trial: ({ reads, binaryNetwork, ternaryNetwork }, params, key) => {
    const { train, test } = dataFor(params.data);
    const strobes = [...new Set([params.strobe, reads.ternaryBest.strobe, reads.binaryBest.strobe])].sort(
      (a, b) => a - b,
    );
    // What one network's weights give on this chip at a strobe.
    const on = (network: Network, kind: "binary" | "ternary") => {
      const evaluator = evaluatorFor(network, test, train, params.others);
      if (params.amplifiers === "independent")
        return (_strobe: number, errors: WeightErrors): number =>
          evaluator.accuracy(() => errors, "frozen", "trained", key);
      const read = readNetwork(params, evaluator.weights, params.amplifiers, strobes, fold(key, "chip"));
      if ("failed" in read) return null;
      return (strobe: number): number => evaluator.accuracyWith(read[strobes.indexOf(strobe)][kind]);
    };
    const onBinary = on(binaryNetwork, "binary");
    const onTernary = on(ternaryNetwork, "ternary");
    if (!onBinary || !onTernary) return { failed: "reads of the chip failed numerically" };
    const binary = onBinary(params.strobe, binaryErrors(reads.common));
    const ternary = onTernary(params.strobe, ternaryErrors(reads.common));
    const binaryBest = onBinary(reads.binaryBest.strobe, binaryErrors(reads.binaryBest.counts));
    const ternaryBest = onTernary(reads.ternaryBest.strobe, ternaryErrors(reads.ternaryBest.counts));
    return {
      numbers: {
        binary,
        ternary,
        difference: ternary - binary,
        binaryBest,
        ternaryBest,
        differenceBest: ternaryBest - binaryBest,
      },
    };
  },
  figures: drawComparison,
  conclude: concludeComparison,
  answer: answerComparison,
  notes: (params, points) => [
    ...senseNotes(params, points),
    ...networkNotes(points, ["binary", "ternary"]),
    ...(points.some((p) => p.amplifiers === "independent")
      ? [
          "Amplifiers independent: each weight is read with independent errors at the rates of the sense amplifier's Monte Carlo, drawn once a chip.",
        ]
      : []),
    ...(points.some((p) => p.amplifiers !== "independent")
      ? [
          "Amplifiers shared: every weight of a chip is read by a transient of its column's amplifier with its own cells; both networks meet amplifiers and cells drawn from the same key.",
        ]
      : []),
    "The unit of the comparison is the training seed: intervals of differences are over seeds; every seed meets the same chips and test images. Error rates enter as estimated: their own uncertainty (the tables' intervals) is not in the accuracies.",
  ],
});
