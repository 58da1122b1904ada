import { Diverged, filteredRate, type WatchedStep } from "#src/learning/index";
import {
  defineExperiment,
  integer,
  mean,
  type NumberSpec,
  type Parameters,
  type Prepared,
  type Summary,
  type TableOf,
  text,
  type ValuesOf,
} from "#src/montecarlo/index";
import { fold, rootKey } from "#src/random/index";
import type { Figure, Series } from "#src/report/figure";
import { keysOf } from "#src/words/named";
import { OWN_MODULE } from "../../own-module.ts";
import { dataNote, imagesFor, PUBLISHED_PARAMETERS } from "../papers/published-parameters.ts";
import { varied } from "../results/index.ts";
import { checkSpiking, idleInput, SPIKING_PARAMETERS, spikingModel } from "./eqspike-parameters.ts";
import { trainedNetwork, watchedDynamics } from "./eqspike-training.ts";

const PARAMETERS = {
  ...SPIKING_PARAMETERS,
  epochs: {
    ...PUBLISHED_PARAMETERS.epochs,
    default: 1,
    says: "passes over the training images before",
    source: "chosen",
  },
  image: integer(
    10,
    [0, 1_000_000],
    "number of the test image that is shown",
    "chosen: one of mnist-10k that the network still takes for another",
  ),
  start: text(
    "rramlab",
    "names the network's start and order of images (this study has no seed of a run's own)",
    "chosen",
  ),
} as const satisfies Parameters;

type Params = ValuesOf<typeof PARAMETERS>;

/** What a trial reports. */
const NUMBERS = {
  hiddenFree: mean("1", "spikes of hidden neurons in the free phase"),
  hiddenNudged: mean("1", "in the nudged phase"),
  outputFree: mean("1", "spikes of outputs in the free phase"),
  outputNudged: mean("1", "in the nudged phase"),
  targetFree: mean("1", "rate of the target's output at the end of the free phase"),
  targetNudged: mean("1", "of the nudged phase"),
  otherFree: mean("1", "largest rate of another output at the end of the free phase"),
  otherNudged: mean("1", "of the nudged phase"),
} as const satisfies Readonly<Record<string, NumberSpec>>;

type NumberName = keyof typeof NUMBERS;
type Table = TableOf<typeof PARAMETERS, typeof NUMBERS>;
type Row = Table["rows"][number];

/** What was seen of one image, a row a step: free, then nudged towards the target. */
interface Seen {
  readonly steps: number;
  readonly label: number;
  /** Layers' spikes, steps x neurons. */
  readonly spikes: readonly Uint8Array[];
  /** Membranes and rates (the trace that learning takes for one), steps x neurons. */
  readonly membranes: readonly Float32Array[];
  readonly rates: readonly Float32Array[];
}

const watchImage = (params: Params): Seen => {
  const key = rootKey(params.start);
  const model = spikingModel(params, params.epochs);
  const data = imagesFor(params);
  const parameters = trainedNetwork(model, data, key);
  const { neurons, widths } = model.network;
  const { freeSteps, nudgedSteps, beta } = model.rule;
  const own = widths.slice(1);
  const steps = freeSteps + nudgedSteps;
  const spikes = own.map((n) => new Uint8Array(steps * n));
  const membranes = own.map((n) => new Float32Array(steps * n));
  const rates = own.map((n) => new Float32Array(steps * n));
  let step = 0;
  const watch = ({ layers }: WatchedStep): void => {
    layers.forEach((layer, l) => {
      const from = step * own[l];
      for (let s = 0; s < layer.spikes; s++) spikes[l][from + layer.list[s]] = 1;
      membranes[l].set(layer.membranes, from);
      for (let i = 0; i < own[l]; i++) rates[l][from + i] = filteredRate(neurons, layer.fast[i], layer.slow[i]);
    });
    step++;
  };
  const { dynamics, show } = watchedDynamics(model, parameters, watch);
  const moves = { immediate: false, rates: own.map(() => 0) };
  show(data.test, params.image, fold(key, "shown"));
  dynamics.run(freeSteps, null, moves);
  dynamics.run(nudgedSteps, { strength: beta, perChange: 1 / beta }, moves);
  return { steps, label: data.test.labels[params.image], spikes, membranes, rates };
};

const seen = (params: Params): Seen | { readonly diverged: string } => {
  try {
    return watchImage(params);
  } catch (error) {
    if (!(error instanceof Diverged)) throw error;
    return { diverged: error.message };
  }
};

/** Spikes of each neuron of a layer in its first steps. */
const spikeCounts = (spikes: Uint8Array, neurons: number, steps: number): number[] =>
  Array.from({ length: neurons }, (_, i) =>
    Array.from({ length: steps }, (_s, s) => spikes[s * neurons + i]).reduce((a, b) => a + b, 0),
  );

/** Neuron that fires about every sixth step: one whose membrane tells something. */
const regular = (spikes: Uint8Array, neurons: number, steps: number): number => {
  const away = spikeCounts(spikes, neurons, steps).map((n) => Math.abs(n - steps / 6));
  return away.indexOf(Math.min(...away));
};

const settingOf = (row: Row, table: Table): string =>
  table.axes.map((a) => `${a} ${varied(PARAMETERS, a, row.point[a])}`).join(", ");

const done = (row: Row): boolean => Number.isFinite(row.numbers["targetFree"].estimate);

/** Images of a sweep that are drawn. */
const MOST_DRAWN = 4;

const figures = (table: Table, _params: Params, prepared: Prepared): Figure[] =>
  table.rows
    .filter(done)
    .slice(0, MOST_DRAWN)
    .flatMap((row) =>
      figuresOf(row.at, prepared("seen", row.at) as Seen).map((f) => ({
        ...f,
        title: table.axes.length > 0 ? `${f.title}: ${settingOf(row, table)}` : f.title,
      })),
    );

const figuresOf = (params: Params, seen: Seen): Figure[] => {
  const { widths, neurons } = spikingModel(params).network;
  const own = widths.slice(1);
  const top = own.length - 1;
  const { freeSteps } = params;
  const ms = 1e3 * neurons.timeStep;
  const times = Array.from({ length: seen.steps }, (_, s) => ms * (s + 1));
  const x = { label: "time", unit: "ms", scale: "linear" } as const;
  const bands = [{ from: ms * freeSteps, to: ms * seen.steps, label: "nudged" }];
  const caption = `Test image ${params.image}, a ${seen.label}: ${freeSteps} free steps, then ${params.nudgedSteps} nudged towards the target by ${params.beta}. ${params.widths} after ${params.epochs} epochs. ${dataNote(params)}.`;
  const column = (of: Float32Array, l: number, i: number): number[] => times.map((_, s) => of[s * own[l] + i]);
  let below = 0;
  const raster = own.map((n, l): Series => {
    const points: [number, number][] = [];
    for (let s = 0; s < seen.steps; s++)
      for (let i = 0; i < n; i++) if (seen.spikes[l][s * n + i]) points.push([times[s], below + i]);
    below += n;
    return {
      name:
        l === top
          ? `outputs (${below - n} .. ${below - 1}; the target is ${below - n + seen.label})`
          : `hidden layer ${l + 1}`,
      x: points.map(([t]) => t),
      y: points.map(([, i]) => i),
      marks: true,
      dash: "none",
    };
  });
  const others = spikeCounts(seen.spikes[top], own[top], freeSteps).map((n, k) => (k === seen.label ? -1 : n));
  const rival = others.indexOf(Math.max(...others));
  const hidden = top > 0 ? regular(seen.spikes[0], own[0], freeSteps) : 0;
  const curve = (name: string, of: Float32Array, l: number, i: number): Series => ({
    name,
    x: times,
    y: column(of, l, i),
    marks: false,
  });
  const outputs = (of: readonly Float32Array[]): Series[] => [
    curve(`output ${seen.label}, the target`, of[top], top, seen.label),
    curve(`output ${rival}, the next`, of[top], top, rival),
  ];
  const meanHidden: Series[] = own.slice(0, top).map((n, l) => ({
    name: `hidden layer ${l + 1}, mean`,
    x: times,
    y: times.map((_, s) => seen.rates[l].subarray(s * n, (s + 1) * n).reduce((a, b) => a + b, 0) / n),
    marks: false,
  }));
  return [
    {
      title: "Spikes of one image, free then nudged",
      caption,
      x,
      y: { label: "neuron", unit: "", scale: "linear" },
      series: raster,
      bands,
    },
    {
      title: "Membranes",
      caption: `${caption} A spike takes the threshold, 1, from the membrane.`,
      x,
      y: { label: "membrane", unit: "thresholds", scale: "linear" },
      series: [
        ...outputs(seen.membranes),
        ...(top > 0 ? [curve(`hidden neuron ${hidden}`, seen.membranes[0], 0, hidden)] : []),
      ],
      bands,
    },
    {
      title: "Rates as learning sees them",
      caption: `${caption} The filtered rate whose change moves the weights at every spike.`,
      x,
      y: { label: "rate", unit: "spikes a step", scale: "linear" },
      series: [...outputs(seen.rates), ...meanHidden],
      bands,
    },
  ];
};

const conclude = (table: Table): Summary[] => [
  {
    title: "One image, free then nudged",
    columns: ["", "free", "nudged"],
    rows: table.rows.filter(done).flatMap((row) => {
      const of = (name: NumberName, digits = 3): string => row.numbers[name].estimate.toFixed(digits);
      const image = table.axes.length > 0 ? `${settingOf(row, table)}: ` : "";
      return [
        [`${image}spikes of hidden neurons`, of("hiddenFree", 0), of("hiddenNudged", 0)],
        [`${image}spikes of outputs`, of("outputFree", 0), of("outputNudged", 0)],
        [`${image}rate of the target at the end`, of("targetFree"), of("targetNudged")],
        [`${image}largest other rate at the end`, of("otherFree"), of("otherNudged")],
      ];
    }),
    notes: ["Rates: filtered spikes a step, as learning sees them."],
  },
];

/** One image through a trained network: spikes, membranes and rates, free and nudged. */
export const eqspikeDynamics = defineExperiment({
  name: "eqspike-dynamics",
  summary: "One image through a network of spiking neurons, free then nudged: raster, membranes, rates.",
  module: OWN_MODULE,
  parameters: PARAMETERS,
  axes: ["image", "beta"],
  deterministic: true,
  trials: 1,
  block: 1,
  quick: { images: 2000 },
  numbers: NUMBERS,
  idle: idleInput,
  check: (params) => {
    checkSpiking(params);
    const { test } = imagesFor(params);
    if (params.image >= test.count)
      throw new RangeError(`image: ${params.image}; there are ${test.count} test images, numbered from 0.`);
  },
  // Watched once: a trial and its figures see the same image.
  prepare: { seen: { uses: keysOf(PARAMETERS), make: (params) => seen(params) } },
  trial: ({ seen }, params) => {
    if ("diverged" in seen) return { failed: seen.diverged };
    const own = spikingModel(params).network.widths.slice(1);
    const top = own.length - 1;
    const { freeSteps } = params;
    const count = (layers: readonly number[], from: number, to: number): number =>
      layers.reduce(
        (sum, l) => sum + seen.spikes[l].subarray(from * own[l], to * own[l]).reduce((a, b) => a + b, 0),
        0,
      );
    const hidden = own.slice(0, top).map((_, l) => l);
    const rates = (step: number): { readonly target: number; readonly other: number } => {
      const row = seen.rates[top].subarray((step - 1) * own[top], step * own[top]);
      return { target: row[seen.label], other: Math.max(...row.filter((_, k) => k !== seen.label)) };
    };
    const [free, nudged] = [rates(freeSteps), rates(seen.steps)];
    return {
      numbers: {
        hiddenFree: count(hidden, 0, freeSteps),
        hiddenNudged: count(hidden, freeSteps, seen.steps),
        outputFree: count([top], 0, freeSteps),
        outputNudged: count([top], freeSteps, seen.steps),
        targetFree: free.target,
        targetNudged: nudged.target,
        otherFree: free.other,
        otherNudged: nudged.other,
      },
    };
  },
  figures,
  conclude,
  notes: (params) => [`${dataNote(params)}; the network of start "${params.start}", ${params.epochs} epochs.`],
});
