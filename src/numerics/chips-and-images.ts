import { type Interval, wilson, withinShares } from "./intervals.ts";
import { meanInterval, momentsOf } from "./moments.ts";

/**
 * Interval of an accuracy measured on several chips of one network, all on the same images: for other chips and other images
 * of the same kind. Both spreads in quadrature: Student's t over the chips, Wilson's interval of one network over the images
 * (an upper bound: chips that classify the same images never add to an image's luck).
 */
export const chipsAndImages = (accuracies: readonly number[], images: number): Interval => {
  const chips = meanInterval(momentsOf(accuracies));
  const sample = wilson(Math.round(chips.estimate * images), images);
  const half = (end: (i: Interval) => number): number =>
    Math.hypot(end(chips) - chips.estimate, end(sample) - sample.estimate);
  return withinShares({
    estimate: chips.estimate,
    low: chips.estimate - half((i) => i.low),
    high: chips.estimate + half((i) => i.high),
  });
};
