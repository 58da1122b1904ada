// Convolutions against PyTorch (Debian: apt-get install python3-torch libopenblas0-pthread), one thread each: a training step of
// the binary network of laborieux-2020, F = 16; then kernels, with channels last (what trains it) and first (Equilibrium Propagation).

import { allowFused } from "../dist/experiments/training/fused.js";
import { imagesLength, packedLength } from "../dist/src/kernels/images.js";
import { ARITHMETICS, createKernels } from "../dist/src/kernels/kernels.js";
import { normalsInto, rootKey } from "../dist/src/random/index.js";
import { conditions, cpuSeconds, median, outcome, peer } from "./measure.mjs";
import { oursStep, STEP_BATCH, torchStep } from "./training-step.mjs";

const ROUNDS = 5;
const BATCH = 64;
const SHAPES = [
  { channels: 64, height: 16, width: 16, outChannels: 64, kernel: 3, padding: 1 },
  { channels: 16, height: 32, width: 32, outChannels: 32, kernel: 3, padding: 1 },
  { channels: 32, height: 12, width: 12, outChannels: 64, kernel: 5, padding: 0 },
];
const KINDS = ["forwards", "by the image", "by the weights"];

const torch = ({ channels, height, width, outChannels, kernel, padding }) => {
  const program = `
import os
os.environ["OMP_NUM_THREADS"] = "1"
import torch, time
import torch.nn.functional as F
from torch.nn import grad
torch.set_num_threads(1); torch.set_grad_enabled(False)
x = torch.randn(${BATCH}, ${channels}, ${height}, ${width}); w = torch.randn(${outChannels}, ${channels}, ${kernel}, ${kernel})
y = F.conv2d(x, w, padding=${padding})
def seconds(work):
    work(); start = time.process_time(); calls = 0
    while time.process_time() - start < 0.2:
        work(); calls += 1
    return (time.process_time() - start) / calls
print(seconds(lambda: F.conv2d(x, w, padding=${padding})))
print(seconds(lambda: grad.conv2d_input(x.shape, w, y, padding=${padding})))
print(seconds(lambda: grad.conv2d_weight(x, w.shape, y, padding=${padding})))`;
  const text = peer("/usr/bin/python3", ["-c", program]);
  return text === null ? null : text.trim().split("\n").map(Number);
};

const ROOM = 2 ** 26;

/** The three kernels with channels last, at their own layout: calls that do what `work` of channels first does. */
const channelsLast = ({ channels, height, width, outChannels, kernel, padding }) => {
  const kernels = createKernels(ROOM);
  const window = (from, to, pad) => ({
    size: [kernel, kernel],
    stride: [1, 1],
    padding: [pad, pad],
    channels: from,
    fromChannel: 0,
    outputs: to,
    toChannel: 0,
  });
  const [ahead, back] = [window(channels, outChannels, padding), window(outChannels, channels, kernel - 1 - padding)];
  const images = (count, rows, columns, border) => {
    const shape = { rows, columns, channels: count, border: [border, border] };
    return { ...shape, data: kernels.float32(imagesLength(shape, BATCH)) };
  };
  const grow = 2 * padding - kernel + 1;
  const x = images(channels, height, width, padding);
  const y = images(outChannels, height + grow, width + grow, kernel - 1 - padding);
  const below = images(channels, height, width, 0);
  const w = kernels.float32(outChannels * channels * kernel * kernel);
  const packed = kernels.float32(packedLength(ahead, "forwards"));
  const turned = kernels.float32(packedLength(ahead, "turned"));
  for (const array of [x.data, y.data, w]) normalsInto(array, rootKey("conv"));
  const all = { first: 0, count: BATCH };
  return [
    () => {
      kernels.images.pack(packed, w, ahead, "forwards");
      kernels.images.convolve(y, x, packed, ahead, all);
    },
    () => {
      kernels.images.pack(turned, w, ahead, "turned");
      kernels.images.convolve(below, y, turned, back, all);
    },
    () => {
      w.fill(0);
      kernels.images.gradient(w, y, x, ahead, all);
    },
  ];
};

/** Milliseconds of CPU of a training step in either arithmetic and of PyTorch's, in turns. */
const trainingStep = () => {
  allowFused();
  const ours = ARITHMETICS.map(oursStep);
  const mine = ours.map(() => []);
  const theirs = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [k, { step }] of ours.entries()) mine[k].push(1000 * cpuSeconds(step, 1));
    const seconds = torchStep();
    if (seconds !== null) theirs.push(1000 * seconds);
  }
  const other = theirs.length === 0 ? null : median(theirs);
  const told = ARITHMETICS.map((name, k) => `${name} ${median(mine[k]).toFixed(0)} ms`).join(", ");
  console.log(
    `a training step of ${STEP_BATCH} images: ${told}, PyTorch ${other === null ? "not installed" : `${other.toFixed(0)} ms (the faster of its two layouts)`}; ${(ours[0].bytes / 2 ** 20).toFixed(0)} MiB of arrays`,
  );
  return outcome(
    "conv",
    "steps/s",
    1000 / median(mine[0]),
    other === null ? null : 1000 / other,
    ROUNDS,
    `a training step of the binary network of laborieux-2020, F = 16, batch ${STEP_BATCH}, Adam, strict arithmetic; peer PyTorch, f32, the faster of channels first and last`,
  );
};

export default () => {
  const result = trainingStep();
  for (const shape of SHAPES) {
    const { channels, height, width, outChannels, kernel, padding } = shape;
    const places = (height + 2 * padding - kernel + 1) * (width + 2 * padding - kernel + 1);
    const operations = 2 * BATCH * outChannels * places * channels * kernel * kernel;
    const kernels = createKernels(2 ** 25);
    const [x, y] = [kernels.float32(BATCH * channels * height * width), kernels.float32(BATCH * outChannels * places)];
    const [w, turned] = [0, 0].map(() => kernels.float32(outChannels * channels * kernel * kernel));
    for (const array of [x, y, w]) normalsInto(array, rootKey("conv"));
    const work = [
      () => kernels.convolve(y, x, w, BATCH, shape),
      () => {
        kernels.turnWeights(turned, w, shape);
        kernels.convolveBack(x, y, turned, BATCH, shape);
      },
      () => kernels.convolutionGradient(w, y, x, BATCH, shape),
    ];
    const last = channelsLast(shape);
    const [mine, lasts] = [0, 0].map(() => KINDS.map(() => []));
    const theirs = KINDS.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      work.forEach((of, k) => {
        for (const array of [x, y, w]) normalsInto(array, rootKey("conv"));
        mine[k].push(cpuSeconds(of));
        lasts[k].push(cpuSeconds(last[k]));
      });
      for (const [k, seconds] of (torch(shape) ?? []).entries()) theirs[k].push(seconds);
    }
    KINDS.forEach((kind, k) => {
      const rate = (seconds) => operations / seconds / 1e9;
      const other = theirs[k].length === 0 ? null : rate(median(theirs[k]));
      const own = rate(median(mine[k]));
      const name = `${channels} x ${height} x ${width} -> ${outChannels}, kernel ${kernel}`;
      console.log(
        `${name}, ${kind}: channels last ${rate(median(lasts[k])).toFixed(1)} GFLOP/s, first ${own.toFixed(1)}, PyTorch ${other === null ? "not installed" : other.toFixed(1)}`,
      );
    });
  }
  console.log(conditions());
  return result;
};
