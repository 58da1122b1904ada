/** An array of integers among declared ones. */
export interface Integers {
  readonly int32: number;
}

export const integers = (length: number): Integers => ({ int32: length });

/** An array of 64-bit words among declared ones. */
export interface Words {
  readonly words: number;
}

export const words = (length: number): Words => ({ words: length });

/**
 * Arrays of the kernels' memory by their lengths, before there is a memory: a number is the length of a Float32Array, null an array that
 * is not needed. Whoever allocates declares once, and the memory is made as large as the declarations of all that will live in it.
 */
export type Declared = number | null | Integers | Words | readonly Declared[] | { readonly [name: string]: Declared };

/** The arrays of a declaration, in its shape. */
export type ArraysOf<D> = D extends number
  ? Float32Array
  : D extends null
    ? null
    : D extends Integers
      ? Int32Array
      : D extends Words
        ? BigUint64Array
        : { readonly [K in keyof D]: ArraysOf<D[K]> };

const isIntegers = (declared: object): declared is Integers => "int32" in declared;
const isWords = (declared: object): declared is Words => "words" in declared;

/** Bytes of kernel memory that the arrays take, each aligned to a vector. */
export const bytesOf = (declared: Declared): number => {
  if (declared === null) return 0;
  if (typeof declared === "number") return 16 * Math.ceil(declared / 4);
  if (isIntegers(declared)) return bytesOf(declared.int32);
  if (isWords(declared)) return bytesOf(2 * declared.words);
  return Object.values(declared).reduce<number>((sum, part) => sum + bytesOf(part), 0);
};

/** What allocates. */
export interface Memory {
  float32(length: number): Float32Array;
  int32(length: number): Int32Array;
  words(length: number): BigUint64Array;
}

const placed = (memory: Memory, declared: Declared): unknown => {
  if (declared === null) return null;
  if (typeof declared === "number") return memory.float32(declared);
  if (isIntegers(declared)) return memory.int32(declared.int32);
  if (isWords(declared)) return memory.words(declared.words);
  if (Array.isArray(declared)) return declared.map((part) => placed(memory, part));
  return Object.fromEntries(Object.entries(declared).map(([name, part]) => [name, placed(memory, part)]));
};

/** Allocates declared arrays. @throws RangeError where they do not fit what the kernels were made for. */
export const arraysIn = <D extends Declared>(memory: Memory, declared: D): ArraysOf<D> =>
  placed(memory, declared) as ArraysOf<D>;
