import { type Distribution, distributionFault, shareOutsideRange } from "./distribution.ts";
import type { AnyExperiment } from "./experiment.ts";

/** More of a distribution than this outside its parameter's range is a mistake, not a tail. */
const MOST_OUTSIDE = 0.01;

/** @throws RangeError for what cannot be drawn anew in every trial; `taken` are parameters that are set or axes. */
export const checkVaried = (
  experiment: AnyExperiment,
  varied: Readonly<Record<string, Distribution>>,
  taken: ReadonlySet<string>,
): void => {
  const used = new Map(
    Object.entries(experiment.prepare ?? {}).flatMap(([part, { uses }]) => uses.map((name) => [name, part])),
  );
  for (const [name, distribution] of Object.entries(varied)) {
    const parameter = Object.hasOwn(experiment.parameters, name) ? experiment.parameters[name] : null;
    const why = ((): string | null => {
      if (parameter?.kind !== "quantity") return parameter ? "it is no quantity" : "there is no such parameter";
      if (taken.has(name)) return "it is also set or an axis; choose one";
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
