import {
  mostPulsesAtOnce,
  type PlasticPairs,
  type PulseRounding,
  plasticPairs,
  plasticPairsArrays,
} from "#circuits/index";
import {
  Diverged,
  fusedDynamics,
  fusedDynamicsArrays,
  initialSpikingParameters,
  learnerAccuracy,
  type NetworkParameters,
  type SpikingSubstrate,
  spikingLearner,
  stepwiseDynamics,
  stepwiseDynamicsArrays,
  trainLearner,
  UNIT_SCALE,
} from "#src/learning/index";
import type { ValuesOf } from "#src/montecarlo/index";
import { fold, type Key } from "#src/random/index";
import { checkLearningDevice, energiesOf, learningDevice, pairsOf, totalUse } from "../learning/study-pairs.ts";
import { imagesFor } from "../papers/published-parameters.ts";
import type { RRAM_PARAMETERS } from "./eqspike-on-rram-parameters.ts";
import { type SpikingModel, spikingModel } from "./eqspike-parameters.ts";

type SpikingChipValues = Omit<ValuesOf<typeof RRAM_PARAMETERS>, "seeds">;

/** What a training on cells gave; pulses and energies are left out where there are no cells. */
interface TrainedSpikingChip {
  readonly accuracy: number;
  readonly diverged: string | null;
  readonly cells: {
    /** Pulses of the input's devices and of all above them: mean and most. */
    readonly inputPulses: number;
    readonly mostInputPulses: number;
    readonly outputPulses: number;
    readonly mostOutputPulses: number;
    /** Of all devices: mean, and what one in a hundred exceeds. */
    readonly pulsesPerDevice: number;
    readonly pulsesOfHundredth: number;
    /** An image [J], and read pulses of spikes on lines. */
    readonly readEnergy: number;
    readonly pulseEnergy: number;
    readonly inferenceEnergy: number;
    readonly events: number;
  } | null;
}

const roundingOf = ({ rounding, threshold }: SpikingChipValues): PulseRounding =>
  rounding === "stochastic" ? { kind: "stochastic" } : { kind: rounding, least: threshold };

/** @throws RangeError for what pairs and spikes together cannot do. */
export const checkSpikingChip = (p: SpikingChipValues): void => {
  if (p.cells === "numbers") return;
  checkLearningDevice(p);
  if (p.updates === "immediate" && p.wireResistance > 0)
    throw new RangeError(
      "wireResistance with immediate updates: what lines take is looked at once in 50 updates at a batch's end, and spikes would move weights in between. Set wireResistance=0, or updates=at the end.",
    );
  if (p.rounding === "dropped" && p.threshold > 1)
    throw new RangeError(`threshold: ${p.threshold} pulses with rounding=dropped; expected at most 1.`);
  const most = mostPulsesAtOnce(learningDevice(p));
  if (p.rounding === "carried" && !(p.threshold >= 1 && p.threshold <= most))
    throw new RangeError(
      `threshold: ${p.threshold} pulses with rounding=carried; expected 1 .. ${most}, what crosses the range.`,
    );
};

/** Pairs for every layer. Without read noise they stand still in a batch, and the fused kernel runs on what they hold. */
const substrateOf = (
  p: SpikingChipValues,
  { network, batch }: SpikingModel,
  start: NetworkParameters,
  key: Key,
): { readonly substrate: SpikingSubstrate; readonly cells: PlasticPairs[] } => {
  const { widths } = network;
  const cells: PlasticPairs[] = [];
  const still = p.readNoise === 0 && p.updates === "at the end";
  const designs = widths.slice(1).map((outputs, l) => pairsOf(p, l, widths[l], outputs, roundingOf(p)));
  return {
    cells,
    substrate: {
      arrays: {
        cells: designs.map((design) => plasticPairsArrays(design, batch)),
        dynamics: still ? fusedDynamicsArrays(network, batch, "held") : stepwiseDynamicsArrays(network, batch),
      },
      make: (kernels) => {
        designs.forEach((design, l) => {
          cells.push(plasticPairs(kernels, design, start.weights[l], batch, fold(fold(key, "chip"), l)));
        });
        return still
          ? fusedDynamics(kernels, network, start, batch, cells)
          : stepwiseDynamics(kernels, network, start, cells, batch, true);
      },
    },
  };
};

/** Trains the network of these parameters on its cells, tests it once, and counts what it took. */
export const trainSpikingChip = (p: SpikingChipValues, key: Key): TrainedSpikingChip => {
  const model = spikingModel(p, p.epochs);
  const { network, rule, batch, epochs, rateDecay, augmentation } = model;
  const { train, test } = imagesFor(p);
  const start = initialSpikingParameters(network, fold(key, "start"));
  const { substrate, cells } = substrateOf(p, model, start, key);
  const learner =
    p.cells === "numbers"
      ? spikingLearner(network, rule, start, batch)
      : spikingLearner(network, rule, start, batch, substrate);
  try {
    const plan = {
      epochs,
      schedule: { kind: "geometric", factor: rateDecay },
      scale: UNIT_SCALE,
      augmentation,
    } as const;
    // Tested once, at the end: what testing reads is told apart from what learning does.
    trainLearner(learner, train, { ...test, count: 0 }, plan, fold(key, "training"));
    const learned = totalUse(cells);
    const accuracy = learnerAccuracy(learner, test, UNIT_SCALE, fold(key, "test"));
    const tested = totalUse(cells);
    if (cells.length === 0) return { accuracy, diverged: null, cells: null };
    const images = epochs * train.count;
    const mean = (values: Float32Array): number => values.reduce((a, b) => a + b, 0) / values.length;
    const most = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, b), 0);
    const [ofInput, ...ofUpper] = cells.map((c) => c.pulseCounts);
    const above = Float32Array.from(ofUpper.flatMap((c) => [...c]));
    const all = Float32Array.from([...ofInput, ...above]).sort();
    return {
      accuracy,
      diverged: null,
      cells: {
        inputPulses: mean(ofInput),
        mostInputPulses: most(ofInput),
        outputPulses: above.length > 0 ? mean(above) : 0,
        mostOutputPulses: most(above),
        pulsesPerDevice: mean(all),
        pulsesOfHundredth: all[Math.floor(0.99 * all.length)],
        ...energiesOf(learned, tested, images, test.count),
        events: learned.events / images,
      },
    };
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    return { accuracy: 0, diverged: error.message, cells: null };
  }
};
