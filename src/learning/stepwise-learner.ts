import { arraysIn } from "#src/kernels/declared-arrays";
import { kernelsFor, transposed } from "#src/kernels/kernels";
import { largestOfRows } from "#src/networks/index";
import { fold, type Key, uniformsInto } from "#src/random/index";
import { batchArrays } from "./batch-arrays.ts";
import { checkPhases, isUnsettled, nudgesOf, type Phases } from "./estimate.ts";
import { canFuse, fusedArrays, fusedRelaxation } from "./fused-relaxation.ts";
import { type Learner, NOT_A_NUMBER } from "./learner.ts";
import { checkStart, ratesOf } from "./parameter-store.ts";
import { type NetworkParameters, type PrimitiveFunction, placeLayers } from "./primitive-function.ts";
import { SATURATION_EVERY, saturatedShare } from "./saturation.ts";

/**
 * Whose weights carry the way back, and what moves them. With s the states before a step and s' after it, for every pair of
 * neighbouring layers n - 1 and n:
 *
 *     tied             W_n both ways                 W_n += (rate / beta) [s'_{n-1} s'_n - s_{n-1} s_n]
 *     separate, own    W_n up, B_n down              W_n += (rate / beta) s_{n-1} (s'_n - s_n),   B_n += (rate / beta) (s'_{n-1} - s_{n-1}) s_n
 *     separate, same   the same two                  both by the sum of the two
 *
 * Tied: continual Equilibrium Propagation (Ernoult et al., arXiv:2005.04168); own: its vector-field form there; same: the symmetric
 * update of both that aligns them (Laborieux et al., arXiv:2006.03824).
 */
export type Feedback = "tied" | "separate (own updates)" | "separate (same update)";

export const FEEDBACKS: readonly Feedback[] = ["tied", "separate (own updates)", "separate (same update)"];

export interface StepwiseRule {
  readonly phases: Phases;
  readonly feedback: Feedback;
  /** Weights move at every nudged step (continual), or by the sum of all steps afterwards. */
  readonly moves: "every step" | "at the end";
  /** Of each layer, the input's first; one number: of all. */
  readonly learningRates: readonly number[];
}

/**
 * Weights of the way back to begin with: uniform in ±1 / sqrt(neurons they come from), the framework's start for a layer in that
 * direction. The first is empty: nothing goes back to the input.
 */
export const initialFeedback = (phi: PrimitiveFunction, key: Key): readonly Float32Array[] =>
  placeLayers(phi).map(({ weights, outputs }, l) => {
    const values = new Float32Array(l === 0 ? 0 : weights);
    uniformsInto(values, fold(key, l));
    return values.map((u) => (2 * u - 1) / Math.sqrt(outputs));
  });

/** @throws RangeError for networks that are not dense with squared error, symmetric phases, or a feedback that is none. */
export const checkStepwise = (phi: PrimitiveFunction, { phases, feedback, learningRates }: StepwiseRule): void => {
  const refuse = (what: string): never => {
    throw new RangeError(`stepwise learning: ${what}`);
  };
  checkPhases(phases);
  const layers = placeLayers(phi);
  ratesOf(layers, learningRates);
  if (!canFuse(layers, phi.cost))
    refuse(
      `cost "${phi.cost.kind}", ${layers.length} layers, ${layers.every(({ kind }) => kind === "dense") ? "dense" : "convolutions among them"}; expected a dense network of two layers or more with squared error.`,
    );
  if (phases.estimator === "symmetric")
    refuse(
      "estimator symmetric; an update that follows the steps of one nudged phase has no second one to compare with. Use one-sided or random-sign.",
    );
  if (!FEEDBACKS.includes(feedback)) refuse(`feedback "${feedback}"; expected ${FEEDBACKS.join(", ")}.`);
};

/**
 * A dense network whose weights follow the steps of the nudged phase one by one.
 *
 * The input does not change within a batch, so that the first layer's weights are needed only through the drive x W: a change
 * sum_b x_b d_b moves it by (x . x^T) d, a product with the batch's Gram matrix, and the weights themselves move once, at the end,
 * by the sum of the changes. The same numbers as an outer product a step, to rounding.
 *
 * @param back Weights of the way back, for separate feedback; null for tied.
 * @throws RangeError as `checkStepwise`, and for feedback without weights, or weights without it.
 */
export const stepwiseLearner = (
  phi: PrimitiveFunction,
  rule: StepwiseRule,
  start: NetworkParameters,
  back: readonly Float32Array[] | null,
  images: number,
): Learner => {
  checkStepwise(phi, rule);
  const { phases, feedback, moves } = rule;
  if ((feedback === "tied") !== (back === null))
    throw new RangeError(`stepwise learning: feedback ${feedback} ${back ? "with" : "without"} weights of its own.`);
  const layers = placeLayers(phi);
  const rates = ratesOf(layers, rule.learningRates);
  checkStart(layers, start, images);
  const continual = moves === "every step";
  const top = layers.length - 1;
  const { inputs, outputs: first } = layers[0];
  const classes = layers[top].outputs;
  const states = layers.map(({ outputs }) => images * outputs);
  const weights = layers.map((layer) => layer.weights);
  const upper = weights.with(0, 0);
  const own = {
    batch: batchArrays(layers, images),
    forward: weights,
    separate: back ? upper : null,
    before: states,
    after: states,
    difference: states,
    scaled: states,
    total: images * first,
    gram: continual ? images * images : 0,
    driven: images * first,
    // What a step asks of each layer's weights; summed where they move at the end.
    upward: upper,
    downward: feedback === "tied" ? upper.map(() => 0) : upper,
  };
  const kernels = kernelsFor({ own, relaxation: fusedArrays(layers, images) });
  const arrays = arraysIn(kernels, own);
  const { batch, forward, difference, scaled, total, gram, driven, upward, downward } = arrays;
  let { before, after } = arrays;
  const backward = arrays.separate ?? forward;
  forward.forEach((w, l) => {
    w.set(start.weights[l]);
  });
  back?.forEach((w, l) => {
    backward[l].set(w);
  });
  const biases = start.biases.map((b) => b.slice());
  const relaxation = fusedRelaxation(kernels, { layers, forward, backward, biases }, phi.activation, phi.cost, images);
  const byBiases = biases.map((b) => new Float32Array(b.length));
  let step = 0;

  /** change += sum over images of scale * below^T above. */
  const addOuter = (
    change: Float32Array,
    below: Float32Array,
    above: Float32Array,
    l: number,
    count: number,
    scale: number,
  ): void => {
    const { inputs: rows, outputs } = layers[l];
    for (let k = 0; k < count * outputs; k++) scaled[l][k] = scale * above[k];
    kernels.addProduct(change, transposed(below, rows), scaled[l], rows, outputs, count);
  };
  const addStep = (count: number, beta: number): void => {
    const share = 1 / (beta * count);
    for (let l = 0; l <= top; l++) {
      const { outputs } = layers[l];
      for (let k = 0; k < count * outputs; k++) difference[l][k] = after[l][k] - before[l][k];
      for (let b = 0, k = 0; b < count; b++)
        for (let o = 0; o < outputs; o++, k++) byBiases[l][o] += share * difference[l][k];
      if (l === 0) continue;
      if (feedback === "tied") {
        addOuter(upward[l], after[l - 1], after[l], l, count, share);
        addOuter(upward[l], before[l - 1], before[l], l, count, -share);
      } else {
        addOuter(upward[l], before[l - 1], difference[l], l, count, share);
        addOuter(downward[l], difference[l - 1], before[l], l, count, share);
      }
    }
    for (let k = 0; k < count * first; k++) total[k] += difference[0][k];
  };
  const move = (weights: Float32Array, change: Float32Array, rate: number): void => {
    for (let k = 0; k < weights.length; k++) weights[k] += rate * change[k];
  };
  /** Moves all but the first layer's weights by what was asked since the last time, and forgets it. */
  const moveUpper = (schedule: number): void => {
    for (let l = 0; l <= top; l++) {
      const rate = schedule * rates[l];
      move(biases[l], byBiases[l], rate);
      byBiases[l].fill(0);
      if (l === 0) continue;
      if (feedback === "separate (same update)") {
        for (let k = 0; k < upward[l].length; k++) upward[l][k] += downward[l][k];
        move(backward[l], upward[l], rate);
      } else if (feedback === "separate (own updates)") move(backward[l], downward[l], rate);
      move(forward[l], upward[l], rate);
      upward[l].fill(0);
      downward[l].fill(0);
    }
  };
  /** What moving the first layer's weights and biases by the present difference does to its drive. */
  const moveDrive = (count: number, beta: number, rate: number): void => {
    const share = rate / (beta * count);
    for (let k = 0; k < count * first; k++) scaled[0][k] = share * difference[0][k];
    driven.fill(0);
    kernels.addProduct(driven, { data: gram, rowStride: count, columnStride: 1 }, scaled[0], count, first, count);
    for (let o = 0; o < first; o++) {
      let sum = 0;
      for (let b = 0; b < count; b++) sum += scaled[0][b * first + o];
      for (let b = 0; b < count; b++) driven[b * first + o] += sum;
    }
    relaxation.addDrive(driven);
  };
  return {
    inputs,
    classes,
    images,
    batch,
    learn: (count, schedule, key) => {
      step++;
      relaxation.present(batch.x, batch.targets, count, key);
      const free = relaxation.settle(0, phases.freeSteps, phases.tolerance, key);
      const [beta] = nudgesOf(phases, key);
      relaxation.statesInto(before);
      const saturated = (step - 1) % SATURATION_EVERY === 0 ? saturatedShare(before, layers, count, phi) : null;
      const finite = !Number.isNaN(free.moved);
      if (!finite) return { free, unsettled: true, saturated, fault: NOT_A_NUMBER };
      total.fill(0);
      if (continual)
        kernels.gemm(
          gram,
          { data: batch.x, rowStride: inputs, columnStride: 1 },
          { data: batch.x, rowStride: 1, columnStride: inputs },
          count,
          count,
          inputs,
        );
      for (let t = 0; t < phases.nudgedSteps; t++) {
        relaxation.settle(beta, 1, 0, key);
        relaxation.statesInto(after);
        addStep(count, beta);
        if (continual) {
          moveDrive(count, beta, schedule * rates[0]);
          moveUpper(schedule);
          relaxation.refreshBiases();
        }
        [before, after] = [after, before];
      }
      if (!continual) moveUpper(schedule);
      addOuter(forward[0], batch.x, total, 0, count, (schedule * rates[0]) / (beta * count));
      return { free, unsettled: isUnsettled(free, phases), saturated, fault: null };
    },
    classify: (count, key) => {
      relaxation.present(batch.x, batch.targets, count, key);
      relaxation.settle(0, phases.freeSteps, phases.tolerance, key);
      relaxation.statesInto(before);
      return largestOfRows(before[top], count, classes);
    },
    save: () => ({
      step,
      arrays: Object.fromEntries(
        layers.flatMap((_, l) => [
          [`${l}.weights`, forward[l].slice()],
          [`${l}.biases`, biases[l].slice()],
          ...(back ? [[`${l}.feedback`, backward[l].slice()]] : []),
        ]),
      ),
    }),
    restore: (saved) => {
      step = saved.step;
      layers.forEach((_, l) => {
        forward[l].set(saved.arrays[`${l}.weights`]);
        biases[l].set(saved.arrays[`${l}.biases`]);
        if (back) backward[l].set(saved.arrays[`${l}.feedback`]);
      });
    },
  };
};
