import { MOMENTUM } from "#src/networks/batch-norm";
import { elementOf } from "#src/networks/executor";
import { SLICES } from "./exchange.ts";
import { forEachRow, type Pass, type RunningStep, type StepContext } from "./step-context.ts";
import type { TrainingStep } from "./training-steps.ts";

export type PointwiseStep = Extract<TrainingStep, { readonly kind: "pointwise" }>;

/** Running statistics of a normalisation, a channel each. */
export interface Running {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

const filled = (channels: number): number => 4 * Math.ceil(channels / 4);

/** Lengths of the arrays of a step of so many channels: by channel, and two doubles each. */
export const pointwiseArrays = (channels: number) => ({
  mean: filled(channels),
  factor: filled(channels),
  shift: filled(channels),
  level: filled(channels),
  slope: filled(channels),
  sums: 4 * channels,
});

type PointwiseMemory = { readonly [K in keyof ReturnType<typeof pointwiseArrays>]: Float32Array };

/** Moments of slices, mean and sum of squared deviations, as those of the whole (Chan, Golub, LeVeque 1979), a channel each. */
const joined = (
  counts: readonly number[],
  at: (slice: number) => number,
  statistics: Float64Array,
  channels: number,
  c: number,
): readonly [mean: number, variance: number, count: number] => {
  let [before, mean, squares] = [0, 0, 0];
  for (let s = 0; s < SLICES; s++) {
    const n = counts[s];
    if (n === 0) continue;
    const d = statistics[at(s) + c] - mean;
    mean += (d * n) / (before + n);
    squares += statistics[at(s) + channels + c] + (d * d * before * n) / (before + n);
    before += n;
  }
  return [mean, squares / before, before];
};

/**
 * Batch normalisation, where there is one, by the statistics of the whole batch, and what quantizes its result.
 */
export const pointwiseStep = (
  { input, output, norm, pointwise, staircase }: PointwiseStep,
  running: Running | null,
  memory: PointwiseMemory,
  { kernels, values, gradients, exchange, into }: StepContext,
): RunningStep => {
  const { channels, rows, columns } = values[input];
  const { mean, factor, shift, level, slope } = memory;
  const { statistics } = exchange;
  const perSlice = statistics.length / (2 * SLICES);
  const sums = new Float64Array(memory.sums.buffer, memory.sums.byteOffset, 2 * channels);
  const inverse = new Float64Array(channels);
  const stairs = staircase && elementOf({ layer: staircase, takes: [], from: NO_SHAPE, to: NO_SHAPE }, {});
  if (!norm) factor.fill(1);
  const places = (pass: Pass): readonly number[] => pass.counts.map((count) => count * rows * columns);
  const at = (slice: number, way: "forwards" | "back"): number =>
    (way === "back" ? SLICES * perSlice : 0) + slice * perSlice + (norm?.statistics ?? 0);
  /** Puts what `of` sums over each own slice beside what others did. */
  const gather = (pass: Pass, way: "forwards" | "back", of: (slice: Pass["slices"][number]) => void): void => {
    for (const slice of pass.slices) {
      if (slice.count > 0) of(slice);
      else sums.fill(0);
      statistics.set(sums, at(slice.slice, way));
    }
    exchange.meet();
  };
  const setFactors = (c: number, by: number, variance: number): void => {
    if (!norm) return;
    inverse[c] = 1 / Math.sqrt(variance + norm.epsilon);
    mean[c] = by;
    factor[c] = exchange.parameters[norm.gain.from + c] * inverse[c];
    shift[c] = exchange.parameters[norm.shift.from + c];
  };
  return {
    load: () => undefined,
    forward: (pass, mode) => {
      if (norm && running) {
        if (mode === "training") {
          gather(pass, "forwards", (slice) => kernels.images.moments(sums, values[input], slice));
          const counts = places(pass);
          for (let c = 0; c < channels; c++) {
            const [own, variance, count] = joined(counts, (s) => at(s, "forwards"), statistics, channels, c);
            setFactors(c, own, variance);
            running.mean[c] += MOMENTUM * (own - running.mean[c]);
            const unbiased = count > 1 ? (variance * count) / (count - 1) : variance;
            running.variance[c] += MOMENTUM * (unbiased - running.variance[c]);
          }
        } else for (let c = 0; c < channels; c++) setFactors(c, running.mean[c], running.variance[c]);
      }
      const out = values[output];
      kernels.images.normalise(out, values[input], memory, pointwise, pass.all);
      if (stairs)
        forEachRow(out, pass.all, (from, length) => {
          for (let i = from; i < from + length; i++) out.data[i] = stairs(out.data[i], 0);
        });
    },
    backward: (pass) => {
      const [x, gradient] = [values[input], gradients[output]];
      const sum = (slice: Pass["slices"][number]): void =>
        kernels.images.gradientSums(sums, gradient, x, memory, pointwise, slice);
      if (norm) {
        gather(pass, "back", sum);
        const count = places(pass).reduce((a, b) => a + b, 0);
        const isFirst = pass.slices.some(({ slice }) => slice === 0);
        for (let c = 0; c < channels; c++) {
          let [total, product] = [0, 0];
          for (let s = 0; s < SLICES; s++) {
            total += statistics[at(s, "back") + c];
            product += statistics[at(s, "back") + channels + c];
          }
          level[c] = total / count;
          slope[c] = (product * inverse[c] * inverse[c]) / count;
          if (!isFirst) continue;
          exchange.gradients[norm.gain.from + c] = product * inverse[c];
          exchange.gradients[norm.shift.from + c] = total;
        }
      } else for (const slice of pass.slices) sum(slice);
      const below = into(input);
      if (!below) return;
      kernels.images.normaliseBack(below.images, gradient, x, memory, level, slope, pass.all);
      below.done();
    },
  };
};

/** A staircase knows neither shape nor channel. */
const NO_SHAPE = { channels: 1, height: 1, width: 1 };
