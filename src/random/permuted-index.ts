import { permutation } from "./combinatorial.ts";
import { fold, type Key } from "./key.ts";

const ROUNDS = 8;
/** Up to this many places all are shuffled: a network of so few bits is no even choice among permutations. */
const FEW = 64;

/**
 * Where `index` of 0 .. count - 1 goes in a permutation chosen by the key, without the others: a Feistel network of
 * eight keyed rounds (M. Luby, C. Rackoff, SIAM J. Comput. 17, 373, 1988) on the smallest even number of bits that holds
 * `count`, walked until it lands inside (J. Black, P. Rogaway, CT-RSA 2002, 114).
 *
 * @throws RangeError where count is not an integer in 1 .. 2^50, or index not in 0 .. count - 1.
 */
export const permutedIndex = (key: Key, count: number, index: number): number => {
  if (!(Number.isInteger(count) && count >= 1 && count <= 2 ** 50))
    throw new RangeError(`permutedIndex: count ${count} is not an integer in 1 .. 2^50.`);
  if (!(Number.isInteger(index) && index >= 0 && index < count))
    throw new RangeError(`permutedIndex: index ${index} is not an integer in 0 .. ${count - 1}.`);
  if (count <= FEW) return permutation(key, count)[index];
  let bits = 1;
  while (2 ** (2 * bits) < count) bits++;
  const side = 2 ** bits;
  let at = index;
  do {
    let left = Math.floor(at / side);
    let right = at % side;
    for (let round = 0; round < ROUNDS; round++) {
      const mixed = (left + (fold(fold(key, round), right).low % side)) % side;
      left = right;
      right = mixed;
    }
    at = left * side + right;
  } while (at >= count);
  return at;
};
