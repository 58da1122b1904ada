import { NEARLY_EVERY } from "./rate-watch.ts";

type Kind = "free" | "nudged" | "read";

/** What fired while images were shown. */
export interface SpikingActivity {
  /** Images that taught, and that were classified. */
  readonly learned: number;
  readonly classified: number;
  /** Steps and, for the input and each layer, spikes: of free phases and nudged phases of learning, of classification. */
  readonly phases: Readonly<Record<Kind, { readonly steps: number; readonly spikes: readonly number[] }>>;
  /** Deliveries of a spike to a neuron (both ways between layers; from the input where it spikes): learning, classification. */
  readonly deliveries: { readonly learning: number; readonly classification: number };
  /** Weights that a spike of a nudged phase touches. */
  readonly updates: number;
  /** Mean spikes a step of each layer's neurons, learning. */
  readonly meanRates: readonly number[];
  /** Share of neurons that never fired, and of those that fired in at least 95 % of all steps. */
  readonly silent: number;
  readonly unceasing: number;
}

/** Sums of what fires. */
interface ActivityTally {
  add(kind: Kind, steps: number, counts: readonly Int32Array[], inputSpikes: number): void;
  /** Images that have taught, or been classified. */
  images(count: number): void;
  read(count: number): void;
  result(): SpikingActivity;
}

/** @param widths Inputs first. */
export const activityTally = (widths: readonly number[]): ActivityTally => {
  const own = widths.slice(1);
  const kinds = ["free", "nudged", "read"] as const;
  const sums = Object.fromEntries(kinds.map((kind) => [kind, own.map((n) => new Float64Array(n))])) as Record<
    Kind,
    Float64Array[]
  >;
  const steps = { free: 0, nudged: 0, read: 0 };
  const inputs = { free: 0, nudged: 0, read: 0 };
  let [learned, classified] = [0, 0];
  const total = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  const spikesOf = (kind: Kind): number[] => [inputs[kind], ...sums[kind].map(total)];
  const touched = (kind: Kind): number => {
    const spikes = spikesOf(kind);
    // A layer's spikes go up to the next one and, but for the input's, down to the one below.
    return spikes.reduce((sum, n, l) => sum + n * ((widths[l + 1] ?? 0) + (l >= 2 ? widths[l - 1] : 0)), 0);
  };
  return {
    add: (kind, done, counts, inputSpikes) => {
      steps[kind] += done;
      inputs[kind] += inputSpikes;
      counts.forEach((values, l) => {
        const sum = sums[kind][l];
        for (let i = 0; i < values.length; i++) sum[i] += values[i];
      });
    },
    images: (count) => {
      learned += count;
    },
    read: (count) => {
      classified += count;
    },
    result: () => {
      const neurons = own.reduce((a, b) => a + b, 0);
      const all = steps.free + steps.nudged + steps.read;
      const learning = steps.free + steps.nudged;
      const perNeuron = own.flatMap((n, l) =>
        Array.from({ length: n }, (_, i) => kinds.reduce((sum, kind) => sum + sums[kind][l][i], 0)),
      );
      return {
        learned,
        classified,
        phases: {
          free: { steps: steps.free, spikes: spikesOf("free") },
          nudged: { steps: steps.nudged, spikes: spikesOf("nudged") },
          read: { steps: steps.read, spikes: spikesOf("read") },
        },
        deliveries: { learning: touched("free") + touched("nudged"), classification: touched("read") },
        updates: touched("nudged"),
        meanRates: own.map((n, l) =>
          learning === 0 ? 0 : (total(sums.free[l]) + total(sums.nudged[l])) / (n * learning),
        ),
        silent: perNeuron.filter((n) => n === 0).length / neurons,
        unceasing: all === 0 ? 0 : perNeuron.filter((n) => n >= NEARLY_EVERY * all).length / neurons,
      };
    },
  };
};
