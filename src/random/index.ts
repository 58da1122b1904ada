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
export { fold, rootKey } from "./key.ts";
