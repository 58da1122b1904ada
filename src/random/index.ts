export { binomial, forEachChosen, permutation } from "./combinatorial.ts";
export {
  bernoulli,
  bernoullisInto,
  logNormal,
  logNormalsInto,
  normal,
  normalsInto,
  uniform,
  uniformsInto,
} from "./draws.ts";
export { inverseNormal, normalFromWords } from "./inverse-normal.ts";
export type { Key } from "./key.ts";
export { fold, keyText, rootKey } from "./key.ts";
export { latinHypercubeUniform } from "./latin-hypercube.ts";
export { permutedIndex } from "./permuted-index.ts";
export { SOBOL_DIMENSIONS, sobolUniform, sobolWord } from "./sobol-sequence.ts";
