import { binaryErrors, ternaryErrors } from "#circuits/index";
import { defineExperiment, idleWhere, type RateReport } from "#src/montecarlo/index";
import { type Network, totalShareOfZeros, type WeightErrors } from "#src/networks/index";
import { fold } from "#src/random/index";
import { dataFor } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { checkSense } from "../sensing/sense-design.ts";
import { senseNotes } from "../sensing/sense-notes.ts";
import { SENSE_NAMES } from "../sensing/sense-parameters.ts";
import { readNetwork } from "./chip-network.ts";
import { evaluatorFor } from "./evaluator.ts";
import { checkComparedNetworks, idleOfFile, networkNotes, trainedPart, trainingSeeds } from "./network-parameters.ts";
import { readsAt } from "./network-reads.ts";
import { type ComparisonValues, NUMBERS, PARAMETERS } from "./ternary-versus-binary-parameters.ts";
import { answerComparison, concludeComparison, drawComparison } from "./ternary-versus-binary-report.ts";

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
