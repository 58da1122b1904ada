import type { LabelledImages } from "#src/datasets/labelled-images";
import { firstImages } from "#src/datasets/labelled-images";
import { checkTraining, Diverged, RECIPE, type Recipe, trainNetwork, type WeightReading } from "#src/learning/index";
import { defineExperiment, idleWhere, type Part } from "#src/montecarlo/index";
import { type Network, readLayers, totalShareOfZeros } from "#src/networks/index";
import { fold, type Key, keyText } from "#src/random/index";
import { named } from "#src/words/named";
import { dataFor } from "../../files/data-sets.ts";
import { networkFor } from "../../files/network-files.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { evaluatorFor } from "../networks/evaluator.ts";
import {
  checkCells,
  idleOfFile,
  kindOf,
  testImages,
  trainedPart,
  trainingSeeds,
} from "../networks/network-parameters.ts";
import { type Reads, readsAt } from "../networks/network-reads.ts";
import { ageOf, checkRest } from "../rest/rest-parameters.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { checkSense } from "../sensing/sense-design.ts";
import { chipCells, kindsOf, ratesOf } from "./chip-cells.ts";
import { NUMBERS, OF_CHIPS, OF_READS, PARAMETERS, type Params } from "./error-aware-parameters.ts";
import { answerAdaptation, concludeAdaptation, drawAdaptation, notesOfAdaptation } from "./error-aware-report.ts";

const recipeOf = ({ tuningEpochs, tuningRate, tuningBatch }: Params): Recipe => ({
  ...RECIPE,
  epochs: tuningEpochs,
  batch: tuningBatch,
  learningRate: tuningRate,
  schedule: { kind: "cosine", periods: [tuningEpochs] },
});

const tuningImages = ({ data, tuningImages: most }: Params): LabelledImages => {
  const { train } = dataFor(data);
  return most === 0 ? train : firstImages(train, most);
};

/** A network trained further with its weights read so; what it is without. */
const tuned = (network: Network, params: Params, reading: WeightReading | null, key: Key): Network => {
  const recipe = recipeOf(params);
  const { network: found } = trainNetwork({
    design: network,
    recipe,
    train: tuningImages(params),
    // The accuracy after an epoch is nobody's here.
    test: firstImages(dataFor(params.data).test, recipe.batch),
    key: fold(key, "tuning"),
    start: network,
    ...(reading ? { reading } : {}),
  });
  return found;
};

const base = trainedPart<Params>(null);

/** Networks that several parts begin with, by what they depend on. */
const known = new Map<string, Network>();

const baseOf = (params: Params, key: Key): Network => {
  const name = `${keyText(key)} ${JSON.stringify(base.uses.map((use) => params[use]))}`;
  const network = known.get(name) ?? base.make(params, key, { load: () => null, keep: () => undefined });
  known.set(name, network);
  return network;
};

const usesReads = ({ mode }: Params): boolean => mode !== "given rates";

/** Reads of amplifiers of cells as old as they are; null where rates are given. */
export const readsFor = (params: Params, key: Key): Reads | null => {
  if (!usesReads(params)) return null;
  const rested = { moment: { age: ageOf({ ...params, cycles: 0 }), occasion: 0 } };
  return readsAt(params, key, params.time > 0 ? rested : {});
};

const OF_TUNING = ["tuningEpochs", "tuningRate", "tuningBatch", "tuningImages"] as const;
const OF_RATES = ["error", "rate"] as const;

const orDiverged = <T>(of: () => T): T | { readonly diverged: string } => {
  try {
    return of();
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    return { diverged: error.message };
  }
};

type Tuned = Network | { readonly diverged: string };

const longerPart: Part<Params, Tuned> = {
  stream: "network",
  uses: [...base.uses, ...OF_TUNING],
  make: (params, key) => orDiverged(() => tuned(baseOf(params, key), params, null, fold(key, params.seed))),
};

/** Rates of amplifiers are those of the part `reads`: both draw from one stream. */
const adaptedPart: Part<Params, Tuned> = {
  stream: "network",
  uses: [...base.uses, ...OF_TUNING, ...OF_RATES, "mode", "others", ...OF_READS],
  make: (params, key) =>
    orDiverged(() => {
      const network = baseOf(params, key);
      const rates = ratesOf(params, readsFor(params, fold(key, "reads")));
      const { layers } = evaluatorFor(network, dataFor(params.data).test, dataFor(params.data).train, params.others);
      const kinds = kindsOf(network, layers);
      const errors = named(layers.map((name, l) => [name, rates[kinds[l]]] as const));
      return tuned(network, params, { kind: "redrawn", errors }, fold(key, params.seed));
    }),
};

/** How many errors a network bears that was trained with them, or on its chip, against one that was not. */
export const errorAwareTraining = defineExperiment({
  name: "error-aware-training",
  title: "Networks trained for the array they will meet",
  summary: "Networks trained further with read errors, or in the loop on each chip, against blind transfer.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "weights",
    "network",
    "error",
    "rate",
    "mode",
    "supply",
    "strobe",
    "strobes",
    "temperature",
    "corner",
    "device",
    "technology",
    "mismatch",
    "time",
    "storageTemperature",
    "tuningEpochs",
    "tuningRate",
    "tuningImages",
    "widths",
    "seed",
  ],
  grid: (params) => {
    const weights = { weights: params.network === "" ? ["binary" as const, "ternary" as const] : [weightsOf(params)] };
    if (usesReads(params)) return [{ ...weights, supply: [1.2, 1.0, 0.9, 0.8] }];
    return [{ ...weights, rate: [0.001, 0.01, 0.03, 0.065, 0.1, 0.185] }];
  },
  replicates: trainingSeeds,
  quick: { seeds: 1, epochs: 3, tuningEpochs: 1 },
  quickTrials: 4,
  trials: 10,
  block: 5,
  numbers: NUMBERS,
  prepare: {
    network: base,
    longer: longerPart,
    adapted: adaptedPart,
    reads: {
      stream: "network",
      uses: [...OF_READS, "mode"],
      make: (params, key) => readsFor(params as Params, fold(key, "reads")),
    },
  },
  idle: (params) => [
    ...(usesReads(params) ? idleRipple(params) : []),
    ...idleOfFile(params, "seeds"),
    ...idleWhere<keyof Params>(
      [!usesReads(params), `of the mode "${params.mode}", which reads by no amplifier (mode)`, ...OF_READS],
      [usesReads(params), `of the mode "${params.mode}", whose rates are not given (mode)`, ...OF_RATES],
      [
        params.mode !== "whole chips",
        `of the mode "${params.mode}", where no column shares an amplifier (mode)`,
        ...OF_CHIPS,
      ],
      [params.time === 0, "of cells just programmed (time)", "storageTemperature"],
    ),
  ],
  remarks: heatRemarks,
  check: (params) => {
    checkSense(params);
    checkCells(params);
    if (usesReads(params) && params.time > 0) {
      checkRest({ ...params, cycles: 0 });
      if (params.mode === "whole chips")
        throw new RangeError(
          'time: whole chips are read when they have just been programmed; mode="sense amplifiers" knows cells that have rested.',
        );
    }
    if (!usesReads(params) && params.weights === "binary" && params.error !== "type1")
      throw new RangeError(
        `error: ${params.error} befalls zeros or makes them; binary weights only have type1, a flip.`,
      );
    if (params.network === "") return;
    const { network } = networkFor(params.network, params.pixels);
    const { test } = dataFor(params.data);
    checkTraining({ design: network, recipe: recipeOf(params), train: tuningImages(params), test, start: network });
  },
  facts: ({ network, longer, adapted, reads }, params) => {
    const { train, test } = testImages(params);
    const clean = (of: Network): number => evaluatorFor(of, test, train, params.others).clean;
    const { layers } = evaluatorFor(network, test, train, params.others);
    const kinds = kindsOf(network, layers);
    const { ternary, binary } = ratesOf(params, reads);
    return {
      numbers: {
        clean: clean(network),
        ...("diverged" in longer ? {} : { longerClean: clean(longer) }),
        ...("diverged" in adapted ? {} : { withErrorsClean: clean(adapted) }),
        ...(kinds.includes("ternary")
          ? { usedType1: ternary.type1, usedType2: ternary.type2, usedType3: ternary.type3 }
          : {}),
        ...(kinds.includes("binary") ? { usedFlip: binary.type1 } : {}),
        zeros: totalShareOfZeros(network),
      },
    };
  },
  trial: ({ network, longer, adapted, reads }, params, key) => {
    if ("diverged" in longer) return { failed: longer.diverged };
    if ("diverged" in adapted) return { failed: adapted.diverged };
    const { train, test } = testImages(params);
    const evaluator = evaluatorFor(network, test, train, params.others);
    const cells = chipCells(params, network, evaluator, ratesOf(params, reads), key);
    if (!cells) return { failed: "reads of the chip failed numerically" };
    const on = (of: Network, thresholds: "trained" | "re-estimated" = "trained"): number => {
      const own = evaluatorFor(of, test, train, params.others);
      return own.accuracyWith(readLayers(cells, own.layers, own.weights), thresholds);
    };
    const [asTrained, withErrors] = [on(network), on(adapted)];
    const blind = {
      asTrained,
      reEstimated: on(network, "re-estimated"),
      longer: on(longer),
      withErrors,
      errorsGain: withErrors - asTrained,
    };
    if (params.loop === "left out") return { numbers: blind };
    const learned = orDiverged(() => tuned(network, params, { kind: "chip", cells }, key));
    if ("diverged" in learned) return { failed: learned.diverged };
    const inTheLoop = on(learned);
    return {
      numbers: {
        ...blind,
        inTheLoop,
        loopGain: inTheLoop - asTrained,
        loopOverErrors: inTheLoop - withErrors,
        inTheLoopClean: evaluatorFor(learned, test, train, params.others).clean,
      },
    };
  },
  figures: drawAdaptation,
  answer: answerAdaptation,
  conclude: concludeAdaptation,
  notes: notesOfAdaptation,
});

const weightsOf = ({ network }: Params): "binary" | "ternary" => (kindOf(network) === "ternary" ? "ternary" : "binary");
