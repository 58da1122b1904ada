import { arraysIn, type Declared } from "#src/kernels/declared-arrays";
import { type Kernels, kernelsFor } from "#src/kernels/kernels";
import { bernoulli, fold, type Key } from "#src/random/index";
import { batchArrays } from "../batch-arrays.ts";
import { type Learner, NOT_A_NUMBER } from "../learner.ts";
import { checkStart } from "../parameter-store.ts";
import { denseNetwork, type NetworkParameters, placeLayers } from "../primitive-function.ts";
import { fusedDynamics, fusedDynamicsArrays } from "./fused-dynamics.ts";
import { rateWatch } from "./rate-watch.ts";
import { activityTally, type SpikingActivity } from "./spiking-activity.ts";
import type { Moves, Nudge, SpikingDynamics } from "./spiking-dynamics.ts";
import { checkSpikingNetwork, type SpikingNetwork } from "./spiking-network.ts";
import { checkSpikingRule, type SpikingRule } from "./spiking-rule.ts";

/** A learner of spiking neurons, which also says what fired. */
export interface SpikingLearner extends Learner {
  /** What fired since the last call. */
  takeActivity(): SpikingActivity;
}

/** Arrays, and what makes the dynamics that allocate them. */
export interface SpikingSubstrate {
  readonly arrays: Declared;
  make(kernels: Kernels): SpikingDynamics;
}

/** Ideal weights in the fused kernel. */
export const idealSpikingSubstrate = (
  network: SpikingNetwork,
  start: NetworkParameters,
  images: number,
): SpikingSubstrate => ({
  arrays: fusedDynamicsArrays(network, images, "ideal"),
  make: (kernels) => fusedDynamics(kernels, network, start, images),
});

const signOf = ({ estimator }: SpikingRule, step: number, key: Key): 1 | -1 => {
  if (estimator === "alternating") return step % 2 === 0 ? 1 : -1;
  if (estimator === "random-sign") return bernoulli(fold(key, "sign"), 0.5) ? 1 : -1;
  return 1;
};

/**
 * EqSpike: Equilibrium Propagation by spikes. An image is shown from rest; after a free phase the outputs are nudged towards the
 * target (or away from it), and every spike of a neuron moves the weights of its synapses by the change that the rate at the other
 * end is undergoing:
 *
 *     on a spike of i: dw_ik += a_k / beta        on a spike of k: dw_ik += a_i / beta        a = dr/dt, from the difference of two traces
 *
 * so that their sum over the nudged phase is the difference of r_i r_k over beta (the EP gradient), with all that is needed at the
 * synapse. The principle: EqSpike, arXiv:2010.07859 (abstract); the constants are this project's, docs/eqspike.md.
 *
 * @param images Most images at once; 1 for immediate updates.
 * @throws RangeError for a network, a rule or parameters that do not fit.
 */
export const spikingLearner = (
  network: SpikingNetwork,
  rule: SpikingRule,
  start: NetworkParameters,
  images: number,
  substrate: SpikingSubstrate = idealSpikingSubstrate(network, start, images),
): SpikingLearner => {
  const { widths } = network;
  checkSpikingNetwork(network);
  checkSpikingRule(rule, widths.length - 1, images);
  const layers = placeLayers(denseNetwork(widths, "hard sigmoid", { kind: "squared error", nudge: "inside" }));
  checkStart(layers, start, images);
  const [inputs, classes] = [widths[0], widths[widths.length - 1]];
  const own = batchArrays(layers, images);
  const kernels = kernelsFor([own, substrate.arrays]);
  const dynamics = substrate.make(kernels);
  const batch = arraysIn(kernels, own);
  const top = widths.length - 2;
  const { freeSteps, nudgedSteps, beta, readSteps, countedSteps } = rule;
  const immediate = rule.updates === "immediate";
  const at = (schedule: number): Moves => ({ immediate, rates: rule.learningRates.map((r) => r * schedule) });
  const still = at(0);
  let tally = activityTally(widths);
  const watch = rateWatch(widths.slice(1));
  let step = 0;

  const phase = (kind: "free" | "nudged" | "read", steps: number, nudge: Nudge | null, moves: Moves): void => {
    dynamics.clearCounts();
    dynamics.run(steps, nudge, moves);
    tally.add(kind, steps, dynamics.counts, dynamics.inputSpikes());
    if (kind !== "read") watch.add(steps, dynamics.counts);
  };
  const nudged = (sign: 1 | -1, perChange: number, moves: Moves): void =>
    phase("nudged", nudgedSteps, { strength: rule.pushes ? sign * beta : 0, perChange: sign * perChange }, moves);
  return {
    inputs,
    classes,
    images,
    batch,
    learn: (count, schedule, key) => {
      const moves = at(schedule);
      const sign = signOf(rule, step, key);
      step++;
      dynamics.present(batch.x, batch.targets, count, key);
      for (let b = 0; b < count; b++) {
        dynamics.begin(b);
        phase("free", freeSteps, null, moves);
        if (rule.estimator === "symmetric") {
          dynamics.keepFree();
          nudged(1, 1 / (2 * beta), moves);
          dynamics.returnToFree();
          nudged(-1, 1 / (2 * beta), moves);
        } else nudged(sign, 1 / beta, moves);
        dynamics.finish(b);
      }
      tally.images(count);
      const finite = dynamics.descend(count, moves, fold(key, "descend"));
      return { free: null, unsettled: false, saturated: null, fault: finite ? watch.fault(count) : NOT_A_NUMBER };
    },
    classify: (count, key) => {
      const found = new Uint8Array(count);
      dynamics.present(batch.x, batch.targets, count, key);
      for (let b = 0; b < count; b++) {
        dynamics.begin(b);
        phase("read", readSteps - countedSteps, null, still);
        phase("read", countedSteps, null, still);
        // Where counts are equal the membrane nearer to its next spike wins.
        const [counts, { membranes }] = [dynamics.counts[top], dynamics];
        for (let k = 1; k < classes; k++) {
          const more = counts[k] - counts[found[b]];
          if (more > 0 || (more === 0 && membranes[k] > membranes[found[b]])) found[b] = k;
        }
      }
      tally.read(count);
      return found;
    },
    takeActivity: () => {
      const taken = tally.result();
      tally = activityTally(widths);
      return taken;
    },
    save: () => ({ step, arrays: { ...dynamics.save(), rates: watch.save() } }),
    restore: (saved) => {
      step = saved.step;
      watch.restore(saved.arrays["rates"]);
      dynamics.restore(saved.arrays);
    },
  };
};
