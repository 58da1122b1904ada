import type { PlasticSynapses, StoredArrays } from "#src/networks/index";

/** Biases move by what a batch taught them, rates / count times its sum; whether they still are numbers. */
export const moveBiases = (
  biases: readonly Float32Array[],
  errors: readonly Float32Array[],
  count: number,
  rates: readonly number[],
): boolean => {
  biases.forEach((values, l) => {
    const by = Math.fround(rates[l] / count);
    const n = values.length;
    for (let b = 0; b < count; b++) for (let o = 0; o < n; o++) values[o] += by * errors[l][b * n + o];
  });
  return biases.every((values) => values.every(Number.isFinite));
};

/** Everything that synapses hold, and the biases beside them, by layer. */
export const saveSynapses = (synapses: readonly PlasticSynapses[], biases: readonly Float32Array[]): StoredArrays => {
  const arrays: Record<string, Float32Array | Float64Array> = {};
  synapses.forEach((s, l) => {
    for (const [name, values] of Object.entries(s.save())) arrays[`${l}.${name}`] = values;
    arrays[`${l}.biases`] = biases[l].slice();
  });
  return arrays;
};

export const restoreSynapses = (
  synapses: readonly PlasticSynapses[],
  biases: readonly Float32Array[],
  saved: StoredArrays,
): void =>
  synapses.forEach((s, l) => {
    const mine = Object.entries(saved).filter(([name]) => name.startsWith(`${l}.`));
    s.restore(Object.fromEntries(mine.map(([name, values]) => [name.slice(`${l}.`.length), values])));
    biases[l].set(saved[`${l}.biases`]);
  });
