import { addMoment, type Moments, NO_MOMENTS } from "#src/numerics/moments";
import { fold, type Key, rootKey } from "#src/random/index";
import type { AnyExperiment, RateReport, TrialResult } from "./experiment.ts";
import { type Plan, paramsAt, shardPlace } from "./plan.ts";

/** Mergeable sums of one block of trials of one point. */
export interface Shard {
  readonly index: number;
  readonly point: number;
  readonly from: number;
  readonly count: number;
  readonly rates: Readonly<Record<string, { readonly events: number; readonly of: number }>>;
  readonly means: Readonly<Record<string, Moments>>;
  readonly failures: readonly { readonly trial: number; readonly reason: string }[];
}

/** Key of a part's stream, the same at every point. */
export const partKey = (plan: Plan, stream: string): Key => fold(fold(rootKey(plan.seed), "prepare"), stream);

/** Key of trial i, the same at every point. */
export const trialKey = (plan: Plan, trial: number): Key => fold(fold(rootKey(plan.seed), "trial"), trial);

const rateOf = (report: number | RateReport): { readonly events: number; readonly of: number } =>
  typeof report === "number" ? { events: report, of: 1 } : report;

// A trial is the experimenter's: what it throws, or gives instead of a result, is told with its place.
const attempt = (plan: Plan, trial: number, work: () => TrialResult<string>): TrialResult<string> => {
  const where = `${plan.experiment.name}: trial ${trial}`;
  let result: TrialResult<string>;
  try {
    result = work();
  } catch (error) {
    throw new Error(`${where} threw: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof result !== "object" || result === null || !("failed" in result || "numbers" in result))
    throw new Error(
      `${where} gave no { numbers } and no { failed }${(result as unknown) instanceof Promise ? ", but a promise; trials are synchronous" : ""}.`,
    );
  return result;
};

const attemptAll = (
  plan: Plan,
  from: number,
  work: () => readonly TrialResult<string>[],
  count: number,
): readonly TrialResult<string>[] => {
  const where = `${plan.experiment.name}: trials ${from} .. ${from + count - 1}`;
  let results: readonly TrialResult<string>[];
  try {
    results = work();
  } catch (error) {
    throw new Error(`${where} threw: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (results.length !== count) throw new Error(`${where} together gave ${results.length} results; expected ${count}.`);
  return results;
};

/**
 * Computes one shard: a pure function of plan, experiment and prepared context.
 * @throws Error where a trial reports a number that the experiment does not declare, or NaN.
 */
export const computeShard = (
  plan: Plan,
  experiment: AnyExperiment,
  context: Readonly<Record<string, unknown>>,
  index: number,
): Shard => {
  const { point, from, count } = shardPlace(plan, index);
  const params = paramsAt(plan, point);
  const rates: Record<string, { events: number; of: number }> = {};
  const means: Record<string, Moments> = {};
  for (const [name, { kind }] of Object.entries(experiment.numbers)) {
    if (kind === "rate") rates[name] = { events: 0, of: 0 };
    else means[name] = NO_MOMENTS;
  }
  const failures: { trial: number; reason: string }[] = [];
  const add = (numbers: Readonly<Partial<Record<string, number | RateReport>>>, who: string): void => {
    for (const [name, report] of Object.entries(numbers)) {
      if (report === undefined) continue;
      const where = `${plan.experiment.name}: ${who}, number "${name}"`;
      if (name in rates) {
        const { events, of } = rateOf(report);
        if (!(Number.isInteger(events) && Number.isInteger(of) && events >= 0 && events <= of))
          throw new Error(`${where} is a rate: ${events} events of ${of}; expected whole numbers, 0 .. of.`);
        rates[name] = { events: rates[name].events + events, of: rates[name].of + of };
      } else if (name in means) {
        if (typeof report !== "number" || !Number.isFinite(report))
          throw new Error(`${where} is ${report}, not a finite number.`);
        means[name] = addMoment(means[name], report);
      } else throw new Error(`${where} is not declared in the experiment's numbers.`);
    }
  };
  if (from === 0 && experiment.facts) add(experiment.facts(context, params).numbers, "facts");
  const keys = Array.from({ length: count }, (_, k) => trialKey(plan, from + k));
  const together = experiment.together
    ? attemptAll(plan, from, () => experiment.together?.(context, params, keys) ?? [], count)
    : null;
  for (let trial = from; trial < from + count; trial++) {
    const result = attempt(
      plan,
      trial,
      () => together?.[trial - from] ?? experiment.trial(context, params, keys[trial - from]),
    );
    if ("failed" in result) failures.push({ trial, reason: result.failed });
    else add(result.numbers, `trial ${trial}`);
  }
  return { index, point, from, count, rates, means, failures };
};
