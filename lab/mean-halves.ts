import { useEffect, useState } from "preact/hooks";
import type { Moments } from "#src/numerics/index";
import type { Crew } from "./work/crew.ts";

/**
 * Half the 95 % interval of each mean, by name, as the crew works them out (quantiles of t are no small thing for a page); null: not known
 * yet, or of one value alone.
 *
 * @param of What the means change with.
 */
export const useHalves = <N extends string>(
  crew: Crew,
  means: Readonly<Partial<Record<N, Moments>>>,
  of: unknown,
): ((name: N) => number | null) => {
  const [halves, setHalves] = useState<Readonly<Record<string, number>>>({});
  useEffect(() => {
    const known = (Object.entries(means) as [N, Moments][]).filter(([, { count }]) => count > 1);
    if (known.length === 0) return;
    let current = true;
    crew
      .ask({ kind: "means", moments: known.map(([, moments]) => moments) })
      .then((found) => {
        if (current) setHalves(Object.fromEntries(known.map(([name], i) => [name, found[i].high - found[i].estimate])));
      })
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [of]);
  return (name) => ((means[name]?.count ?? 0) > 1 ? (halves[name] ?? null) : null);
};
