import { describe, expect, test } from "@jest/globals";
import {
  type AnyExperiment,
  computeShard,
  type Distribution,
  declaredValues,
  defineExperiment,
  distributionAt,
  firstRound,
  isPrecise,
  mergeShards,
  nextRound,
  type Plan,
  partsOf,
  pendingPoints,
  planRun,
  quantileOf,
  shardCount,
  shardPlace,
  shardsOf,
  trialStream,
} from "#src/montecarlo/index";
import { fold, type Key, normal, uniform } from "#src/random/index";

const coin = defineExperiment({
  name: "coin",
  summary: "A coin.",
  module: "test",
  parameters: {
    bias: { kind: "quantity", unit: "1", default: 0.5, min: 0, max: 1, says: "chance of heads", source: "test" },
    side: { kind: "choice", choices: ["heads", "tails"], default: "heads", says: "side", source: "test" },
    copy: { kind: "integer", unit: "1", default: 0, min: 0, max: 9, says: "copy", source: "test" },
  },
  axes: ["bias", "side", "copy"],
  grid: () => [{ bias: [0.2, 0.8] }, { bias: [0.5], side: ["tails"] }],
  replicates: () => ({ copy: [0, 1] }),
  trials: 100,
  block: 30,
  numbers: {
    heads: { kind: "rate", says: "heads" },
    thrown: { kind: "mean", unit: "1", says: "a number" },
  },
  prepare: { edge: { uses: ["bias"], make: (params) => params.bias as number } },
  facts: ({ edge }) => ({ numbers: { thrown: edge } }),
  trial: ({ edge }, _params, key) => {
    const u = uniform(key);
    if (u > 0.999) return { failed: "on its edge" };
    return { numbers: { heads: u < edge ? 1 : 0, thrown: normal(key, 1) } };
  },
});

const plan = (experiment: AnyExperiment, more: Partial<Parameters<typeof planRun>[1]> = {}): Plan =>
  planRun(experiment, {
    seed: "s",
    set: {},
    grid: null,
    varied: {},
    sampling: "independent",
    trials: null,
    precision: null,
    keepTrials: false,
    module: "test",
    hash: "h",
    dataSet: (asked) => ({ asked, name: asked, train: 1, test: 1, pixels: 1, classes: 1, sha256: "0" }),
    network: (asked) => ({ asked, described: asked, layers: [], trained: null, imported: null, sha256: "0" }),
    device: () => null,
    arithmetic: {},
    ...more,
  });
const roundsOf = (p: Plan) => [firstRound(p)];

describe("a plan", () => {
  test("is the union of the grid's blocks, each with every replicate", () => {
    const p = plan(coin);
    expect(p.axes).toEqual(["bias", "side", "copy"]);
    expect(p.points).toHaveLength(6);
    expect(p.points[0]).toEqual({ bias: 0.2, side: "heads", copy: 0 });
    expect(p.points[5]).toEqual({ bias: 0.5, side: "tails", copy: 1 });
  });
  test("takes the user's axes instead, and keeps the replicates", () => {
    const p = plan(coin, { grid: { bias: [0.1, 0.3, 0.5] } });
    expect(p.points).toHaveLength(6);
    expect(p.axes).toEqual(["bias", "copy"]);
  });
  test("does not sweep what is set", () => {
    expect(
      plan(coin, { set: { bias: 0.3 } }).points.every((point) => point["bias"] === undefined || point["bias"] === 0.3),
    ).toBe(true);
  });
  test("takes the user's values of a replicate, on the grid or set", () => {
    expect(plan(coin, { grid: { copy: [7, 8] } }).points).toEqual([{ copy: 7 }, { copy: 8 }]);
    expect(plan(coin, { set: { copy: 3 } }).axes).not.toContain("copy");
  });
  test("gives every point its own replicates where they depend on it, replicates outermost", () => {
    const varying = {
      ...coin,
      replicates: ({ side }: { side?: unknown }) => ({ copy: side === "tails" ? [0, 1, 2] : [0, 2] }),
    };
    const { points } = plan(varying as AnyExperiment, { grid: { side: ["heads", "tails"] } });
    expect(points.map(({ copy, side }) => `${copy} ${side}`)).toEqual([
      "0 heads",
      "0 tails",
      "2 heads",
      "2 tails",
      "1 tails",
    ]);
    expect(plan(varying as AnyExperiment, { set: { side: "tails" } }).points.map((p) => p["copy"])).toContain(1);
    expect(plan(varying as AnyExperiment, { grid: { side: ["heads", "tails"], copy: [5] } }).points).toHaveLength(2);
  });
  test("refuses to repeat a trial that draws nothing", () => {
    expect(() => plan({ ...coin, deterministic: true }, { trials: 2 })).toThrow("would repeat it");
  });
  test("makes each part once for each set of parameters it uses", () => {
    expect(partsOf(plan(coin), coin).map((p) => p.uses)).toEqual([{ bias: 0.2 }, { bias: 0.8 }, { bias: 0.5 }]);
  });
  test("cuts every trial into exactly one shard", () => {
    const p = plan(coin);
    const rounds = roundsOf(p);
    expect(shardCount(rounds)).toBe(24);
    const counted = new Map<string, number>();
    for (let i = 0; i < shardCount(rounds); i++) {
      const { point, from, count } = shardPlace(rounds, i);
      for (let t = from; t < from + count; t++) counted.set(`${point} ${t}`, (counted.get(`${point} ${t}`) ?? 0) + 1);
    }
    expect(counted.size).toBe(600);
    expect([...counted.values()].every((n) => n === 1)).toBe(true);
  });
  test("refuses unknown parameters, values out of range, and axes that are none", () => {
    expect(() => plan(coin, { set: { bais: 1 } })).toThrow('unknown parameter "bais"');
    expect(() => plan(coin, { set: { bias: 2 } })).toThrow("bias: 2 is outside 0 .. 1");
    expect(() => plan(coin, { set: { bias: Number.NaN } })).toThrow("outside");
    expect(() => plan(coin, { set: { side: "edge" } })).toThrow("not one of heads, tails");
    expect(() => plan(coin, { set: { copy: 1.5 } })).toThrow("not an integer");
    expect(() => plan(coin, { trials: 0 })).toThrow("0 trials");
    expect(() => plan({ ...coin, axes: ["bias"] }, { grid: { side: ["tails"] } })).toThrow("cannot span a grid");
  });
});

describe("shards", () => {
  const p = plan(coin);
  const rounds = roundsOf(p);
  const context = (index: number) => ({ edge: (p.points[shardPlace(rounds, index).point]["bias"] ?? 0.5) as number });
  const shard = (index: number, experiment: AnyExperiment = coin) =>
    computeShard(p, experiment, context(index), index, shardPlace(rounds, index));
  const shards = Array.from({ length: shardCount(rounds) }, (_, i) => shard(i));
  const merged = () => mergeShards(p, coin, rounds, (i) => shards[i]);
  test("count what a plain loop over the trials counts", () => {
    const table = merged();
    let heads = 0;
    let failed = 0;
    for (let t = 0; t < 100; t++) {
      const u = uniform(fold(trialStream(p), t));
      if (u > 0.999) failed++;
      else if (u < 0.2) heads++;
    }
    expect(table.rows[0].numbers["heads"].trials).toBe(100 - failed);
    expect(table.rows[0].numbers["heads"].estimate).toBe(heads / (100 - failed));
    expect(table.rows[0].failed).toBe(failed);
  });
  test("facts are counted once a point, and trials have the same key at every point", () => {
    const table = merged();
    expect(table.rows[0].numbers["thrown"].trials).toBe(table.rows[0].numbers["heads"].trials + 1);
    const more = table.rows.filter((r) => r.point["side"] === "heads" && r.point["copy"] === 0);
    expect(more[1].numbers["heads"].estimate).toBeGreaterThan(more[0].numbers["heads"].estimate);
    // Common random numbers: the second number differs between points by the fact alone.
    const sum = (r: (typeof more)[0]): number => r.numbers["thrown"].estimate * r.numbers["thrown"].trials;
    expect(sum(more[1]) - sum(more[0])).toBeCloseTo(0.8 - 0.2, 9);
  });
  test("a number that is not declared, or NaN, is an error and not a result", () => {
    const wrong = (numbers: Record<string, number>) => () => shard(0, { ...coin, trial: () => ({ numbers }) });
    expect(wrong({ tails: 1 })).toThrow('"tails" is not declared');
    expect(wrong({ haeds: 1 })).toThrow('Did you mean "heads"?');
    expect(wrong({ thrown: Number.NaN })).toThrow("not a finite number");
    expect(wrong({ thrown: Number.POSITIVE_INFINITY })).toThrow("not a finite number");
    expect(wrong({ heads: 0.5 })).toThrow("expected whole numbers");
    expect(wrong({ heads: 2 })).toThrow("2 events of 1");
  });
});

describe("a rate whose events come together in trials", () => {
  // Each trial all of a hundred opportunities or none: a hundred trials know no more than a hundred coins.
  const lumps = defineExperiment({
    ...(coin as unknown as Parameters<typeof defineExperiment>[0]),
    numbers: { heads: { kind: "rate", says: "heads" } },
    prepare: {},
    facts: () => ({ numbers: {} }),
    trial: (_context, _params, key) => ({ numbers: { heads: { events: uniform(key) < 0.1 ? 100 : 0, of: 100 } } }),
  } as Parameters<typeof defineExperiment>[0]);
  const cellAt = (seed: string) => {
    const p = plan(lumps, { seed, set: { bias: 0.5, side: "heads", copy: 0 } });
    const rounds = roundsOf(p);
    return mergeShards(p, lumps, rounds, (i) => computeShard(p, lumps, {}, i, shardPlace(rounds, i))).rows[0].numbers[
      "heads"
    ];
  };
  test("has an interval that covers, and as few events as trials that had any", () => {
    let covered = 0;
    for (let run = 0; run < 300; run++) {
      const { low, high, events, estimate } = cellAt(`run ${run}`);
      expect(Math.abs(events - 100 * estimate)).toBeLessThan(1.5);
      if (low <= 0.1 && 0.1 <= high) covered++;
    }
    expect(covered / 300).toBeGreaterThan(0.91);
  });
  test("is not precise because its few lumps are large", () => {
    const { estimate, low, high, ...rest } = cellAt("one");
    expect(isPrecise({ estimate, low, high, ...rest }, 0.2)).toBe(false);
  });
});

describe("stopping on precision", () => {
  const precise = (experiment: AnyExperiment, trials: number) => {
    const p = plan(experiment, {
      trials,
      precision: { every: 0.2, relative: {} },
      set: { bias: 0.5, side: "heads", copy: 0 },
    });
    const rounds = [firstRound(p)];
    for (;;) {
      const context = { edge: 0.5 };
      const table = mergeShards(p, experiment, rounds, (i) =>
        computeShard(p, experiment, context, i, shardPlace(rounds, i)),
      );
      const next = nextRound(p, rounds[rounds.length - 1], pendingPoints(p, experiment, table));
      if (!next) return { table, rounds };
      rounds.push(next);
    }
  };
  test("does not take nothing seen for a precise zero", () => {
    const rare = {
      ...coin,
      facts: () => ({ numbers: {} }),
      trial: (_c: unknown, _p: unknown, key: Key) => ({ numbers: { thrown: uniform(key) < 0.002 ? 1 : 0 } }),
      numbers: { thrown: coin.numbers["thrown"] },
    } as AnyExperiment;
    const { table, rounds } = precise(rare, 100_000);
    expect(rounds.length).toBeGreaterThan(4);
    expect(table.rows[0].numbers["thrown"].estimate).toBeGreaterThan(0);
  });
  test("asks no precision of what the preparation alone gave, and gives up points of which every trial failed", () => {
    const fact = {
      ...coin,
      facts: () => ({ numbers: { thrown: 3 } }),
      trial: () => ({ numbers: { heads: 1 } }),
    } as unknown as AnyExperiment;
    expect(precise(fact, 10_000).rounds).toHaveLength(1);
    const failing = { ...coin, trial: () => ({ failed: "no" }) } as AnyExperiment;
    const { table, rounds } = precise(failing, 10_000);
    expect([rounds.length, table.rows[0].failed]).toEqual([1, 100]);
  });
  test("doubles from round to round, up to the cap, and cuts a large round into few shards", () => {
    const { rounds } = precise({ ...coin, trial: () => ({ numbers: { heads: 0 } }) } as AnyExperiment, 1000);
    expect(rounds.map((r) => [r.from, r.to])).toEqual([
      [0, 100],
      [100, 200],
      [200, 400],
      [400, 800],
      [800, 1000],
    ]);
    const large = firstRound(plan(coin, { trials: 10_000_000 }));
    expect(shardsOf(large)).toBeLessThanOrEqual(4096);
    expect(large.block % coin.block).toBe(0);
  });
});

test("quantiles and shares of every distribution are each other's inverse, and a cut one keeps to its range", () => {
  const all: Distribution[] = [
    { kind: "normal", mean: 1, sigma: 0.3 },
    { kind: "lognormal", median: 8e3, logSigma: 0.25 },
    { kind: "uniform", low: -1, high: 3 },
    { kind: "loguniform", low: 1e-15, high: 1e-12 },
  ];
  for (const d of all)
    for (const u of [1e-6, 0.1, 0.5, 0.9]) expect(distributionAt(d, quantileOf(d, u)) / u).toBeCloseTo(1, 8);
  expect(quantileOf(all[3], 0.5)).toBeCloseTo(Math.sqrt(1e-27), 20);
  expect(quantileOf(all[1], 0.5)).toBeCloseTo(8e3, 6);
});

test("Sobol's sequence is refused beyond its dimensions and points, before anything is computed", () => {
  const names = Array.from({ length: 41 }, (_, i) => `x${i}`);
  const wide = {
    ...coin,
    parameters: Object.fromEntries(names.map((n) => [n, coin.parameters["bias"]])),
    axes: [],
    grid: () => [{}],
    replicates: () => ({}),
    prepare: {},
  } as AnyExperiment;
  const varied = Object.fromEntries(names.map((n) => [n, { kind: "uniform", low: 0, high: 1 } as const]));
  expect(() => plan(wide, { varied, sampling: "sobol" })).toThrow("40 parameters and");
  expect(() => plan(wide, { varied: { x0: varied["x0"] }, sampling: "sobol", trials: 2 ** 36 })).toThrow(
    "4294967296 trials at most",
  );
});

test("a part that reads a parameter it does not declare is told so", () => {
  const values = declaredValues("edge", { bias: 0.2 });
  expect(values["bias"]).toBe(0.2);
  expect({ ...values }).toEqual({ bias: 0.2 });
  expect(() => values["side"]).toThrow('part "edge" reads parameter "side"');
});

test("an experiment whose description contradicts itself is refused", () => {
  const broken =
    (change: object): (() => unknown) =>
    () =>
      defineExperiment({ ...coin, ...change } as never);
  expect(broken({ name: "Coin Toss" })).toThrow("small letters");
  expect(broken({ axes: ["weight"] })).toThrow('axis "weight" is no parameter');
  expect(broken({ prepare: { edge: { uses: ["weight"], make: () => 0 } } })).toThrow('unknown parameter "weight"');
});
