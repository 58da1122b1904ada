import { describe, expect, test } from "@jest/globals";
import { BATCH_NORM_EPSILON } from "#src/networks/batch-norm";
import {
  type Activation,
  foldNetwork,
  type PerceptronDesign,
  perceptron,
  TERNARY_WEIGHTS,
  type TrainedLayer,
} from "#src/networks/index";
import { applyThresholdsInto, type Thresholds } from "#src/networks/thresholds";
import { fold, normal, rootKey } from "#src/random/index";

const key = rootKey("folding");
const INPUTS = 40;
const NEURONS = 60;

/** A hidden layer whose gains are positive, negative and zero, and whose thresholds often fall exactly on an integer. */
const layer = (first: boolean): TrainedLayer => {
  const scale = first ? 255 : 1;
  return {
    inputs: INPUTS,
    outputs: NEURONS,
    weights: new Float32Array(INPUTS * NEURONS),
    gain: Float32Array.from({ length: NEURONS }, (_, o) => (o % 5 === 0 ? 0 : o % 2 === 0 ? 0.5 : -2)),
    shift: Float32Array.from({ length: NEURONS }, (_, o) => (o % 3 === 0 ? 0 : normal(fold(key, "shift"), o))),
    mean: Float32Array.from({ length: NEURONS }, (_, o) => Math.round(5 * normal(fold(key, "mean"), o)) / scale),
    variance: new Float32Array(NEURONS).fill(9),
  };
};
const output = (): TrainedLayer => ({
  ...layer(false),
  inputs: NEURONS,
  outputs: 1,
  weights: new Float32Array(NEURONS),
});

/** The same over as many inputs as it has neurons. */
const square = (of: TrainedLayer): TrainedLayer => ({
  ...of,
  inputs: NEURONS,
  weights: new Float32Array(NEURONS * NEURONS),
});

/** Thresholds behind the hidden layers of a perceptron, in order. */
const thresholdsOf = (design: PerceptronDesign, layers: readonly TrainedLayer[]): Thresholds[] =>
  foldNetwork(perceptron(design, layers)).steps.flatMap((step) =>
    step.kind === "thresholds" ? [step.thresholds] : [],
  );

/** The same in floating point, sum by sum. */
const direct = (l: TrainedLayer, o: number, z: number, activation: Activation): number => {
  const y = (l.gain[o] * (z - l.mean[o])) / Math.sqrt(l.variance[o] + BATCH_NORM_EPSILON) + l.shift[o];
  if (activation.kind === "ternary") return y > activation.threshold ? 1 : y < -activation.threshold ? -1 : 0;
  return y >= 0 ? 1 : -1;
};

describe.each<[string, Activation]>([
  ["binary", { kind: "binary" }],
  ["ternary", { kind: "ternary", threshold: 0.5 }],
])("folded thresholds, %s activations", (_name, activation) => {
  test.each([true, false])("are the normalised neuron's at every integer sum (first layer: %p)", (first) => {
    const design = { widths: [INPUTS, NEURONS, NEURONS, 1], weights: TERNARY_WEIGHTS, activation };
    const hidden = layer(first);
    const layers = first ? [hidden, square(layer(false)), output()] : [layer(true), square(hidden), output()];
    const thresholds = thresholdsOf(design, layers)[first ? 0 : 1];
    const reach = first ? 255 * INPUTS : INPUTS;
    const out = new Float32Array(NEURONS);
    const wrong: string[] = [];
    for (let z = -reach; z <= reach; z += first ? 7 : 1) {
      applyThresholdsInto(out, new Float32Array(NEURONS).fill(z), thresholds);
      for (let o = 0; o < NEURONS; o++)
        if (out[o] !== direct(hidden, o, first ? z / 255 : z, activation)) wrong.push(`neuron ${o} at ${z}`);
    }
    expect(wrong).toEqual([]);
  });
});

test("20,000 random neurons whose sums end exactly on their thresholds decide as the normalised sum in double precision", () => {
  const COUNT = 20_000;
  const draw = (what: string, o: number): number => normal(fold(key, what), o);
  // Shift and mean are chosen so that some integer sum is normalised to 0, as nearly as single precision holds it.
  const at = Array.from({ length: COUNT }, (_, o) => Math.round(30 * draw("tie", o)));
  const variance = Float32Array.from({ length: COUNT }, (_, o) => Math.exp(draw("variance", o)));
  const gain = Float32Array.from({ length: COUNT }, (_, o) => draw("gain", o));
  const mean = Float32Array.from({ length: COUNT }, (_, o) => (o % 2 ? at[o] : draw("mean", o)));
  const shift = Float32Array.from({ length: COUNT }, (_, o) =>
    o % 2 ? 0 : (-gain[o] * (at[o] - mean[o])) / Math.sqrt(variance[o] + BATCH_NORM_EPSILON),
  );
  const BELOW = 200;
  const hidden = {
    inputs: BELOW,
    outputs: COUNT,
    weights: new Float32Array(BELOW * COUNT),
    gain,
    shift,
    mean,
    variance,
  };
  const design = { widths: [1, BELOW, COUNT, 1], weights: TERNARY_WEIGHTS, activation: { kind: "binary" } as const };
  const every = new Float32Array(BELOW);
  const first = { inputs: 1, outputs: BELOW, weights: every, gain: every, shift: every, mean: every, variance: every };
  const last = { ...output(), inputs: COUNT, weights: new Float32Array(COUNT) };
  const [, thresholds] = thresholdsOf(design, [first, hidden, last]);
  const wrong: string[] = [];
  for (const beside of [-1, 0, 1])
    for (let o = 0; o < COUNT; o++) {
      const z = at[o] + beside;
      const passed = thresholds.direction[o] * z >= thresholds.steps[o] ? 1 : -1;
      if (passed !== direct(hidden, o, z, design.activation)) wrong.push(`neuron ${o} at ${z}`);
    }
  expect(wrong).toEqual([]);
});
