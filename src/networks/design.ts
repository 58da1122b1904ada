/** What the forward pass makes of a latent weight. */
export type WeightQuantizer =
  | { readonly kind: "float" }
  /** +1 for w >= 0, else -1. */
  | { readonly kind: "binary" }
  /** The sign of w where |w| > threshold, else 0. */
  | { readonly kind: "ternary"; readonly threshold: number };

/** What a hidden layer passes on. */
export type Activation =
  | { readonly kind: "relu" }
  /** +1 for y >= 0, else -1. */
  | { readonly kind: "binary" }
  /** The sign of y where |y| > threshold, else 0: a two-bit signal, not a plain XNOR. */
  | { readonly kind: "ternary"; readonly threshold: number };

/**
 * A multilayer perceptron: y = W x, batch normalisation, activation; no bias; the output layer is normalised too. All
 * layers take the same quantizer, first and last included. Inputs are 8-bit integers.
 */
export interface PerceptronDesign {
  /** Neurons a layer, inputs first: [784, 64, 64, 10]. */
  readonly widths: readonly number[];
  readonly weights: WeightQuantizer;
  readonly activation: Activation;
}

/**
 * Ternary threshold 0.05 with latent weights starting at N(0, 0.03): the public training code of Laborieux et al.
 * (github.com/Laborieux-Axel/Quantized_VGG). 90 % of the weights start at zero; the learning rate decides how many stay.
 */
export const TERNARY_WEIGHTS: WeightQuantizer = { kind: "ternary", threshold: 0.05 };
/** Start of latent weights, the same source. */
export const INITIAL_SIGMA = 0.03;
/** 0.5 of a unit-variance pre-activation: 0.05 would zero only 4 % and act like a binary activation. */
export const TERNARY_ACTIVATION = { kind: "ternary", threshold: 0.5 } as const satisfies Activation;

/** @throws RangeError for fewer than two widths, or a width that is not a positive integer. */
export const checkDesign = (design: PerceptronDesign): void => {
  const { widths, weights, activation } = design;
  if (widths.length < 2 || widths.some((w) => !Number.isInteger(w) || w < 1))
    throw new RangeError(
      `network: widths ${widths.join("-")}; expected at least two positive integers, e.g. 784-64-64-10.`,
    );
  if ((weights.kind === "float") !== (activation.kind === "relu"))
    throw new RangeError(
      `network: ${weights.kind} weights with ${activation.kind} activations; float weights go with relu, binary and ternary weights with binary or ternary activations.`,
    );
};
