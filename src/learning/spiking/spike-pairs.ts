import { power } from "#src/numerics/power";
import { checkNeurons, rateChangeFactor, type SpikingNeurons, stepFactors } from "./neuron-design.ts";

/**
 * Change of one synapse's weight by the spikes of its two neurons, times beta: on each spike of either, the change of the other's rate,
 * as its traces tell it before that step's spikes. In double precision.
 *
 * @param pre, post Steps of the spikes, ascending.
 */
export const changeOfTrains = (neurons: SpikingNeurons, pre: readonly number[], post: readonly number[]): number => {
  checkNeurons(neurons);
  const { fast, slow } = stepFactors(neurons);
  const factor = rateChangeFactor(neurons);
  const change = (train: readonly number[], step: number): number =>
    train.reduce((sum, at) => {
      const since = step - at - 1;
      return since < 0 ? sum : sum + factor * (fast * power(1 - fast, since) - slow * power(1 - slow, since));
    }, 0);
  return pre.reduce((sum, at) => sum + change(post, at), 0) + post.reduce((sum, at) => sum + change(pre, at), 0);
};
