import { BATCH_NORM_EPSILON } from "./batch-norm.ts";
import type { PerceptronDesign } from "./design.ts";
import type { Layer } from "./layers.ts";
import type { Network } from "./network.ts";

/** One trained layer: weights as the forward pass uses them, inputs x outputs, and its normalisation. */
export interface TrainedLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly gain: Float32Array;
  readonly shift: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

const activationOf = ({ activation }: PerceptronDesign, name: string): Layer => {
  if (activation.kind === "relu") return { name, kind: "relu" };
  return activation.kind === "binary"
    ? { name, kind: "sign" }
    : { name, kind: "ternary", threshold: activation.threshold };
};

/** The layers of a perceptron, dense, normalised and all but the last activated, with images entering as pixel / 255. */
export const perceptronLayers = (design: PerceptronDesign): Pick<Network, "input" | "layers"> => {
  const outputs = design.widths.slice(1);
  return {
    input: { shape: { channels: design.widths[0], height: 1, width: 1 }, scale: 1 / 255, offset: 0, quantizer: null },
    layers: outputs.flatMap((count, l): Layer[] => {
      const dense: Layer = {
        name: `dense${l + 1}`,
        kind: "dense",
        outputs: count,
        weights: { kind: design.weights.kind },
        scale: "none",
      };
      const norm: Layer = { name: `norm${l + 1}`, kind: "batchNorm", epsilon: BATCH_NORM_EPSILON };
      return l + 1 < outputs.length ? [dense, norm, activationOf(design, `activation${l + 1}`)] : [dense, norm];
    }),
  };
};

/** A trained perceptron as a network. */
export const perceptron = (design: PerceptronDesign, layers: readonly TrainedLayer[]): Network => {
  const tensors: Record<string, Float32Array> = {};
  layers.forEach(({ inputs, outputs, weights, gain, shift, mean, variance }, l) => {
    const turned = new Float32Array(weights.length);
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) turned[o * inputs + i] = weights[i * outputs + o];
    tensors[`dense${l + 1}.weight`] = turned;
    for (const [part, values] of Object.entries({ gain, shift, mean, variance }))
      tensors[`norm${l + 1}.${part}`] = values;
  });
  return { ...perceptronLayers(design), tensors };
};
