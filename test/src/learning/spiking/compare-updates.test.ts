import { describe, expect, test } from "@jest/globals";
import {
  compareUpdates,
  initialSpikingParameters,
  rateNetworkOf,
  SPIKING_NEURONS,
  SPIKING_RULE,
  type SpikingNetwork,
} from "#src/learning/index";
import { stepFactors } from "#src/learning/spiking/neuron-design";
import { integrateAndFireInPlace } from "#src/learning/spiking/neuron-step";
import { fold, type Key, rootKey, uniform } from "#src/random/index";

const KEY = rootKey("compare updates");
const NETWORK: SpikingNetwork = { widths: [8, 12, 3], neurons: SPIKING_NEURONS, input: { kind: "currents" } };

describe("the rate network of spiking neurons", () => {
  test("a neuron under a constant drive fires at clip(drive - leak / 2), within a hundredth", () => {
    const network = { ...NETWORK, widths: [1, 1] };
    for (const drive of [0.15, 0.3, 0.5, 0.7, 0.9]) {
      const v = new Float32Array(1);
      let spikes = 0;
      for (let s = 0; s < 5000; s++)
        spikes += integrateAndFireInPlace(
          v,
          new Float32Array(1),
          new Int32Array(1),
          Float32Array.of(drive),
          new Float32Array(1),
          stepFactors(SPIKING_NEURONS),
        );
      const parameters = { weights: [Float32Array.of(0)], biases: [Float32Array.of(drive)] };
      expect(Math.abs(spikes / 5000 - Number(rateNetworkOf(network, parameters).biases[0][0]))).toBeLessThan(0.012);
    }
  });

  test("thresholds scale drives and weights", () => {
    const network = { ...NETWORK, neurons: { ...SPIKING_NEURONS, threshold: 2 } };
    const { weights, biases } = rateNetworkOf(network, initialSpikingParameters(network, KEY));
    expect(weights[0][3]).toBeCloseTo(initialSpikingParameters(network, KEY).weights[0][3] / 2, 12);
    expect(biases[0][0]).toBeCloseTo(0.05 - 0.025, 6);
  });
});

describe("what spikes teach", () => {
  const examplesOf = (key: Key) =>
    Array.from({ length: 3 }, (_, i) => ({
      x: Float64Array.from({ length: 8 }, (_p, p) => uniform(fold(key, i), p)),
      target: Float64Array.from({ length: 3 }, (_c, k) => (k === i % 3 ? 1 : 0)),
    }));
  const examples = examplesOf(KEY);
  /** Cosines of a network drawn by the key with rate-based EP, layer by layer. */
  const cosinesOf = (key: Key, threshold: number): number[] => {
    const network = { ...NETWORK, neurons: { ...SPIKING_NEURONS, threshold, floor: -threshold } };
    const drawn = initialSpikingParameters(network, key);
    const start = {
      weights: drawn.weights.map((w) => w.map((x) => threshold * x)),
      biases: drawn.biases.map((b) => b.map((x) => threshold * (x + 0.1))),
    };
    // The nudge is in thresholds a step, as drives are.
    const rule = { ...SPIKING_RULE, beta: 0.5 * threshold, estimator: "symmetric" } as const;
    const { layers, moved } = compareUpdates(network, rule, start, examplesOf(key), { free: 60, nudged: 30 }, key);
    expect(moved).toBeLessThan(1e-4);
    return layers.map(({ spikesWithRates }) => spikesWithRates.cosine);
  };

  test("is nearly what rate-based EP teaches", () => {
    // Few examples, whose gradients do not cancel one another: 0.83 to 0.99 in single networks.
    const cosines = Array.from({ length: 8 }, (_, i) => cosinesOf(fold(KEY, i), 1));
    for (const layer of [0, 1]) {
      const own = cosines.map((c) => c[layer]);
      expect(own.reduce((a, b) => a + b, 0) / own.length).toBeGreaterThan(0.9);
      expect(Math.min(...own)).toBeGreaterThan(0.7);
    }
  });

  test("does not depend on what the threshold is called", () => {
    const [one, two] = [1, 2].map((threshold) => cosinesOf(KEY, threshold));
    for (const layer of [0, 1]) expect(two[layer]).toBeCloseTo(one[layer], 3);
  });

  test("inputs that spike have no such rate network", () => {
    const spiking = { ...NETWORK, input: { kind: "spikes", mostRate: 0.5 } } as const;
    expect(() =>
      compareUpdates(
        spiking,
        SPIKING_RULE,
        initialSpikingParameters(spiking, KEY),
        examples,
        { free: 9, nudged: 9 },
        KEY,
      ),
    ).toThrow(/inputs that spike/);
  });
});
