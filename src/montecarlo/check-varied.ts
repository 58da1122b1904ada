import { SOBOL_DIMENSIONS } from "#src/random/index";
import { type Distribution, distributionFault, shareOutsideRange } from "./distribution.ts";
import type { AnyExperiment } from "./experiment.ts";
import type { Sampling } from "./sampling.ts";
import type { Stopping } from "./stopping-rule.ts";

/** More of a distribution than this outside its parameter's range is a mistake, not a tail. */
const MOST_OUTSIDE = 0.01;
/** Points of Sobol's sequence. */
const MOST_POINTS = 2 ** 32;

/** @throws RangeError for what cannot be drawn anew in every trial; `taken` says what is set or spanned. */
export const checkVaried = (
  experiment: AnyExperiment,
  varied: Readonly<Record<string, Distribution>>,
  taken: { readonly axes: readonly string[]; readonly set: readonly string[] },
  sampling: Sampling,
  stopping: Stopping,
): void => {
  const trials = stopping.kind === "trials" ? stopping.trials : stopping.most;
  const names = Object.keys(varied).length;
  if (sampling === "sobol" && (names > SOBOL_DIMENSIONS || trials > MOST_POINTS))
    throw new RangeError(
      `${experiment.name}: sampling "sobol" has ${SOBOL_DIMENSIONS} parameters and ${MOST_POINTS} trials at most; ${names} parameters and ${trials} trials were asked for. Sample "independent".`,
    );
  if (sampling === "latin hypercube" && stopping.kind === "precision")
    throw new RangeError(
      `${experiment.name}: a latin hypercube has a fixed number of trials and cannot grow to a precision; sample "sobol" or "independent".`,
    );
  const used = new Map(
    Object.entries(experiment.prepare ?? {}).flatMap(([part, { uses }]) => uses.map((name) => [name, part])),
  );
  for (const [name, distribution] of Object.entries(varied)) {
    const parameter = Object.hasOwn(experiment.parameters, name) ? experiment.parameters[name] : null;
    const why = ((): string | null => {
      if (parameter?.kind !== "quantity") return parameter ? "it is no quantity" : "there is no such parameter";
      if (taken.set.includes(name)) return "it is also set; choose one";
      if (taken.axes.includes(name))
        return `it is an axis of this grid; choose one, e.g. --grid ${experiment.axes.find((a) => a !== name) ?? "OTHER"}=VALUE`;
      if (Object.hasOwn(experiment.numbers, name)) return "a number has the same name";
      if (experiment.deterministic) return "this experiment has one trial a point";
      if (used.has(name))
        return `${used.get(name)} is prepared from it once for all trials; span it as an axis instead`;
      const fault = distributionFault(distribution);
      if (fault) return `${distribution.kind}: ${fault}`;
      const { min, max, unit } = parameter;
      const outside = shareOutsideRange(distribution, min, max);
      return outside > MOST_OUTSIDE
        ? `${(100 * outside).toPrecision(2)} % of it lies outside the range ${min} .. ${max} ${unit}`
        : null;
    })();
    if (why) throw new RangeError(`${experiment.name}: ${name} cannot vary: ${why}.`);
  }
};
