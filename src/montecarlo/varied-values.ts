import { fold, type Key, latinHypercubeUniform, rootKey, sobolUniform, uniform } from "#src/random/index";
import { truncatedQuantile } from "./distribution.ts";
import type { AnyExperiment } from "./experiment.ts";
import type { Values } from "./parameter.ts";
import type { Plan } from "./plan.ts";

/**
 * What draws the varied parameters of a trial, the same at every grid point. Each has a dimension (the place of its name
 * in the alphabet) of the plan's sampling, and is drawn from its distribution, cut to the parameter's range.
 */
export const variedValues = (plan: Plan, experiment: AnyExperiment): ((trial: number) => Values) => {
  const key = fold(rootKey(plan.seed), "varied");
  const draws = Object.keys(plan.varied)
    .sort()
    .map((name, dimension) => {
      const parameter = experiment.parameters[name];
      if (parameter.kind !== "quantity") throw new RangeError(`${name} cannot vary: it is no quantity.`);
      const { min, max } = parameter;
      const share = shareOf(plan, key, name, dimension);
      return { name, at: (trial: number) => truncatedQuantile(plan.varied[name], min, max, share(trial)) };
    });
  return (trial) => Object.fromEntries(draws.map(({ name, at }) => [name, at(trial)]));
};

const shareOf = (plan: Plan, key: Key, name: string, dimension: number): ((trial: number) => number) => {
  const { sampling, stopping } = plan;
  if (sampling === "sobol") return (trial) => sobolUniform(key, dimension, trial);
  if (sampling === "latin hypercube" && stopping.kind === "trials")
    return (trial) => latinHypercubeUniform(key, dimension, stopping.trials, trial);
  const own = fold(key, name);
  return (trial) => uniform(own, trial);
};
