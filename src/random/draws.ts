import { normalFromWords, probability } from "./inverse-normal.ts";
import { type Key, NORMAL_DRAW } from "./key.ts";
import { threefry2x32Into } from "./threefry.ts";

const words = new Uint32Array(2);

const drawWords = (key: Key, index: number, kind: number): void =>
  threefry2x32Into(words, key.high, key.low, index >>> 0, kind | Math.floor(index / 0x100000000));

/** Draw number `index` of the key, uniform on the open interval (0, 1). */
export const uniform = (key: Key, index = 0): number => {
  drawWords(key, index, 0);
  // The last 2^10 words would round to 1.
  return Math.min(probability(words[0], words[1]), 1 - 2 ** -53);
};

/** Normal `index` of the key, standard, exact in both tails to 9.2 sigma; independent of the key's uniforms. */
export const normal = (key: Key, index = 0): number => {
  drawWords(key, index, NORMAL_DRAW);
  return normalFromWords(words[0], words[1]);
};

/** Draw number `index` of the key, lognormal: ln X is normal about ln(median) with standard deviation `logSigma`. */
export const logNormal = (key: Key, median: number, logSigma: number, index = 0): number =>
  median * Math.exp(logSigma * normal(key, index));

/** Draw number `index` of the key: true with probability p. */
export const bernoulli = (key: Key, p: number, index = 0): boolean => uniform(key, index) < p;

/** Fills `out`; element i is draw i of the key, whatever the array's length. */
export const uniformsInto = (out: Float64Array | Float32Array, key: Key): void => {
  for (let i = 0; i < out.length; i++) out[i] = uniform(key, i);
};

/** Fills `out` with normals of this mean and standard deviation; element i is draw i of the key. */
export const normalsInto = (out: Float64Array | Float32Array, key: Key, mean = 0, sigma = 1): void => {
  for (let i = 0; i < out.length; i++) out[i] = mean + sigma * normal(key, i);
};

/** Fills `out` with lognormals of this median and log-sigma; element i is draw i of the key. */
export const logNormalsInto = (out: Float64Array | Float32Array, key: Key, median: number, logSigma: number): void => {
  for (let i = 0; i < out.length; i++) out[i] = logNormal(key, median, logSigma, i);
};

/** Fills `out` with 1 (probability p) and 0; element i is draw i of the key. */
export const bernoullisInto = (out: Uint8Array, key: Key, p: number): void => {
  for (let i = 0; i < out.length; i++) out[i] = bernoulli(key, p, i) ? 1 : 0;
};
