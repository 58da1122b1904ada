/** Words of 64 bits that hold `length` elements. */
export const wordsFor = (length: number): number => Math.ceil(length / 64);

/**
 * Packs rows of small integers, one bit an element: bit (i mod 64) of word floor(i / 64) of a row is set where
 * `isSet(value)`. `values` is rows x length; `bits` rows x wordsFor(length). Padding bits are zero.
 */
const packInto = (
  bits: BigUint64Array,
  values: ArrayLike<number>,
  rows: number,
  length: number,
  isSet: (value: number) => boolean,
): void => {
  // 32-bit halves: little-endian, as WebAssembly's memory is.
  const halves = new Uint32Array(bits.buffer, bits.byteOffset, bits.length * 2);
  const halvesInRow = wordsFor(length) * 2;
  for (let r = 0; r < rows; r++)
    for (let h = 0; h < halvesInRow; h++) {
      let half = 0;
      const end = Math.min(32, length - h * 32);
      const from = r * length + h * 32;
      for (let i = 0; i < end; i++) if (isSet(values[from + i])) half |= 1 << i;
      halves[r * halvesInRow + h] = half;
    }
};

/** The sign plane of values in {-1, 0, +1}: 1 for -1. */
export const packSignsInto = (bits: BigUint64Array, values: ArrayLike<number>, rows: number, length: number): void =>
  packInto(bits, values, rows, length, (v) => v < 0);

/** The mask plane of values: 1 for those that are not 0, or whose magnitude has bit `plane`. */
export const packMaskInto = (
  bits: BigUint64Array,
  values: ArrayLike<number>,
  rows: number,
  length: number,
  plane: number | null = null,
): void =>
  packInto(bits, values, rows, length, plane === null ? (v) => v !== 0 : (v) => ((Math.abs(v) >> plane) & 1) === 1);

/** The bit planes of unsigned integers, least significant first: rows x planes x wordsFor(length). */
export const packPlanesInto = (
  bits: BigUint64Array,
  values: ArrayLike<number>,
  rows: number,
  length: number,
  planes: number,
): void => {
  const halves = new Uint32Array(bits.buffer, bits.byteOffset, bits.length * 2);
  halves.fill(0);
  const halvesInRow = wordsFor(length) * 2;
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < length; i++) {
      const value = values[r * length + i];
      for (let p = 0; p < planes; p++)
        if ((value >> p) & 1) halves[(r * planes + p) * halvesInRow + (i >> 5)] |= 1 << (i & 31);
    }
};

/** Rows of weights as the dot products read them: in fours, words side by side; the last one to three as they are. */
export const byFours = (bits: BigUint64Array, rows: number): BigUint64Array => {
  const words = bits.length / rows;
  const turned = bits.slice();
  for (let r = 0; r + 4 <= rows; r += 4)
    for (let k = 0; k < words; k++)
      for (let lane = 0; lane < 4; lane++) turned[r * words + 4 * k + lane] = bits[(r + lane) * words + k];
  return turned;
};
