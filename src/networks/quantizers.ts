import type { Activation, WeightQuantizer } from "./design.ts";

/** q = quantized w, element by element. */
export const quantizeWeightsInto = (q: Float32Array, w: Float32Array, quantizer: WeightQuantizer): void => {
  switch (quantizer.kind) {
    case "float":
      q.set(w);
      return;
    case "binary":
      for (let i = 0; i < w.length; i++) q[i] = w[i] >= 0 ? 1 : -1;
      return;
    case "ternary": {
      const { threshold } = quantizer;
      for (let i = 0; i < w.length; i++) q[i] = w[i] > threshold ? 1 : w[i] < -threshold ? -1 : 0;
    }
  }
};

/** a = activation of the first `count` elements of y. */
export const activateInto = (a: Float32Array, y: Float32Array, activation: Activation, count: number): void => {
  switch (activation.kind) {
    case "relu":
      for (let i = 0; i < count; i++) a[i] = Math.max(y[i], 0);
      return;
    case "binary":
      for (let i = 0; i < count; i++) a[i] = y[i] >= 0 ? 1 : -1;
      return;
    case "ternary": {
      const { threshold } = activation;
      for (let i = 0; i < count; i++) a[i] = y[i] > threshold ? 1 : y[i] < -threshold ? -1 : 0;
    }
  }
};

/**
 * Gradient through the activation, in place: for relu where y > 0, for binary and ternary the straight-through
 * estimator, the gradient of the hard tanh, which passes where |y| <= 1.
 */
export const activationGradientInPlace = (
  gradient: Float32Array,
  y: Float32Array,
  activation: Activation,
  count: number,
): void => {
  if (activation.kind === "relu") {
    for (let i = 0; i < count; i++) if (y[i] <= 0) gradient[i] = 0;
  } else {
    for (let i = 0; i < count; i++) if (y[i] > 1 || y[i] < -1) gradient[i] = 0;
  }
};
