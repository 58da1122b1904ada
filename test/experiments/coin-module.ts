import { index } from "./run-rramlab.ts";

/** An experiment of a user's: a coin with a part, an array and three kinds of number, all that a run writes. */
export const coinModule = (
  more = "",
  trial = "",
): string => `import { defineExperiment, uniform } from ${JSON.stringify(index)};
export const coin = defineExperiment({ name: "coin", summary: "A coin.", module: import.meta.url,
  parameters: { bias: { kind: "quantity", unit: "1", default: 0.5, min: 0, max: 1, says: "chance of heads", source: "chosen" } },
  axes: ["bias"], trials: 40, block: 10, ${more}
  numbers: { heads: { kind: "rate", says: "heads" }, height: { kind: "mean", unit: "m", says: "height", quantiles: [0.5] },
    index: { kind: "sobol", effect: "total", says: "index" } },
  arrays: { pair: { unit: "1", says: "two draws", shape: [2] } },
  prepare: { edge: { uses: ["bias"], make: ({ bias }) => ({ edge: Float64Array.of(bias, 2) }) } },
  trial: ({ edge: { edge } }, _params, key) => { ${trial} const u = uniform(key), v = uniform(key, 1), w = uniform(key, 2);
    return u > 0.95 ? { failed: "edge" } : { numbers: { heads: u < edge[0] ? 1 : 0, height: u * edge[1], index: { a: u, b: v, mixed: w } },
      arrays: { pair: [u, v] } }; } });
`;
