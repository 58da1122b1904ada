import { checkVaried } from "./check-varied.ts";
import type { Distribution } from "./distribution.ts";
import type { AnyExperiment, Grid } from "./experiment.ts";
import { defaultsOf, faultOf, type Value, type Values } from "./parameter.ts";
import type { Sampling } from "./sampling.ts";
import { type Precision, type Stopping, stoppingRule } from "./stopping-rule.ts";
import { told } from "./told.ts";

export const PLAN_FORMAT = "rramlab plan 2";

/** How a run is known, so that any host can compute any part of it. */
export interface Plan {
  readonly format: typeof PLAN_FORMAT;
  readonly experiment: { readonly name: string; readonly module: string; readonly hash: string };
  readonly seed: string;
  /** Every effective parameter, SI. */
  readonly params: Values;
  readonly axes: readonly string[];
  readonly points: readonly Values[];
  /** Parameters drawn anew in every trial. */
  readonly varied: Readonly<Record<string, Distribution>>;
  readonly sampling: Sampling;
  readonly stopping: Stopping;
  /** Trials computed together; a shard holds this many or a power of two times as many. */
  readonly block: number;
  /** Whether every trial's row is kept beside the sums. */
  readonly keepTrials: boolean;
}

export interface PlanRequest {
  readonly seed: string;
  readonly set: Values;
  /** Axes that replace the experiment's default grid; null for the default. */
  readonly grid: Readonly<Record<string, readonly Value[]>> | null;
  readonly varied: Readonly<Record<string, Distribution>>;
  readonly sampling: Sampling;
  /** Trials a point; with a precision, their cap. Null for the experiment's own number, or a hundred times it. */
  readonly trials: number | null;
  readonly precision: Precision | null;
  readonly keepTrials: boolean;
  readonly module: string;
  readonly hash: string;
}

const MOST_POINTS = 100_000;

const product = (axes: Readonly<Record<string, readonly Value[]>>): Values[] =>
  Object.entries(axes).reduce<Values[]>(
    (points, [name, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );

/**
 * Lays out a run: effective parameters and grid points.
 * @throws RangeError for an unknown parameter, one that cannot span a grid, or a value its range refuses.
 */
export const planRun = (experiment: AnyExperiment, request: PlanRequest): Plan => {
  const { parameters } = experiment;
  const known = (name: string): void => {
    if (!Object.hasOwn(parameters, name)) throw new RangeError(`${experiment.name}: unknown parameter "${name}".`);
  };
  const check = (name: string, value: Value): void => {
    const fault = faultOf(name, parameters[name], value);
    if (fault) throw new RangeError(`${experiment.name}: ${fault}.`);
  };
  for (const [name, value] of Object.entries(request.set)) {
    known(name);
    check(name, value);
  }
  const params: Values = { ...defaultsOf(parameters), ...request.set };
  // A parameter that is set or varied is not swept by the experiment's own axes.
  const unset = (axes: Readonly<Record<string, readonly Value[]>>): Readonly<Record<string, readonly Value[]>> =>
    Object.fromEntries(Object.entries(axes).filter(([name]) => !(name in request.set || name in request.varied)));
  const replicates = unset(told(`${experiment.name}: replicates`, () => experiment.replicates?.(params) ?? {}));
  const blocks: Grid = request.grid
    ? [request.grid]
    : told(`${experiment.name}: grid`, () => (experiment.grid?.(params) ?? [{}]).map(unset));
  for (const [name, values] of blocks.flatMap((b) => Object.entries({ ...replicates, ...b }))) {
    known(name);
    if (!experiment.axes.includes(name))
      throw new RangeError(`${experiment.name}: "${name}" cannot span a grid; axes: ${experiment.axes.join(", ")}.`);
    if (values.length === 0) throw new RangeError(`${experiment.name}: axis "${name}" has no value.`);
    for (const value of values) check(name, value);
  }
  const size = blocks.reduce(
    (sum, b) => sum + Object.values({ ...replicates, ...b }).reduce((n, values) => n * values.length, 1),
    0,
  );
  if (size > MOST_POINTS)
    throw new RangeError(`${experiment.name}: the grid has ${size} points; at most ${MOST_POINTS}.`);
  const spanned = blocks.flatMap((block) => product({ ...replicates, ...block }));
  const axes = experiment.axes.filter((axis) => spanned.some((point) => axis in point));
  const points: Values[] = [];
  const seen = new Set<string>();
  for (const point of spanned) {
    const full = Object.fromEntries(axes.map((axis) => [axis, point[axis] ?? params[axis]]));
    const text = JSON.stringify(full);
    if (!seen.has(text)) points.push(full);
    seen.add(text);
  }
  if (experiment.check) for (const point of points) experiment.check({ ...params, ...point });
  const stopping = stoppingRule(experiment, request.trials, request.precision, request.sampling);
  checkVaried(experiment, request.varied, { axes, set: Object.keys(request.set) }, request.sampling, stopping);
  return {
    format: PLAN_FORMAT,
    experiment: { name: experiment.name, module: request.module, hash: request.hash },
    seed: request.seed,
    params,
    axes,
    points,
    varied: request.varied,
    sampling: request.sampling,
    stopping,
    block: experiment.block,
    keepTrials: request.keepTrials,
  };
};

/** All parameters at a point. */
export const paramsAt = (plan: Plan, point: number): Values => ({ ...plan.params, ...plan.points[point] });

/** One part of the preparation for one set of the parameters it uses. */
export interface PartPlace {
  readonly part: string;
  readonly uses: Values;
  /** A point whose parameters make it. */
  readonly point: number;
}

/** Every part that the run needs, each distinct set of parameters once. */
export const partsOf = (plan: Plan, experiment: AnyExperiment): PartPlace[] => {
  const found = new Map<string, PartPlace>();
  for (let point = 0; point < plan.points.length; point++)
    for (const [part, { uses }] of Object.entries(experiment.prepare ?? {})) {
      const place = { part, uses: usesAt(plan, point, uses), point };
      const text = partName(place);
      if (!found.has(text)) found.set(text, place);
    }
  return [...found.values()];
};

export const usesAt = (plan: Plan, point: number, uses: readonly string[]): Values => {
  const params = paramsAt(plan, point);
  return Object.fromEntries([...uses].sort().map((name) => [name, params[name]]));
};

/** What tells one part from another: its name and the parameters it was made from. */
export const partName = (place: Pick<PartPlace, "part" | "uses">): string =>
  `${place.part} ${JSON.stringify(place.uses)}`;
