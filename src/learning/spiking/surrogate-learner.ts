import { ADAM, largestOfRows, optimiserState, optimiserStepInPlace } from "#src/networks/index";
import { allFinite } from "../batch-arrays.ts";
import { softmaxInto } from "../cost.ts";
import { type Learner, NOT_A_NUMBER } from "../learner.ts";
import type { NetworkParameters } from "../primitive-function.ts";
import { checkSurrogate, latencySteps, type NeuronChip, type SurrogateDesign } from "./surrogate-network.ts";

export interface SurrogateLearner extends Learner {
  /** Spikes of hidden neurons and of inputs since the last call, and images shown. */
  takeSpikes(): { readonly hidden: number; readonly inputs: number; readonly images: number };
  /** What the last `learn` found before it moved anything: gradients of both layers' weights. */
  readonly gradients: readonly Float32Array[];
}

/**
 * Learning with the chip in the loop: membranes and spikes are what this chip gave, errors go back through the ideal neurons' dynamics
 * with the surrogate 1 / (steepness |v - 1| + 1)^2 for a spike's derivative; the reset is not differentiated. On the ideal chip this is
 * training in software. Cross-entropy of the softmax of the outputs' largest values; Adam; weights rounded to the hardware's levels as
 * the chip sees them, kept as they are beside it.
 *
 * @param images Most images at once.
 */
export const surrogateLearner = (
  design: SurrogateDesign,
  chip: NeuronChip,
  start: NetworkParameters,
  learningRate: number,
  images: number,
): SurrogateLearner => {
  checkSurrogate(design);
  const { widths, steps, steepness, readoutScale, burstPenalty, levels } = design;
  const [inputs, hidden, classes] = widths;
  if (!(learningRate >= 0 && learningRate < Number.POSITIVE_INFINITY))
    throw new RangeError(`surrogate network: a learning rate of ${learningRate}; expected 0 or more.`);
  start.weights.forEach((w, l) => {
    if (w.length !== widths[l] * widths[l + 1])
      throw new RangeError(`surrogate network: ${w.length} weights between ${widths[l]} and ${widths[l + 1]} neurons.`);
  });
  if (!(Number.isInteger(images) && images >= 1))
    throw new RangeError(`surrogate network: batches of ${images} images; expected 1 or more.`);
  const weights = start.weights.map((w) => w.slice());
  const seen = weights.map((w) => w.slice());
  const gradients = weights.map((w) => new Float32Array(w.length));
  const moments = weights.map((w) => optimiserState(w.length, ADAM));
  const batch = { x: new Float32Array(images * inputs), targets: new Float32Array(images * classes) };
  const ofHidden = (): Float32Array[] => Array.from({ length: steps }, () => new Float32Array(hidden));
  const [arriving, membranes, fired] = [ofHidden(), ofHidden(), ofHidden()];
  const [potential, current] = [new Float64Array(hidden), new Float64Array(hidden)];
  const [readout, outputCurrent, largest] = [
    new Float64Array(classes),
    new Float64Array(classes),
    new Float32Array(classes),
  ];
  const largestAt = new Int32Array(classes);
  const byOutput = Array.from({ length: steps }, () => new Float64Array(classes));
  const keepMembrane = Math.exp(-design.timeStep / design.membraneTime);
  const keepCurrent = Math.exp(-design.timeStep / design.synapticTime);
  const scores = new Float32Array(images * classes);
  let step = 0;
  let [hiddenSpikes, inputSpikes, shown] = [0, 0, 0];

  const refresh = (): void =>
    weights.forEach((w, l) => {
      if (!levels) seen[l].set(w);
      else
        for (let k = 0; k < w.length; k++) {
          const level = Math.round((w[k] * levels.count) / levels.largest);
          seen[l][k] = (Math.min(levels.count, Math.max(-levels.count, level)) * levels.largest) / levels.count;
        }
    });
  refresh();

  /** One image through the chip; leaves membranes, spikes, and the outputs' largest values with their steps. */
  const forward = (times: Int16Array): void => {
    for (const a of arriving) a.fill(0);
    for (let j = 0; j < inputs; j++) {
      if (times[j] < 0) continue;
      inputSpikes++;
      const into = arriving[times[j]];
      for (let i = 0, k = j * hidden; i < hidden; i++, k++) into[i] += seen[0][k];
    }
    potential.fill(0);
    current.fill(0);
    readout.fill(0);
    outputCurrent.fill(0);
    largest.fill(Number.NEGATIVE_INFINITY);
    for (let t = 0; t < steps; t++) {
      for (let k = 0; k < classes; k++) outputCurrent[k] *= chip.keepCurrent[hidden + k];
      const [v, s] = [membranes[t], fired[t]];
      for (let i = 0; i < hidden; i++) {
        current[i] = chip.keepCurrent[i] * current[i] + chip.gain[i] * arriving[t][i];
        potential[i] = chip.keepMembrane[i] * potential[i] + current[i];
        v[i] = potential[i];
        s[i] = potential[i] >= chip.threshold[i] ? 1 : 0;
        if (s[i] === 0) continue;
        potential[i] -= chip.threshold[i];
        hiddenSpikes++;
        for (let k = 0; k < classes; k++) outputCurrent[k] += chip.gain[hidden + k] * seen[1][i * classes + k];
      }
      for (let k = 0; k < classes; k++) {
        readout[k] = chip.keepMembrane[hidden + k] * readout[k] + outputCurrent[k];
        if (readout[k] > largest[k]) [largest[k], largestAt[k]] = [readout[k], t];
      }
    }
    shown++;
  };
  const [membraneError, currentError] = [new Float64Array(hidden), new Float64Array(hidden)];
  /** Adds one image's gradients: `error` is dL / d score, `times` its input. */
  const backward = (times: Int16Array, error: Float64Array, count: number): void => {
    const [ov, oi] = [new Float64Array(classes), new Float64Array(classes)];
    for (let t = steps - 1; t >= 0; t--)
      for (let k = 0; k < classes; k++) {
        ov[k] = keepMembrane * ov[k] + (largestAt[k] === t ? readoutScale * error[k] : 0);
        oi[k] = keepCurrent * oi[k] + ov[k];
        byOutput[t][k] = oi[k];
      }
    const bursts = new Float64Array(hidden);
    for (const s of fired) for (let i = 0; i < hidden; i++) bursts[i] += s[i];
    membraneError.fill(0);
    currentError.fill(0);
    for (let t = steps - 1; t >= 0; t--) {
      const [v, s, by] = [membranes[t], fired[t], byOutput[t]];
      for (let i = 0; i < hidden; i++) {
        const at = i * classes;
        let bySpike = (2 * burstPenalty * bursts[i]) / (count * hidden);
        for (let k = 0; k < classes; k++) {
          bySpike += by[k] * seen[1][at + k];
          if (s[i] === 1) gradients[1][at + k] += by[k];
        }
        const away = steepness * Math.abs(v[i] - 1) + 1;
        membraneError[i] = keepMembrane * membraneError[i] + bySpike / (away * away);
        currentError[i] = keepCurrent * currentError[i] + membraneError[i];
        // What arrived in this step is not needed any more: its place keeps the error.
        arriving[t][i] = currentError[i];
      }
    }
    for (let j = 0; j < inputs; j++) {
      if (times[j] < 0) continue;
      const from = arriving[times[j]];
      for (let i = 0, k = j * hidden; i < hidden; i++, k++) gradients[0][k] += from[i];
    }
  };
  const timesOf = (b: number): Int16Array => latencySteps(design, batch.x.subarray(b * inputs, (b + 1) * inputs));
  return {
    inputs,
    classes,
    images,
    batch,
    gradients,
    learn: (count, schedule) => {
      for (const g of gradients) g.fill(0);
      const [p, error] = [new Float64Array(classes), new Float64Array(classes)];
      for (let b = 0; b < count; b++) {
        const times = timesOf(b);
        forward(times);
        softmaxInto(
          p,
          Float64Array.from(largest, (v) => readoutScale * v),
          1,
          classes,
        );
        for (let k = 0; k < classes; k++) error[k] = (p[k] - batch.targets[b * classes + k]) / count;
        backward(times, error, count);
      }
      const finite = allFinite(gradients);
      if (finite) {
        step++;
        weights.forEach((w, l) => {
          optimiserStepInPlace(ADAM, w, gradients[l], moments[l], schedule * learningRate, step);
          if (levels)
            for (let k = 0; k < w.length; k++) w[k] = Math.min(levels.largest, Math.max(-levels.largest, w[k]));
        });
        refresh();
      }
      return { free: null, unsettled: false, saturated: null, fault: finite ? null : NOT_A_NUMBER };
    },
    classify: (count) => {
      for (let b = 0; b < count; b++) {
        forward(timesOf(b));
        scores.set(largest, b * classes);
      }
      return largestOfRows(scores, count, classes);
    },
    takeSpikes: () => {
      const taken = { hidden: hiddenSpikes, inputs: inputSpikes, images: shown };
      [hiddenSpikes, inputSpikes, shown] = [0, 0, 0];
      return taken;
    },
    save: () => ({
      step,
      arrays: Object.fromEntries(
        weights.flatMap((w, l) => [
          [`${l}.weights`, w.slice()],
          [`${l}.first`, moments[l].first.slice()],
          [`${l}.second`, moments[l].second.slice()],
        ]),
      ),
    }),
    restore: (saved) => {
      step = saved.step;
      weights.forEach((w, l) => {
        w.set(saved.arrays[`${l}.weights`]);
        moments[l].first.set(saved.arrays[`${l}.first`]);
        moments[l].second.set(saved.arrays[`${l}.second`]);
      });
      refresh();
    },
  };
};
