import { adamScales, BETA1, BETA2 } from "#src/networks/optimiser";
import { type Exchange, SLICES, shareOf } from "./exchange.ts";
import { limitOf, slopeOf } from "./latent-weights.ts";
import type { RecipeOptimiser } from "./recipe.ts";
import type { TrainingSteps } from "./training-steps.ts";

/** What a step of training does: the learning rate, and the optimiser's step number from 1. */
export interface Descent {
  readonly rate: number;
  readonly step: number;
}

/** Parameters whose gradients are summed at once: a few tens of kilobytes. */
const TOGETHER = 2048;

/**
 * Moves a rank's share of all parameters by the gradients of the slices, summed in their order in double precision; latent weights then
 * stay within their limit. False where a gradient is no number.
 */
export const descentOf = (
  { steps, parameters, length }: TrainingSteps,
  optimiser: RecipeOptimiser,
  { rank, ranks, parameters: w, first, second, gradients }: Exchange,
): ((by: Descent) => boolean) => {
  const blocks = parameters.map((block) => {
    const step = steps.find((own) => own.kind === "weighted" && own.weights === block);
    const of = step?.kind === "weighted" ? step.of : null;
    const decay = of && optimiser.kind !== "adam" ? optimiser.weightDecay : 0;
    return {
      ...block,
      decay,
      limit: of ? limitOf(of) : Number.POSITIVE_INFINITY,
      slope: of ? slopeOf(of.weights) : 1,
    };
  });
  const sums = new Float64Array(TOGETHER);
  const [from, to] = shareOf(length, rank, ranks);
  /** Sums of parameters start .. end; false where one is no number. */
  const sum = (start: number, end: number, slope: number): boolean => {
    const count = end - start;
    sums.fill(0, 0, count);
    for (let s = 0; s < SLICES; s++) {
      const at = s * length + start;
      for (let i = 0; i < count; i++) sums[i] += gradients[at + i];
    }
    let check = 0;
    for (let i = 0; i < count; i++) {
      sums[i] *= slope;
      check += sums[i];
    }
    return Number.isFinite(check);
  };
  const adam = (
    start: number,
    end: number,
    { rate }: Descent,
    scales: ReturnType<typeof adamScales>,
    decay: number,
    limit: number,
  ): void => {
    const { rate: scaled, epsilon } = scales;
    const keep = 1 - rate * decay;
    for (let i = start; i < end; i++) {
      const g = sums[i - start];
      const m = BETA1 * first[i] + (1 - BETA1) * g;
      const v = BETA2 * second[i] + (1 - BETA2) * g * g;
      first[i] = m;
      second[i] = v;
      w[i] = Math.min(limit, Math.max(-limit, keep * w[i] - (scaled * m) / (Math.sqrt(v) + epsilon)));
    }
  };
  const descend = (start: number, end: number, { rate }: Descent, decay: number, limit: number): void => {
    const momentum = optimiser.kind === "sgd" ? optimiser.momentum : 0;
    for (let i = start; i < end; i++) {
      const v = momentum * first[i] + sums[i - start] + decay * w[i];
      first[i] = v;
      w[i] = Math.min(limit, Math.max(-limit, w[i] - rate * v));
    }
  };
  return (by) => {
    let areNumbers = true;
    const scales = adamScales(by.rate, by.step);
    for (const { from: begin, length: size, decay, limit, slope } of blocks) {
      const last = Math.min(to, begin + size);
      for (let start = Math.max(from, begin); start < last; start += TOGETHER) {
        const end = Math.min(last, start + TOGETHER);
        areNumbers = sum(start, end, slope) && areNumbers;
        if (optimiser.kind === "sgd") descend(start, end, by, decay, limit);
        else adam(start, end, by, scales, decay, limit);
      }
    }
    return areNumbers;
  };
};
