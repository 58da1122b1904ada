import { alone, initialiseTrained, networkTrainer, RECIPE, trainingSteps } from "../dist/src/learning/index.js";
import { vggNetwork } from "../dist/src/networks/index.js";
import { normalsInto, rootKey } from "../dist/src/random/index.js";
import { peer } from "./measure.mjs";

export const STEP_BATCH = 128;

/** The binary network of laborieux-2020, F = 16. */
export const design = vggNetwork({
  input: { channels: 3, height: 32, width: 32 },
  filters: 16,
  weights: { kind: "binary" },
  activation: { kind: "sign" },
  classes: 10,
});

/** A step of its training on random images. */
export const oursStep = (arithmetic) => {
  const steps = trainingSteps(design);
  const exchange = alone(steps);
  const trainer = networkTrainer(design, { ...RECIPE, arithmetic }, STEP_BATCH, exchange, steps);
  initialiseTrained(exchange.parameters, design, steps, RECIPE, rootKey("step"));
  trainer.load();
  // The border's zeros are left: padding.
  const { data, rows, columns, channels, border } = trainer.input;
  const line = new Float32Array(columns * channels);
  for (let b = 0, at = 0; b < STEP_BATCH; b++)
    for (let y = 0; y < rows; y++) {
      normalsInto(line, rootKey(`${b} ${y}`));
      at = ((b * (rows + 2 * border[0]) + y + border[0]) * (columns + 2 * border[1]) + border[1]) * channels;
      data.set(line, at);
    }
  trainer.labels.forEach((_, b) => {
    trainer.labels[b] = b % 10;
  });
  let step = 0;
  return {
    bytes: trainer.bytes,
    step: () => {
      trainer.gradients(STEP_BATCH);
      trainer.descend({ rate: 0.01, step: ++step });
    },
  };
};

/** CPU seconds of the same step in PyTorch, the faster of channels first and last; null where it is not installed. */
export const torchStep = () => {
  const program = `
import os
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import torch, time
from torch import nn
from torch.nn import functional as F
torch.set_num_threads(1); torch.manual_seed(0)
class Signs(torch.autograd.Function):
    @staticmethod
    def forward(ctx, w): return torch.where(w >= 0, 1., -1.)
    @staticmethod
    def backward(ctx, g): return g
class Act(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x); return torch.where(x >= 0, 1., -1.)
    @staticmethod
    def backward(ctx, g): return g * (ctx.saved_tensors[0].abs() <= 1)
class Conv(nn.Module):
    def __init__(self, i, o): super().__init__(); self.w = nn.Parameter(torch.randn(o, i, 3, 3) * .03)
    def forward(self, x): return F.conv2d(x, Signs.apply(self.w), padding=1)
class Dense(nn.Module):
    def __init__(self, i, o): super().__init__(); self.w = nn.Parameter(torch.randn(o, i) * .03)
    def forward(self, x): return F.linear(x, Signs.apply(self.w))
class Sign(nn.Module):
    def forward(self, x): return Act.apply(x)
def pair(i, o): return [Conv(i, o), nn.BatchNorm2d(o), Sign(), Conv(o, o), nn.MaxPool2d(2), nn.BatchNorm2d(o), Sign()]
def seconds(layout):
    net = nn.Sequential(*pair(3, 16), *pair(16, 32), *pair(32, 64), nn.Flatten(), Dense(1024, 512), nn.BatchNorm1d(512), Sign(), Dense(512, 10), nn.BatchNorm1d(10)).to(memory_format=layout)
    optimiser = torch.optim.Adam(net.parameters(), lr=.01)
    x = torch.randn(${STEP_BATCH}, 3, 32, 32).contiguous(memory_format=layout); y = torch.arange(${STEP_BATCH}) % 10
    def step():
        optimiser.zero_grad(); F.cross_entropy(net(x), y).backward(); optimiser.step()
        with torch.no_grad():
            for p in net.parameters():
                if p.dim() > 1: p.clamp_(-1, 1)
    step(); start = time.process_time(); calls = 0
    while time.process_time() - start < 1:
        step(); calls += 1
    return (time.process_time() - start) / calls
print(min(seconds(torch.contiguous_format), seconds(torch.channels_last)))`;
  const text = peer("/usr/bin/python3", ["-c", program]);
  return text === null ? null : Number(text);
};
