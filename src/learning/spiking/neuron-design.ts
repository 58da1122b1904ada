import type { SpikingFactors } from "#src/kernels/spiking";

/**
 * Leaky integrate-and-fire neurons joined by exponential synaptic currents, each with two traces of its spikes. In every time step dt,
 * with S = 1 for a spike and else 0:
 *
 *     v <- (1 - dt / membraneTime) v + drive + g        S = (v >= threshold), then v <- max(v - S threshold, floor)
 *     g <- (1 - dt / synapticTime) g + (dt / synapticTime) sum of the weights of spikes that arrive
 *     f <- f + (dt / fastTraceTime) (S - f)             q <- q + (dt / slowTraceTime) (S - q)
 *
 * At most one spike a step: rates are shares of steps, 0 .. 1. The difference of the traces
 *
 *     a = (f - q) dt / (slowTraceTime - fastTraceTime)
 *
 * is the change a step of the rate as filtered by 1 / ((1 + s fastTraceTime)(1 + s slowTraceTime)). Forward Euler: the drive and the
 * weights are in thresholds a step.
 */
export interface SpikingNeurons {
  /** Unit of time of the simulation [s]; only the ratios of the times to it matter to what is learned. */
  readonly timeStep: number;
  /** Of the membrane's leak [s]. */
  readonly membraneTime: number;
  /** Of synaptic currents [s]. */
  readonly synapticTime: number;
  /** Of the traces whose difference is the change of a rate [s]; fast below slow. */
  readonly fastTraceTime: number;
  readonly slowTraceTime: number;
  /** Of the trace of an output that the nudge compares with its target [s]. */
  readonly outputTraceTime: number;
  /** Membrane at which a neuron fires, and what a spike takes from it. */
  readonly threshold: number;
  /** Lowest membrane. */
  readonly floor: number;
}

/**
 * Constants worked out for this project, by measurement on MNIST (docs/eqspike.md): those of the published network were not
 * available. A step of 1 ms is a convention.
 */
export const SPIKING_NEURONS: SpikingNeurons = {
  timeStep: 1e-3,
  membraneTime: 20e-3,
  synapticTime: 8e-3,
  fastTraceTime: 8e-3,
  slowTraceTime: 16e-3,
  outputTraceTime: 8e-3,
  threshold: 1,
  floor: -1,
};

/** Factors of one step, in single precision. */
export type StepFactors = Omit<SpikingFactors, "inputCurrent">;

const milliseconds = (seconds: number): string => `${Number((1e3 * seconds).toPrecision(6))} ms`;

/** @throws RangeError for times below the step, traces that do not differ, or a threshold that is none. */
export const checkNeurons = (neurons: SpikingNeurons): void => {
  const refuse = (what: string): never => {
    throw new RangeError(`spiking neurons: ${what}`);
  };
  const { timeStep, threshold, floor } = neurons;
  if (!(timeStep > 0 && timeStep < Number.POSITIVE_INFINITY))
    refuse(`a time step of ${timeStep} s; expected more than 0.`);
  for (const name of ["membraneTime", "synapticTime", "fastTraceTime", "slowTraceTime", "outputTraceTime"] as const)
    if (!(neurons[name] >= timeStep && neurons[name] < Number.POSITIVE_INFINITY))
      refuse(
        `${name} is ${milliseconds(neurons[name])} with a step of ${milliseconds(timeStep)}; a time constant is one step or longer: lengthen it or shorten timeStep.`,
      );
  if (!(neurons.slowTraceTime > neurons.fastTraceTime))
    refuse(
      `slowTraceTime ${milliseconds(neurons.slowTraceTime)} is not above fastTraceTime ${milliseconds(neurons.fastTraceTime)}: their difference measures a rate's change.`,
    );
  if (!(threshold > 0 && threshold < Number.POSITIVE_INFINITY))
    refuse(`a threshold of ${threshold}; expected more than 0.`);
  if (!(floor <= 0 && floor > Number.NEGATIVE_INFINITY))
    refuse(`a floor of ${floor} for the membrane; expected 0 or less.`);
};

export const stepFactors = (neurons: SpikingNeurons): StepFactors => {
  const share = (time: number): number => Math.fround(neurons.timeStep / time);
  return {
    keepMembrane: Math.fround(1 - neurons.timeStep / neurons.membraneTime),
    threshold: Math.fround(neurons.threshold),
    floor: Math.fround(neurons.floor),
    fast: share(neurons.fastTraceTime),
    slow: share(neurons.slowTraceTime),
    output: share(neurons.outputTraceTime),
    keepCurrent: Math.fround(1 - neurons.timeStep / neurons.synapticTime),
    current: share(neurons.synapticTime),
  };
};

/** The filtered rate whose change a step is a, from a neuron's traces. */
export const filteredRate = ({ fastTraceTime, slowTraceTime }: SpikingNeurons, fast: number, slow: number): number =>
  (slowTraceTime * slow - fastTraceTime * fast) / (slowTraceTime - fastTraceTime);

/** Factor of f - q that makes it the change of a rate a step. */
export const rateChangeFactor = ({ timeStep, fastTraceTime, slowTraceTime }: SpikingNeurons): number =>
  timeStep / (slowTraceTime - fastTraceTime);
