import { binaryErrors, idealErrorRates, refuseOngoingNoise, ternaryErrors } from "#circuits/index";
import type { RramParams } from "#devices/index";
import { defineExperiment, idleWhere } from "#src/montecarlo/index";
import { type Network, NO_ERRORS, totalShareOfZeros, type WeightErrors } from "#src/networks/index";
import { power } from "#src/numerics/power";
import { fold } from "#src/random/index";
import { dataFor } from "../../files/data-sets.ts";
import { deviceFor } from "../../files/named-devices.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { evaluatorFor } from "../networks/evaluator.ts";
import { checkComparedNetworks, idleOfFile, trainedPart, trainingSeeds } from "../networks/network-parameters.ts";
import { bestReadsAt, type Reads } from "../networks/network-reads.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { checkSense, deviceOf } from "../sensing/sense-design.ts";
import { SENSE_NAMES } from "../sensing/sense-parameters.ts";
import { type NotProgrammed, programmedFilaments } from "./programmed-filaments.ts";
import { NUMBERS, OF_DEVICE, OF_PULSES, PARAMETERS, type Params } from "./programming-energy-parameters.ts";
import { answerEnergy, concludeEnergy, drawEnergy, notesOfEnergy } from "./programming-energy-report.ts";

/** A condition: what cells become, and what reads of them by amplifiers do. */
interface Condition {
  readonly rram: RramParams;
  readonly reads: Reads;
}

/** Bits of a word of SECDED(8,4): half of them check the others, so that memory doubles as with 2T2R. */
const WORD = 8;

/** What is left wrong of bits that are wrong with probability p: those in words that have another wrong one. */
export const afterSecded = (p: number): number => p * (1 - power(1 - p, WORD - 1));

/** Rates of each way of storing a weight. */
const ratesOf = ({ rram, reads }: Condition, temperature: number) => {
  const { single, differential } = idealErrorRates(rram, temperature);
  return {
    single,
    secded: afterSecded(single),
    differential,
    flip: binaryErrors(reads.binaryBest.counts).type1,
    ternary: ternaryErrors(reads.ternaryBest.counts),
  };
};

/** Accuracy against what programming takes: low energy programs badly, and networks bear some of it. */
export const programmingEnergy = defineExperiment({
  name: "programming-energy",
  title: "How little energy may programming take?",
  summary: "Programming conditions, their error rates in 1T1R, 2T2R and SECDED, and what networks make of them.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "conditions",
    "device",
    "setGate",
    "setVoltage",
    "resetVoltage",
    "resetGate",
    "pulseWidth",
    "logCurrent",
    "barrier",
    "supply",
    "technology",
    "mismatch",
    "seed",
  ],
  grid: ({ conditions }) =>
    conditions === "device"
      ? [{}]
      : [{ setGate: [0.77, 0.78, 0.79, 0.8, 0.85, 0.9, 1.0, 1.1, 1.7], resetVoltage: [2.0, 2.6] }],
  replicates: trainingSeeds,
  quick: { seeds: 1, epochs: 3, cells: 40, samples: 200 },
  quickTrials: 4,
  trials: 10,
  block: 10,
  numbers: NUMBERS,
  prepare: {
    binaryNetwork: trainedPart<Params>("binary", "binaryNetwork"),
    ternaryNetwork: trainedPart<Params>("ternary"),
    condition: {
      uses: [...SENSE_NAMES, ...OF_PULSES, "samples", "conditions"],
      make: (params, key): Condition | NotProgrammed => {
        const own = params as Params;
        const rram = own.conditions === "filament" ? programmedFilaments(own, fold(key, "cells")) : deviceOf(own);
        if ("failed" in rram) return rram;
        return { rram, reads: bestReadsAt(own, fold(key, "reads"), { device: rram }) };
      },
    },
  },
  idle: (params) => [
    ...idleRipple(params),
    ...idleOfFile(params, "seeds"),
    ...idleWhere<keyof Params>(
      [params.conditions === "filament", "of filaments, which are programmed by pulses (conditions)", ...OF_DEVICE],
      [
        params.conditions === "device",
        "of devices that say themselves what programming takes (conditions)",
        ...OF_PULSES,
      ],
    ),
  ],
  remarks: heatRemarks,
  check: (params) => {
    checkSense(params);
    checkComparedNetworks(params);
    if (params.conditions === "filament") return;
    const { name, programming } = deviceFor(params.device);
    refuseOngoingNoise(deviceFor(params.device), "programming-energy");
    if (!programming)
      throw new RangeError(
        `device: "${name}" does not say what programming it takes; give its file programming: { setEnergy, resetEnergy } in joule, or make files of a table: rramlab conditions TABLE.csv.`,
      );
  },
  facts: ({ condition, binaryNetwork, ternaryNetwork }, params) => {
    const { train, test } = dataFor(params.data);
    const clean = (network: Network): number => evaluatorFor(network, test, train, params.others).clean;
    const networks = { binaryClean: clean(binaryNetwork), ternaryClean: clean(ternaryNetwork) };
    if ("failed" in condition) return { numbers: networks };
    const { lrs, hrs, programming } = condition.rram;
    const { setEnergy, resetEnergy } = programming ?? { setEnergy: Number.NaN, resetEnergy: Number.NaN };
    const { single, secded, differential, flip, ternary } = ratesOf(condition, params.temperature);
    const zeros = totalShareOfZeros(ternaryNetwork);
    const spreadOf = ({ spread }: typeof lrs): number =>
      Math.hypot(spread.deviceToDevice, spread.cycleToCycle, spread.readToRead);
    return {
      numbers: {
        ...networks,
        setEnergy,
        resetEnergy,
        lowMedian: lrs.medianResistance,
        lowSpread: spreadOf(lrs),
        highMedian: hrs.medianResistance,
        highSpread: spreadOf(hrs),
        single,
        secded,
        differential,
        flip,
        ...ternary,
        singleEnergy: (setEnergy + resetEnergy) / 2,
        pairEnergy: setEnergy + resetEnergy,
        ternaryEnergy: (1 - zeros) * (setEnergy + resetEnergy) + zeros * 2 * resetEnergy,
      },
    };
  },
  trial: ({ condition, binaryNetwork, ternaryNetwork }, params, key) => {
    if ("failed" in condition) return condition;
    const { train, test } = dataFor(params.data);
    const { single, secded, differential, flip, ternary } = ratesOf(condition, params.temperature);
    const on = (network: Network, errors: WeightErrors): number =>
      evaluatorFor(network, test, train, params.others).accuracy(() => errors, "frozen", "trained", key);
    const flipped = (rate: number): number => on(binaryNetwork, { ...NO_ERRORS, type1: rate });
    return {
      numbers: {
        binarySingle: flipped(single),
        binarySecded: flipped(secded),
        binaryPair: flipped(differential),
        binaryRead: flipped(flip),
        ternaryPair: on(ternaryNetwork, ternary),
      },
    };
  },
  figures: drawEnergy,
  answer: answerEnergy,
  conclude: concludeEnergy,
  notes: notesOfEnergy,
});
