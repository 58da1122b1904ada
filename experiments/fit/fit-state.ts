import type { RramSpread, RramStateParams } from "#devices/index";
import { type GoodnessOfFit, goodnessOfFit } from "#src/numerics/anderson-darling";
import {
  fitLog,
  freedomOf,
  LOG_FAMILIES,
  type LogFamily,
  type LogFit,
  logLikelihood,
  logQuantileOf,
} from "#src/numerics/log-fits";
import { momentsOf } from "#src/numerics/moments";
import { fold, type Key } from "#src/random/index";
import type { Measurement } from "./read-resistances.ts";

interface FamilyFit {
  readonly fit: LogFit;
  readonly goodness: GoodnessOfFit;
  /** Bayesian information criterion, k ln n - 2 ln L (G. Schwarz, Ann. Statist. 6, 461, 1978): the least is best. */
  readonly criterion: number;
}

export interface StateFit {
  /** ln of the resistances in ohm, ascending. */
  readonly sorted: Float64Array;
  readonly families: Readonly<Record<LogFamily, FamilyFit>>;
  readonly best: LogFamily;
}

/** A family other than the lognormal is taken where its criterion is this much better: very strong evidence. */
const STRONG = 10;
/** A mixture is taken from this many values on, this many of them in its smaller part: fewer are fitted, not found. */
const [FEWEST_OF_MIXTURE, FEWEST_OF_PART] = [50, 5];

const isEarned = (kind: LogFamily, families: Readonly<Record<LogFamily, FamilyFit>>, count: number): boolean => {
  if (kind === "lognormal") return true;
  const { fit, criterion } = families[kind];
  const lesser = fit.kind === "two lognormals" ? Math.min(...fit.components.map((c) => c.share)) : 1;
  const enough = fit.kind !== "two lognormals" || (count >= FEWEST_OF_MIXTURE && lesser * count >= FEWEST_OF_PART);
  return enough && criterion < families.lognormal.criterion - STRONG;
};

/** Fits all families to the resistances of one state. */
export const fitState = (resistances: readonly number[], key: Key): StateFit => {
  const sorted = Float64Array.from(resistances, Math.log).sort();
  const families = Object.fromEntries(
    LOG_FAMILIES.map((kind) => {
      const fit = fitLog(kind, sorted);
      return [
        kind,
        {
          fit,
          goodness: goodnessOfFit(fit, sorted, fold(key, kind)),
          criterion: freedomOf(kind) * Math.log(sorted.length) - 2 * logLikelihood(fit, sorted),
        },
      ];
    }),
  ) as Record<LogFamily, FamilyFit>;
  const best = LOG_FAMILIES.filter((kind) => isEarned(kind, families, sorted.length)).reduce((a, b) =>
    families[b].criterion < families[a].criterion ? b : a,
  );
  return { sorted, families, best };
};

/** Standard deviation of ln R of a fit. */
export const logSigmaOf = (fit: LogFit, count: number): number => {
  // Maximum likelihood divides by n; a sample's own mean takes one of its degrees of freedom.
  if (fit.kind === "lognormal") return fit.sigma * Math.sqrt(count / (count - 1));
  if (fit.kind === "weibull") return Math.PI / Math.sqrt(6) / fit.exponent;
  const mean = fit.components.reduce((sum, c) => sum + c.share * c.mean, 0);
  return Math.sqrt(fit.components.reduce((sum, c) => sum + c.share * (c.sigma ** 2 + (c.mean - mean) ** 2), 0));
};

/**
 * How the variance of ln R is shared between devices and cycles: one-way analysis of variance where devices are named
 * and measured again (their mean square less that within, over the effective number of repeats), else null.
 */
export const deviceShare = (values: readonly Measurement[]): number | null => {
  const groups = new Map<string, number[]>();
  for (const { device, resistance } of values)
    if (device !== "") groups.set(device, [...(groups.get(device) ?? []), Math.log(resistance)]);
  const all = [...groups.values()].map(momentsOf);
  const count = all.reduce((sum, m) => sum + m.count, 0);
  const freedom = count - all.length;
  if (all.length < 3 || freedom < 3 || count < values.length) return null;
  const within = all.reduce((sum, m) => sum + m.squares, 0) / freedom;
  const grand = all.reduce((sum, m) => sum + m.count * m.mean, 0) / count;
  const between = all.reduce((sum, m) => sum + m.count * (m.mean - grand) ** 2, 0) / (all.length - 1);
  const repeats = (count - all.reduce((sum, m) => sum + m.count ** 2, 0) / count) / (all.length - 1);
  const ofDevices = Math.max(0, (between - within) / repeats);
  return ofDevices / (ofDevices + within);
};

/** A state's parameters as a device file holds them. */
export const stateParams = (fit: LogFit, count: number, shareOfDevices: number): RramStateParams => {
  const logSigma = logSigmaOf(fit, count);
  const spread: RramSpread = {
    deviceToDevice: logSigma * Math.sqrt(shareOfDevices),
    cycleToCycle: logSigma * Math.sqrt(1 - shareOfDevices),
    readToRead: 0,
  };
  const logMedian = logQuantileOf(fit, 0.5);
  const base = { medianResistance: Math.exp(logMedian), spread, activationEnergy: 0 };
  if (fit.kind === "lognormal") return base;
  if (fit.kind === "weibull") return { ...base, shape: { kind: "weibull", logSigma, exponent: fit.exponent } };
  return {
    ...base,
    shape: {
      kind: "two lognormals",
      logSigma,
      components: fit.components.map((c) => ({ share: c.share, logOffset: c.mean - logMedian, logSigma: c.sigma })),
    },
  };
};
