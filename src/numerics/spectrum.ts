/** The discrete Fourier transform of 2^k complex values in place (J. W. Cooley, J. W. Tukey, Math. Comput. 19, 297, 1965). */
export const fourierInPlace = (re: Float64Array, im: Float64Array): void => {
  const n = re.length;
  if (n < 1 || (n & (n - 1)) !== 0 || im.length !== n)
    throw new RangeError(`fourierInPlace: ${n} and ${im.length} values; expected two times the same power of two.`);
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j], re[i]];
      [im[i], im[j]] = [im[j], im[i]];
    }
  }
  for (let length = 2; length <= n; length *= 2) {
    const half = length / 2;
    for (let k = 0; k < half; k++) {
      const angle = (-2 * Math.PI * k) / length;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let from = k; from < n; from += length) {
        const to = from + half;
        const [x, y] = [re[to] * c - im[to] * s, re[to] * s + im[to] * c];
        [re[to], im[to]] = [re[from] - x, im[from] - y];
        re[from] += x;
        im[from] += y;
      }
    }
  }
};

/** A power spectrum in bins even on the logarithm of frequency. */
export interface BinnedSpectrum {
  /** [Hz] */
  readonly frequencies: readonly number[];
  /** One-sided [unit^2 / Hz]. */
  readonly powers: readonly number[];
  /** Estimates that went into each: its relative error is about one over their root. */
  readonly counts: readonly number[];
}

const BINS_A_DECADE = 8;

/**
 * Spectrum of evenly spaced values by Welch's method (P. D. Welch, IEEE Trans. Audio Electroacoust. 15, 70, 1967): half-overlapping Hann
 * windows of a mean each is freed of, their periodograms averaged.
 *
 * @param rate Values a second [Hz].
 * @param window Values of a window, a power of two.
 */
export const welchSpectrum = (values: Float64Array, rate: number, window: number): BinnedSpectrum => {
  const hann = Float64Array.from(
    { length: window },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / window),
  );
  const power = hann.reduce((sum, w) => sum + w * w, 0);
  const sums = new Float64Array(window / 2);
  let windows = 0;
  for (let from = 0; from + window <= values.length; from += window / 2, windows++) {
    const part = values.subarray(from, from + window);
    const mean = part.reduce((sum, x) => sum + x, 0) / window;
    const re = part.map((x, i) => (x - mean) * hann[i]);
    const im = new Float64Array(window);
    fourierInPlace(re, im);
    for (let k = 1; k < window / 2; k++) sums[k] += (2 * (re[k] * re[k] + im[k] * im[k])) / (power * rate);
  }
  const bins = new Map<number, { f: number; s: number; count: number }>();
  // The first two lie under the window's own width.
  for (let k = 2; k < window / 2; k++) {
    const f = (k * rate) / window;
    const bin = Math.floor(Math.log10(f) * BINS_A_DECADE);
    const found = bins.get(bin) ?? { f: 0, s: 0, count: 0 };
    bins.set(bin, { f: found.f + f, s: found.s + sums[k] / windows, count: found.count + 1 });
  }
  const list = [...bins.values()];
  return {
    frequencies: list.map(({ f, count }) => f / count),
    powers: list.map(({ s, count }) => s / count),
    counts: list.map(({ count }) => count * windows),
  };
};
