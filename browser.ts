export * from "./circuits/index.ts";
export * from "./devices/index.ts";
export * from "./src/exchange/index.ts";
export * from "./src/learning/index.ts";
export * from "./src/montecarlo/index.ts";
export * from "./src/networks/index.ts";
export * from "./src/numerics/index.ts";
export * from "./src/random/index.ts";
