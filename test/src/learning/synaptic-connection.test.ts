import { describe, expect, test } from "@jest/globals";
import { createKernels } from "#src/kernels/kernels";
import { synapticConnection } from "#src/learning/index";
import type { Optimiser, PlasticSynapses } from "#src/networks/index";
import { rootKey } from "#src/random/index";

const KEY = rootKey("synaptic");

/** Numbers that do as they are asked, and remember it. */
const obedient = (): PlasticSynapses & { readonly w: Float32Array } => {
  const w = Float32Array.of(1, 2, 3, 4, 5, 6);
  return {
    w,
    inputs: 2,
    outputs: 3,
    forwardInto: (y, x) => {
      for (let b = 0; b < x.batch; b++)
        for (let o = 0; o < 3; o++) y[3 * b + o] = x.values[2 * b] * w[o] + x.values[2 * b + 1] * w[3 + o];
    },
    transposedInto: (x, y) => {
      for (let b = 0; b < y.batch; b++)
        for (let i = 0; i < 2; i++)
          x[2 * b + i] = [0, 1, 2].reduce((sum, o) => sum + y.values[3 * b + o] * w[3 * i + o], 0);
    },
    moveInPlace: (change) => {
      for (let k = 0; k < 6; k++) w[k] += change[k];
    },
    save: () => ({ w: w.slice() }),
    restore: (saved) => w.set(saved["w"]),
  };
};

const MOMENTUM: Optimiser = { kind: "sgd", momentum: 0.9, weightDecay: 0 };

const made = () => {
  const kernels = createKernels(2 ** 12);
  const synapses = obedient();
  return { kernels, synapses, connection: synapticConnection(kernels, synapses, MOMENTUM, 2) };
};

describe("synapses as a connection", () => {
  test("reads are added to what stands there, and the gradient is that of above . A(below)", () => {
    const { kernels, connection } = made();
    const [below, above] = [kernels.float32(4), kernels.float32(6)];
    below.set([1, 10, 0, 2]);
    above.set([1, 0, 2, 0, 3, 0]);
    const u = kernels.float32(6);
    u.fill(100);
    connection.addForward(u, below, 2, KEY);
    expect(Array.from(u)).toEqual([141, 152, 163, 108, 110, 112]);
    const back = kernels.float32(4);
    connection.addTransposed(back, above, 2, KEY);
    expect(Array.from(back)).toEqual([7, 16, 6, 15]);
    const gradient = kernels.float32(6);
    connection.addGradient(gradient, below, above, 2, 0.5);
    expect(Array.from(gradient)).toEqual([0.5, 0, 1, 5, 3, 10]);
  });
  test("descends by its optimiser, whose memory is saved and restored", () => {
    const gradient = Float32Array.of(1, 0, 0, 0, 0, -1);
    const first = made();
    first.connection.descend(gradient, 0.1, 1, KEY);
    first.connection.descend(gradient, 0.1, 2, KEY);
    expect(first.synapses.w[0]).toBeCloseTo(1 - 0.1 - 0.19, 6);
    const second = made();
    second.connection.restore(first.connection.save());
    for (const { connection } of [first, second]) connection.descend(gradient, 0.1, 3, KEY);
    expect(Array.from(second.synapses.w)).toEqual(Array.from(first.synapses.w));
    expect(first.synapses.w[5]).toBeCloseTo(6 + 0.1 + 0.19 + 0.271, 5);
  });
});
