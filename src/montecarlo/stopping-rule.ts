import { suggestion } from "#src/words/suggestion";
import type { AnyExperiment } from "./experiment.ts";
import type { Sampling } from "./sampling.ts";

/** Half-width of the interval over the estimate, asked of every number (null: of those named only) and by name. */
export interface Precision {
  readonly every: number | null;
  readonly relative: Readonly<Record<string, number>>;
}

/** When a run is done: after a number of trials a point, or once its numbers are precise enough. */
export type Stopping =
  | { readonly kind: "trials"; readonly trials: number }
  | (Precision & {
      readonly kind: "precision";
      /** Trials a point of the first round; each round doubles them. */
      readonly first: number;
      /** The cap: trials a point at most. */
      readonly most: number;
    });

const MOST_TRIALS = 1e12;
/** Cap of a run that stops on precision, where none is given: times the experiment's own number of trials. */
const CAP_FACTOR = 100;

/**
 * The rule that a number of trials (null: the experiment's own; with a precision their cap) and a precision make; of
 * Sobol's sequence a power of two.
 * @throws RangeError for what is no number of trials, no precision, or no number of the experiment.
 */
export const stoppingRule = (
  experiment: AnyExperiment,
  trials: number | null,
  precision: Precision | null,
  sampling: Sampling = "independent",
): Stopping => {
  const refuse = (why: string): never => {
    throw new RangeError(`${experiment.name}: ${why}.`);
  };
  const whole = (n: number): number => (sampling === "sobol" ? 2 ** Math.ceil(Math.log2(n)) : n);
  const asked = trials ?? whole(experiment.trials * (precision ? CAP_FACTOR : 1));
  if (!(Number.isInteger(asked) && asked >= 1 && asked <= MOST_TRIALS))
    refuse(`${asked} trials; expected an integer, 1 .. ${MOST_TRIALS}`);
  if (experiment.deterministic && (asked > 1 || precision))
    refuse(`a trial draws nothing, so ${asked} would repeat it; trials is 1`);
  if (asked !== whole(asked))
    refuse(
      `${asked} trials; Sobol's sequence fills its space evenly at powers of two: take ${whole(asked) / 2} or ${whole(asked)}`,
    );
  if (!precision) return { kind: "trials", trials: asked };
  const { every, relative } = precision;
  for (const [name, p] of [["every number", every ?? 0.5] as const, ...Object.entries(relative)])
    if (!(p > 0 && p < 1)) refuse(`precision of ${name} is ${p}; expected a share above 0 and below 1, e.g. 5%`);
  const numbers = Object.keys(experiment.numbers);
  for (const name of Object.keys(relative))
    if (!numbers.includes(name)) {
      const near = suggestion(name, numbers).replace("Did", "did");
      refuse(`precision of "${name}", which is no number;${near} numbers: ${numbers.join(", ")}`);
    }
  return { kind: "precision", every, relative, first: Math.min(whole(experiment.trials), asked), most: asked };
};
