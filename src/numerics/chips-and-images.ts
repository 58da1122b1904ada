import { withinShares } from "./intervals.ts";
import { meanInterval } from "./mean-interval.ts";
import { momentsOf } from "./moments.ts";
import { type Interval, wilson } from "./wilson.ts";

/**
 * An accuracy's interval over chips (Student's t) widened by the images that all of them met: Wilson's interval of one network over them, in
 * quadrature (an upper bound: chips that classify the same images never add to an image's luck).
 */
export const withImages = (chips: Interval, images: number): Interval => {
  const sample = wilson(Math.round(chips.estimate * images), images);
  const half = (end: (i: Interval) => number): number =>
    Math.hypot(end(chips) - chips.estimate, end(sample) - sample.estimate);
  return withinShares({
    estimate: chips.estimate,
    low: chips.estimate - half((i) => i.low),
    high: chips.estimate + half((i) => i.high),
  });
};

/**
 * Interval of an accuracy measured on several chips of one network, all on the same images: for other chips and other images
 * of the same kind.
 */
export const chipsAndImages = (accuracies: readonly number[], images: number): Interval =>
  withImages(meanInterval(momentsOf(accuracies)), images);
