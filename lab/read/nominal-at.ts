import type { Waveforms } from "../work/task.ts";

/** Weights in the order in which reads are drawn. */
export const WEIGHT_ORDER = ["+1", "-1", "0"] as const;
export type WeightName = (typeof WEIGHT_ORDER)[number];

/** Place between two times and how far into it: linear interpolation of what is drawn. */
const placeOf = (times: Float64Array, t: number): { readonly i: number; readonly share: number } => {
  const last = times.length - 1;
  if (t >= times[last]) return { i: last - 1, share: 1 };
  let i = 0;
  while (i < last - 1 && times[i + 1] < t) i++;
  return { i, share: Math.max(0, (t - times[i]) / (times[i + 1] - times[i])) };
};

/** Voltages of the nominal read of a weight at a time [V], by node. */
export const nominalAt = ({ times, nominal }: Waveforms, weight: WeightName, t: number): Record<string, number> => {
  const { i, share } = placeOf(times, t);
  const start = WEIGHT_ORDER.indexOf(weight) * times.length;
  return Object.fromEntries(
    Object.entries(nominal).map(([node, v]) => [node, v[start + i] * (1 - share) + v[start + i + 1] * share]),
  );
};
