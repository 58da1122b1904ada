import { describe, expect, test } from "@jest/globals";
import { type Kernels, kernelsFor } from "#src/kernels/kernels";
import {
  type EventSynapses,
  idealEventSynapses,
  initialSpikingParameters,
  SPIKING_NEURONS,
  type SpikingNetwork,
  stepwiseDynamics,
  stepwiseDynamicsArrays,
} from "#src/learning/index";
import { fusedDynamics, fusedDynamicsArrays } from "#src/learning/spiking/fused-dynamics";
import type { Moves, SpikingDynamics } from "#src/learning/spiking/spiking-dynamics";
import { fold, type Key, keyText, rootKey, uniform } from "#src/random/index";

// A draw whose networks all learn something in every layer, which the tests ask for below.
const KEY = rootKey("dynamics of spikes");

const uniforms = (count: number, name: string, low: number, high: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => low + (high - low) * uniform(fold(KEY, name), i));

const NETWORKS: [string, SpikingNetwork][] = [
  ["two layers", { widths: [20, 11, 5], neurons: SPIKING_NEURONS, input: { kind: "currents" } }],
  ["three layers", { widths: [12, 37, 9, 3], neurons: SPIKING_NEURONS, input: { kind: "currents" } }],
  ["one layer", { widths: [12, 6], neurons: SPIKING_NEURONS, input: { kind: "currents" } }],
  ["spiking inputs", { widths: [20, 13, 4], neurons: SPIKING_NEURONS, input: { kind: "spikes", mostRate: 0.25 } }],
  [
    "other constants",
    {
      widths: [20, 70, 12],
      neurons: {
        ...SPIKING_NEURONS,
        membraneTime: 7e-3,
        slowTraceTime: 30e-3,
        outputTraceTime: 5e-3,
        threshold: 0.7,
        floor: 0,
      },
      input: { kind: "currents" },
    },
  ],
];
const COUNT = 3;

interface Placed {
  readonly dynamics: SpikingDynamics;
  readonly kernels: Kernels;
}

const pairOf = (network: SpikingNetwork): { readonly fused: Placed; readonly stepwise: Placed } => {
  const small = initialSpikingParameters(network, KEY);
  // Strong weights: every neuron fires.
  const start = {
    weights: small.weights.map((w) => w.map((x) => 2 * x + 0.02)),
    biases: small.biases.map((b) => b.map(() => 0.15)),
  };
  const { widths } = network;
  const synapses = start.weights.map((w, l) => idealEventSynapses(widths[l], widths[l + 1], w));
  const shown = { x: COUNT * widths[0], targets: COUNT * widths[widths.length - 1] };
  const kernels = kernelsFor([shown, fusedDynamicsArrays(network, COUNT, "ideal")]);
  const own = kernelsFor([shown, stepwiseDynamicsArrays(network, COUNT)]);
  return {
    fused: { kernels, dynamics: fusedDynamics(kernels, network, start, COUNT) },
    stepwise: { kernels: own, dynamics: stepwiseDynamics(own, network, start, synapses, COUNT, false) },
  };
};

/** What one batch of learning leaves: every count on the way, and all weights. */
const learnOnce = ({ dynamics, kernels }: Placed, network: SpikingNetwork, immediate: boolean): unknown => {
  const { widths } = network;
  const [inputs, classes] = [widths[0], widths[widths.length - 1]];
  const x = kernels.float32(COUNT * inputs);
  x.set(uniforms(COUNT * inputs, "x", -0.9, 0.7).map((v) => Math.max(0, v)));
  const targets = kernels.float32(COUNT * classes);
  for (let b = 0; b < COUNT; b++) targets[b * classes + b] = 1;
  const rates = widths.slice(1).map((_, l) => 0.05 / (l + 1));
  const moves: Moves = { immediate, rates };
  const seen: unknown[] = [];
  const look = (): void => {
    seen.push(
      dynamics.counts.map((c) => [...c]),
      [...dynamics.membranes],
      dynamics.inputSpikes(),
    );
    dynamics.clearCounts();
  };
  const shown = immediate ? 1 : COUNT;
  dynamics.present(x, targets, shown, fold(KEY, "batch"));
  for (let b = 0; b < shown; b++) {
    dynamics.begin(b);
    dynamics.run(50, null, moves);
    look();
    dynamics.keepFree();
    dynamics.run(31, { strength: 0.5, perChange: 1 }, moves);
    look();
    dynamics.returnToFree();
    dynamics.run(31, { strength: -0.5, perChange: -1 }, moves);
    look();
    dynamics.finish(b);
  }
  expect(dynamics.descend(shown, moves, KEY)).toBe(true);
  return { seen, saved: dynamics.save() };
};

describe("the fused kernel gives the bits of the step functions", () => {
  for (const immediate of [false, true])
    test.each(NETWORKS)(`%s, ${immediate ? "immediate updates" : "updates at the end"}`, (_, network) => {
      const { fused, stepwise } = pairOf(network);
      // Input weights are tiny products summed in another order.
      const a = learnOnce(fused, network, immediate) as { seen: unknown; saved: Record<string, Float32Array> };
      const b = learnOnce(stepwise, network, immediate) as typeof a;
      expect(a.seen).toEqual(b.seen);
      for (const name of Object.keys(b.saved))
        if (name !== "0.weights" || network.input.kind === "spikes") expect(a.saved[name]).toEqual(b.saved[name]);
        else expect(Math.max(...a.saved[name].map((w, k) => Math.abs(w - b.saved[name][k])))).toBeLessThan(1e-6);
      // Something was learned everywhere.
      const start = pairOf(network).fused.dynamics.save();
      for (const name of Object.keys(b.saved).filter((n) => n.endsWith("weights")))
        expect([name, a.saved[name].some((w, k) => Math.abs(w - start[name][k]) > 1e-6)]).toEqual([name, true]);
    });
});

describe("synapses of other kinds", () => {
  const network: SpikingNetwork = {
    widths: [6, 9, 8, 3],
    neurons: SPIKING_NEURONS,
    input: { kind: "spikes", mostRate: 0.5 },
  };
  const start = initialSpikingParameters(network, KEY);
  const run = (
    of: SpikingNetwork,
    wrap: (s: EventSynapses, l: number) => EventSynapses,
    moves: Moves,
    held: boolean,
  ) => {
    const { widths } = of;
    const kernels = kernelsFor([{ x: 12, targets: 6 }, stepwiseDynamicsArrays(of, 2)]);
    const weights = start.weights.map((w) => w.map((x) => 2 * x + 0.1));
    const synapses = weights.map((w, l) => wrap(idealEventSynapses(widths[l], widths[l + 1], w), l));
    const dynamics = stepwiseDynamics(kernels, of, start, synapses, 2, held);
    const [x, targets] = [kernels.float32(12).fill(0.7), kernels.float32(6)];
    targets[0] = targets[4] = 1;
    dynamics.present(x, targets, 2, KEY);
    const counts: number[][][] = [];
    for (let b = 0; b < 2; b++) {
      dynamics.begin(b);
      dynamics.run(20, null, moves);
      dynamics.clearCounts();
      dynamics.run(20, { strength: 0.5, perChange: 2 }, moves);
      counts.push(dynamics.counts.map((c) => [...c]));
      dynamics.finish(b);
    }
    dynamics.descend(2, moves, KEY);
    return counts;
  };

  test("no access shares its noise with another: every step, image, layer, direction and update has a key of its own", () => {
    for (const immediate of [false, true]) {
      const keys: string[] = [];
      const note = (key: Key): void => {
        keys.push(keyText(key));
      };
      const noting = (s: EventSynapses): EventSynapses => ({
        ...s,
        deliverInto: (sums, list, count, key) => {
          note(key);
          s.deliverInto(sums, list, count, key);
        },
        deliverBackInto: (sums, list, count, key) => {
          note(key);
          s.deliverBackInto(sums, list, count, key);
        },
        moveOnInputs: (list, count, signal, by, key) => {
          note(key);
          s.moveOnInputs(list, count, signal, by, key);
        },
        moveOnOutputs: (list, count, signal, by, key) => {
          note(key);
          s.moveOnOutputs(list, count, signal, by, key);
        },
        moveInPlace: (change, key) => {
          note(key);
          s.moveInPlace(change, key);
        },
      });
      run(network, noting, { immediate, rates: [0.01, 0.01, 0.01] }, true);
      // Three deliveries forwards and two back in each of 80 steps; then what moves.
      expect(keys.length).toBeGreaterThanOrEqual(5 * 80);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test("a current that is held does not follow its own weights within an image; one that is not does", () => {
    const currents: SpikingNetwork = { ...network, input: { kind: "currents" } };
    const plain = (s: EventSynapses): EventSynapses => s;
    const at = (rate: number, held: boolean) =>
      run(currents, plain, { immediate: true, rates: [rate, 0, 0] }, held).map((image) => image);
    expect(at(0.5, true)[0]).toEqual(at(0, true)[0]);
    expect(at(0.5, false)[0]).not.toEqual(at(0, false)[0]);
  });
});

describe("states", () => {
  const network: SpikingNetwork = { widths: [2, 4, 3], neurons: SPIKING_NEURONS, input: { kind: "currents" } };

  test("after the weights are stored and restored everything goes on alike", () => {
    const [a, b] = [pairOf(network).fused, pairOf(network).fused];
    learnOnce(a, network, false);
    b.dynamics.restore(a.dynamics.save());
    expect(learnOnce(b, network, false)).toEqual(learnOnce(a, network, false));
  });

  test("returning to the free phase's end undoes a nudged phase", () => {
    const { dynamics: fused, kernels } = pairOf(network).fused;
    const moves: Moves = { immediate: false, rates: [0.1, 0.1] };
    const [x, targets] = [kernels.float32(2).fill(0.8), kernels.float32(3)];
    fused.present(x, targets, 1, KEY);
    fused.begin(0);
    fused.run(40, null, moves);
    fused.keepFree();
    fused.clearCounts();
    fused.run(60, null, moves);
    const free = fused.counts.map((c) => [...c]);
    fused.returnToFree();
    fused.run(20, { strength: 0.5, perChange: 2 }, moves);
    fused.returnToFree();
    fused.clearCounts();
    fused.run(60, null, moves);
    expect(fused.counts.map((c) => [...c])).toEqual(free);
    expect(free[0].some((n) => n > 0)).toBe(true);
  });
});
