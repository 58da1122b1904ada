import type { CrossbarDesign } from "#circuits/crossbar/crossbar-design";
import { fold, type Key, normalsInto, rootKey, uniformsInto } from "#src/random/index";

const uniforms = (key: Key, count: number): Float64Array => {
  const out = new Float64Array(count);
  uniformsInto(out, key);
  return out;
};
const standardNormals = (key: Key, count: number): Float64Array => {
  const out = new Float64Array(count);
  normalsInto(out, key);
  return out;
};

/** Binary devices as in the references: half of them lognormal about 10 kohm, half about 150 kohm; `share` open. */
export const binaryDevices = (rows: number, columns: number, seed: string, openShare = 0): Float64Array => {
  const key = rootKey(seed);
  const count = rows * columns;
  const state = uniforms(fold(key, "state"), count);
  const spread = standardNormals(fold(key, "spread"), count);
  const open = uniforms(fold(key, "open"), count);
  return Float64Array.from({ length: count }, (_, k) =>
    open[k] < openShare
      ? 0
      : 1 / (state[k] < 0.5 ? 10e3 * Math.exp(0.1 * spread[k]) : 150e3 * Math.exp(0.4 * spread[k])),
  );
};

export const readVoltages = (rows: number, seed: string): Float64Array =>
  uniforms(fold(rootKey(seed), "voltages"), rows).map((u) => 0.3 * u);

/** Word lines driven at the left, bit lines grounded at the bottom, as in the references. */
export const plainDesign = (rows: number, columns: number, wordLine: number, bitLine: number): CrossbarDesign => ({
  rows,
  columns,
  wordLines: { segmentResistance: wordLine, ends: "left", terminalResistance: 0 },
  bitLines: { segmentResistance: bitLine, ends: "bottom", terminalResistance: 0 },
});
