import type { DataSet, LabelledImages } from "#src/datasets/labelled-images";
import { arraysIn } from "#src/kernels/declared-arrays";
import { kernelsFor } from "#src/kernels/kernels";
import {
  Diverged,
  type EpochReport,
  idealEventSynapses,
  initialSpikingParameters,
  type NetworkParameters,
  type SpikingActivity,
  type SpikingDynamics,
  type SpikingLearner,
  savedParameters,
  spikingLearner,
  stepwiseDynamics,
  stepwiseDynamicsArrays,
  type TrainingState,
  trainLearner,
  UNIT_SCALE,
  type WatchedStep,
} from "#src/learning/index";
import type { PartProgress } from "#src/montecarlo/index";
import { fold, type Key } from "#src/random/index";
import type { SpikingModel } from "./eqspike-parameters.ts";

/** What fired in an epoch, an image. */
interface EpochActivity {
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

/** For trainings that are over before a kill would cost anything. */
export const NO_PROGRESS: PartProgress = { load: () => null, keep: () => {} };

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

/** The network that a model's training ends with, untested; the start where it has no epochs. */
export const trainedNetwork = (model: SpikingModel, data: DataSet, key: Key): NetworkParameters => {
  if (model.epochs === 0) return initialSpikingParameters(model.network, fold(key, "start"));
  const learner = spikingLearnerOf(model, key);
  const { diverged } = trainSpikes(learner, model, { ...data, test: { ...data.test, count: 0 } }, key, NO_PROGRESS);
  if (diverged !== null) throw new Diverged(diverged);
  return savedParameters(learner.save());
};

/** The dynamics of these weights, step by step, watched: an image at a time. */
export const watchedDynamics = (
  { network }: SpikingModel,
  parameters: NetworkParameters,
  watch: (step: WatchedStep) => void,
): { readonly dynamics: SpikingDynamics; readonly show: (data: LabelledImages, image: number, key: Key) => void } => {
  const { widths } = network;
  const [inputs, classes] = [widths[0], widths[widths.length - 1]];
  const shown = { x: inputs, targets: classes };
  const kernels = kernelsFor([shown, stepwiseDynamicsArrays(network, 1)]);
  const synapses = parameters.weights.map((w, l) => idealEventSynapses(widths[l], widths[l + 1], w));
  const dynamics = stepwiseDynamics(kernels, network, parameters, synapses, 1, false, watch);
  const { x, targets } = arraysIn(kernels, shown);
  return {
    dynamics,
    show: (data, image, key) => {
      for (let p = 0; p < inputs; p++) x[p] = data.images[image * inputs + p] / 255;
      targets.fill(0);
      targets[data.labels[image]] = 1;
      dynamics.present(x, targets, 1, key);
      dynamics.begin(0);
    },
  };
};
