import { fold, type Key, keyText, rootKey } from "#src/random/index";
import { oneLine } from "#src/words/one-line";
import { suggestion } from "#src/words/suggestion";
import type { AnyExperiment, TrialResult } from "./experiment.ts";
import type { Values } from "./parameter.ts";
import { type Plan, paramsAt } from "./plan.ts";
import type { ShardPlace } from "./rounds.ts";
import { addReport, emptyTally, type Report, type Tally } from "./tally.ts";
import { told } from "./told.ts";
import { variedValues } from "./varied-values.ts";

/** A trial that failed numerically: it is in no number. Its key is all it takes to look at it again. */
export interface FailedTrial {
  readonly trial: number;
  readonly key: string;
  readonly reason: string;
}

/** Mergeable sums of one block of trials of one point. */
export interface Shard extends ShardPlace {
  readonly index: number;
  readonly tallies: Readonly<Record<string, Tally>>;
  readonly failures: readonly FailedTrial[];
  /** Numbers that the preparation alone gave: in the first shard of a point. */
  readonly facts: readonly string[];
}

/** Longest reason that is kept of a failed trial. */
const LONGEST_REASON = 500;

/** Told every trial, in order, with what was drawn for it. */
export type TrialWitness = (trial: number, varied: Values, result: TrialResult<string>) => void;

/** Key of a part's stream, the same at every point. */
export const partKey = (plan: Pick<Plan, "seed">, stream: string): Key =>
  fold(fold(rootKey(plan.seed), "prepare"), stream);

/** Key of trial i is its fold by i, the same at every point. */
export const trialStream = (plan: Pick<Plan, "seed">): Key => fold(rootKey(plan.seed), "trial");

// A trial is the experimenter's: what it gives instead of a result is told with its place.
const checkResult = (where: string, result: unknown): void => {
  if (typeof result !== "object" || result === null || !("failed" in result || "numbers" in result))
    throw new Error(
      `${where} gave no { numbers } and no { failed }${result instanceof Promise ? ", but a promise; trials are synchronous" : ""}.`,
    );
  const { numbers, failed } = result as { readonly numbers?: unknown; readonly failed?: unknown };
  if ("failed" in result ? typeof failed !== "string" : typeof numbers !== "object" || numbers === null)
    throw new Error(
      `${where} gave ${"failed" in result ? `failed: ${failed}, not a reason in words` : `numbers: ${numbers}, not a record`}.`,
    );
};

/** The results of trials from .. from + count - 1 with what was drawn for each. */
const resultsOf = (
  plan: Plan,
  experiment: AnyExperiment,
  context: Readonly<Record<string, unknown>>,
  params: Values,
  stream: Key,
  draw: ((trial: number) => Values) | null,
  from: number,
  count: number,
): { readonly varied: Values; readonly result: TrialResult<string> }[] => {
  const { name } = plan.experiment;
  const keys = Array.from({ length: count }, (_, k) => fold(stream, from + k));
  if (experiment.together && !draw) {
    const where = `${name}: trials ${from} .. ${from + count - 1}`;
    const results = told(where, () => experiment.together?.(context, params, keys) ?? []);
    if (results.length !== count)
      throw new Error(`${where} together gave ${results.length} results; expected ${count}.`);
    return results.map((result) => ({ varied: {}, result }));
  }
  return keys.map((key, k) => {
    const varied = draw?.(from + k) ?? {};
    const own = draw ? { ...params, ...varied } : params;
    return { varied, result: told(`${name}: trial ${from + k}`, () => experiment.trial(context, own, key)) };
  });
};

/**
 * Computes one shard: a pure function of plan, experiment, prepared context and place. Trials are done in blocks of the
 * plan, so that memory does not grow with the shard.
 *
 * @throws Error where a trial reports a number that the experiment does not declare, or NaN.
 */
export const computeShard = (
  plan: Plan,
  experiment: AnyExperiment,
  context: Readonly<Record<string, unknown>>,
  index: number,
  place: ShardPlace,
  witness: TrialWitness = () => {},
): Shard => {
  const { point, from, count } = place;
  const params = paramsAt(plan, point);
  const stream = trialStream(plan);
  const draw = Object.keys(plan.varied).length > 0 ? variedValues(plan, experiment) : null;
  const tallies: Record<string, Tally> = Object.fromEntries(
    Object.entries(experiment.numbers).map(([name, spec]) => [name, emptyTally(spec)]),
  );
  const failures: FailedTrial[] = [];
  const add = (numbers: Readonly<Partial<Record<string, Report>>>, who: string): void => {
    for (const [name, report] of Object.entries(numbers)) {
      if (report === undefined) continue;
      const where = `${plan.experiment.name}: ${who}, number "${name}"`;
      if (!Object.hasOwn(tallies, name))
        throw new Error(
          `${where} is not declared in the experiment's numbers.${suggestion(name, Object.keys(tallies))}`,
        );
      try {
        tallies[name] = addReport(tallies[name], report);
      } catch (error) {
        throw new Error(`${where} ${(error as Error).message}.`);
      }
    }
  };
  const facts = from === 0 ? (experiment.facts?.(context, params).numbers ?? {}) : {};
  add(facts, "facts");
  for (let at = from; at < from + count; at += plan.block) {
    const results = resultsOf(
      plan,
      experiment,
      context,
      params,
      stream,
      draw,
      at,
      Math.min(plan.block, from + count - at),
    );
    results.forEach(({ varied, result }, k) => {
      const trial = at + k;
      checkResult(`${plan.experiment.name}: trial ${trial}`, result);
      if ("failed" in result)
        failures.push({ trial, key: keyText(fold(stream, trial)), reason: oneLine(result.failed, LONGEST_REASON) });
      else add(result.numbers, `trial ${trial}`);
      witness(trial, varied, result);
    });
  }
  return { index, ...place, tallies, failures, facts: Object.keys(facts) };
};
