/** Which nudges make an update. */
export const SPIKING_ESTIMATORS = ["alternating", "symmetric", "random-sign", "one-sided"] as const;
export type SpikingEstimator = (typeof SPIKING_ESTIMATORS)[number];

/** How spiking neurons learn. */
export interface SpikingRule {
  readonly freeSteps: number;
  readonly nudgedSteps: number;
  readonly beta: number;
  /** False: nothing pushes the outputs in nudged phases, and what is learned all the same is what is wrong with the estimate. */
  readonly pushes: boolean;
  /**
   * alternating: towards the target in one batch, away from it in the next; symmetric: both, from the same free state; random-sign:
   * one of them by chance, a batch; one-sided: towards it always.
   */
  readonly estimator: SpikingEstimator;
  /** At the end of a batch, or by each spike (batches of one image). */
  readonly updates: "at the end" | "immediate";
  /** Of each layer's weights and biases, the input's first. */
  readonly learningRates: readonly number[];
  /** Steps of a free phase that is read, and the last of them, whose output spikes are counted. */
  readonly readSteps: number;
  readonly countedSteps: number;
}

/** The recipe of docs/eqspike.md, worked out for this project: not the published network's, whose constants were not available. */
export const SPIKING_RULE: SpikingRule = {
  freeSteps: 120,
  nudgedSteps: 60,
  beta: 0.5,
  pushes: true,
  estimator: "alternating",
  updates: "at the end",
  learningRates: [0.15, 0.15],
  readSteps: 200,
  countedSteps: 150,
};

/** @throws RangeError for phases, nudges or rates that make no sense for this many layers. */
export const checkSpikingRule = (rule: SpikingRule, layers: number, images: number): void => {
  const refuse = (what: string): never => {
    throw new RangeError(`spiking rule: ${what}`);
  };
  for (const name of ["freeSteps", "nudgedSteps", "readSteps", "countedSteps"] as const)
    if (!(Number.isInteger(rule[name]) && rule[name] >= 1))
      refuse(`${name} ${rule[name]}; expected a whole number of steps from 1.`);
  if (rule.countedSteps > rule.readSteps)
    refuse(`countedSteps ${rule.countedSteps} of ${rule.readSteps} read; the last steps are counted, at most all.`);
  if (!(rule.beta > 0 && rule.beta < Number.POSITIVE_INFINITY)) refuse(`beta ${rule.beta}; expected more than 0.`);
  if (!SPIKING_ESTIMATORS.includes(rule.estimator))
    refuse(`estimator "${rule.estimator}"; expected ${SPIKING_ESTIMATORS.join(", ")}.`);
  if (rule.updates !== "at the end" && rule.updates !== "immediate")
    refuse(`updates "${rule.updates}"; expected "at the end" or "immediate".`);
  if (rule.updates === "immediate" && images !== 1)
    refuse(
      `immediate updates in batches of ${images}; an image moves the weights that the next one meets: set batch to 1.`,
    );
  const rates = rule.learningRates;
  if (rates.length !== layers || !rates.every((r) => r >= 0 && r < Number.POSITIVE_INFINITY))
    refuse(`rates ${rates.join(", ")} for ${layers} layers; expected one a layer, the input's first, 0 or more.`);
};
