/**
 * A leaky integrate-and-fire neuron by its rate, and a softened one that has a gradient everywhere. With j the drive above threshold,
 * in thresholds,
 *
 *     r(j) = 1 / (tau_ref + tau_RC ln(1 + 1 / j)) for j > 0, else 0        soft: r(gamma ln(1 + exp(j / gamma)))
 *
 * E. Hunsberger, C. Eliasmith, arXiv:1510.08829 and arXiv:1611.05141 (form and constants as in their public code).
 */
export interface LifNeurons {
  /** After a spike, and of the membrane [s]. */
  readonly refractoryTime: number;
  readonly membraneTime: number;
  /** gamma, in thresholds. */
  readonly smoothing: number;
  /** What a rate of 1 / s is worth to the next layer [s]. */
  readonly amplitude: number;
  /** Of the synaptic filter of a spiking run [s]. */
  readonly synapticTime: number;
}

/** The constants that the authors' code has for MNIST (commented out in the version read); the filter is recalled from the paper. */
export const LIF_NEURONS: LifNeurons = {
  refractoryTime: 2e-3,
  membraneTime: 22e-3,
  smoothing: 0.02,
  amplitude: 0.063,
  synapticTime: 5e-3,
};

/** @throws RangeError for times or a smoothing that cannot be. */
export const checkLif = (n: LifNeurons): void => {
  for (const name of ["refractoryTime", "membraneTime", "smoothing", "amplitude", "synapticTime"] as const)
    if (!(n[name] > 0 && n[name] < Number.POSITIVE_INFINITY))
      throw new RangeError(`LIF neurons: ${name} ${n[name]}; expected more than 0.`);
};

/** Spikes a second. */
export const lifRate = ({ refractoryTime, membraneTime }: LifNeurons, j: number): number =>
  j > 0 ? 1 / (refractoryTime + membraneTime * Math.log1p(1 / j)) : 0;

/** ln(1 + exp(x)), to full accuracy at both ends. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** Its rate [1/s]. */
export const softLifRate = (n: LifNeurons, j: number): number => lifRate(n, n.smoothing * softplus(j / n.smoothing));

/** d softLifRate / dj = tau_RC r^2 / (s (s + 1) (1 + exp(-j / gamma))), s the softened drive. */
export const softLifSlope = (n: LifNeurons, j: number): number => {
  const soft = n.smoothing * softplus(j / n.smoothing);
  // Far below threshold both vanish, the square of the rate first.
  if (soft < 1e-30) return 0;
  const rate = lifRate(n, soft);
  return (n.membraneTime * rate * rate) / (soft * (soft + 1) * (1 + Math.exp(-j / n.smoothing)));
};

/** Membranes and what is left of refractory times of a layer. */
export interface LifState {
  readonly membranes: Float64Array;
  readonly refractory: Float64Array;
}

export const restingLif = (count: number): LifState => ({
  membranes: new Float64Array(count),
  refractory: new Float64Array(count),
});

/**
 * One step of spiking neurons under drives that stand still in it: the membrane's exponential exactly, the time of a spike within the
 * step by interpolating it. `fired` is 1 for a spike, else 0.
 */
export const lifStepInPlace = (
  n: LifNeurons,
  { membranes, refractory }: LifState,
  drives: ArrayLike<number>,
  fired: Float32Array,
  timeStep: number,
): void => {
  const whole = -Math.expm1(-timeStep / n.membraneTime);
  for (let i = 0; i < membranes.length; i++) {
    // What a spike left over of its step counts in the next: refractory times may be below 0.
    const free = Math.max(0, timeStep - refractory[i]);
    refractory[i] = Math.max(0, refractory[i] - timeStep);
    const current = drives[i] + 1;
    const share = free === timeStep ? whole : -Math.expm1(-free / n.membraneTime);
    const v = membranes[i] + (current - membranes[i]) * share;
    if (v > 1) {
      // Time from the threshold to the end of the step.
      const since = n.membraneTime * Math.log1p((v - 1) / (current - v));
      membranes[i] = 0;
      refractory[i] = Math.max(n.refractoryTime - since, -timeStep);
      fired[i] = 1;
    } else {
      membranes[i] = Math.max(0, v);
      fired[i] = 0;
    }
  }
};
