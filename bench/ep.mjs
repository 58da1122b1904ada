// Training of 784-512-10 by Equilibrium Propagation, against PyTorch (Debian: apt-get install python3-torch libopenblas0-pthread)
// with the same equations, the input's product computed once a batch and no autograd; one thread each.

import { loadDataSet } from "../dist/experiments/files/load-data-set.js";
import {
  denseNetwork,
  equilibriumLearner,
  idealSubstrate,
  initialParameters,
  UNIT_SCALE,
} from "../dist/src/learning/index.js";
import { showImages } from "../dist/src/learning/train-learner.js";
import { fold, rootKey } from "../dist/src/random/index.js";
import { conditions, cpuSeconds, median, outcome, peer } from "./measure.mjs";

const ROUNDS = 5;
const SEED = "rramlab";
const BATCHES = 100;
const BETA = 0.5;
const [T1, T2] = [30, 10];

const ours = (images) => {
  const { train } = loadDataSet("mnist-10k");
  const key = rootKey(SEED);
  const phi = denseNetwork([784, 512, 10], "shifted logistic", { kind: "squared error", nudge: "inside" });
  const phases = { estimator: "symmetric", beta: BETA, freeSteps: T1, nudgedSteps: T2, tolerance: 0 };
  const optimiser = { kind: "adam" };
  const rule = { phases, optimiser, learningRates: [5e-4] };
  const learner = equilibriumLearner(phi, rule, initialParameters(phi, key), idealSubstrate(optimiser), images);
  let step = 0;
  const batch = () => {
    const places = Uint32Array.from({ length: images }, (_, b) => (step * images + b) % train.count);
    showImages(learner, train, places, UNIT_SCALE);
    learner.learn(images, 1, fold(key, step++));
  };
  for (let i = 0; i < 30; i++) batch();
  return () => images / cpuSeconds(batch, 1);
};

/** Images a CPU second; digits are random here, a fifth of the pixels lit: dense products cost the same whatever they hold. */
const torch = (images) => {
  const program = `
import os
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import torch, time
torch.set_num_threads(1); torch.manual_seed(0); torch.set_grad_enabled(False)
B = ${images}
W = [(torch.rand(784, 512) * 2 - 1) / 28, (torch.rand(512, 10) * 2 - 1) / 512 ** .5]
b = [torch.zeros(512), torch.zeros(10)]
optimiser = torch.optim.Adam(W + b, lr=5e-4)
x = torch.rand(B, 784) * (torch.rand(B, 784) < .2); y = torch.eye(10)[torch.randint(10, (B,))]
def f(u): return u.sub_(.5).mul_(4).sigmoid_()
def relax(c, h, o, beta, steps):
    for _ in range(steps):
        h, o = f(torch.addmm(c, o, W[1].t())), f(torch.addmm(b[1], h, W[1]).add_(y - o, alpha=beta)) if beta else f(torch.addmm(b[1], h, W[1]))
    return h, o
def batch():
    c = torch.addmm(b[0], x, W[0])
    rest = relax(c, torch.zeros(B, 512), torch.zeros(B, 10), 0., ${T1})
    hp, op = relax(c, *rest, ${BETA}, ${T2}); hm, om = relax(c, *rest, -${BETA}, ${T2})
    k = -1 / (2 * ${BETA} * B)
    W[0].grad = (x.t() @ (hp - hm)).mul_(k); W[1].grad = (hp.t() @ op - hm.t() @ om).mul_(k)
    b[0].grad = (hp - hm).sum(0).mul_(k); b[1].grad = (op - om).sum(0).mul_(k)
    optimiser.step()
for _ in range(10): batch()
begin = time.process_time()
for _ in range(${BATCHES}): batch()
print(B * ${BATCHES} / (time.process_time() - begin))`;
  const text = peer("/usr/bin/python3", ["-c", program]);
  return text === null ? null : Number(text);
};

export default () => {
  let result;
  for (const images of [50, 20, 200]) {
    const mine = [];
    const theirs = [];
    const run = ours(images);
    for (let round = 0; round < ROUNDS; round++) {
      mine.push(run());
      theirs.push(torch(images));
    }
    const other = theirs.includes(null) ? null : median(theirs);
    console.log(
      `batch ${images}: ${median(mine).toFixed(0)} images a CPU second, PyTorch ${other === null ? "not installed" : other.toFixed(0)}`,
    );
    result ??= outcome(
      "ep",
      "images/s",
      median(mine),
      other,
      ROUNDS,
      `784-512-10, batch 50, T1 ${T1}, T2 ${T2} + ${T2}, symmetric, Adam, MNIST-10k, seed "${SEED}"; peer PyTorch, same equations without autograd${other === null ? ": not installed" : ""}`,
    );
  }
  console.log(conditions());
  return result;
};
