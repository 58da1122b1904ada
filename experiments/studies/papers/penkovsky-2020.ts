import { binaryErrors, ternaryErrors } from "#circuits/index";
import { BEAT_MIDDLE, BEAT_SCALE } from "#src/datasets/beats";
import { firstImages, type LabelledImages, selectImages } from "#src/datasets/labelled-images";
import { invertedBeats, sampledBeats } from "#src/datasets/sampled-beats";
import { checkTraining, Diverged, RECIPE, type Recipe, trainNetwork } from "#src/learning/index";
import { defineExperiment, idleWhere, type PartProgress } from "#src/montecarlo/index";
import { beatNetwork } from "#src/networks/beat-network";
import { frozenErrors, layerRecords, multiplicationsIn, type Network, weightsIn } from "#src/networks/index";
import { memoryOf } from "#src/networks/memory";
import { clusterBootstrap } from "#src/numerics/cluster-bootstrap";
import { fold, type Key, rootKey } from "#src/random/index";
import { dataFor } from "../../files/data-sets.ts";
import { OWN_MODULE } from "../../own-module.ts";
import { cleanClassesOf, evaluatorFor } from "../networks/evaluator.ts";
import { bestReadsAt, type Reads } from "../networks/network-reads.ts";
import { rememberedFor } from "../results/index.ts";
import { heatRemarks, idleRipple } from "../sensing/idle-parameters.ts";
import { checkSense } from "../sensing/sense-design.ts";
import { SENSE_NAMES } from "../sensing/sense-parameters.ts";
import {
  balancedOf,
  commonestOf,
  confusionsOf,
  plainOf,
  type RecordConfusions,
  recallsOf,
  summedConfusion,
  wholeConfusion,
} from "./beat-scores.ts";
import { NUMBERS, PARAMETERS, type Params } from "./penkovsky-2020-parameters.ts";
import { answerBeats, concludeBeats, drawBeats, notesOfBeats } from "./penkovsky-2020-report.ts";

/** Networks of several trainings, and what each tells of the test's beats; fewer of both where one diverged. */
interface TrainedBeats {
  readonly networks: readonly Network[];
  readonly confusions: readonly RecordConfusions[];
  readonly diverged: string | null;
}

/** Shares of N, S, V, F among the beats shown. Chosen: they are far from those of hearts, of which nine in ten are N. */
const SHOWN = [0.4, 0.2, 0.25, 0.15];

interface TaskBeats {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

/** What is made of a set of beats, under a name, once a worker. */
const onceFor = rememberedFor<LabelledImages, LabelledImages>();

/** The beats of a task: of inverted leads the same for all networks, trainings and seeds. */
const beatsOf = ({ data, task }: Pick<Params, "data" | "task">): TaskBeats => {
  const { train, test } = dataFor(data);
  if (task === "beats") return { train, test };
  const turned = (images: LabelledImages, which: string): LabelledImages =>
    onceFor(images, "turned", () => invertedBeats(images, fold(rootKey("leads turned about"), which)));
  return { train: turned(train, "train"), test: turned(test, "test") };
};

/** One test beat in so many, for chips. */
const someOf = ({ test }: TaskBeats, every: number): LabelledImages =>
  onceFor(test, `one in ${every}`, () =>
    selectImages(
      test,
      Uint32Array.from({ length: Math.ceil(test.count / every) }, (_, k) => k * every),
    ),
  );

const designOf = ({ network, filters }: Pick<Params, "network" | "filters">, { train }: TaskBeats) =>
  beatNetwork({
    kind: network,
    filters,
    length: train.pixels,
    scale: 1 / BEAT_SCALE,
    middle: BEAT_MIDDLE,
    classes: train.classes,
  });

/** The beats of all epochs are drawn at once, so that one pass over them is the whole training. */
const recipeOf = ({ network, batch, learningRate, floatRate }: Params): Recipe => ({
  ...RECIPE,
  epochs: 1,
  batch,
  learningRate: network === "float" || network === "binary classifier" ? floatRate : learningRate,
  schedule: { kind: "cosine", periods: [1] },
});

const trainBeats = (params: Params, key: Key, progress: PartProgress): TrainedBeats => {
  const beats = beatsOf(params);
  const kept = progress.load() as TrainedBeats | null;
  const networks = [...(kept?.networks ?? [])];
  const confusions = [...(kept?.confusions ?? [])];
  for (let seed = networks.length; seed < params.seeds; seed++) {
    const own = fold(key, seed);
    const shares = params.task === "beats" ? SHOWN : null;
    const shown = sampledBeats(beats.train, params.epochs * params.beats, shares, fold(own, "beats"));
    try {
      const { network } = trainNetwork({
        design: designOf(params, beats),
        recipe: recipeOf(params),
        train: shown,
        test: firstImages(beats.test, params.batch),
        key: own,
      });
      networks.push(network);
      confusions.push(confusionsOf(beats.test, cleanClassesOf(network, beats.test, beats.train)));
    } catch (error) {
      if (!(error instanceof Diverged)) throw error;
      return { networks, confusions, diverged: error.message };
    }
    if (seed + 1 < params.seeds) progress.keep({ networks, confusions, diverged: null }, (seed + 1) / params.seeds);
  }
  return { networks, confusions, diverged: null };
};

const OF_TRAINING = [
  "data",
  "task",
  "filters",
  "epochs",
  "beats",
  "batch",
  "learningRate",
  "floatRate",
  "seeds",
] as const;

const meanOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Scores with their intervals over the test's records: means over trainings, of which each resample sees the same records. */
const scoresOf = (own: readonly RecordConfusions[], float: readonly RecordConfusions[], resamples: number) => {
  const { classes, records } = own[0];
  const [whole, over, ...recalls] = clusterBootstrap(
    records.length,
    (drawn) => {
      const summed = own.map((one) => summedConfusion(one, drawn));
      const mine = meanOf(summed.map(balancedOf));
      const byTraining = summed.map(recallsOf);
      return [
        mine,
        mine - meanOf(float.map((one) => balancedOf(summedConfusion(one, drawn)))),
        ...Array.from({ length: classes }, (_, label) => meanOf(byTraining.map((recall) => recall[label]))),
      ];
    },
    fold(rootKey("records"), "bootstrap"),
    resamples,
  );
  const confusions = own.map(wholeConfusion);
  return {
    balanced: whole.estimate,
    balancedLow: whole.low,
    balancedHigh: whole.high,
    overFloat: over.estimate,
    overFloatLow: over.low,
    overFloatHigh: over.high,
    withoutClass: whole.undefinedIn,
    plain: meanOf(confusions.map(plainOf)),
    always: commonestOf(confusions[0]),
    ...Object.fromEntries(
      recalls.flatMap(({ estimate, low, high }, label) => [
        [`recall${label}`, estimate],
        [`recall${label}Low`, low],
        [`recall${label}High`, high],
      ]),
    ),
    ...Object.fromEntries(
      Array.from({ length: classes * classes }, (_, k) => [
        `true${Math.floor(k / classes)}as${k % classes}`,
        meanOf(confusions.map((confusion) => confusion[k])),
      ]),
    ),
  };
};

/** Rates of binary and ternary weights at their best strobes, and the energy of a read [J]. */
const ratesOf = ({ binaryBest, ternaryBest, energies }: Reads) => ({
  binary: { errors: binaryErrors(binaryBest.counts), energy: energies.precharge + energies.binaryBest },
  ternary: { errors: ternaryErrors(ternaryBest.counts), energy: energies.precharge + energies.ternaryBest },
});

const kindOf = ({ network }: Pick<Params, "network">): "binary" | "ternary" =>
  network === "ternary" ? "ternary" : "binary";

/** Networks for heart beats, binary in part or as a whole: what the memory of a medical network costs in accuracy. */
export const penkovsky2020 = defineExperiment({
  name: "penkovsky-2020",
  title: "Which parts of a network for heart beats may be binary?",
  summary: "Heart beats told by float, partly binary, binary and ternary networks, between patients, and on chips.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: [
    "task",
    "network",
    "filters",
    "epochs",
    "beats",
    "learningRate",
    "floatRate",
    "supply",
    "temperature",
    "corner",
    "technology",
    "device",
    "mismatch",
  ],
  grid: () => [
    { network: ["float" as const] },
    { network: ["binary classifier" as const, "binary" as const, "ternary" as const], supply: [1.2, 0.9, 0.7, 0.6] },
  ],
  quick: { seeds: 1, beats: 2000, epochs: 2, samples: 500 },
  quickTrials: 3,
  trials: 10,
  block: 5,
  numbers: NUMBERS,
  prepare: {
    float: {
      stream: "network",
      uses: OF_TRAINING,
      make: (params, key, progress) => trainBeats({ ...(params as Params), network: "float" }, key, progress),
    },
    own: {
      stream: "network",
      uses: [...OF_TRAINING, "network"],
      make: (params, key, progress): TrainedBeats | null =>
        params.network === "float" ? null : trainBeats(params as Params, key, progress),
    },
    reads: {
      uses: [...SENSE_NAMES, "samples", "network"],
      make: (params, key): Reads | null => (params.network === "float" ? null : bestReadsAt(params, key)),
    },
  },
  idle: (params) => [
    ...(params.network === "float" ? [] : idleRipple(params)),
    ...idleWhere<keyof Params>(
      [
        params.network === "float",
        "of a float network, which no chip of 2T2R cells holds (network)",
        ...SENSE_NAMES,
        "samples",
      ],
      [
        params.network === "float" || params.network === "binary classifier",
        "of networks whose convolutions are float: floatRate is theirs (network)",
        "learningRate",
      ],
    ),
  ],
  remarks: heatRemarks,
  check: (params) => {
    checkSense(params);
    const beats = beatsOf(params);
    const { train, test } = beats;
    if (!(train.groups && test.groups))
      throw new RangeError(
        `data: "${params.data}" are no heart beats of known patients; expected a folder that rramlab data beats made, or synthetic-beats.`,
      );
    const most = params.epochs * params.beats;
    if (params.batch > most)
      throw new RangeError(`batch: ${params.batch} of ${most} beats that are shown; take at most ${most}.`);
    checkTraining({ design: designOf(params, beats), recipe: { ...recipeOf(params), batch: 2 }, train, test });
  },
  facts: ({ float, own, reads }, params) => {
    const mine = own ?? float;
    if (mine.diverged !== null || float.diverged !== null) return { numbers: {} };
    const [network] = mine.networks;
    const held = layerRecords(network).filter(({ weights }) => weights !== "float");
    const count = held.reduce((sum, layer) => sum + weightsIn(layer), 0);
    const rates = reads && ratesOf(reads);
    const { errors } = rates?.[kindOf(params)] ?? {};
    return {
      numbers: {
        ...scoresOf(mine.confusions, float.confusions, params.resamples),
        memory: memoryOf(network),
        ...(rates && errors
          ? {
              cells: count,
              energy: held.reduce((sum, layer) => sum + multiplicationsIn(layer), 0) * rates[kindOf(params)].energy,
              ...(kindOf(params) === "binary"
                ? { usedFlip: errors.type1 }
                : { usedType1: errors.type1, usedType2: errors.type2, usedType3: errors.type3 }),
            }
          : {}),
      },
    };
  },
  trial: ({ float, own, reads }, params, key) => {
    const { diverged, networks } = own ?? float;
    if (diverged !== null) return { failed: diverged };
    if (!reads) return { numbers: {} };
    const beats = beatsOf(params);
    const some = someOf(beats, params.testEvery);
    const { errors } = ratesOf(reads)[kindOf(params)];
    const found = networks.map((network, n) => {
      const evaluator = evaluatorFor(network, some, beats.train, "digital");
      const chip = fold(fold(key, "network"), n);
      const weights = evaluator.weights.map((layer, l) => frozenErrors(layer, errors, fold(fold(chip, "layer"), l)));
      const score = (told: Uint8Array): number => balancedOf(wholeConfusion(confusionsOf(some, told)));
      return { onChip: score(evaluator.classesWith(weights)), clean: score(evaluator.cleanClasses) };
    });
    const onChip = meanOf(found.map((one) => one.onChip));
    return { numbers: { onChip, chipLoss: meanOf(found.map(({ clean }) => clean)) - onChip } };
  },
  figures: drawBeats,
  answer: answerBeats,
  conclude: concludeBeats,
  notes: notesOfBeats,
});
