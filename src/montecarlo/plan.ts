import type { DataSetRecord } from "#src/datasets/labelled-images";
import type { NetworkRecord } from "#src/networks/index";
import { suggestion } from "#src/words/suggestion";
import { checkVaried } from "./check-varied.ts";
import { type Distribution, quantileOf } from "./distribution.ts";
import type { AnyExperiment, Grid } from "./experiment.ts";
import { defaultsOf, faultOf, type Value, type Values } from "./parameter.ts";
import type { Sampling } from "./sampling.ts";
import { type Precision, type Stopping, stoppingRule } from "./stopping-rule.ts";
import { told } from "./told.ts";

export const PLAN_FORMAT = "rramlab plan 4";

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
  /** The data sets that its parameters name, as they were: a run goes on only with the same. */
  readonly dataSets: readonly DataSetRecord[];
  /** The same for networks from files. */
  readonly networks: readonly NetworkRecord[];
  /** Devices from files, whole. */
  readonly devices: readonly DeviceRecord[];
  /** Digests of what the engine's functions gave where the run was planned: the same on every supported engine. */
  readonly arithmetic: Readonly<Record<string, string>>;
  /** Of a run that was given more trials after it had been planned: the digest of its plan before, and its trials then. */
  readonly grownFrom?: { readonly digest: string; readonly trials: number };
}

/** A device from a file: its path, as it was asked for, and what the file holds. */
export interface DeviceRecord {
  readonly asked: string;
  readonly record: unknown;
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
  /** Whether what the experiment's small version sets is in `set` without anybody having asked for it. */
  readonly quick?: boolean;
  readonly module: string;
  readonly hash: string;
  /** Looks at a data set. */
  readonly dataSet: (asked: string) => DataSetRecord;
  /** Looks at a network's file. */
  readonly network: (asked: string) => NetworkRecord;
  /** Looks at a device; null where it has its name alone. */
  readonly device: (asked: string) => DeviceRecord | null;
  readonly arithmetic: Readonly<Record<string, string>>;
}

const MOST_POINTS = 100_000;

const product = (axes: Axes): Values[] =>
  Object.entries(axes).reduce<Values[]>(
    (points, [name, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );

type Axes = Readonly<Record<string, readonly Value[]>>;

/**
 * A grid with the axes that every point of it spans: replicates outermost, in the order of their first point; a point takes only its own
 * (one network may be trained for more epochs than another). Axes of the grid itself come before replicates of the same name.
 */
const withReplicates = (
  grid: Axes,
  replicatesAt: (point: Values) => Axes,
): {
  readonly outer: Axes;
  readonly inner: readonly { readonly point: Values; readonly takes: (replicate: Values) => boolean }[];
} => {
  const spans = product(grid).map((point) => ({ point, own: replicatesAt(point) }));
  const union: Record<string, readonly Value[]> = {};
  for (const { own } of spans)
    for (const [name, values] of Object.entries(own)) union[name] = [...new Set([...(union[name] ?? []), ...values])];
  const outer = Object.fromEntries(Object.entries(union).map(([name, values]) => [name, grid[name] ?? values]));
  const inner = Object.fromEntries(Object.entries(grid).filter(([name]) => !Object.hasOwn(union, name)));
  const nameOf = (point: Values): string => JSON.stringify(Object.keys(inner).map((name) => point[name]));
  const ownOf = new Map<string, Axes>();
  for (const { point, own } of spans) if (!ownOf.has(nameOf(point))) ownOf.set(nameOf(point), own);
  return {
    outer,
    inner: product(inner).map((point) => {
      const own = ownOf.get(nameOf(point)) ?? {};
      return {
        point,
        takes: (replicate) =>
          Object.entries(replicate).every(
            ([name, value]) => Object.hasOwn(grid, name) || (own[name] ?? [value]).includes(value),
          ),
      };
    }),
  };
};

/**
 * Lays out a run: effective parameters and grid points.
 * @throws RangeError for an unknown parameter, one that cannot span a grid, or a value its range refuses.
 */
export const planRun = (experiment: AnyExperiment, request: PlanRequest): Plan => {
  const { parameters } = experiment;
  const known = (name: string): void => {
    if (!Object.hasOwn(parameters, name))
      throw new RangeError(
        `${experiment.name}: unknown parameter "${name}".${suggestion(name, Object.keys(parameters))} Known: ${Object.keys(parameters).join(", ")}.`,
      );
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
  // A study's own grid may depend on a network: one that is none is told first.
  const networksOf = (points: readonly Values[]): NetworkRecord[] =>
    namedBy("network", experiment, params, points)
      .filter((asked) => asked !== "")
      .map(request.network);
  networksOf([params]);
  // A parameter that is set or varied is not swept by the experiment's own axes.
  const unset = (axes: Axes): Axes =>
    Object.fromEntries(
      Object.entries(axes).filter(
        ([name]) => !(Object.hasOwn(request.set, name) || Object.hasOwn(request.varied, name)),
      ),
    );
  const replicatesAt = (point: Values): Axes =>
    unset(told(`${experiment.name}: replicates`, () => experiment.replicates?.({ ...params, ...point }) ?? {}));
  const grids: Grid = request.grid
    ? [request.grid]
    : told(`${experiment.name}: grid`, () => (experiment.grid?.(params) ?? [{}]).map(unset));
  const checkAxes = (axes: Axes): void => {
    for (const [name, values] of Object.entries(axes)) {
      known(name);
      if (!experiment.axes.includes(name))
        throw new RangeError(`${experiment.name}: "${name}" cannot span a grid; axes: ${experiment.axes.join(", ")}.`);
      if (values.length === 0) throw new RangeError(`${experiment.name}: axis "${name}" has no value.`);
      for (const value of values) check(name, value);
    }
  };
  const sizeOf = (axes: Axes): number => Object.values(axes).reduce((n, values) => n * values.length, 1);
  const refuseMany = (size: number): void => {
    if (size > MOST_POINTS)
      throw new RangeError(`${experiment.name}: the grid has ${size} points; at most ${MOST_POINTS}.`);
  };
  for (const grid of grids) checkAxes(grid);
  refuseMany(grids.reduce((sum, grid) => sum + sizeOf(grid), 0));
  const blocks = grids.map((grid) => withReplicates(grid, replicatesAt));
  for (const { outer } of blocks) checkAxes(outer);
  refuseMany(blocks.reduce((sum, { outer, inner }) => sum + sizeOf(outer) * inner.length, 0));
  const spanned = blocks.flatMap(({ outer, inner }) =>
    product(outer).flatMap((replicate) =>
      inner.filter(({ takes }) => takes(replicate)).map(({ point }) => ({ ...replicate, ...point })),
    ),
  );
  const axes = experiment.axes.filter((axis) => spanned.some((point) => Object.hasOwn(point, axis)));
  const points: Values[] = [];
  const seen = new Set<string>();
  for (const point of spanned) {
    const full = Object.fromEntries(axes.map((axis) => [axis, point[axis] ?? params[axis]]));
    const text = JSON.stringify(full);
    if (!seen.has(text)) points.push(full);
    seen.add(text);
  }
  if (experiment.check) for (const point of points) experiment.check({ ...params, ...point });
  refuseIdle(experiment, request, params, points);
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
    dataSets: namedBy("data set", experiment, params, points).map(request.dataSet),
    networks: networksOf(points),
    devices: namedBy("device", experiment, params, points).flatMap((asked) => request.device(asked) ?? []),
    arithmetic: request.arithmetic,
  };
};

/** All parameters at the points, varied ones at either quartile of their distributions. */
export const withVaried = (
  params: Values,
  points: readonly Values[],
  varied: Readonly<Record<string, Distribution>>,
): Values[] => {
  const quartiles = Object.keys(varied).length > 0 ? [0.25, 0.75] : [0.5];
  return points.flatMap((point) =>
    quartiles.map((u) => ({
      ...params,
      ...point,
      ...Object.fromEntries(Object.entries(varied).map(([name, d]) => [name, quantileOf(d, u)])),
    })),
  );
};

/**
 * Refuses what was asked of a parameter that nothing reads at any point: the run would not be the one that was meant. What
 * the experiment's own small version sets is not asked by anybody.
 */
const refuseIdle = (
  experiment: AnyExperiment,
  { set, grid, varied, quick: isQuick }: PlanRequest,
  params: Values,
  points: readonly Values[],
): void => {
  const { idle, name: study } = experiment;
  const quick = isQuick ? (experiment.quick ?? {}) : {};
  if (!idle) return;
  const asked = [
    ...Object.keys(set).filter((name) => set[name] !== quick[name]),
    ...Object.keys(grid ?? {}),
    ...Object.keys(varied),
  ];
  const idleAt = withVaried(params, points, varied).map(idle);
  for (const name of asked) {
    const found = idleAt.map((lists) => lists.find(({ names }) => names.includes(name)));
    const [first] = found;
    if (first && found.every((list) => list !== undefined))
      throw new RangeError(
        `${study}: ${name} changes nothing here: nothing reads it ${first.when}. Leave it out, or change what it goes with.`,
      );
  }
};

/** The data sets, networks or devices that parameters name at any point, each once. */
const namedBy = (
  what: "data set" | "network" | "device",
  { parameters }: AnyExperiment,
  params: Values,
  points: readonly Values[],
): string[] => {
  const names = Object.keys(parameters).filter((name) => {
    const parameter = parameters[name];
    return parameter.kind === "text" && parameter.names === what;
  });
  return [...new Set(names.flatMap((name) => points.map((point) => String(point[name] ?? params[name]))))];
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

/** Those of the parameters that a part uses, in the order that names it. */
export const usesOf = (params: Values, uses: readonly string[]): Values =>
  Object.fromEntries([...uses].sort().map((name) => [name, params[name]]));

export const usesAt = (plan: Plan, point: number, uses: readonly string[]): Values =>
  usesOf(paramsAt(plan, point), uses);

/** What tells one part from another: its name and the parameters it was made from. */
export const partName = (place: Pick<PartPlace, "part" | "uses">): string =>
  `${place.part} ${JSON.stringify(place.uses)}`;
