import type { Prepared } from "#src/montecarlo/index";

const STEPS = 150;
/** Neurons of layers, as the defaults of eqspike-dynamics have them. */
const WIDTHS = [100, 10];

/** A made-up part of eqspike-dynamics: layers whose neurons spike every so many steps. */
export const watchedImage: Prepared = () => {
  const layers = <T extends Uint8Array | Float32Array>(
    make: (length: number) => T,
    value: (i: number, s: number) => number,
  ) => WIDTHS.map((n) => make(STEPS * n).map((_, k) => value(k % n, Math.floor(k / n))) as T);
  return {
    steps: STEPS,
    label: 4,
    spikes: layers(
      (n) => new Uint8Array(n),
      (i, s) => (s % (3 + (i % 7)) === 0 ? 1 : 0),
    ),
    membranes: layers(
      (n) => new Float32Array(n),
      (i, s) => (s % (3 + i)) / (3 + i),
    ),
    rates: layers(
      (n) => new Float32Array(n),
      (i, s) => i / 1000 + s / 10000,
    ),
  };
};
