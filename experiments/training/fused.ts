import { setFlagsFromString } from "node:v8";

/** Node 20 has relaxed SIMD behind a flag; later ones need none and are told nothing. */
const NEEDS_FLAG = 22;

/** Lets this process, its threads included, have fused arithmetic where its engine knows it: called before kernels are compiled. */
export const allowFused = (): void => {
  if (Number.parseInt(process.versions.node, 10) < NEEDS_FLAG) setFlagsFromString("--experimental-wasm-relaxed-simd");
};
