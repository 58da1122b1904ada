import { type Arithmetic, hasArithmetic } from "#src/kernels/kernels";
import { AS_THEY_ARE, type Augmentation } from "../augmentation.ts";

/** How a gradient moves latent weights and the other parameters. */
export type RecipeOptimiser =
  | { readonly kind: "adam" }
  /** Adam that also draws latent weights to 0, w <- w - rate weightDecay w (Loshchilov and Hutter, arXiv:1711.05101). */
  | { readonly kind: "adamw"; readonly weightDecay: number }
  /** v <- momentum v + g + weightDecay w, w <- w - rate v; the decay is of latent weights. */
  | { readonly kind: "sgd"; readonly momentum: number; readonly weightDecay: number };

/** Learning rates over a training, stepped every batch. */
export type RecipeSchedule =
  | { readonly kind: "constant" }
  /**
   * From the learning rate to 0 by a cosine, again and again: so many epochs each time. The optimiser begins anew with each (warm
   * restarts: Loshchilov and Hutter, arXiv:1608.03983).
   */
  | { readonly kind: "cosine"; readonly periods: readonly number[] };

export interface Recipe {
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly optimiser: RecipeOptimiser;
  readonly schedule: RecipeSchedule;
  readonly augmentation: Augmentation;
  /** A latent weight of a ternary layer counts as 0 within this. */
  readonly ternaryThreshold: number;
  /** Of the kernels: "strict" gives the same bytes on every host. */
  readonly arithmetic: Arithmetic;
  /** Deviation of latent weights at the start; of float ones it is sqrt(2 / inputs). */
  readonly initialSigma: number;
}

/**
 * Latent weights start at N(0, 0.03) and ternary ones are 0 within 0.05: the public training code of Laborieux et al.
 * (github.com/Laborieux-Axel/Quantized_VGG). 90 % of ternary weights start at 0; the learning rate decides how many stay.
 */
export const RECIPE = {
  optimiser: { kind: "adam" },
  augmentation: AS_THEY_ARE,
  arithmetic: "strict",
  ternaryThreshold: 0.05,
  initialSigma: 0.03,
} as const satisfies Partial<Recipe>;

/** A loss [nats] that no training comes back from (ten classes guessed give 2.3), if it is also so many times that of the first batch. Chosen. */
const [LOST, TIMES] = [100, 10];

/** Whether a batch's loss says that a training is lost; `first` is that of the first batch. */
export const isLost = (loss: number, first: number): boolean => !(loss <= LOST || loss <= TIMES * first);

const refuse = (what: string): never => {
  throw new RangeError(`training: ${what}`);
};

/** @throws RangeError for numbers that make no sense, or that so many images cannot serve. */
export const checkRecipe = (recipe: Recipe, images: number): void => {
  const { epochs, batch, learningRate, optimiser, schedule, augmentation, ternaryThreshold, initialSigma } = recipe;
  if (!hasArithmetic(recipe.arithmetic))
    refuse(
      `this host has no ${recipe.arithmetic} arithmetic (relaxed SIMD of WebAssembly, with products fused); another one gives other bytes. Take strict, or a host that has it.`,
    );
  if (!(Number.isInteger(epochs) && epochs >= 1)) refuse(`${epochs} epochs; expected a whole number from 1.`);
  if (!(Number.isInteger(batch) && batch >= 2))
    refuse(`batches of ${batch}; expected a whole number from 2, one image has no variance to normalise by.`);
  if (batch > images) refuse(`batches of ${batch} images from a set of ${images}; take at most ${images}.`);
  if (!(learningRate > 0 && Number.isFinite(learningRate))) refuse(`learning rate ${learningRate}; expected above 0.`);
  if (optimiser.kind !== "adam" && !(optimiser.weightDecay >= 0 && Number.isFinite(optimiser.weightDecay)))
    refuse(`weight decay ${optimiser.weightDecay}; expected 0 or more.`);
  if (optimiser.kind === "sgd" && !(optimiser.momentum >= 0 && optimiser.momentum < 1))
    refuse(`momentum ${optimiser.momentum}; expected from 0, below 1.`);
  if (schedule.kind === "cosine") {
    const { periods } = schedule;
    if (periods.length === 0 || !periods.every((n) => Number.isInteger(n) && n >= 1))
      refuse(`a cosine over ${periods.join(", ")} epochs; expected whole numbers from 1.`);
    const whole = periods.reduce((sum, n) => sum + n, 0);
    if (whole !== epochs)
      refuse(`a cosine over ${periods.join(" + ")} = ${whole} epochs in a training of ${epochs}; expected as many.`);
  }
  if (augmentation.kind !== "none" && !(Number.isInteger(augmentation.reach) && augmentation.reach >= 0))
    refuse(`images moved by up to ${augmentation.reach} pixels; expected a whole number from 0.`);
  if (!(ternaryThreshold >= 0 && ternaryThreshold < 1))
    refuse(`a ternary threshold of ${ternaryThreshold}; expected from 0, below 1 (latent weights are within -1 .. 1).`);
  if (!(initialSigma > 0 && Number.isFinite(initialSigma)))
    refuse(`latent weights that start at N(0, ${initialSigma}); expected above 0.`);
};

/** Where a schedule stands at a batch of an epoch (both from 0): the factor of the rate, and the epoch since which the optimiser learns. */
export const scheduledAt = (
  { schedule }: Pick<Recipe, "schedule">,
  epoch: number,
  batch: number,
  batches: number,
): { readonly factor: number; readonly since: number } => {
  if (schedule.kind === "constant") return { factor: 1, since: 0 };
  let since = 0;
  let period = schedule.periods[0];
  for (const next of schedule.periods) {
    period = next;
    if (epoch < since + next) break;
    since += next;
  }
  const done = ((epoch - since) * batches + batch) / (period * batches);
  return { factor: (1 + Math.cos(Math.PI * done)) / 2, since };
};
