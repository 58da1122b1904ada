// Convolution kernels against PyTorch (Debian: apt-get install python3-torch libopenblas0-pthread), one thread each.
import { createKernels } from "../dist/src/kernels/kernels.js";
import { normalsInto, rootKey } from "../dist/src/random/index.js";
import { conditions, cpuSeconds, median, outcome, peer } from "./measure.mjs";

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

export default () => {
  let result;
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
    const mine = KINDS.map(() => []);
    const theirs = KINDS.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      work.forEach((of, k) => {
        for (const array of [x, y, w]) normalsInto(array, rootKey("conv"));
        mine[k].push(cpuSeconds(of));
      });
      for (const [k, seconds] of (torch(shape) ?? []).entries()) theirs[k].push(seconds);
    }
    KINDS.forEach((kind, k) => {
      const rate = (seconds) => operations / seconds / 1e9;
      const other = theirs[k].length === 0 ? null : rate(median(theirs[k]));
      const own = rate(median(mine[k]));
      const name = `${channels} x ${height} x ${width} -> ${outChannels}, kernel ${kernel}`;
      console.log(
        `${name}, ${kind}: ${own.toFixed(1)} GFLOP/s, PyTorch ${other === null ? "not installed" : other.toFixed(1)}`,
      );
      result ??= outcome("conv", "GFLOP/s", own, other, ROUNDS, `f32, ${name}, batch ${BATCH}, ${kind}; peer PyTorch`);
    });
  }
  console.log(conditions());
  return result;
};
