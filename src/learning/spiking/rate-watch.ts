/**
 * Mean rate of a layer [spikes a step], and share of neurons that fire in nearly every step, from which rates have exploded: networks
 * that learn stay at 0.1 to 0.25 and below 0.04, one that teaches itself to fire ends at 0.8 (docs/eqspike.md).
 */
const EXPLODED = { rate: 0.6, unceasing: 0.2 } as const;
/** Share of steps from which a neuron fires in nearly every one. */
export const NEARLY_EVERY = 0.95;
/** An image alone may drive a layer hard: rates are looked at over this many. */
const LOOKED_AT = 1000;

/** Watches the rates of a network that learns, a thousand images at a time. */
interface RateWatch {
  add(steps: number, counts: readonly Int32Array[]): void;
  /** After these images: why the rates are no state to learn from, and what to do; or null. */
  fault(images: number): string | null;
  /** What has been seen of the images at hand, to be stored, and back. */
  save(): Float64Array;
  restore(saved: ArrayLike<number>): void;
}

/** @param layers Neurons a layer. */
export const rateWatch = (layers: readonly number[]): RateWatch => {
  // Images, steps, then spikes of each neuron.
  const seen = new Float64Array(2 + layers.reduce((a, b) => a + b, 0));
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  return {
    add: (steps, counts) => {
      seen[1] += steps;
      let at = 2;
      for (const layer of counts) for (let i = 0; i < layer.length; i++) seen[at++] += layer[i];
    },
    fault: (images) => {
      seen[0] += images;
      if (seen[0] < LOOKED_AT) return null;
      const steps = seen[1];
      const spikes = seen.slice(2);
      seen.fill(0);
      const rates = layers.map((n, l) => {
        const from = layers.slice(0, l).reduce((a, b) => a + b, 0);
        return spikes.subarray(from, from + n).reduce((a, b) => a + b, 0) / (n * steps);
      });
      const unceasing = spikes.filter((n) => n >= NEARLY_EVERY * steps).length / spikes.length;
      const layer = rates.findIndex((rate) => rate > EXPLODED.rate);
      if (layer < 0 && unceasing <= EXPLODED.unceasing) return null;
      const what =
        layer >= 0
          ? `layer ${layer + 1} fires in ${percent(rates[layer])} of all steps`
          : `${percent(unceasing)} of the neurons fire in nearly every step`;
      return `${what}: rates have exploded, and neurons that always fire pass on no error. Lower learningRates, let the nudge's sign alternate, or lengthen the free phase`;
    },
    save: () => seen.slice(),
    restore: (saved) => {
      seen.set(saved);
    },
  };
};
