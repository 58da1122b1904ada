import {
  changeOfTrains,
  Diverged,
  filteredRate,
  type NetworkParameters,
  rateChangeFactor,
  type WatchedStep,
} from "#src/learning/index";
import {
  choice,
  defineExperiment,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  quantity,
  type Summary,
  type TableOf,
  type ValuesOf,
} from "#src/montecarlo/index";
import { fold, type Key } from "#src/random/index";
import type { Figure } from "#src/report/figure";
import { keysOf } from "#src/words/named";
import { OWN_MODULE } from "../../own-module.ts";
import { parseWidths } from "../networks/network-parameters.ts";
import { dataNote, imagesFor, PUBLISHED_PARAMETERS } from "../papers/published-parameters.ts";
import { intervalCurve, lineOf, valuesOf } from "../results/index.ts";
import { checkSpiking, idleInput, SPIKING_PARAMETERS, type SpikingModel, spikingModel } from "./eqspike-parameters.ts";
import { trainedNetwork, watchedDynamics } from "./eqspike-training.ts";

const CURVES = ["isolated pair", "rising", "falling", "steady"] as const;
type Curve = (typeof CURVES)[number];
/** Steps either side that are told. */
const REACH = 40;

const PARAMETERS = {
  ...SPIKING_PARAMETERS,
  epochs: {
    ...PUBLISHED_PARAMETERS.epochs,
    default: 1,
    says: "passes over the training images before",
    source: "chosen",
  },
  shown: integer(300, [1, 60_000], "test images whose nudged phase is watched, the first of the set", "chosen"),
  change: quantity(
    "1",
    0.02,
    [0, 1],
    "by which an output's rate changes in the nudged phase to count as rising or falling",
    "chosen",
  ),
  curve: choice(
    CURVES,
    "isolated pair",
    "two spikes alone, or spikes of a network's nudged phases by what the output's rate does (an axis)",
    "chosen",
  ),
  delay: integer(
    1,
    [-REACH, REACH],
    "steps from the hidden neuron's spike to the output's (an axis)",
    `-${REACH} .. ${REACH}`,
  ),
  seeds: PUBLISHED_PARAMETERS.seeds,
  seed: PUBLISHED_PARAMETERS.seed,
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  change: mean("1", "mean change of the weight at a spike, over the learning rate"),
  events: mean("1", "changes of this delay that were seen"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Row = Table["rows"][number];

interface Histogram {
  /** Sum of the changes and number of events at each delay, -REACH .. REACH. */
  readonly change: Float64Array;
  readonly events: Float64Array;
}

const histogram = (): Histogram => ({
  change: new Float64Array(2 * REACH + 1),
  events: new Float64Array(2 * REACH + 1),
});

/**
 * Every change that a spike makes in a nudged phase (towards the target), by the time since the other neuron's last spike: the output's
 * spikes by how long before the hidden neuron fired, the hidden neuron's (negative) by how long before the output did.
 */
const watchNetwork = (
  model: SpikingModel,
  parameters: NetworkParameters,
  params: Params,
  key: Key,
): Readonly<Record<string, Histogram>> => {
  const { neurons, widths } = model.network;
  const { beta, freeSteps, nudgedSteps } = model.rule;
  const by = rateChangeFactor(neurons) / beta;
  const [hidden, classes] = [widths[widths.length - 2], widths[widths.length - 1]];
  const top = widths.length - 2;
  const last = { pre: new Int32Array(hidden), post: new Int32Array(classes) };
  const signal = { pre: new Float32Array(hidden), post: new Float32Array(classes) };
  let [step, teaches] = [0, false];
  let of: Histogram[] = [];
  const change = ({ fast, slow }: WatchedStep["layers"][number], i: number): number => by * (fast[i] - slow[i]);
  const watch = ({ layers }: WatchedStep): void => {
    const [pre, post] = [layers[top - 1], layers[top]];
    for (let s = 0; s < pre.spikes; s++) last.pre[pre.list[s]] = step;
    for (let s = 0; s < post.spikes; s++) last.post[post.list[s]] = step;
    if (teaches) {
      // What the traces said before this step's spikes was kept after the last one.
      const add = (k: number, delay: number, value: number): void => {
        if (Math.abs(delay) > REACH) return;
        of[k].change[delay + REACH] += value;
        of[k].events[delay + REACH]++;
      };
      for (let s = 0; s < post.spikes; s++)
        for (let i = 0; i < hidden; i++) add(post.list[s], step - last.pre[i], signal.pre[i]);
      for (let s = 0; s < pre.spikes; s++)
        for (let k = 0; k < classes; k++) add(k, last.post[k] - step, signal.post[k]);
    }
    for (let i = 0; i < hidden; i++) signal.pre[i] = change(pre, i);
    for (let k = 0; k < classes; k++) {
      signal.post[k] = change(post, k);
      rate[k] = filteredRate(neurons, post.fast[k], post.slow[k]);
    }
    step++;
  };
  const rate = new Float64Array(classes);
  const { dynamics, show } = watchedDynamics(model, parameters, watch);
  const { test } = imagesFor(params);
  const found: Record<string, Histogram> = { rising: histogram(), falling: histogram(), steady: histogram() };
  const still = { immediate: false, rates: widths.slice(1).map(() => 0) };
  for (let image = 0; image < Math.min(params.shown, test.count); image++) {
    [step, teaches] = [0, false];
    last.pre.fill(-1000);
    last.post.fill(-1000);
    show(test, image, fold(key, image));
    dynamics.run(freeSteps, null, still);
    const before = rate.slice();
    of = Array.from({ length: classes }, histogram);
    teaches = true;
    dynamics.run(nudgedSteps, { strength: beta, perChange: 1 / beta }, still);
    of.forEach((h, k) => {
      const moved = rate[k] - before[k];
      const into = found[moved > params.change ? "rising" : moved < -params.change ? "falling" : "steady"];
      for (let d = 0; d < h.change.length; d++) {
        into.change[d] += h.change[d];
        into.events[d] += h.events[d];
      }
    });
  }
  return found;
};

/** Events from which a mean is worth drawing. */
const ENOUGH = 30;

const rowsAt = (table: Table, curve: Curve, delay: number): Row[] =>
  table.rows.filter(
    ({ at, numbers }) => at.curve === curve && at.delay === delay && Number.isFinite(numbers.change.estimate),
  );

const delaysOf = (table: Table): number[] => valuesOf(table.rows, "delay");

const figures = (table: Table, params: Params): Figure[] => {
  const delays = delaysOf(table);
  const curve = (name: Curve, title: string) => {
    const cells = delays.map((d) => lineOf("", rowsAt(table, name, d)).over("change"));
    return intervalCurve(title, delays, cells, 1e3);
  };
  const x = { label: "output's spike after the hidden neuron's", unit: "steps", scale: "linear" } as const;
  const y = { label: "weight change", unit: "1e-3 of the rate", scale: "linear" } as const;
  return [
    {
      title: "What an isolated pair of spikes teaches: an even kernel",
      caption: `(exp(-t/fast)/fast - exp(-t/slow)/slow) / (slow - fast), in discrete steps, over beta ${params.beta}: nothing tells before from after, and its sum is 0.`,
      x,
      y,
      series: [curve("isolated pair", "two spikes alone")],
    },
    {
      title: "What spikes teach in a nudged phase: an STDP-like curve",
      caption: `Mean change at a spike by the time since the other neuron's last spike, over nudged phases of ${params.shown} test images; left: hidden neurons' spikes, right: outputs'. Outputs whose rate rises or falls by more than ${params.change}${valuesOf(table.rows, "seed").length > 1 ? `; bars are 95 % t intervals over ${valuesOf(table.rows, "seed").length} networks` : ""}. ${dataNote(params)}.`,
      x,
      y,
      series: [curve("rising", "output's rate rises"), curve("falling", "output's rate falls")],
    },
  ];
};

const conclude = (table: Table): Summary[] => {
  const delays = delaysOf(table);
  /** Mean of a side's changes, events counted. */
  const side = (curve: Curve, sign: 1 | -1): string => {
    let [sum, events] = [0, 0];
    for (const d of delays.filter((d) => d * sign > 0 && Math.abs(d) <= 10))
      for (const r of rowsAt(table, curve, d)) {
        const n = curve === "isolated pair" ? 1 : r.numbers["events"].estimate;
        sum += n * r.numbers["change"].estimate;
        events += n;
      }
    return events === 0 ? "" : ((1e3 * sum) / events).toFixed(2);
  };
  return [
    {
      title: "Mean change a spike over the learning rate, 1e-3, delays up to 10 steps",
      columns: ["output's rate", "hidden fires after", "output fires after"],
      rows: CURVES.map((c) => [c === "isolated pair" ? "two spikes alone" : c, side(c, -1), side(c, 1)]),
      notes: [
        "hidden fires after: changes at hidden neurons' spikes, shortly after the output's; output fires after: at outputs' spikes, shortly after the hidden neuron's.",
      ],
    },
  ];
};

/** How the weight between two neurons changes with the delay of their spikes: alone, and where rates rise or fall. */
export const eqspikePlasticity = defineExperiment({
  name: "eqspike-plasticity",
  summary:
    "What EqSpike's rule looks like spike by spike: the kernel of a pair, and the change against delay as rates rise or fall.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: ["curve", "delay", "seed"],
  grid: () => [{ curve: CURVES, delay: Array.from({ length: 2 * REACH + 1 }, (_, d) => d - REACH) }],
  replicates: ({ seeds }) => ({ seed: Array.from({ length: seeds }, (_, i) => i) }),
  deterministic: true,
  trials: 1,
  block: 1,
  quick: { images: 2000, shown: 50, seeds: 1 },
  numbers: NUMBERS,
  prepare: {
    watched: {
      uses: [...keysOf(SPIKING_PARAMETERS), "epochs", "shown", "change", "seed"],
      make: (params, key) => {
        const own = fold(key, params.seed);
        const model = spikingModel(params, params.epochs);
        try {
          const parameters = trainedNetwork(model, imagesFor(params), own);
          return { curves: watchNetwork(model, parameters, params, fold(own, "watched")), diverged: null };
        } catch (error) {
          if (!(error instanceof Diverged)) throw error;
          return { curves: null, diverged: error.message };
        }
      },
    },
  },
  idle: idleInput,
  check: (params) => {
    checkSpiking(params);
    if (parseWidths(params.widths).length < 3)
      throw new RangeError(`widths: ${params.widths}; a hidden layer is watched, expected e.g. 784-100-10.`);
  },
  trial: ({ watched }, params) => {
    const { delay, curve } = params;
    if (curve === "isolated pair") {
      const { neurons } = spikingModel(params).network;
      const at = 2 * REACH;
      return { numbers: { change: changeOfTrains(neurons, [at], [at + delay]) / params.beta, events: 1 } };
    }
    if (!watched.curves) return { failed: watched.diverged ?? "the training ended early" };
    const { change, events } = watched.curves[curve];
    const n = events[delay + REACH];
    return { numbers: n < ENOUGH ? { events: n } : { events: n, change: change[delay + REACH] / n } };
  },
  figures,
  conclude,
  notes: (params) => [
    `${dataNote(params)}, ${params.epochs} epochs; ${params.widths}, nudged towards the target by ${params.beta} for ${params.nudgedSteps} steps after ${params.freeSteps} free ones. Delays with fewer than ${ENOUGH} events are left out.`,
  ],
});
