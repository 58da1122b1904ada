import type { NetworkDesign } from "#src/learning/straight-through/training-steps";
import type { Layer, WeightLevels } from "#src/networks/layers";

/** An input of this shape, pixels as they are. */
export const taking = (channels: number, height: number, width: number): NetworkDesign["input"] => ({
  shape: { channels, height, width },
  scale: 1 / 255,
  offset: -0.5,
  quantizer: null,
});

const FLOAT: WeightLevels = { kind: "float" };

export const dense = (
  name: string,
  outputs: number,
  weights: WeightLevels = FLOAT,
  scale: "none" | "channel" = "none",
): Layer => ({
  name,
  kind: "dense",
  outputs,
  weights,
  scale,
});

export const conv = (
  name: string,
  channels: number,
  { size = 3, stride = 1, padding = 1, groups = 1, weights = FLOAT as WeightLevels } = {},
): Layer => ({
  name,
  kind: "conv2d",
  channels,
  size: [size, size],
  stride: [stride, stride],
  padding: [padding, padding],
  groups,
  weights,
  scale: "none",
});

export const norm = (name: string): Layer => ({ name, kind: "batchNorm", epsilon: 1e-5 });

export const pool = (name: string, kind: "maxPool" | "averagePool", size = 2, stride = 2, padding = 0): Layer => ({
  name,
  kind,
  size: [size, size],
  stride: [stride, stride],
  padding: [padding, padding],
});

/** Smooth networks (where no number is near a kink) of every kind of layer. */
export const SMOOTH: Readonly<Record<string, NetworkDesign>> = {
  "a convolution of three channels, pooled, and two dense layers": {
    input: taking(3, 8, 8),
    layers: [
      conv("c1", 5),
      norm("n1"),
      { name: "a1", kind: "relu" },
      conv("c2", 9, { size: 5, padding: 2 }),
      pool("p2", "maxPool"),
      norm("n2"),
      { name: "a2", kind: "hardTanh" },
      { name: "f", kind: "flatten" },
      dense("d1", 7, FLOAT, "channel"),
      norm("n3"),
      { name: "a3", kind: "clip", low: -0.5, high: 2 },
      dense("d2", 4),
      { name: "b", kind: "bias" },
    ],
  },
  "steps of two, no padding and windows that do not divide the image": {
    input: taking(2, 9, 10),
    layers: [
      conv("c1", 4, { stride: 2, padding: 0 }),
      norm("n1"),
      { name: "a1", kind: "relu" },
      conv("c2", 6, { size: 3, stride: 2, padding: 1 }),
      { name: "b", kind: "bias" },
      pool("p", "averagePool", 3, 1, 1),
      norm("n2"),
      { name: "g", kind: "globalAveragePool" },
      dense("d", 3),
    ],
  },
  "depthwise in steps of two, of six channels": {
    input: taking(2, 9, 8),
    layers: [
      conv("c1", 6),
      norm("n1"),
      { name: "a1", kind: "hardTanh" },
      conv("depth", 6, { stride: 2, groups: 6 }),
      norm("n2"),
      { name: "a2", kind: "hardTanh" },
      conv("point", 5, { size: 1, padding: 0 }),
      norm("n3"),
      { name: "mean", kind: "globalAveragePool" },
      dense("d1", 3),
    ],
  },
  "groups, depthwise and a sum of two branches": {
    input: taking(4, 6, 6),
    layers: [
      conv("c1", 8, { groups: 2 }),
      norm("n1"),
      { name: "a1", kind: "relu" },
      conv("c2", 8, { groups: 8 }),
      norm("n2"),
      { name: "s", kind: "add", from: ["n2", "a1"] },
      pool("p", "maxPool", 3, 2, 1),
      conv("c3", 3, { size: 1, padding: 0 }),
      { name: "f", kind: "flatten" },
      dense("d", 5),
      norm("n3"),
    ],
  },
  "a row of numbers and one output": {
    input: taking(1, 1, 20),
    layers: [
      {
        name: "c1",
        kind: "conv1d",
        channels: 4,
        size: 5,
        stride: 2,
        padding: 2,
        groups: 1,
        weights: FLOAT,
        scale: "tensor",
      },
      norm("n1"),
      { name: "a1", kind: "hardTanh" },
      {
        name: "c2",
        kind: "conv1d",
        channels: 3,
        size: 3,
        stride: 1,
        padding: 0,
        groups: 1,
        weights: FLOAT,
        scale: "none",
      },
      { name: "f", kind: "flatten" },
      norm("n2"),
      dense("d", 1),
    ],
  },
};
