import { isWeighted, type WeightedLayer } from "#src/networks/layers";
import { checkTensors, geometryOf, type Network, type NetworkLayer, placeNetwork } from "#src/networks/network";
import { fold, type Key, normalsInto } from "#src/random/index";
import { latentOf, quantizeInto } from "./latent-weights.ts";
import type { Running } from "./pointwise-step.ts";
import type { Recipe } from "./recipe.ts";
import type { NetworkDesign, TrainingSteps } from "./training-steps.ts";

/** Where training has the weights of a layer that networks have at place 0, 1, ... */
export const trainingPlaces = (at: NetworkLayer): Uint32Array => {
  const { groups, outputs, inputs } = geometryOf(at.layer as WeightedLayer, at.from);
  const places = new Uint32Array(groups * outputs * inputs);
  forEachWeight(at, (network, training) => {
    places[network] = training;
  });
  return places;
};

/** Calls `visit` with places of a layer's weights as networks have them (output, channel, window) and as training has them (window, channel, output). */
const forEachWeight = (at: NetworkLayer, visit: (network: number, training: number) => void): void => {
  if (!isWeighted(at.layer)) return;
  const { groups, outputs, inputs, window } = geometryOf(at.layer, at.from);
  const area = at.layer.kind === "dense" ? 1 : window.size[0] * window.size[1];
  const channels = inputs / area;
  for (let g = 0; g < groups; g++) {
    const from = g * outputs * inputs;
    for (let o = 0; o < outputs; o++)
      for (let c = 0; c < channels; c++)
        for (let k = 0; k < area; k++)
          visit(from + (o * channels + c) * area + k, from + (k * channels + c) * outputs + o);
  }
};

/**
 * Parameters at the start: latent weights normal, N(0, sqrt(2 / inputs)) in float layers (He et al., ICCV 2015) and N(0, initialSigma) in
 * all others; scales and gains 1, shifts and biases 0.
 */
export const initialiseTrained = (
  parameters: Float32Array,
  design: NetworkDesign,
  { parameters: blocks }: TrainingSteps,
  { initialSigma }: Pick<Recipe, "initialSigma">,
  key: Key,
): void => {
  const placed = placeNetwork(design);
  let weighted = 0;
  for (const at of placed) {
    for (const { part, from, length } of blocks.filter(({ layer }) => layer === at.layer.name)) {
      if (part !== "weight" || !isWeighted(at.layer)) {
        parameters.fill(part === "gain" || part === "scale" ? 1 : 0, from, from + length);
        continue;
      }
      const latent = new Float32Array(length);
      const { inputs } = geometryOf(at.layer, at.from);
      const sigma = at.layer.weights.kind === "float" ? Math.sqrt(2 / inputs) : initialSigma;
      normalsInto(latent, fold(fold(key, "weights"), ++weighted), 0, sigma);
      forEachWeight(at, (network, training) => {
        parameters[from + training] = latent[network];
      });
    }
  }
};

/** Parameters of a network that was trained before: latent weights that its levels come from, everything else as it is. */
export const parametersOf = (
  parameters: Float32Array,
  { parameters: blocks }: TrainingSteps,
  { ternaryThreshold }: Pick<Recipe, "ternaryThreshold">,
  network: Network,
): void => {
  const placed = placeNetwork(network);
  for (const { layer, part, from, length } of blocks) {
    const values = network.tensors[`${layer}.${part}`];
    const at = placed.find((found) => found.layer.name === layer);
    if (values.length !== length)
      throw new RangeError(`training: ${layer}.${part} has ${values.length} values; expected ${length}.`);
    if (!at || !isWeighted(at.layer) || part !== "weight") {
      parameters.set(values, from);
      continue;
    }
    const { weights } = at.layer;
    trainingPlaces(at).forEach((training, place) => {
      parameters[from + training] = latentOf(values[place], { weights, ternaryThreshold });
    });
  }
};

/** The network as it is: weights in their levels. */
export const trainedNetwork = (
  design: NetworkDesign,
  { parameters: blocks }: TrainingSteps,
  { ternaryThreshold }: Pick<Recipe, "ternaryThreshold">,
  parameters: Float32Array,
  running: Readonly<Record<string, Running>>,
): Network => {
  const tensors: Record<string, Float32Array> = {};
  const placed = placeNetwork(design);
  for (const { layer, part, from, length } of blocks) {
    const name = `${layer}.${part}`;
    const own = parameters.slice(from, from + length);
    const at = placed.find((found) => found.layer.name === layer);
    if (!at || !isWeighted(at.layer) || part !== "weight") {
      tensors[name] = own;
      continue;
    }
    const levels = new Float32Array(length);
    quantizeInto(levels, own, { weights: at.layer.weights, ternaryThreshold });
    const turned = new Float32Array(length);
    forEachWeight(at, (network, training) => {
      turned[network] = levels[training];
    });
    tensors[name] = turned;
  }
  for (const [name, { mean, variance }] of Object.entries(running)) {
    tensors[`${name}.mean`] = mean.slice();
    tensors[`${name}.variance`] = variance.slice();
  }
  const network = { input: design.input, layers: design.layers, tensors };
  checkTensors(network, placed);
  return network;
};
