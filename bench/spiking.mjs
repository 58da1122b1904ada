// EqSpike: learning 784-100-10 image by image (recipe R1, docs/eqspike.md), and delivery of spikes alone, against NumPy (Debian:
// apt-get install python3-numpy libopenblas0-pthread) with the same equations for a batch at once; one thread each.

import { loadDataSet } from "../dist/experiments/files/load-data-set.js";
import { createKernels } from "../dist/src/kernels/kernels.js";
import {
  initialSpikingParameters,
  SPIKING_NEURONS,
  SPIKING_RULE,
  spikingLearner,
  UNIT_SCALE,
} from "../dist/src/learning/index.js";
import { showImages } from "../dist/src/learning/train-learner.js";
import { fold, permutation, rootKey } from "../dist/src/random/index.js";
import { conditions, cpuSeconds, median, outcome, peer } from "./measure.mjs";

const ROUNDS = 5;
const SEED = "rramlab";
const key = rootKey(SEED);
const { train } = loadDataSet("mnist-10k");

/** Images a CPU second; the network has learned 2,000 images before, so that it fires as in training. */
const learning = (hidden, rule, images) => {
  const network = { widths: [784, hidden, 10], neurons: SPIKING_NEURONS, input: { kind: "currents" } };
  const learner = spikingLearner(network, rule, initialSpikingParameters(network, key), images);
  const order = permutation(key, train.count);
  let step = 0;
  const batch = () => {
    const places = Uint32Array.from({ length: images }, (_, b) => order[(step * images + b) % train.count]);
    showImages(learner, train, places, UNIT_SCALE);
    learner.learn(images, 1, fold(key, step++));
  };
  for (let i = 0; i < 2000 / images; i++) batch();
  learner.takeActivity();
  return {
    learn: () => images / cpuSeconds(batch, 1),
    classify: () =>
      images /
      cpuSeconds(() => {
        learner.classify(images, key);
      }, 0.5),
    deliveries: () => {
      const { deliveries, learned } = learner.takeActivity();
      return deliveries.learning / learned;
    },
  };
};

/** Deliveries a CPU second: rows of this width, of 1,000 neurons, 15 of which spike in a step. */
const delivering = (width) => {
  const kernels = createKernels(4 * width * 1001 + 4096);
  const rows = kernels.float32(1000 * width).fill(0.001);
  const sums = kernels.float32(width);
  const spikes = 15;
  const list = kernels.int32(spikes);
  const at = permutation(key, 1000);
  for (let s = 0; s < spikes; s++) list[s] = at[s];
  const calls = 2000;
  return () =>
    (calls * spikes * width) /
    cpuSeconds(() => {
      for (let c = 0; c < calls; c++) kernels.deliver(sums, list, spikes, rows, 0.875, 0.125);
    }, 0.3);
};

/** The same equations for batches of ten, all images of a batch in one array; digits are random here, a fifth of the pixels lit. */
const numpy = () => {
  const { freeSteps, nudgedSteps, beta } = SPIKING_RULE;
  const program = `
import os
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np, time
r = np.random.default_rng(0); f4 = np.float32
B, H, K = 10, 100, 10
W0 = ((r.random((784, H)) * 2 - 1) / 28).astype(f4); W1 = ((r.random((H, K)) * 2 - 1) / H ** .5).astype(f4)
b0 = np.full(H, .1, f4); b1 = np.full(K, .1, f4)
def fire(v, drive, g):
    v *= f4(.95); v += drive; v += g
    s = (v >= 1).astype(f4); v -= s; np.maximum(v, -1, out=v)
    return s
def batch(x, y, sign):
    global W0, W1, b0, b1
    z = lambda n: np.zeros((B, n), f4)
    v0, g0, f0, q0, v1, g1, f1, q1, n1 = z(H), z(H), z(H), z(H), z(K), z(K), z(K), z(K), z(K)
    c = x @ W0 + b0; dW = np.zeros_like(W1); e0 = z(H); e1 = z(K)
    k = f4(sign / ${beta} / 8)
    for t in range(${freeSteps + nudgedSteps}):
        drive = b1
        if t >= ${freeSteps}:
            a0 = k * (f0 - q0); a1 = k * (f1 - q1); e0 += a0; e1 += a1
            drive = b1 + f4(sign * ${beta}) * (y - n1)
        s0 = fire(v0, c, g0); s1 = fire(v1, drive, g1)
        f0 += (s0 - f0) * f4(.125); q0 += (s0 - q0) * f4(.0625)
        f1 += (s1 - f1) * f4(.125); q1 += (s1 - q1) * f4(.0625); n1 += (s1 - n1) * f4(.125)
        g1 *= f4(.875); g1 += f4(.125) * (s0 @ W1)
        g0 *= f4(.875); g0 += f4(.125) * (s1 @ W1.T)
        if t >= ${freeSteps}: dW += s0.T @ a1 + a0.T @ s1
    W1 += f4(.15 / B) * dW; W0 += f4(.15 / B) * (x.T @ e0)
    b0 += f4(.15 / B) * e0.sum(0); b1 += f4(.15 / B) * e1.sum(0)
x = (r.random((B, 784)) * (r.random((B, 784)) < .2)).astype(f4); y = np.eye(K, dtype=f4)
for i in range(5): batch(x, y, 1 - 2 * (i % 2))
begin = time.process_time(); N = 40
for i in range(N): batch(x, y, 1 - 2 * (i % 2))
print(B * N / (time.process_time() - begin))`;
  const text = peer("/usr/bin/python3", ["-c", program]);
  return text === null ? null : Number(text);
};

export default () => {
  const rule = SPIKING_RULE;
  const immediate = { ...rule, updates: "immediate", freeSteps: 240, learningRates: [0.002, 0.002] };
  const networks = [
    ["784-100-10", learning(100, rule, 10)],
    ["784-300-10", learning(300, rule, 10)],
    ["784-100-10, immediate", learning(100, immediate, 1)],
  ];
  const widths = [12, 100, 300];
  const deliveries = widths.map(delivering);
  const figures = networks.map(() => ({ learn: [], classify: [] }));
  const rates = widths.map(() => []);
  const theirs = [];
  for (let round = 0; round < ROUNDS; round++) {
    networks.forEach(([, n], i) => {
      figures[i].learn.push(n.learn());
      figures[i].classify.push(n.classify());
    });
    deliveries.forEach((run, i) => {
      rates[i].push(run());
    });
    theirs.push(numpy());
  }
  const other = theirs.includes(null) ? null : median(theirs);
  networks.forEach(([name, n], i) => {
    const each = median(figures[i].learn);
    console.log(
      `${name}: ${each.toFixed(0)} images a CPU second learned (60,000 in ${(6e4 / each).toFixed(1)} s), ${median(figures[i].classify).toFixed(0)} classified; ${(n.deliveries() / 1e3).toFixed(0)}k deliveries an image`,
    );
  });
  widths.forEach((width, i) => {
    console.log(`delivery alone, ${width} neurons a spike: ${(median(rates[i]) / 1e9).toFixed(2)}e9 a CPU second`);
  });
  console.log(`NumPy, 784-100-10: ${other === null ? "not installed" : `${other.toFixed(0)} images a CPU second`}`);
  console.log(conditions());
  return outcome(
    "spiking",
    "images/s",
    median(figures[0].learn),
    other,
    ROUNDS,
    `784-100-10, recipe R1, batch 10, ${rule.freeSteps} + ${rule.nudgedSteps} steps, MNIST-10k, seed "${SEED}"; peer NumPy, same equations, batch at once${other === null ? ": not installed" : ""}`,
  );
};
