// What read errors cost an evaluation: frozen errors (drawn and packed once a chip) as a share of it, redrawn ones per error.

import { kernelsFor } from "../dist/src/kernels/kernels.js";
import {
  classify,
  foldNetwork,
  frozenErrors,
  integerImages,
  packedArrays,
  packedInputArrays,
  packedSynapses,
  packInput,
  perceptron,
  redrawnErrors,
  TERNARY_WEIGHTS,
} from "../dist/src/networks/index.js";
import { fold, rootKey, uniform } from "../dist/src/random/index.js";
import { conditions, cpuSeconds, median } from "./measure.mjs";

const WIDTHS = [784, 512, 512, 10];
const IMAGES = 10_000;
const BLOCK = 1000;
const ERRORS = { type1: 0.01, type2: 0.01, type3: 0.05 };
const ROUNDS = 3;

export default () => {
  const key = rootKey("bench errors");
  const filled = (n, value) => new Float32Array(n).fill(value);
  const layers = WIDTHS.slice(1).map((outputs, l) => {
    const inputs = WIDTHS[l];
    const weights = Float32Array.from(
      { length: inputs * outputs },
      (_, i) => Math.floor(3 * uniform(fold(key, l), i)) - 1,
    );
    const still = { gain: filled(outputs, 1), shift: filled(outputs, 0), mean: filled(outputs, 0) };
    return { inputs, outputs, weights, ...still, variance: filled(outputs, 1) };
  });
  const design = { widths: WIDTHS, weights: TERNARY_WEIGHTS, activation: { kind: "binary" } };
  const network = foldNetwork(perceptron(design, layers));
  const weights = network.arrays.map((array) => array.weights);
  const images = Array.from({ length: IMAGES / BLOCK }, () =>
    packedInputArrays(network.arrays[0].levels, BLOCK, WIDTHS[0]),
  );
  const kernels = kernelsFor([images, packedArrays(network), packedArrays(network)]);
  const known = new Map();
  const blocks = Array.from({ length: IMAGES / BLOCK }, (_, b) => {
    const pixels = Uint8Array.from({ length: BLOCK * 784 }, (_, i) =>
      Math.floor(256 * uniform(fold(key, "pixels"), b * BLOCK * 784 + i)),
    );
    const shown = integerImages(network, pixels);
    known.set(shown, packInput(kernels, shown));
    return shown;
  });
  const evaluate = (synapses) => {
    blocks.forEach((block, b) => {
      classify(network, synapses, block, fold(key, b));
    });
  };
  const ideal = weights.map((w) => packedSynapses(kernels, w, known));
  const clean = [];
  const frozen = [];
  for (let round = 0; round < ROUNDS; round++) {
    clean.push(cpuSeconds(() => evaluate(ideal)));
    frozen.push(
      cpuSeconds(() =>
        kernels.scoped(() =>
          evaluate(weights.map((w, l) => packedSynapses(kernels, frozenErrors(w, ERRORS, fold(key, l)), known))),
        ),
      ),
    );
  }
  const some = { ...blocks[0], batch: 50, values: blocks[0].values.subarray(0, 50 * 784) };
  const without = cpuSeconds(() => classify(network, ideal, some, key));
  const redrawn = cpuSeconds(() =>
    classify(
      network,
      ideal.map((s, l) => redrawnErrors(s, weights[l], ERRORS)),
      some,
      key,
    ),
  );
  const perWeight = (ERRORS.type1 + ERRORS.type2) * (2 / 3) + ERRORS.type3 / 3;
  const errors = 50 * perWeight * weights.reduce((sum, w) => sum + w.values.length, 0);
  const overhead = median(frozen) / median(clean) - 1;
  const nanoseconds = ((redrawn - without) / errors) * 1e9;
  console.log(
    `${IMAGES} images through ${WIDTHS.join("-")}: ${median(clean).toFixed(2)} s; frozen errors add ${(100 * overhead).toFixed(1)} %`,
  );
  console.log(`redrawn errors: ${nanoseconds.toFixed(0)} ns an error`);
  return {
    name: "errors",
    unit: "ns an error, redrawn",
    ours: Number(nanoseconds.toPrecision(3)),
    peer: null,
    ratio: null,
    runs: ROUNDS,
    conditions: `${conditions()}; frozen errors add ${(100 * overhead).toFixed(1)} % to ${IMAGES} images of ${WIDTHS.join("-")}; no peer does this`,
  };
};
