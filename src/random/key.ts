import seedrandom from "seedrandom";
import { threefry2x32Into } from "./threefry.ts";

/**
 * An immutable name for one stream of random numbers: 64 bits, from which children are derived by name or index and
 * whose draws are a pure function of (key, position). Nothing is consumed: drawing twice from a key gives the same
 * numbers twice, so every independent quantity folds a name of its own.
 *
 * 64 bits make two of 10^6 keys coincide with probability 3e-8 (n^2 / 2^65).
 */
export interface Key {
  readonly high: number;
  readonly low: number;
}

// The upper two bits of a counter's high word tell what a block is for: uniform draws have none of them, and no draw or
// child shares a block with another kind.
/** Normals, so that `uniform(key, i)` and `normal(key, i)` are independent. */
export const NORMAL_DRAW = 0x40000000;
const INDEX_CHILD = 0x80000000;
const NAME_CHILD = 0xc0000000;

const scratch = new Uint32Array(2);

const block = (key: Key, c0: number, c1: number): Key => {
  threefry2x32Into(scratch, key.high, key.low, c0, c1);
  return { high: scratch[0], low: scratch[1] };
};

/**
 * The child of `key` with this name or index. Children of different labels, and the draws of the key itself, are
 * independent streams; `fold(key, 1)` and `fold(key, "1")` differ.
 *
 * @throws RangeError where an index is not an integer in 0 .. 2^53 - 1.
 */
export const fold = (key: Key, label: string | number): Key => {
  if (typeof label === "number") {
    if (!Number.isSafeInteger(label) || label < 0)
      throw new RangeError(`fold: index ${label} is not an integer in 0 .. 2^53 - 1; use a name for anything else.`);
    return block(key, label >>> 0, INDEX_CHILD | Math.floor(label / 0x100000000));
  }
  // A Merkle-Damgard chain over the UTF-16 units, two a block; the length opens it, so that no name is a prefix.
  let child = block(key, label.length, NAME_CHILD);
  for (let i = 0; i < label.length; i += 2) {
    const second = i + 1 < label.length ? label.charCodeAt(i + 1) : 0;
    child = block(child, label.charCodeAt(i) | (second << 16), NAME_CHILD | 1);
  }
  return child;
};

/** The key as sixteen hexadecimal digits, for records that people read. */
export const keyText = ({ high, low }: Key): string =>
  high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");

/** Where the digest of a root key's text begins: digits of pi after the point, in base 16. */
const ROOT: Key = { high: 0x243f6a88, low: 0x85a308d3 };

/**
 * The key that any text stands for: seedrandom's ARC4 of a digest of the text. Of the text itself ARC4 would make one key
 * of "1" and "11" (it repeats a short key), of characters that share their low byte, and of some long texts that differ
 * in two places (M. Matsui, "Key collisions of the RC4 stream cipher", FSE 2009). Digests are all of one length, from a
 * chain that opens with the text's.
 */
export const rootKey = (text: string): Key => {
  const generator = seedrandom(keyText(fold(ROOT, text)));
  return { high: generator.int32() >>> 0, low: generator.int32() >>> 0 };
};
