import type { Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { isPropertyOfAll } from "#src/words/named";
import type { Idle } from "./idle.ts";
import { faultOf, type Parameters, type Value, type Values, type ValuesOf } from "./parameter.ts";
import type { NumberSpec, Table } from "./table.ts";
import type { Report } from "./tally.ts";

/** An array that trials give beside their numbers: kept whole, one a trial. */
export interface ArraySpec {
  readonly unit: string;
  readonly says: string;
  /** Its extent in each dimension, the same in every trial. */
  readonly shape: readonly number[];
}

/**
 * What a trial gives: its numbers (a rate may be left out where the trial had no opportunity), or, for a numerical
 * failure, the reason. Failures are counted and reported, never hidden.
 */
export type TrialResult<N extends string> =
  | {
      readonly numbers: Readonly<Partial<Record<N, Report>>>;
      /** Row-major values of the arrays that the experiment declares. */
      readonly arrays?: Readonly<Record<string, ArrayLike<number>>>;
    }
  | { readonly failed: string };

/**
 * A part of a run's preparation, made once for each distinct set of the parameters it uses and shared by all workers
 * through the run folder: plain data and typed arrays only.
 */
export interface Part<P, T> {
  /** Name of its key; its own where left out. Parts of one stream share their random numbers. */
  readonly stream?: string;
  readonly uses: readonly (keyof P & string)[];
  /** `progress`: where a long preparation keeps what it would otherwise lose when it is killed. */
  readonly make: (params: P, key: Key, progress: PartProgress) => T;
}

/**
 * What a part has reached so far, between one start and the next: plain data and typed arrays. A part continued from what it kept must
 * end as one that was never interrupted.
 */
export interface PartProgress {
  /** What was kept last; null at the first start. */
  load(): unknown;
  /** @param share Of the part's work that is done, 0 .. 1: for the progress that people see. */
  keep(reached: unknown, share: number): void;
}

/** The part that was made for a point with these parameters. */
export type Prepared = (part: string, params: Values) => unknown;

type Contexts<P, C> = { readonly [name in keyof C]: Part<P, C[name]> };

/** Points to compute: the union of the products of these axes. */
export type Grid = readonly Readonly<Record<string, readonly Value[]>>[];

/** Values of some parameters, each spanned by what is listed. */
type Spanned<V> = { readonly [name in keyof V]?: readonly V[name][] };

/** A table of words for people: the run's conclusions. */
export interface Summary {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/** A study as data, and two functions: `prepare` what is shared, `trial` what is repeated. */
export interface Experiment<P extends Parameters = Parameters, C = Record<string, unknown>, N extends string = string> {
  readonly name: string;
  /** Its name in words, above a report; the name's own words where left out. */
  readonly title?: string;
  readonly summary: string;
  /** URL of the module that exports this experiment (`import.meta.url`), so that workers can load it. */
  readonly module: string;
  readonly parameters: P;
  /** Parameters that a grid may span. */
  readonly axes: readonly (keyof P & string)[];
  /** Default points; the defaults alone where it is left out. */
  readonly grid?: (params: ValuesOf<P>) => readonly Spanned<ValuesOf<P>>[];
  /** Axes that every grid spans, whatever the user asks: training seeds, say. Asked for at each point: `params` are the point's. */
  readonly replicates?: (params: ValuesOf<P>) => Spanned<ValuesOf<P>>;
  /** Parameters of a run that is over in a minute or two, for `--quick`. */
  readonly quick?: Readonly<Partial<ValuesOf<P>>>;
  /** Trials a point of that small version; as many as ever where left out. */
  readonly quickTrials?: number;
  /** A trial draws nothing: more than one a point would only repeat it, and is refused. */
  readonly deterministic?: true;
  /** Default number of trials a point. */
  readonly trials: number;
  /** Trials done together; a shard holds this many, or, where a run is large, a power of two times as many. */
  readonly block: number;
  readonly numbers: Readonly<Record<N, NumberSpec>>;
  readonly arrays?: Readonly<Record<string, ArraySpec>>;
  readonly prepare?: Contexts<ValuesOf<P>, C>;
  /** Refuses, by a RangeError, parameters that their ranges alone do not; called for every point before a run. */
  readonly check?: (params: ValuesOf<P>) => void;
  /** Parameters that nothing reads in the mode of these ones: setting, sweeping or varying one is refused, with `when`. */
  readonly idle?: (params: ValuesOf<P>) => readonly Idle<keyof P & string>[];
  /** What should be said before a run, of these points (varied parameters at their quartiles): that an axis moves nothing, say. */
  readonly remarks?: (points: readonly ValuesOf<P>[]) => readonly string[];
  /** Numbers known from the preparation alone: counted once a point, beside the trials'. */
  readonly facts?: (context: C, params: ValuesOf<P>) => { readonly numbers: Readonly<Partial<Record<N, Report>>> };
  /**
   * One trial. Its key is the same at every point of the grid, so that points are compared on the same samples. Where it is left out, it is
   * what `together` gives of one key.
   */
  readonly trial?: (context: C, params: ValuesOf<P>, key: Key) => TrialResult<N>;
  /**
   * The trials of several keys at once, in order, where that is cheaper than one by one: each must be what `trial` gives
   * for its key.
   */
  readonly together?: (context: C, params: ValuesOf<P>, keys: readonly Key[]) => readonly TrialResult<N>[];
  /** Drawn from the run folder alone: of the table, and of parts of the preparation where numbers do not say enough. */
  readonly figures?: (table: Table<ValuesOf<P>, N>, params: ValuesOf<P>, prepared: Prepared) => readonly Figure[];
  /** What was found, in one sentence, above everything else; the range of the number that moves most where left out. */
  readonly answer?: (table: Table<ValuesOf<P>, N>, params: ValuesOf<P>) => string;
  readonly conclude?: (table: Table<ValuesOf<P>, N>, params: ValuesOf<P>) => readonly Summary[];
  /** What must be said beside the results: sets used and their standing, assumptions, what is left out. */
  readonly notes?: (params: ValuesOf<P>, points: readonly ValuesOf<P>[]) => readonly string[];
}

/** An experiment whose types have been forgotten, as the engine holds it. */
export type AnyExperiment = Omit<
  Experiment,
  | "trial"
  | "together"
  | "check"
  | "idle"
  | "remarks"
  | "facts"
  | "prepare"
  | "grid"
  | "replicates"
  | "figures"
  | "answer"
  | "conclude"
  | "notes"
  | "axes"
  | "quick"
> & {
  readonly quick?: Values;
  readonly axes: readonly string[];
  readonly prepare?: Readonly<
    Record<
      string,
      {
        readonly stream?: string;
        readonly uses: readonly string[];
        readonly make: (params: Values, key: Key, progress: PartProgress) => unknown;
      }
    >
  >;
  readonly check?: (params: Values) => void;
  readonly idle?: (params: Values) => readonly Idle<string>[];
  readonly remarks?: (points: readonly Values[]) => readonly string[];
  readonly facts?: (
    context: Readonly<Record<string, unknown>>,
    params: Values,
  ) => { readonly numbers: Readonly<Partial<Record<string, Report>>> };
  readonly trial: (context: Readonly<Record<string, unknown>>, params: Values, key: Key) => TrialResult<string>;
  readonly together?: (
    context: Readonly<Record<string, unknown>>,
    params: Values,
    keys: readonly Key[],
  ) => readonly TrialResult<string>[];
  readonly grid?: (params: Values) => Grid;
  readonly replicates?: (params: Values) => Readonly<Record<string, readonly Value[]>>;
  readonly figures?: (table: Table, params: Values, prepared: Prepared) => readonly Figure[];
  readonly answer?: (table: Table, params: Values) => string;
  readonly conclude?: (table: Table, params: Values) => readonly Summary[];
  readonly notes?: (params: Values, points: readonly Values[]) => readonly string[];
};

const NAME = /^[A-Za-z][A-Za-z0-9_@.-]*$/;
const NAMES = "names are letters, digits, _, @, - and ., and begin with a letter";
/** Columns of results that are not numbers. */
const RESERVED = ["failed", "trial"];
/** Values of one array of one trial. */
const MOST_VALUES = 1e8;

/** One trial, told apart from those that were done with it. */
const alone = (together: NonNullable<AnyExperiment["together"]>): AnyExperiment["trial"] => {
  return (context, params, key) => {
    const [result] = together(context, params, [key]);
    return result;
  };
};

/**
 * Checks and returns an experiment.
 * @throws RangeError for an axis that is no parameter, a default that its own range refuses, a part that uses an unknown
 * parameter, or a name that is not made of small letters, digits and dashes.
 */
export const defineExperiment = <P extends Parameters, N extends string, C = Record<never, never>>(
  experiment: Experiment<P, C, N>,
): AnyExperiment => {
  const given = experiment as unknown as Omit<AnyExperiment, "trial"> & Partial<AnyExperiment>;
  const e = { ...given, trial: given.trial ?? (given.together && alone(given.together)) } as AnyExperiment;
  const refuse = (why: string): never => {
    throw new RangeError(`experiment "${e.name}": ${why}.`);
  };
  if (!/^[a-z0-9][a-z0-9-]*$/.test(e.name)) refuse("a name is small letters, digits and dashes");
  for (const names of [e.parameters, e.numbers, e.arrays, e.prepare])
    for (const name of Object.keys(names ?? {}))
      if (isPropertyOfAll(name)) refuse(`"${name}" is a property of every object; choose another name`);
  for (const axis of e.axes) if (!Object.hasOwn(e.parameters, axis)) refuse(`axis "${axis}" is no parameter`);
  for (const [name, p] of Object.entries(e.parameters)) {
    const fault = faultOf(name, p, p.default);
    if (fault) refuse(`default of ${fault}`);
  }
  for (const [part, { uses }] of Object.entries(e.prepare ?? {}))
    for (const name of uses)
      if (!Object.hasOwn(e.parameters, name)) refuse(`part ${part} uses unknown parameter "${name}"`);
  if (typeof e.numbers !== "object" || e.numbers === null || Object.keys(e.numbers).length === 0)
    refuse("it declares no numbers");
  for (const name of Object.keys(e.prepare ?? {}))
    if (!NAME.test(name)) refuse(`"${name}" is no name for a part; ${NAMES}`);
  for (const [name, { kind }] of Object.entries(e.numbers)) {
    if (!NAME.test(name) || RESERVED.includes(name)) refuse(`"${name}" is no name for a number; ${NAMES}`);
    if (!["rate", "mean", "sobol"].includes(kind))
      refuse(`number "${name}" is a "${kind}"; rate, mean and sobol are known`);
  }
  for (const [name, { shape }] of Object.entries(e.arrays ?? {})) {
    const size = shape.reduce((a, b) => a * b, 1);
    if (!NAME.test(name)) refuse(`"${name}" is no name for an array; ${NAMES}`);
    if (!(shape.every((n) => Number.isInteger(n) && n >= 1) && size <= MOST_VALUES))
      refuse(
        `array "${name}" has shape ${shape.join(" x ")}; whole numbers of at least 1, ${MOST_VALUES} values at most`,
      );
  }
  for (const name of Object.keys(e.numbers))
    if (e.axes.includes(name)) refuse(`number "${name}" is also an axis: results would have two columns of that name`);
  if (typeof e.trial !== "function") refuse("it has neither trial nor together");
  if (!(e.trials >= 1 && e.block >= 1)) refuse("trials and block are at least 1");
  return e;
};
