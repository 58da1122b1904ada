import type { DataSet } from "#src/datasets/labelled-images";
import {
  Diverged,
  type EpochReport,
  initialSpikingParameters,
  type SpikingActivity,
  type SpikingLearner,
  spikingLearner,
  type TrainingState,
  trainLearner,
  UNIT_SCALE,
} from "#src/learning/index";
import type { PartProgress } from "#src/montecarlo/index";
import { fold, type Key } from "#src/random/index";
import type { SpikingModel } from "./eqspike-parameters.ts";

/** What fired in an epoch, an image. */
export interface EpochActivity {
  /** Spikes of the input and of each layer: learning, classification. */
  readonly learningSpikes: readonly number[];
  readonly readingSpikes: readonly number[];
  /** Of the nudged phases alone. */
  readonly nudgedSpikes: readonly number[];
  /** Deliveries of a spike to a neuron, and weights that a spike moves. */
  readonly learningDeliveries: number;
  readonly readingDeliveries: number;
  readonly updates: number;
  readonly largestRate: number;
  readonly silent: number;
  readonly unceasing: number;
}

/** What a training gave: an entry an epoch, fewer than asked where it diverged. */
export interface TrainedSpikes {
  readonly epochs: readonly EpochReport[];
  readonly activity: readonly EpochActivity[];
  readonly diverged: string | null;
}

const anImage = ({
  learned,
  classified,
  phases,
  deliveries,
  updates,
  meanRates,
  silent,
  unceasing,
}: SpikingActivity): EpochActivity => {
  const { free, nudged, read } = phases;
  return {
    learningSpikes: free.spikes.map((n, l) => (n + nudged.spikes[l]) / learned),
    readingSpikes: read.spikes.map((n) => n / classified),
    nudgedSpikes: nudged.spikes.map((n) => n / learned),
    learningDeliveries: deliveries.learning / learned,
    readingDeliveries: deliveries.classification / classified,
    updates: updates / learned,
    largestRate: Math.max(...meanRates),
    silent,
    unceasing,
  };
};

interface Reached {
  readonly state: TrainingState;
  readonly activity: readonly EpochActivity[];
}

/** The learner of a model, with the start that this key draws. */
export const spikingLearnerOf = ({ network, rule, batch }: SpikingModel, key: Key): SpikingLearner =>
  spikingLearner(network, rule, initialSpikingParameters(network, fold(key, "start")), batch);

/** Trains a learner from this key, or goes on from what was kept after the last whole epoch. */
export const trainSpikes = (
  learner: SpikingLearner,
  { epochs, rateDecay, augmentation }: SpikingModel,
  data: DataSet,
  key: Key,
  progress: PartProgress,
  onEpoch: (state: TrainingState) => void = () => {},
): TrainedSpikes => {
  const from = progress.load() as Reached | null;
  let reached: readonly EpochReport[] = from?.state.epochs ?? [];
  let activity: readonly EpochActivity[] = from?.activity ?? [];
  const plan = { epochs, schedule: { kind: "geometric", factor: rateDecay }, scale: UNIT_SCALE, augmentation } as const;
  try {
    trainLearner(learner, data.train, data.test, plan, fold(key, "training"), from?.state ?? null, (state) => {
      reached = state.epochs;
      activity = [...activity, anImage(learner.takeActivity())];
      onEpoch(state);
      if (state.epochs.length < epochs)
        progress.keep({ state, activity } satisfies Reached, state.epochs.length / epochs);
    });
    return { epochs: reached, activity, diverged: null };
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    return { epochs: reached, activity, diverged: error.message };
  }
};
