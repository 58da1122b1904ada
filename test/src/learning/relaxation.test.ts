import { describe, expect, test } from "@jest/globals";
import { arraysIn } from "#src/kernels/declared-arrays";
import { createKernels, kernelsFor } from "#src/kernels/kernels";
import { exactNetwork, exactStep, inputDrive, largestMove, restStates } from "#src/learning/exact-dynamics";
import { fusedArrays, fusedRelaxation } from "#src/learning/fused-relaxation";
import {
  denseNetwork,
  idealSubstrate,
  type NetworkParameters,
  type PrimitiveFunction,
  placeLayers,
  STATE_ACTIVATIONS,
} from "#src/learning/index";
import { layeredArrays, layeredRelaxation } from "#src/learning/layered-relaxation";
import { statefulLayers } from "#src/learning/primitive-function";
import type { Relaxation } from "#src/learning/relaxation";
import { ADAM } from "#src/networks/index";
import { rootKey } from "#src/random/index";
import {
  examplesFor,
  INSIDE,
  OUTSIDE,
  parametersFor,
  smallConvolutional,
  smallDense,
  twicePooled,
} from "./networks.ts";

const KEY = rootKey("relaxation");
const FREE = 12;
const NUDGED = 5;
const BETA = 0.3;

/** States after a free and a nudged phase, an array a layer: from any relaxation. */
const relaxed = (relaxation: Relaxation, phi: PrimitiveFunction, x: Float32Array, y: Float32Array, count: number) => {
  const layers = placeLayers(phi);
  const stateful = phi.cost.kind === "softmax readout" ? layers.slice(0, -1) : layers;
  relaxation.present(x, y, count, KEY);
  const settled = relaxation.settle(0, FREE, 0, KEY);
  relaxation.keepFree();
  relaxation.settle(-BETA, NUDGED, 0, KEY);
  relaxation.returnToFree();
  relaxation.settle(BETA, NUDGED, 0, KEY);
  const states = stateful.map(({ outputs }) => new Float32Array(count * outputs));
  relaxation.statesInto(states);
  return { states, settled };
};

const run = (phi: PrimitiveFunction, parameters: NetworkParameters, count: number, kind: "fused" | "layered") => {
  const layers = placeLayers(phi);
  const substrate = idealSubstrate(ADAM);
  const shown = { x: count * layers[0].inputs, y: count * layers[layers.length - 1].outputs };
  const kernels = kernelsFor([
    shown,
    layers.map((layer) => substrate.arrays(layer, count)),
    kind === "fused" ? fusedArrays(layers, count) : layeredArrays(layers, statefulLayers(phi), count),
  ]);
  const connections = layers.map((layer, l) => substrate.connect(kernels, layer, l, parameters.weights[l], count));
  const { biases } = parameters;
  const matrices = connections.map(({ matrix }) => matrix as Float32Array);
  const relaxation =
    kind === "fused"
      ? fusedRelaxation(
          kernels,
          { layers, forward: matrices, backward: matrices, biases },
          phi.activation,
          phi.cost,
          count,
        )
      : layeredRelaxation(kernels, { layers, connections, biases }, phi.activation, phi.cost, count);
  const examples = examplesFor(phi, count, "shown");
  const { x, y } = arraysIn(kernels, shown);
  x.set(examples.flatMap((e) => Array.from(e.x)));
  y.set(examples.flatMap((e) => Array.from(e.target)));
  return relaxed(relaxation, phi, x, y, count);
};

/** The same in double precision, an image at a time. */
const exactly = (phi: PrimitiveFunction, parameters: NetworkParameters, count: number) => {
  const network = exactNetwork(phi, parameters);
  const each = examplesFor(phi, count, "shown").map(({ x, target }) => {
    const drive = inputDrive(network, x);
    let states: readonly Float64Array[] = restStates(network);
    for (let t = 0; t < FREE; t++) states = exactStep(network, states, drive, target, 0).states;
    for (let t = 0; t < NUDGED; t++) states = exactStep(network, states, drive, target, BETA).states;
    return states;
  });
  return each[0].map((_, l) => Float32Array.from(each.flatMap((states) => Array.from(states[l]))));
};

const largestDifference = (a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number =>
  Math.max(...a.flatMap((s, l) => Array.from(s, (v, k) => Math.abs(v - b[l][k]))));

const CASES: [string, PrimitiveFunction, number][] = [
  ["logistic, three layers, 5 images", smallDense("shifted logistic", INSIDE), 5],
  ["tanh, nudge outside, 8 images", smallDense("tanh", OUTSIDE), 8],
  ["hard sigmoid, one image", smallDense("hard sigmoid", INSIDE), 1],
  ["half hard sigmoid, 21 and 17 neurons", denseNetwork([13, 21, 17, 10], "half hard sigmoid", INSIDE), 7],
];

describe("relaxation", () => {
  test.each(CASES)("fused, a layer at a time, and in double precision end in the same states: %s", (_, phi, count) => {
    const parameters = parametersFor(phi, "relaxed", 1.5);
    const exact = exactly(phi, parameters, count);
    const fused = run(phi, parameters, count, "fused");
    const layered = run(phi, parameters, count, "layered");
    expect(largestDifference(fused.states, exact)).toBeLessThan(2e-6);
    expect(largestDifference(layered.states, exact)).toBeLessThan(2e-6);
    expect(fused.settled.moved).toBeCloseTo(layered.settled.moved, 6);
    expect(largestDifference([exact[0]], [exact[0].map(() => exact[0][0])])).toBeGreaterThan(0.01);
  });
  test.each<[string, PrimitiveFunction]>([
    ["cross-entropy on a linear output", smallDense("shifted logistic", { kind: "cross-entropy" })],
    ["softmax readout", smallDense("tanh", { kind: "softmax readout" })],
    ["convolutions with pooling", smallConvolutional("half hard sigmoid", INSIDE)],
    ["two pooled convolutions", twicePooled("shifted logistic", INSIDE)],
    ["convolutions without pooling, softmax readout", smallConvolutional("tanh", { kind: "softmax readout" }, false)],
  ])("a layer at a time and in double precision: %s", (_, phi) => {
    const parameters = parametersFor(phi, "relaxed");
    const layered = run(phi, parameters, 6, "layered");
    expect(largestDifference(layered.states, exactly(phi, parameters, 6))).toBeLessThan(2e-6);
  });
  test.each<[string, PrimitiveFunction, "fused" | "layered", number]>([
    ["dense, a layer at a time", smallDense("shifted logistic", INSIDE), "layered", 1],
    ["dense, fused, groups of four", smallDense("shifted logistic", INSIDE), "fused", 4],
    ["convolutions", smallConvolutional("half hard sigmoid", INSIDE), "layered", 1],
  ])("a phase stops for each image where its states come to rest, and leaves it there: %s", (_, phi, kind, group) => {
    const layers = placeLayers(phi);
    const parameters = parametersFor(phi, "stop", 1.5);
    const [COUNT, TOLERANCE, STEPS] = [9, 1e-3, 60];
    const examples = examplesFor(phi, COUNT, "stop");
    const network = exactNetwork(phi, parameters);
    // In double precision, image by image: the states after every step, and the step after which each is at rest.
    const courses = examples.map(({ x, target }) => {
      const drive = inputDrive(network, x);
      const course: (readonly Float64Array[])[] = [restStates(network)];
      for (let t = 0; t < STEPS; t++) course.push(exactStep(network, course[t], drive, target, BETA).states);
      const rest = course.findIndex((states, t) => t > 0 && largestMove(states, course[t - 1]) <= TOLERANCE);
      return { course, rest };
    });
    const steps = courses.map((_c, b) =>
      Math.max(...courses.slice(b - (b % group), b - (b % group) + group).map((c) => c.rest)),
    );
    expect(new Set(steps).size).toBeGreaterThan(1);
    const kernels = createKernels(2 ** 22);
    const substrate = idealSubstrate(ADAM);
    const connections = layers.map((layer, l) => substrate.connect(kernels, layer, l, parameters.weights[l], COUNT));
    const { biases } = parameters;
    const matrices = connections.map(({ matrix }) => matrix as Float32Array);
    const relaxation =
      kind === "fused"
        ? fusedRelaxation(
            kernels,
            { layers, forward: matrices, backward: matrices, biases },
            phi.activation,
            INSIDE,
            COUNT,
          )
        : layeredRelaxation(kernels, { layers, connections, biases }, phi.activation, INSIDE, COUNT);
    const x = kernels.float32(COUNT * layers[0].inputs);
    x.set(examples.flatMap((e) => Array.from(e.x)));
    const y = kernels.float32(COUNT * layers[layers.length - 1].outputs);
    y.set(examples.flatMap((e) => Array.from(e.target)));
    relaxation.present(x, y, COUNT, KEY);
    const settled = relaxation.settle(BETA, STEPS, TOLERANCE, KEY);
    expect(settled.steps).toBeCloseTo(steps.reduce((a, b) => a + b) / COUNT, 6);
    expect(settled.moved).toBeLessThanOrEqual(TOLERANCE);
    const states = layers.map(({ outputs }) => new Float32Array(COUNT * outputs));
    relaxation.statesInto(states);
    states.forEach((s, l) => {
      const expected = courses.flatMap(({ course }, b) => Array.from(course[steps[b]][l]));
      expect(largestDifference([s], [expected])).toBeLessThan(5e-6);
    });
    const few = relaxation.settle(0, 2, TOLERANCE / 1000, KEY);
    expect(few.steps).toBe(2);
    expect(few.moved).toBeGreaterThan(TOLERANCE / 1000);
  });
  test.each(Object.entries(STATE_ACTIVATIONS))(
    "%s in the kernel is the function, to single precision",
    (_, { code, value }) => {
      const kernels = createKernels(2 ** 16);
      const u = kernels.float32(4096);
      const s = kernels.float32(4096);
      u.forEach((_u, k) => {
        u[k] = (k - 2048) / 100;
      });
      kernels.activate(s, u, code);
      const worst = Math.max(...Array.from(s, (v, k) => Math.abs(v - value(u[k]))));
      expect(worst).toBeLessThan(2e-7);
      u[5] = Number.NaN;
      kernels.activate(s, u, code);
      expect(s[5]).toBeNaN();
    },
  );
});
