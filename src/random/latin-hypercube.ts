import { uniform } from "./draws.ts";
import { fold, type Key } from "./key.ts";
import { permutedIndex } from "./permuted-index.ts";

/**
 * Point `index` of a Latin hypercube of `count` points in one dimension: each of the count equal strata of (0, 1) holds
 * one point, in an order of its own a dimension, uniform within its stratum. M. D. McKay, R. J. Beckman, W. J. Conover,
 * Technometrics 21, 239 (1979).
 */
export const latinHypercubeUniform = (key: Key, dimension: number, count: number, index: number): number => {
  const own = fold(key, dimension);
  return (permutedIndex(fold(own, "order"), count, index) + uniform(fold(own, "place"), index)) / count;
};
