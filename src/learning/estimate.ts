import { bernoulli, fold, type Key } from "#src/random/index";
import type { Relaxation, Settled } from "./relaxation.ts";

/**
 * How two phases become a gradient. With s(b) the states under a nudge b and s* = s(0):
 *
 *     one-sided     (1 / beta) [dPhi/dtheta(s(beta)) - dPhi/dtheta(s*)]                 bias of order beta
 *     random-sign   the same with the sign of beta drawn anew for each batch           bias of order beta, zero mean to first order
 *     symmetric     (1 / 2 beta) [dPhi/dtheta(s(beta)) - dPhi/dtheta(s(-beta))]         bias of order beta^2; both phases start from s*
 *
 * Laborieux et al., arXiv:2006.03824.
 */
export type Estimator = "one-sided" | "random-sign" | "symmetric";

export const ESTIMATORS: readonly Estimator[] = ["one-sided", "random-sign", "symmetric"];

/** The phases of Equilibrium Propagation. */
export interface Phases {
  readonly estimator: Estimator;
  readonly beta: number;
  /** Steps of the free phase (T, T1) and of a nudged one (K, T2). */
  readonly freeSteps: number;
  readonly nudgedSteps: number;
  /** Stops the free phase where no state moves further in a step; 0: never. */
  readonly tolerance: number;
}

/** @throws RangeError for a nudge of 0, no steps, or a negative tolerance. */
export const checkPhases = ({ estimator, beta, freeSteps, nudgedSteps, tolerance }: Phases): void => {
  const refuse = (what: string): never => {
    throw new RangeError(`equilibrium propagation: ${what}`);
  };
  if (!ESTIMATORS.includes(estimator)) refuse(`estimator "${estimator}"; expected ${ESTIMATORS.join(", ")}.`);
  if (!(Math.abs(beta) > 0 && Math.abs(beta) <= 100))
    refuse(`beta ${beta}; the estimate divides by it. Expected a nudge other than 0, e.g. 0.5.`);
  for (const [name, steps] of [
    ["free", freeSteps],
    ["nudged", nudgedSteps],
  ] as const)
    if (!(Number.isInteger(steps) && steps >= 1 && steps <= 1e6)) refuse(`${steps} ${name} steps; expected 1 or more.`);
  if (!(tolerance >= 0 && tolerance < 1)) refuse(`tolerance ${tolerance}; expected 0 (off) or a move below 1.`);
};

/** The nudges of a batch: the first minus the second, over their difference, is the estimate. */
export const nudgesOf = ({ estimator, beta }: Phases, key: Key): readonly [number, number] => {
  if (estimator === "symmetric") return [beta, -beta];
  return [estimator === "random-sign" && bernoulli(fold(key, "sign"), 0.5) ? -beta : beta, 0];
};

/** What the phases of a batch leave behind: states of the two ends of the estimate, and how the free phase went. */
interface Contrast {
  readonly first: readonly Float32Array[];
  readonly second: readonly Float32Array[];
  /** The difference of the nudges. */
  readonly between: number;
  readonly free: Settled;
}

/** A free phase whose states still move further than this in a step has not come to rest. */
const RESTLESS = 0.01;

export const isUnsettled = ({ moved }: Settled, { tolerance }: Phases): boolean =>
  moved > Math.max(RESTLESS, tolerance);

/**
 * Runs the phases on a presented batch; the states are copied into `first` and `second`.
 *
 * @param onFree Told when the free phase is over, before any nudge.
 */
export const contrastInto = (
  relaxation: Relaxation,
  phases: Phases,
  first: readonly Float32Array[],
  second: readonly Float32Array[],
  key: Key,
  onFree: () => void = () => {},
): Contrast => {
  const { freeSteps, nudgedSteps, tolerance } = phases;
  const free = relaxation.settle(0, freeSteps, tolerance, fold(key, "free"));
  onFree();
  const [b1, b2] = nudgesOf(phases, key);
  relaxation.keepFree();
  if (b2 === 0) relaxation.statesInto(second);
  else {
    relaxation.settle(b2, nudgedSteps, 0, fold(key, "second"));
    relaxation.statesInto(second);
    relaxation.returnToFree();
  }
  relaxation.settle(b1, nudgedSteps, 0, fold(key, "first"));
  relaxation.statesInto(first);
  return { first, second, between: b1 - b2, free };
};
