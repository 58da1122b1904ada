import { fold, type Key, logNormal, normal } from "#src/random/index";
import type { NetworkParameters } from "../primitive-function.ts";

/**
 * Spiking neurons trained by surrogate gradients, as in B. Cramer et al., PNAS 119, e2109194119 (2022) and its public code: images as
 * latencies of one spike a pixel, a hidden layer of leaky integrate-and-fire neurons, outputs that integrate without firing, read at
 * their largest. In every step
 *
 *     I <- keepCurrent I + gain sum of weights of spikes       v <- keepMembrane v + I, a spike at the threshold, which is subtracted
 */
export interface SurrogateDesign {
  /** Pixels, hidden neurons, classes. */
  readonly widths: readonly [inputs: number, hidden: number, classes: number];
  readonly steps: number;
  /** [s] */
  readonly timeStep: number;
  readonly membraneTime: number;
  readonly synapticTime: number;
  /** A pixel x above `inputThreshold` spikes at inputTime ln(x / (x - inputThreshold)) [s]. */
  readonly inputTime: number;
  readonly inputThreshold: number;
  /** Of the surrogate 1 / (steepness |v - threshold| + 1)^2. */
  readonly steepness: number;
  /** Outputs are multiplied by this before the softmax. */
  readonly readoutScale: number;
  /** Factor of the mean squared number of a hidden neuron's spikes in the loss. */
  readonly burstPenalty: number;
  /** Weights in hardware: levels either side of 0, and the largest of them; null: any. */
  readonly levels: { readonly count: number; readonly largest: number } | null;
}

/**
 * The constants of that code for MNIST of 16 x 16 pixels; the largest weight and the input's threshold could not be read there and are
 * chosen. Its penalty on hidden weights is left out.
 */
export const SURROGATE_DESIGN: SurrogateDesign = {
  widths: [256, 246, 10],
  steps: 20,
  timeStep: 1.7e-6,
  membraneTime: 6e-6,
  synapticTime: 6e-6,
  inputTime: 8e-6,
  inputThreshold: 0.2,
  steepness: 50,
  readoutScale: 10,
  burstPenalty: 5e-4,
  levels: { count: 63, largest: 0.5 },
};

/** Neurons as fabricated: hidden ones first, then outputs. */
export interface NeuronChip {
  readonly keepMembrane: Float64Array;
  readonly keepCurrent: Float64Array;
  /** Of hidden neurons; outputs do not fire. */
  readonly threshold: Float64Array;
  /** Of what arrives. */
  readonly gain: Float64Array;
}

/** @throws RangeError for a design that cannot be. */
export const checkSurrogate = (d: SurrogateDesign): void => {
  const refuse = (what: string): never => {
    throw new RangeError(`surrogate network: ${what}`);
  };
  if (!(d.widths.length === 3 && d.widths.every((n) => Number.isInteger(n) && n >= 1)))
    refuse(`layers of ${d.widths.join("-")} neurons; expected inputs, one hidden layer and classes, e.g. 256-246-10.`);
  if (!(Number.isInteger(d.steps) && d.steps >= 1 && d.steps <= 10_000))
    refuse(`${d.steps} steps; expected 1 .. 10000.`);
  for (const name of ["membraneTime", "synapticTime", "inputTime"] as const)
    if (!(d[name] >= d.timeStep && d.timeStep > 0 && d[name] < Number.POSITIVE_INFINITY))
      refuse(
        `${name} ${Number(d[name].toPrecision(6))} s with steps of ${Number(d.timeStep.toPrecision(6))} s; expected one step or longer.`,
      );
  if (!(d.inputThreshold > 0 && d.inputThreshold < 1))
    refuse(`an input threshold of ${d.inputThreshold}; expected between 0 and 1.`);
  if (d.levels && !(Number.isInteger(d.levels.count) && d.levels.count >= 1 && d.levels.largest > 0))
    refuse(`${d.levels.count} levels up to ${d.levels.largest}; expected 1 or more, up to more than 0.`);
};

/**
 * A chip whose neurons differ: time constants, gains and thresholds lognormal about their own, each neuron's each on its own.
 *
 * @param mismatch Standard deviation of the logarithms; 0: the ideal chip.
 */
export const sampleNeuronChip = (d: SurrogateDesign, mismatch: number, key: Key): NeuronChip => {
  checkSurrogate(d);
  if (!(mismatch >= 0 && mismatch <= 2))
    throw new RangeError(`neuron chip: mismatch ${mismatch}; expected a standard deviation of ln, 0 .. 2.`);
  const neurons = d.widths[1] + d.widths[2];
  const drawn = (name: string, middle: number): Float64Array =>
    Float64Array.from({ length: neurons }, (_, i) => logNormal(fold(key, name), middle, mismatch, i));
  const keep = (name: string, time: number): Float64Array => drawn(name, time).map((t) => Math.exp(-d.timeStep / t));
  return {
    keepMembrane: keep("membrane", d.membraneTime),
    keepCurrent: keep("synapse", d.synapticTime),
    threshold: drawn("threshold", 1),
    gain: drawn("gain", 1),
  };
};

/**
 * Normal weights of deviation 1 / sqrt(fan-in); no biases. The authors' start is smaller (0.7 (1 - exp(-dt / tau)) of that) in units of
 * their own; here it would leave every neuron silent, and silent neurons learn nothing.
 */
export const initialSurrogate = ({ widths }: SurrogateDesign, key: Key): NetworkParameters => {
  const weights = widths.slice(1).map((n, l) => {
    const own = fold(key, l);
    return Float32Array.from({ length: widths[l] * n }, (_, k) => normal(own, k) / Math.sqrt(widths[l]));
  });
  return { weights, biases: widths.slice(1).map(() => new Float32Array(0)) };
};

/** Step in which each pixel spikes, or -1. */
export const latencySteps = (
  { inputTime, inputThreshold, timeStep, steps }: SurrogateDesign,
  x: ArrayLike<number>,
): Int16Array =>
  Int16Array.from(x, (value) => {
    if (value <= inputThreshold) return -1;
    const step = Math.floor((inputTime * Math.log(value / (value - inputThreshold))) / timeStep);
    return step < steps ? step : -1;
  });
