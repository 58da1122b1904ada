import { arraysIn } from "#src/kernels/declared-arrays";
import type { Kernels } from "#src/kernels/kernels";
import { type Optimiser, optimiserState, optimiserStepInPlace } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import type { PlasticConnection, Substrate } from "./connection.ts";
import type { LearnerState } from "./learner.ts";
import type { NetworkParameters, PlacedLayer } from "./primitive-function.ts";

/** Weights on their substrate and biases as numbers, and what moves them. */
export interface ParameterStore {
  readonly connections: readonly PlasticConnection[];
  readonly biases: readonly Float32Array[];
  /** To be filled before `descend`. */
  readonly byWeights: readonly Float32Array[];
  readonly byBiases: readonly Float32Array[];
  /** How often everything has moved. */
  steps(): number;
  /** Moves everything against the gradients. */
  descend(schedule: number, key: Key): void;
  save(): LearnerState;
  restore(state: LearnerState): void;
}

const gradientArrays = (layers: readonly PlacedLayer[]) => layers.map(({ weights }) => weights);

/** Arrays of a parameter store, its substrate's among them. */
export const storeArrays = (layers: readonly PlacedLayer[], substrate: Substrate, batch: number) => ({
  connections: layers.map((layer) => substrate.arrays(layer, batch)),
  byWeights: gradientArrays(layers),
});

/** @throws RangeError for learning rates that are not one a layer, or below 0. */
export const ratesOf = (layers: readonly PlacedLayer[], learningRates: readonly number[]): readonly number[] => {
  if (!Array.isArray(learningRates) || !learningRates.every((r) => typeof r === "number"))
    throw new RangeError(
      `learning: rates ${JSON.stringify(learningRates)}; expected a list of numbers, e.g. [0.08, 0.04].`,
    );
  const rates = learningRates.length === 1 ? layers.map(() => learningRates[0]) : learningRates;
  if (rates.length !== layers.length || !rates.every((r) => r >= 0 && r < Number.POSITIVE_INFINITY))
    throw new RangeError(
      `learning: rates ${learningRates.join(", ")} for ${layers.length} layers; expected one, or one a layer (the input's first), 0 or more.`,
    );
  return rates;
};

/** @throws RangeError for parameters of other shapes than the layers', or a batch that is none. */
export const checkStart = (
  layers: readonly PlacedLayer[],
  { weights, biases }: NetworkParameters,
  images: number,
): void => {
  if (!(Number.isInteger(images) && images >= 1 && images <= MOST_IMAGES))
    throw new RangeError(`learning: batches of ${images} images; expected 1 .. ${MOST_IMAGES}.`);
  layers.forEach((layer, l) => {
    if (weights[l]?.length !== layer.weights || biases[l]?.length !== layer.biases)
      throw new RangeError(
        `learning: layer ${l + 1} starts with ${weights[l]?.length ?? 0} weights and ${biases[l]?.length ?? 0} biases; expected ${layer.weights} and ${layer.biases}.`,
      );
  });
};

/** Largest batch: what is needed of it must fit a kernel's memory. */
const MOST_IMAGES = 10_000;

export const parameterStore = (
  kernels: Kernels,
  layers: readonly PlacedLayer[],
  start: NetworkParameters,
  substrate: Substrate,
  optimiser: Optimiser,
  learningRates: readonly number[],
  batch: number,
): ParameterStore => {
  const rates = ratesOf(layers, learningRates);
  checkStart(layers, start, batch);
  const connections = layers.map((layer, l) => substrate.connect(kernels, layer, l, start.weights[l], batch));
  const biases = start.biases.map((b) => b.slice());
  const moments = biases.map((b) => optimiserState(b.length, optimiser));
  const byWeights = arraysIn(kernels, gradientArrays(layers));
  const byBiases = layers.map((layer) => new Float32Array(layer.biases));
  let step = 0;
  return {
    connections,
    biases,
    byWeights,
    byBiases,
    steps: () => step,
    descend: (schedule, key) => {
      step++;
      connections.forEach((connection, l) => {
        connection.descend(byWeights[l], schedule * rates[l], step, fold(key, l));
        optimiserStepInPlace(optimiser, biases[l], byBiases[l], moments[l], schedule * rates[l], step);
      });
    },
    save: () => {
      const arrays: Record<string, Float32Array | Float64Array> = {};
      connections.forEach((connection, l) => {
        for (const [name, values] of Object.entries(connection.save())) arrays[`${l}.${name}`] = values;
        arrays[`${l}.biases`] = biases[l].slice();
        arrays[`${l}.biases.first`] = moments[l].first.slice();
        arrays[`${l}.biases.second`] = moments[l].second.slice();
      });
      return { step, arrays };
    },
    restore: (saved) => {
      step = saved.step;
      connections.forEach((connection, l) => {
        const own = Object.entries(saved.arrays).filter(([name]) => name.startsWith(`${l}.`));
        connection.restore(Object.fromEntries(own.map(([name, values]) => [name.slice(`${l}.`.length), values])));
        biases[l].set(saved.arrays[`${l}.biases`]);
        moments[l].first.set(saved.arrays[`${l}.biases.first`]);
        moments[l].second.set(saved.arrays[`${l}.biases.second`]);
      });
    },
  };
};
