import { fold, type Key } from "./key.ts";

/**
 * Primitive polynomials (degree, inner coefficients as bits) and first direction numbers of dimensions 2, 3, ...: the
 * set new-joe-kuo-6 of S. Joe, F. Y. Kuo, SIAM J. Sci. Comput. 30, 2635 (2008), its first lines.
 */
const DIRECTIONS: readonly (readonly [degree: number, coefficients: number, first: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
  [6, 19, [1, 1, 1, 15, 7, 5]],
  [6, 22, [1, 3, 1, 15, 13, 25]],
  [6, 25, [1, 1, 5, 5, 19, 61]],
  [7, 1, [1, 3, 7, 11, 23, 15, 103]],
  [7, 4, [1, 3, 7, 13, 13, 15, 69]],
  [7, 7, [1, 1, 3, 13, 7, 35, 63]],
  [7, 8, [1, 3, 5, 9, 1, 25, 53]],
  [7, 14, [1, 3, 1, 13, 9, 35, 107]],
  [7, 19, [1, 3, 1, 5, 27, 61, 31]],
  [7, 21, [1, 1, 5, 11, 19, 41, 61]],
  [7, 28, [1, 3, 5, 3, 3, 13, 69]],
  [7, 31, [1, 1, 7, 13, 1, 19, 1]],
  [7, 32, [1, 3, 7, 5, 13, 19, 59]],
  [7, 37, [1, 1, 3, 9, 25, 29, 41]],
  [7, 41, [1, 3, 5, 13, 23, 1, 55]],
  [7, 42, [1, 3, 7, 3, 13, 59, 17]],
  [7, 50, [1, 3, 1, 3, 5, 53, 69]],
  [7, 55, [1, 1, 5, 5, 23, 33, 13]],
  [7, 56, [1, 1, 7, 7, 1, 61, 123]],
  [7, 59, [1, 1, 7, 9, 13, 61, 49]],
  [7, 62, [1, 3, 3, 5, 3, 55, 33]],
  [8, 14, [1, 3, 1, 15, 31, 13, 49, 245]],
  [8, 21, [1, 3, 5, 15, 31, 59, 63, 97]],
  [8, 22, [1, 3, 1, 11, 11, 11, 77, 249]],
];

export const SOBOL_DIMENSIONS = DIRECTIONS.length + 1;
const BITS = 32;

// m_k = 2 c_1 m_(k-1) xor ... xor 2^s m_(k-s) xor m_(k-s), kept as words v_k = m_k 2^(32-k).
const words = DIRECTIONS.map(([degree, coefficients, first]) => {
  const v = new Uint32Array(BITS);
  for (let k = 0; k < BITS; k++) {
    if (k < degree) v[k] = first[k] << (BITS - 1 - k);
    else {
      v[k] = v[k - degree] ^ (v[k - degree] >>> degree);
      for (let j = 1; j < degree; j++) if ((coefficients >>> (degree - 1 - j)) & 1) v[k] ^= v[k - j];
    }
  }
  return v;
});

/** Word `index` of the sequence in `dimension` (0, 1, ...): its place in [0, 1) times 2^32, in binary order of the index. */
export const sobolWord = (dimension: number, index: number): number => {
  let word = 0;
  for (let bit = 0, left = index; left > 0; bit++, left = Math.floor(left / 2))
    if (left % 2 === 1) word ^= dimension === 0 ? 1 << (BITS - 1 - bit) : words[dimension - 1][bit];
  return word >>> 0;
};

/** Each bit of the word flipped by a coin of the bits before it: Owen's nested scrambling of one dimension. */
const scrambled = (key: Key, word: number): number => {
  let out = 0;
  for (let bit = 0; bit < BITS; bit++) {
    const before = bit === 0 ? 0 : word >>> (BITS - bit);
    const flip = fold(key, 2 ** bit + before).low & 1;
    out = out * 2 + (((word >>> (BITS - 1 - bit)) & 1) ^ flip);
  }
  return out;
};

/**
 * Point `index` of Sobol's sequence in one dimension, scrambled by the key: each point is uniform on (0, 1), and any 2^k
 * points that begin at a multiple of 2^k still fill the space evenly. I. M. Sobol', USSR Comput. Math. Math. Phys. 7, 86
 * (1967); scrambling after A. B. Owen, in Lect. Notes Statist. 106, 299 (1995): it breaks the alignment of far dimensions,
 * and the variance of a mean is never much above that of independent points.
 *
 * @throws RangeError beyond SOBOL_DIMENSIONS dimensions or 2^32 points.
 */
export const sobolUniform = (key: Key, dimension: number, index: number): number => {
  if (!(Number.isInteger(dimension) && dimension >= 0 && dimension < SOBOL_DIMENSIONS))
    throw new RangeError(`sobolUniform: dimension ${dimension}; the table has ${SOBOL_DIMENSIONS}.`);
  if (!(Number.isInteger(index) && index >= 0 && index < 2 ** BITS))
    throw new RangeError(`sobolUniform: point ${index}; the sequence has 2^32.`);
  return (scrambled(fold(key, dimension), sobolWord(dimension, index)) + 0.5) / 2 ** BITS;
};
