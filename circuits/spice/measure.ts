import type { Measure, Passage } from "./spice-deck.ts";

/** A waveform as it was sampled: ascending times [s], voltages by node [V]. */
export interface Sampled {
  readonly times: Float64Array;
  readonly voltages: Readonly<Record<string, Float64Array>>;
}

/** Time of a passage, by straight lines between samples; null where it does not happen. */
const timeOf = ({ times, voltages }: Sampled, { node, value, edge, number, after }: Passage): number | null => {
  const v = voltages[node];
  let found = 0;
  for (let i = 1; i < times.length; i++) {
    const rises = v[i - 1] < value && v[i] >= value;
    const falls = v[i - 1] > value && v[i] <= value;
    if (!((rises && edge !== "fall") || (falls && edge !== "rise"))) continue;
    const at = times[i - 1] + ((times[i] - times[i - 1]) * (value - v[i - 1])) / (v[i] - v[i - 1]);
    if (at >= after && ++found === number) return at;
  }
  return null;
};

const voltageAt = ({ times, voltages }: Sampled, node: string, at: number): number | null => {
  const v = voltages[node];
  if (!(at >= times[0] && at <= times[times.length - 1])) return null;
  let low = 0;
  let high = times.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= at) low = middle;
    else high = middle;
  }
  return v[low] + ((v[high] - v[low]) * (at - times[low])) / (times[high] - times[low]);
};

/** Result of a measure in s or V; null where what it waits for does not happen. */
export const measure = (sampled: Sampled, m: Measure): number | null => {
  if (m.kind === "when") return timeOf(sampled, m.passage);
  if (m.kind === "find") {
    const at = typeof m.at === "number" ? m.at : timeOf(sampled, m.at);
    return at === null ? null : voltageAt(sampled, m.node, at);
  }
  const from = timeOf(sampled, m.trigger);
  const to = timeOf(sampled, m.target);
  return from === null || to === null ? null : to - from;
};
