import { fold, type Key, normal, normalsInto } from "#src/random/index";
import { dot, fails, type LimitState, squaredNorm } from "./limit-state.ts";
import { SUBSET_DEFAULTS, simulateSubsets } from "./subset-simulation.ts";

/** A point on the border of failure nearest to the origin within its region, and its distance from it. */
export interface FailurePoint {
  readonly point: Float64Array;
  /** Distance from the origin: the failure is a `distance` sigma event, of probability Q(distance) were the border flat. */
  readonly distance: number;
}

export interface FailureSearch {
  /** One for each failure region found, nearest first. */
  readonly points: readonly FailurePoint[];
  /** Share of failures of a search without gradient that lie in none of these regions; null where it reached none. */
  readonly outside: number | null;
  readonly evaluations: number;
}

const SEARCH_SUBSETS = { ...SUBSET_DEFAULTS, points: 1000 };
/** Points thrown at each widened sigma to find failures at all. */
const PILOT = 2000;
const WIDENINGS = [1.5, 2, 3, 4, 6];
/** Failures that a widening must give before its nearest ones are taken as starts. */
const ENOUGH = 20;
const STARTS = 12;
/** Regions taken from the failures found without gradient. */
const MOST_REGIONS = 40;
/** Independent runs of the search without gradient: chains of one run tend to end in few regions. */
const SEARCH_RUNS = 4;
const BISECTIONS = 14;
const ROUNDS = 20;
const DIFFERENCE = 1e-2;
/** Failures of the search without gradient whose directions have a larger cosine are taken together. */
const TOGETHER = 0.3;
/** A failure this much short of a region's border, in sigma, is not of that region. */
const SLACK = 1;
/** Ends of the search for the border along the ray through a region's mean, as multiples of it. */
const REACHES = [1, 1.2, 1.5];
/** Two points whose directions have a larger cosine are of one region. */
const SAME_REGION = 0.7;
/** Regions further out than the nearest by this much carry no weight (e^-4 and less at 2 sigma and beyond). */
const FARTHEST = 2;

/**
 * Most probable failure points: the points of the failure border nearest to the origin (the design points of Hasofer and
 * Lind, J. Eng. Mech. 100, 111, 1974). Failures are found by sampling with widened sigma, and by a subset simulation, whose
 * failures are taken together by direction. Each start is pulled to the border along its ray, then turned, round by
 * round, towards the border's normal as long as that brings it nearer; one point a region is kept, regions told apart by
 * their direction.
 *
 * @returns no point where widened sampling finds no failure.
 * @throws RangeError where the origin itself fails: such an event is not rare.
 */
export const findFailurePoints = (limit: LimitState, key: Key): FailureSearch => {
  const { dimensions: d } = limit;
  let evaluations = 0;
  const margins = (points: Float64Array, count: number): Float64Array => {
    evaluations += count;
    return limit.margins(points, count);
  };
  if (fails(margins(new Float64Array(d), 1)[0]))
    throw new RangeError("rare events: the nominal point itself fails; count such an event by plain Monte Carlo.");

  // Distance of the border along each of several unit directions, up to a limit; Infinity where none is found.
  const borders = (directions: readonly Float64Array[], limits: readonly number[]): number[] => {
    const count = directions.length;
    const points = new Float64Array(count * d);
    const put = (radii: readonly number[]): void => {
      directions.forEach((direction, i) => {
        for (let j = 0; j < d; j++) points[i * d + j] = radii[i] * direction[j];
      });
    };
    put(limits);
    const far = margins(points, count);
    const low = directions.map(() => 0);
    const high = [...limits];
    for (let k = 0; k < BISECTIONS; k++) {
      const middle = low.map((l, i) => (l + high[i]) / 2);
      put(middle);
      margins(points, count).forEach((margin, i) => {
        if (fails(margin)) high[i] = middle[i];
        else low[i] = middle[i];
      });
    }
    return high.map((r, i) => (fails(far[i]) ? r : Number.POSITIVE_INFINITY));
  };

  const runs = Array.from({ length: SEARCH_RUNS }, (_, i) =>
    simulateSubsets({ dimensions: d, margins }, SEARCH_SUBSETS, fold(fold(key, "subsets"), i)),
  ).filter((run) => run.reached);
  const failures = runs.reduce((sum, run) => sum + run.failureCount, 0);
  const failed = Float64Array.from(runs.flatMap((run) => [...run.failures]));
  // A pilot point fails where it lies; the mean of a region may lie short of it, and a region may be thin.
  const means = regionsOf(failed, failures, d);
  const starts = [
    ...pilot(limit, margins, key).map((point) => ({ point, reach: 1 })),
    ...means.flatMap((point) => REACHES.map((reach) => ({ point, reach }))),
  ];
  let found = starts.map(
    ({ point, reach }): FailurePoint => ({ point, distance: reach * Math.sqrt(dot(point, point)) }),
  );
  const unit = (v: ArrayLike<number>): Float64Array => {
    const length = Math.sqrt(dot(v, v)) || 1;
    return Float64Array.from(v, (x) => x / length);
  };
  const onBorder = (points: readonly FailurePoint[]): FailurePoint[] => {
    const directions = points.map((p) => unit(p.point));
    return borders(
      directions,
      points.map((p) => p.distance),
    ).map((distance, i) => ({
      distance,
      point: directions[i].map((x) => x * distance),
    }));
  };
  found = onBorder(found).filter((p) => p.distance < Number.POSITIVE_INFINITY);

  for (let round = 0; round < ROUNDS; round++) {
    const normals = gradients(found, d, margins).map((g) => unit(g.map((x) => -x)));
    const turns = [1, 0.6, 0.3, 0.1];
    const proposals = found.flatMap((p, i) => {
      const here = unit(p.point);
      return turns.map((turn) => unit(here.map((x, j) => (1 - turn) * x + turn * normals[i][j])));
    });
    const reach = found.flatMap((p) => turns.map(() => p.distance));
    const radii = borders(proposals, reach);
    let moved = false;
    found = found.map((p, i) => {
      let best = p;
      turns.forEach((_, t) => {
        const k = i * turns.length + t;
        if (radii[k] < best.distance * (1 - 1e-4))
          best = { distance: radii[k], point: proposals[k].map((x) => x * radii[k]) };
      });
      moved ||= best !== p;
      return best;
    });
    if (!moved) break;
  }
  const points = oneEach(found);
  return { points, outside: shareOutside(failed, failures, points, SLACK), evaluations };
};

/** Means of failures (row-major) that lie in like directions, from the nearest failure on. */
const regionsOf = (failures: Float64Array, count: number, d: number): Float64Array[] => {
  const row = (i: number): Float64Array => failures.subarray(i * d, (i + 1) * d);
  let left = Array.from({ length: count }, (_, i) => i);
  left.sort((a, b) => squaredNorm(failures, d, a) - squaredNorm(failures, d, b));
  const means: Float64Array[] = [];
  while (left.length > 0 && means.length < MOST_REGIONS) {
    const first = row(left[0]);
    const together = left.filter(
      (i) => dot(first, row(i)) > TOGETHER * Math.sqrt(dot(first, first) * dot(row(i), row(i))),
    );
    means.push(
      Float64Array.from({ length: d }, (_, j) => together.reduce((sum, i) => sum + row(i)[j], 0) / together.length),
    );
    const gone = new Set(together);
    left = left.filter((i) => !gone.has(i));
  }
  return means;
};

/** Share of failures that lie in none of the regions: short of each region's border by more than `slack` sigma; null of none. */
export const shareOutside = (
  failures: Float64Array,
  count: number,
  centers: readonly FailurePoint[],
  slack: number,
): number | null => {
  if (count === 0) return null;
  const d = failures.length / count;
  let outside = 0;
  for (let i = 0; i < count; i++) {
    const inside = centers.some(
      ({ point, distance }) => dot(point, failures.subarray(i * d, (i + 1) * d)) > distance * (distance - slack),
    );
    if (!inside) outside++;
  }
  return outside / count;
};

/** The nearest failures among points of widened sigma, by the first widening that gives enough of them. */
const pilot = (
  { dimensions: d }: LimitState,
  margins: (points: Float64Array, count: number) => Float64Array,
  key: Key,
): Float64Array[] => {
  const points = new Float64Array(PILOT * d);
  let failed: number[] = [];
  for (const widening of WIDENINGS) {
    normalsInto(points, fold(fold(key, "pilot"), `${widening}`), 0, widening);
    const found = margins(points, PILOT);
    failed = [...found.keys()].filter((i) => fails(found[i]));
    if (failed.length >= ENOUGH) break;
  }
  return failed
    .sort((a, b) => squaredNorm(points, d, a) - squaredNorm(points, d, b))
    .slice(0, STARTS)
    .map((i) => points.slice(i * d, (i + 1) * d));
};

/** Gradients of the margin, by one-sided differences towards the safe side of each border point. */
const gradients = (
  at: readonly FailurePoint[],
  d: number,
  margins: (points: Float64Array, count: number) => Float64Array,
): Float64Array[] => {
  const rows = at.length * (2 * d);
  const points = new Float64Array(rows * d);
  at.forEach(({ point }, i) => {
    for (let j = 0; j < d; j++)
      for (const side of [0, 1]) {
        const row = i * 2 * d + 2 * j + side;
        points.set(point, row * d);
        points[row * d + j] += (side === 0 ? -1 : 1) * DIFFERENCE;
      }
  });
  const found = margins(points, rows);
  return at.map((_, i) =>
    Float64Array.from({ length: d }, (_unused, j) => {
      const slope = (found[i * 2 * d + 2 * j + 1] - found[i * 2 * d + 2 * j]) / (2 * DIFFERENCE);
      return Number.isFinite(slope) ? slope : 0;
    }),
  );
};

const oneEach = (found: readonly FailurePoint[]): FailurePoint[] => {
  const sorted = found.filter((p) => p.distance < Number.POSITIVE_INFINITY).sort((a, b) => a.distance - b.distance);
  const kept: FailurePoint[] = [];
  for (const p of sorted) {
    if (p.distance > sorted[0].distance + FARTHEST) break;
    const known = kept.some((k) => dot(k.point, p.point) > SAME_REGION * k.distance * p.distance);
    if (!known) kept.push(p);
  }
  return kept;
};

/** A random point of a region: normal about its most probable point. */
export const aroundInto = (out: Float64Array, row: number, center: Float64Array, key: Key, index: number): void => {
  const d = center.length;
  for (let j = 0; j < d; j++) out[row * d + j] = center[j] + normal(key, index * d + j);
};
