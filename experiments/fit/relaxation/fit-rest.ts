import { RELAXATION_C, type RramRelaxation } from "#devices/index";
import { momentsOf, standardDeviation } from "#src/numerics/moments";
import { sortedQuantile } from "#src/numerics/ranks";
import { fold, type Key, permutation, uniform } from "#src/random/index";
import { Misuse } from "../../misuse.ts";
import { showQuantity } from "../../units/show.ts";
import { attempts, borrowed, type ClockLaw, logarithmOfTime, logarithmWithEnergy, powerOfTime } from "./clock-laws.ts";
import { contradictions, risingWidths } from "./doubts.ts";
import { type AgePair, fitMemory, measuredCorrelations, modelledCorrelations } from "./fit-memory.ts";
import { bestProcess, curvesOf, fitNormalProcess, fitProcess, layoutOf, type ProcessFit } from "./fit-process.ts";
import { cellsAt, changesOf, type GroupChanges, groupsOf } from "./groups.ts";
import { freedomOf, middleOf, type RestingCells, relaxationLikelihood } from "./likelihood.ts";

/** A number of the fit with the standard error that cells drawn anew give it. */
export interface Estimated {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** An activation energy under a law of time that is assumed. */
interface EnergyUnderLaw {
  readonly law: ClockLaw;
  readonly energy: Estimated;
  /** ln of the likelihood above that of the first law. */
  readonly above: number;
}

/** What the half of the cells that was not fitted says of a fit to the other half. */
interface HeldOut {
  readonly count: number;
  readonly changes: readonly GroupChanges[];
  /** The same of the cells that were fitted, to tell what two halves differ by. */
  readonly fittedChanges: readonly GroupChanges[];
  /** ln of likelihoods a cell and age, of the model and of a process without heavy tails. */
  readonly logLikelihood: number;
  readonly logLikelihoodOfNormal: number;
}

export interface RestFit {
  readonly relaxation: RramRelaxation;
  readonly law: ClockLaw;
  readonly numbers: readonly Estimated[];
  readonly energies: readonly EnergyUnderLaw[];
  readonly heldOut: HeldOut;
  readonly correlations: readonly { readonly measured: AgePair; readonly model: AgePair }[];
  /** Redraws that correlations like as well; null where they are borrowed. */
  readonly redrawsAlike: readonly [low: number, high: number] | null;
  readonly notes: readonly string[];
}

interface RestOptions {
  readonly key: Key;
  /** Sets of cells drawn anew for intervals. */
  readonly resamples: number;
  readonly standing: string;
  readonly source: string;
  /** Told of every process that is fitted, out of so many. */
  readonly progress?: (done: number, total: number) => void;
}

/** Fewer cells say nothing of tails. */
const FEWEST = 100;
/** Time between attempts to hop that the law of attempts assumes [s]: of the order of a lattice vibration's. */
const ATTEMPT_TIME = 1e-13;
/** Changes of ln R below it are none. */
const LEAST_MOVE = 1e-9;
/** Sets of cells drawn anew for a law that is there for comparison. */
const RESAMPLES_OF_OTHERS = 10;
/** Above it lies no activation energy of moving ions or vacancies [eV]: bonds break at less. */
const MOST_LIKELY_ENERGY = 5;

/** The exponent of time by which the widths of technology C grow at this time, d ln width / d ln t. */
const widthExponentOfC = (seconds: number): number => {
  const { onset, exponent, fading } = RELAXATION_C;
  const x = seconds / onset;
  return Number((exponent * (1 / 2 - fading) * (x / (1 + x) / Math.log1p(x))).toPrecision(2));
};

/** The law of time for reads at these ages, and others that fit them as well where none is told by the data. */
const lawsFor = (cells: RestingCells): { readonly law: ClockLaw; readonly others: readonly ClockLaw[] } => {
  const temperatures = [...new Set(cells.ages.map(({ temperature }) => temperature))];
  const reference = Math.min(...temperatures);
  const first = Math.min(...cells.ages.map(({ seconds }) => seconds));
  const times = Math.max(...temperatures.map((t) => cells.ages.filter(({ temperature }) => temperature === t).length));
  if (temperatures.length === 1)
    return { law: times > 1 ? logarithmOfTime(first) : borrowed(RELAXATION_C, "technology C", false), others: [] };
  if (times > 1) return { law: logarithmWithEnergy(first, reference), others: [] };
  return {
    law: attempts(ATTEMPT_TIME),
    others: [powerOfTime(widthExponentOfC(first), reference), borrowed(RELAXATION_C, "technology C", true)],
  };
};

/** What the law's numbers stand for. */
const lawNumbers = ({ layout: { law }, at }: ProcessFit): readonly number[] =>
  law.told(Array.from(at.subarray(0, law.start.length)));

const energyIn = (fit: ProcessFit): number => {
  const at = fit.layout.law.names.indexOf("Ea");
  return at < 0 ? Number.NaN : lawNumbers(fit)[at];
};

const countsOf = (count: number, key: Key): Float64Array => {
  const counts = new Float64Array(count);
  for (let i = 0; i < count; i++) counts[Math.min(count - 1, Math.floor(uniform(key, i) * count))]++;
  return counts;
};

const estimated = (name: string, value: number, resampled: readonly number[], digits = 3): Estimated => {
  const half = resampled.length > 1 ? 1.96 * standardDeviation(momentsOf(resampled)) : Number.NaN;
  const round = (x: number): number => Number(x.toPrecision(digits));
  return { name, value: round(value), low: round(value - half), high: round(value + half) };
};

/** On the logarithm, for numbers above 0. */
const estimatedAbove0 = (name: string, value: number, resampled: readonly number[]): Estimated => {
  const { low, high } = estimated(name, Math.log(value), resampled.map(Math.log), 9);
  const round = (x: number): number => Number(x.toPrecision(3));
  return { name, value: round(value), low: round(Math.exp(low)), high: round(Math.exp(high)) };
};

const relaxationOf = (cells: RestingCells, fit: ProcessFit, options: RestOptions): RramRelaxation => {
  const temperatures = cells.ages.map(({ temperature }) => temperature);
  const reference = Math.min(...temperatures);
  const { law } = fit.layout;
  const told = law.inFile(Array.from(fit.at.subarray(0, law.start.length)), reference);
  if (!told) throw new RangeError(`fitRest: a device's file cannot hold the law "${law.name}".`);
  const seconds = cells.ages.map((age) => age.seconds);
  const conductances = cells.first.map((r) => 1 / r).sort();
  const digits = (x: number, count: number): number => Number(x.toPrecision(count));
  return {
    standing: options.standing,
    source: options.source,
    temperature: digits(reference, 9),
    activationEnergy: told.activationEnergy === null ? null : digits(told.activationEnergy, 4),
    temperatures: [digits(reference, 9), digits(Math.max(...temperatures), 9)],
    times: [Math.min(...seconds), Math.max(...seconds)],
    conductances: [digits(conductances[0], 4), digits(conductances[conductances.length - 1], 4)],
    onset: digits(told.onset, 4),
    exponent: digits(told.exponent, 4),
    fading: digits(told.fading, 4),
    ...curvesOf(fit),
    permanent: RELAXATION_C.permanent,
    redraws: RELAXATION_C.redraws,
  };
};

const parameterNames = ({ law, knots }: ProcessFit["layout"]): string[] => {
  const at = (g: number): string => `at ${showQuantity(Number(Math.exp(g).toPrecision(3)), "S")}`;
  const middle = middleOf(knots);
  return [
    ...law.names,
    ...knots.spread.map((g) => `spread ${at(g)}`),
    ...["drift", "skew", "shape"].flatMap((name) => knots.others.map((g) => `${name} ${at(g)}`)),
    ...knots.others.filter((_, k) => k !== middle).map((g) => `amplitude ${at(g)}`),
  ];
};

const isLogarithm = (layout: ProcessFit["layout"]): boolean[] => {
  const { law, knots } = layout;
  const others = knots.others.map(() => true);
  const plain = knots.others.map(() => false);
  return [
    ...law.names.map((name) => name !== "fading"),
    ...knots.spread.map(() => true),
    ...plain,
    ...plain,
    ...others,
    ...others.slice(1),
  ];
};

/** Cells of a group that quantiles are compared in: 500, or a fifth of fewer cells, at least 100. */
const leastOfGroup = (count: number): number => Math.min(500, Math.max(100, Math.floor(count / 5)));

/**
 * The relaxation of measured cells by likelihood; what the half of them that was not fitted says of it; intervals by cells drawn anew.
 * @throws Misuse for too few cells.
 */
export const fitRest = (cells: RestingCells, options: RestOptions): RestFit => {
  const { key } = options;
  const count = cells.first.length;
  const { law, others } = lawsFor(cells);
  const layout = layoutOf(cells, law);
  if (count < FEWEST || count < 3 * freedomOf(layout))
    throw new Misuse(
      `${count} cells with a read after programming and a later one; at least ${Math.max(FEWEST, 3 * freedomOf(layout))} are needed for ${freedomOf(layout)} numbers.`,
    );
  const still = cells.later.every((values) => {
    const changes = Array.from(values, (r, i) => Math.abs(Math.log(r / cells.first[i]))).filter((x) => x >= 0);
    return (
      sortedQuantile(
        changes.sort((a, b) => a - b),
        0.7,
      ) < LEAST_MOVE
    );
  });
  if (still)
    throw new Misuse(
      `no cell moves: at every age seven of ten resistances are what they were after programming. There is no relaxation to fit.`,
    );
  const total = 3 + options.resamples + others.length * (1 + Math.min(RESAMPLES_OF_OTHERS, options.resamples));
  let done = 0;
  const counted = <T>(fitted: T): T => {
    options.progress?.(++done, total);
    return fitted;
  };
  const order = Array.from(permutation(fold(key, "halves"), count));
  const [half, other] = [order.slice(0, count >> 1), order.slice(count >> 1)].map((places) =>
    cellsAt(
      cells,
      [...places].sort((a, b) => a - b),
    ),
  );
  const onHalf = counted(bestProcess(half, layout));
  const normalOnHalf = counted(fitNormalProcess(half, layout));
  const ofOther = relaxationLikelihood(other, layout);
  const reads = other.later.reduce((sum, values) => sum + values.filter((r) => r > 0).length, 0);
  const scratch = new Float64Array(freedomOf(layout));
  const halfModel = relaxationOf(cells, onHalf, options);
  const changes = (some: RestingCells, name: string): GroupChanges[] =>
    changesOf(some, groupsOf(some, leastOfGroup(some.first.length), 10), halfModel, fold(key, name));
  const heldOut: HeldOut = {
    count: other.first.length,
    changes: changes(other, "held out"),
    fittedChanges: changes(half, "fitted"),
    logLikelihood: -ofOther(onHalf.at, scratch) / reads,
    logLikelihoodOfNormal: -ofOther(normalOnHalf.at, scratch) / reads,
  };
  const fit = counted(fitProcess(cells, layout, onHalf));
  const resample = (near: ProcessFit, name: string, most = options.resamples): ProcessFit[] =>
    Array.from({ length: Math.min(most, options.resamples) }, (_, k) =>
      counted(fitProcess(cells, near.layout, near, countsOf(count, fold(fold(key, name), k)))),
    );
  const resampled = resample(fit, "resamples");
  const logarithms = isLogarithm(layout);
  const lawCount = law.start.length;
  const numberIn = (found: ProcessFit, i: number): number => {
    if (i < lawCount) return lawNumbers(found)[i];
    return logarithms[i] ? Math.exp(found.at[i]) : found.at[i];
  };
  const numbers = parameterNames(layout).map((name, i) =>
    (logarithms[i] ? estimatedAbove0 : estimated)(
      name,
      numberIn(fit, i),
      resampled.map((one) => numberIn(one, i)),
    ),
  );
  const underLaw = (found: ProcessFit, again: readonly ProcessFit[]): EnergyUnderLaw => ({
    law: found.layout.law,
    energy: estimatedAbove0("Ea", energyIn(found), again.map(energyIn)),
    above: fit.value - found.value,
  });
  const energies = law.names.includes("Ea")
    ? [
        underLaw(fit, resampled),
        ...others.map((one) => {
          const found = counted(fitProcess(cells, { ...layout, law: one }));
          return underLaw(found, resample(found, one.name, RESAMPLES_OF_OTHERS));
        }),
      ]
    : [];
  const model = relaxationOf(cells, fit, options);
  const memory = fitMemory(cells, model, fold(key, "memory"));
  const relaxation = memory ? { ...model, permanent: memory.permanent, redraws: memory.redraws } : model;
  const measured = measuredCorrelations(cells);
  const modelled = modelledCorrelations(cells, relaxation, fold(key, "correlations"));
  const correlations = measured.map((pair, k) => ({ measured: pair, model: modelled[k] }));
  return {
    relaxation,
    law,
    numbers,
    energies,
    heldOut,
    correlations,
    redrawsAlike: memory?.redrawsAlike ?? null,
    notes: [
      memory
        ? `What is lost again is redrawn at a rate that is hardly known: redraws from ${memory.redrawsAlike[0]} to ${memory.redrawsAlike[1]} correlate ages as well. How reads of one cell differ within its age hangs on it.`
        : "No cell was read at two later ages: how much of a cell's move stays (permanent, redraws) is that of technology C, assumed.",
      ...contradictions(cells, relaxation, measured, modelled, fold(key, "left out")),
      ...risingWidths(cells),
      ...(energies.length > 1
        ? [
            `One read a temperature does not tell a law of time: the device's file has ${law.assumes}, assumed; under other laws the activation energy is another.`,
            ...energies
              .filter(({ energy }) => energy.value > MOST_LIKELY_ENERGY)
              .map(
                (one) =>
                  `${one.energy.value} eV is no process's activation energy: "${one.law.name}" does not hold for these temperatures.`,
              ),
          ]
        : []),
    ],
  };
};
