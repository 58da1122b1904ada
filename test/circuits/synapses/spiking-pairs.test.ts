import { describe, expect, test } from "@jest/globals";
import { type PlasticPairs, type PlasticPairsDesign, plasticPairs, plasticPairsArrays } from "#circuits/index";
import { idealPulsed } from "#devices/index";
import { arraysIn } from "#src/kernels/declared-arrays";
import { createKernels, kernelsFor } from "#src/kernels/kernels";
import {
  initialSpikingParameters,
  SPIKING_NEURONS,
  type SpikingNetwork,
  stepwiseDynamics,
  stepwiseDynamicsArrays,
} from "#src/learning/index";
import { fusedDynamics, fusedDynamicsArrays } from "#src/learning/spiking/fused-dynamics";
import type { SpikingDynamics } from "#src/learning/spiking/spiking-dynamics";
import { fold, normalsInto, rootKey, uniform } from "#src/random/index";

const KEY = rootKey("spiking pairs");
const [INPUTS, OUTPUTS] = [6, 4];
const design: PlasticPairsDesign = {
  inputs: INPUTS,
  outputs: OUTPUTS,
  device: idealPulsed,
  largestWeight: 2,
  update: { kind: "blind" },
  rounding: { kind: "stochastic" },
  readNoise: 0,
  lines: null,
  timing: { readVoltage: 0.2, readTime: 1e-8, pulseVoltage: 1.5, pulseTime: 1e-7 },
};
// 100 pulses from bound to bound: a pulse either side moves a pair by a fiftieth of the largest weight.
const PULSE = 0.04;

const made = (changes: Partial<PlasticPairsDesign> = {}): { pairs: PlasticPairs; start: Float32Array } => {
  const start = new Float32Array(INPUTS * OUTPUTS);
  normalsInto(start, fold(KEY, "start"), 0, 0.3);
  return { pairs: plasticPairs(createKernels(2 ** 18), { ...design, ...changes }, start, 1, KEY), start };
};
const only = (k: number, change: number): Float32Array => {
  const changes = new Float32Array(INPUTS * OUTPUTS);
  changes[k] = change;
  return changes;
};

describe("spikes through conductance pairs", () => {
  test("deliver the rows and columns of the neurons that fired", () => {
    const { pairs, start } = made();
    const list = Int32Array.of(5, 0, 2, 9);
    const [down, up] = [new Float32Array(OUTPUTS).fill(1), new Float32Array(INPUTS)];
    pairs.deliverInto(down, list, 3, KEY);
    pairs.deliverBackInto(up, list.subarray(1), 2, KEY);
    for (let o = 0; o < OUTPUTS; o++)
      expect(down[o]).toBeCloseTo(1 + [5, 0, 2].reduce((s, i) => s + start[i * OUTPUTS + o], 0), 5);
    for (let i = 0; i < INPUTS; i++) expect(up[i]).toBeCloseTo(start[i * OUTPUTS] + start[i * OUTPUTS + 2], 5);
  });

  test("cost V^2 G t of every device on their lines, a read pulse each", () => {
    const { pairs } = made();
    const list = Int32Array.of(3, 1);
    pairs.deliverInto(new Float32Array(OUTPUTS), list, 2, KEY);
    // Pairs share the sum of their bounds between two devices.
    const pair = design.device.least + design.device.most;
    expect(pairs.use().events).toBe(2);
    expect(pairs.use().readEnergy / (2 * OUTPUTS * pair * 0.04 * 1e-8)).toBeCloseTo(1, 5);
    const counted = made().pairs;
    counted.countEvents([0, 1, 0, 1, 0, 0], [0, 0, 0, 0]);
    expect(counted.use()).toEqual(pairs.use());
    counted.countEvents([], [2, 0, 1, 0]);
    expect(counted.use().readEnergy / ((2 * OUTPUTS + 3 * INPUTS) * pair * 0.04 * 1e-8)).toBeCloseTo(1, 5);
  });

  test("each carries read noise of its own: variances add", () => {
    const { pairs, start } = made({ readNoise: 0.05 });
    const list = Int32Array.of(0, 3, 4);
    const samples = 4000;
    const values = Array.from({ length: samples }, (_, s) => {
      const sums = new Float32Array(OUTPUTS);
      pairs.deliverInto(sums, list, 3, fold(KEY, s));
      return sums[1];
    });
    const mean = values.reduce((a, b) => a + b, 0) / samples;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (samples - 1);
    const { least, most } = design.device;
    const g = (w: number): number => least + (most - least) * (0.5 + w / 4);
    const expected = [0, 3, 4].reduce((sum, i) => {
      const w = start[i * OUTPUTS + 1];
      return sum + ((0.05 * 2) / (most - least)) ** 2 * (g(w) ** 2 + g(-w) ** 2);
    }, 0);
    expect(mean).toBeCloseTo(
      [0, 3, 4].reduce((s, i) => s + start[i * OUTPUTS + 1], 0),
      2,
    );
    expect(variance / expected).toBeGreaterThan(0.92);
    expect(variance / expected).toBeLessThan(1.08);
    const [a, b] = [new Float32Array(OUTPUTS), new Float32Array(OUTPUTS)];
    pairs.deliverInto(a, list, 3, KEY);
    pairs.deliverInto(b, list, 3, KEY);
    expect(a).toEqual(b);
  });

  test("move the pairs of who fired, by whole pulses", () => {
    const { pairs } = made();
    const before = pairs.weights();
    pairs.moveOnInputs(Int32Array.of(2, 5), 2, Float32Array.of(3, 0, -1, 0), PULSE + 1e-9, KEY);
    pairs.moveOnOutputs(Int32Array.of(3), 1, Float32Array.of(0, 0, 2, 0, 0, 0), PULSE + 1e-9, KEY);
    const moved = pairs.weights().map((w, k) => Math.round((w - before[k]) / PULSE));
    const expected = new Float32Array(INPUTS * OUTPUTS);
    for (const i of [2, 5]) [expected[i * OUTPUTS], expected[i * OUTPUTS + 2]] = [3, -1];
    expected[2 * OUTPUTS + 3] = 2;
    expect(moved).toEqual(expected);
    // Sums of the lines follow: what a column reads now is what its pairs hold.
    const sums = new Float32Array(OUTPUTS);
    pairs.deliverInto(sums, Int32Array.of(2), 1, KEY);
    expect(sums[0]).toBeCloseTo(before[2 * OUTPUTS] + 3 * PULSE, 5);
  });
});

describe("moves on spikes", () => {
  test("every spike draws its own chance, and lines know at once what their devices have become", () => {
    const [inputs, outputs] = [4, 60];
    const start = new Float32Array(inputs * outputs);
    const wide = { ...design, inputs, outputs };
    const pairs = plasticPairs(createKernels(2 ** 18), wide, start, 1, KEY);
    pairs.moveOnInputs(Int32Array.of(1, 2), 2, new Float32Array(outputs).fill(0.5), PULSE, KEY);
    const row = (i: number): string => pairs.pulseCounts.subarray(2 * i * outputs, 2 * (i + 1) * outputs).join();
    expect(row(1)).not.toBe(row(2));
    expect(row(0)).toBe(row(3));
    // Devices of one kind of spread change the sum of a pair's conductances by what they gain and lose.
    const uneven = { ...idealPulsed, pulses: { set: 50, reset: 100 } };
    const made = () => plasticPairs(createKernels(2 ** 18), { ...wide, device: uneven }, start, 1, KEY);
    const [moved, restored] = [made(), made()];
    moved.moveOnOutputs(Int32Array.of(7, 9), 2, new Float32Array(inputs).fill(3), PULSE, KEY);
    restored.restore(moved.save());
    const energy = (p: PlasticPairs): number => {
      const before = p.use().readEnergy;
      p.deliverInto(new Float32Array(outputs), Int32Array.of(0, 1, 2, 3), 4, KEY);
      p.deliverBackInto(new Float32Array(inputs), Int32Array.of(7, 9), 2, KEY);
      return p.use().readEnergy - before;
    };
    expect(energy(moved) / energy(restored)).toBeCloseTo(1, 12);
    expect(energy(moved) / energy(made())).not.toBeCloseTo(1, 3);
  });
});

describe("fractions of a pulse", () => {
  test("dropped: changes below the threshold do nothing, others are rounded", () => {
    const { pairs } = made({ rounding: { kind: "dropped", least: 0.3 } });
    const pulsesOf = (change: number): number => {
      const before = pairs.use().pulses;
      pairs.moveInPlace(only(7, change * PULSE), KEY);
      return (pairs.use().pulses - before) / 2;
    };
    expect([0.29, 0.31, 1.4, 1.6, -0.29, -2.2].map(pulsesOf)).toEqual([0, 1, 1, 2, 0, 2]);
  });

  test("carried: a register sums what was wanted and gives whole pulses; changes that cancel cost none", () => {
    const { pairs, start } = made({ rounding: { kind: "carried", least: 1 } });
    for (let u = 0; u < 10; u++) pairs.moveInPlace(only(7, 0.25 * PULSE), KEY);
    expect(pairs.use().pulses).toBe(4);
    expect((pairs.weights()[7] - start[7]) / PULSE).toBeCloseTo(2, 3);
    for (let u = 0; u < 100; u++) pairs.moveInPlace(only(9, (u % 2 ? -0.9 : 0.9) * PULSE), KEY);
    expect(pairs.use().pulses).toBe(4);
    // Half a pulse is left from before: 1.6 back gives one pulse down and leaves 0.1 below.
    pairs.moveInPlace(only(7, -1.6 * PULSE), KEY);
    expect((pairs.weights()[7] - start[7]) / PULSE).toBeCloseTo(1, 3);
  });

  test("carried: what is left after whole pulses stays in the register", () => {
    const { pairs } = made({ rounding: { kind: "carried", least: 1 } });
    for (let u = 0; u < 3; u++) pairs.moveInPlace(only(5, 0.7 * PULSE), KEY);
    expect(pairs.use().pulses).toBe(4);
  });

  test("carried with a threshold of several: they come together", () => {
    const { pairs } = made({ rounding: { kind: "carried", least: 4 } });
    const given = Array.from({ length: 9 }, () => {
      const before = pairs.use().pulses;
      pairs.moveInPlace(only(3, 1.02 * PULSE), KEY);
      return (pairs.use().pulses - before) / 2;
    });
    expect(given).toEqual([0, 0, 0, 4, 0, 0, 0, 4, 0]);
  });

  test("what a register holds is saved", () => {
    const rounding = { kind: "carried", least: 1 } as const;
    const [a, b] = [made({ rounding }).pairs, made({ rounding }).pairs];
    a.moveInPlace(only(7, 0.7 * PULSE), KEY);
    b.restore(a.save());
    b.moveInPlace(only(7, 0.7 * PULSE), KEY);
    expect(b.use().pulses).toBe(2);
  });

  test.each([
    [{ kind: "dropped", least: 0 } as const, /below 0 pulses dropped/],
    [{ kind: "dropped", least: 2 } as const, /below 2 pulses dropped; expected more than 0, at most 1/],
    [{ kind: "carried", least: 0.5 } as const, /0.5 pulses carried/],
    [{ kind: "carried", least: 201 } as const, /201 pulses carried .* a register holds the 200 that cross the range/],
    [{ kind: "none" } as never, /rounding .*none.*; expected/],
  ])("%j is refused", (rounding, message) => {
    expect(() => made({ rounding })).toThrow(message);
  });
});

describe("networks of spiking neurons on pairs", () => {
  for (const input of [{ kind: "currents" }, { kind: "spikes", mostRate: 0.4 }] as const)
    test(`the fused kernel and the step functions read and move the same devices: ${input.kind}`, () => {
      const network: SpikingNetwork = { widths: [12, 9, 3], neurons: SPIKING_NEURONS, input };
      const start = initialSpikingParameters(network, KEY);
      const images = 2;
      const run = (fused: boolean) => {
        const device = { ...idealPulsed, cycleToCycle: 1, nonlinearity: { set: 2, reset: 2 } };
        const designs = start.weights.map((_w, l) => {
          const [inputs, outputs] = [network.widths[l], network.widths[l + 1]];
          return { ...design, device, inputs, outputs };
        });
        const shown = { x: images * 12, targets: images * 3 };
        const kernels = kernelsFor([
          shown,
          designs.map((d) => plasticPairsArrays(d, images)),
          fused ? fusedDynamicsArrays(network, images, "held") : stepwiseDynamicsArrays(network, images),
        ]);
        const cells = start.weights.map((w, l) => plasticPairs(kernels, designs[l], w, images, fold(KEY, l)));
        const dynamics: SpikingDynamics = fused
          ? fusedDynamics(kernels, network, start, images, cells)
          : stepwiseDynamics(kernels, network, start, cells, images, true);
        const { x, targets } = arraysIn(kernels, shown);
        x.forEach((_, k) => {
          x[k] = Math.max(0, 1.6 * uniform(fold(KEY, "x"), k) - 0.8);
        });
        targets[1] = targets[3] = 1;
        const moves = { immediate: false, rates: [3, 3] };
        const counts: number[][] = [];
        for (let round = 0; round < 3; round++) {
          dynamics.present(x, targets, images, fold(KEY, round));
          for (let b = 0; b < images; b++) {
            dynamics.begin(b);
            dynamics.run(60, null, moves);
            dynamics.run(30, { strength: 0.5, perChange: 2 }, moves);
            counts.push(...dynamics.counts.map((c) => [...c]), [dynamics.inputSpikes()]);
            dynamics.finish(b);
          }
          dynamics.descend(images, moves, fold(fold(KEY, "descend"), round));
        }
        return { counts, pulses: cells.map((c) => [...c.pulseCounts]), uses: cells.map((c) => c.use()) };
      };
      const [a, b] = [run(true), run(false)];
      expect(a.counts).toEqual(b.counts);
      expect(a.pulses).toEqual(b.pulses);
      expect(a.pulses[0].some((n) => n > 0) && a.pulses[1].some((n) => n > 0)).toBe(true);
      a.uses.forEach((use, l) => {
        expect([use.events, use.pulses]).toEqual([b.uses[l].events, b.uses[l].pulses]);
        expect(use.readEnergy / b.uses[l].readEnergy).toBeCloseTo(1, 6);
      });
      expect(a.uses[1].events).toBeGreaterThan(0);
    });
});
