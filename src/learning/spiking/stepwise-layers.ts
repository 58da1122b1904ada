import { fold, type Key } from "#src/random/index";
import type { EventSynapses } from "./event-synapses.ts";
import { stepFactors } from "./neuron-design.ts";
import {
  currentsInPlace,
  integrateAndFireInPlace,
  nudgedDriveInto,
  rateChangeInto,
  traceInPlace,
} from "./neuron-step.ts";
import type { SpikingNetwork } from "./spiking-network.ts";

const STATES = ["membranes", "currents", "fast", "slow"] as const;

/** A layer of neurons: the four arrays that a phase starts from, and what a step reads and leaves. */
export interface StepwiseLayer extends Readonly<Record<(typeof STATES)[number], Float32Array>> {
  readonly drive: Float32Array;
  /** A rate's change, and its sum over the steps that teach. */
  readonly signal: Float32Array;
  readonly errors: Float32Array;
  /** 1 for who fired in the last step; who they were: the first `spikes` of `list`. */
  readonly fired: Float32Array;
  readonly list: Int32Array;
  spikes: number;
  readonly counts: Int32Array;
  readonly arrivals: Float32Array;
}

/** Layers of neurons between synapses, and the outputs' trace. */
export interface StepwiseLayers {
  readonly layers: readonly StepwiseLayer[];
  readonly trace: Float32Array;
  /** All neurons at rest, nothing taught, layers driven by their biases. */
  rest(biases: readonly Float32Array[]): void;
  /** Remembers the state, and goes back to it. */
  keep(): void;
  goBack(): void;
  /** Signals of a step that teaches, from the rates before it. @param scale Factor of a rate's change in a signal. */
  takeSignals(scale: number): void;
  /** Every neuron's step. @param nudge Draws the outputs towards a target, where it is given. */
  fire(nudge: { readonly target: Float32Array; readonly strength: number } | null): void;
  /** Spikes of the last step to those they reach, through synapses both ways; `input`: who fired below, null for a constant input. */
  deliver(input: { readonly list: Int32Array; readonly spikes: number } | null, noise: Key): void;
}

export const stepwiseLayers = (
  { widths: [, ...widths], neurons, input }: SpikingNetwork,
  synapses: readonly EventSynapses[],
): StepwiseLayers => {
  const blank = (n: number): Float32Array => new Float32Array(n);
  const factors = stepFactors(neurons);
  const inputCurrent = Math.fround(factors.current / (input.kind === "spikes" ? input.mostRate : 1));
  const layers = widths.map(
    (n): StepwiseLayer => ({
      membranes: blank(n),
      currents: blank(n),
      fast: blank(n),
      slow: blank(n),
      drive: blank(n),
      signal: blank(n),
      errors: blank(n),
      fired: blank(n),
      arrivals: blank(n),
      list: new Int32Array(n),
      spikes: 0,
      counts: new Int32Array(n),
    }),
  );
  const top = layers[layers.length - 1];
  const [trace, keptTrace, nudged] = [top, top, top].map(({ drive }) => blank(drive.length));
  const kept = widths.map((n) => ({ membranes: blank(n), currents: blank(n), fast: blank(n), slow: blank(n) }));
  return {
    layers,
    trace,
    rest: (biases) => {
      trace.fill(0);
      layers.forEach((layer, l) => {
        for (const name of STATES) layer[name].fill(0);
        layer.drive.set(biases[l]);
        layer.errors.fill(0);
      });
    },
    keep: () => {
      keptTrace.set(trace);
      layers.forEach((layer, l) => {
        for (const name of STATES) kept[l][name].set(layer[name]);
      });
    },
    goBack: () => {
      trace.set(keptTrace);
      layers.forEach((layer, l) => {
        for (const name of STATES) layer[name].set(kept[l][name]);
      });
    },
    takeSignals: (scale) => {
      for (const { signal, errors, fast, slow } of layers) {
        rateChangeInto(signal, fast, slow, scale);
        for (let i = 0; i < errors.length; i++) errors[i] += signal[i];
      }
    },
    fire: (nudge) => {
      if (nudge) nudgedDriveInto(nudged, top.drive, nudge.target, trace, nudge.strength);
      for (const layer of layers) {
        const { membranes, currents, fast, slow, fired, list, counts } = layer;
        const drive = nudge && layer === top ? nudged : layer.drive;
        layer.spikes = integrateAndFireInPlace(membranes, fired, list, drive, currents, factors);
        traceInPlace(fast, fired, factors.fast);
        traceInPlace(slow, fired, factors.slow);
        for (let s = 0; s < layer.spikes; s++) counts[list[s]]++;
      }
      traceInPlace(trace, top.fired, factors.output);
    },
    deliver: (inputSpikes, noise) => {
      layers.forEach(({ arrivals, currents }, l) => {
        let keep = factors.keepCurrent;
        const below = l > 0 ? layers[l - 1] : inputSpikes;
        if (below) {
          arrivals.fill(0);
          synapses[l].deliverInto(arrivals, below.list, below.spikes, fold(noise, 2 * l));
          currentsInPlace(currents, arrivals, keep, l > 0 ? factors.current : inputCurrent);
          keep = 1;
        }
        const above = layers.at(l + 1);
        if (above) {
          arrivals.fill(0);
          synapses[l + 1].deliverBackInto(arrivals, above.list, above.spikes, fold(noise, 2 * l + 1));
          currentsInPlace(currents, arrivals, keep, factors.current);
        }
      });
    },
  };
};
