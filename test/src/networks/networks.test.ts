import { beforeAll, describe, expect, test } from "@jest/globals";
import type { LabelledImages } from "#src/datasets/labelled-images";
import { createKernels } from "#src/kernels/kernels";
import { integerDotReference } from "#src/kernels/reference";
import { trainPerceptron } from "#src/learning/index";
import {
  type Activation,
  type Activations,
  accuracyOf,
  classify,
  classifyFloat,
  foldNetwork,
  frozenErrors,
  imageActivations,
  type Network,
  packedSynapses,
  parseNetwork,
  recalibrate,
  redrawnErrors,
  type Synapses,
  shareOfZeros,
  TERNARY_ACTIVATION,
  TERNARY_WEIGHTS,
  type WeightErrors,
  type WeightMatrix,
  type WeightQuantizer,
  writeNetwork,
} from "#src/networks/index";
import { fold, normal, rootKey, uniform } from "#src/random/index";

const key = rootKey("networks");
const PIXELS = 70;
const CLASSES = 5;

// Five blurred random prototypes with noise: enough structure to learn, awkward sizes to pack.
const blobs = (count: number, name: string): LabelledImages => {
  const images = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const label = Math.floor(CLASSES * uniform(fold(key, `${name} label`), n));
    labels[n] = label;
    for (let p = 0; p < PIXELS; p++) {
      const prototype = 255 * uniform(fold(fold(key, "prototype"), label), p);
      const noise = 90 * normal(fold(fold(key, name), n), p);
      images[n * PIXELS + p] = Math.max(0, Math.min(255, Math.round(prototype + noise)));
    }
  }
  return { count, pixels: PIXELS, classes: CLASSES, images, labels };
};

const BINARY: WeightQuantizer = { kind: "binary" };
const cases: [string, WeightQuantizer, Activation][] = [
  ["binary weights, binary activations", BINARY, { kind: "binary" }],
  ["ternary weights, binary activations", TERNARY_WEIGHTS, { kind: "binary" }],
  ["binary weights, ternary activations", BINARY, TERNARY_ACTIVATION],
  ["ternary weights, ternary activations", TERNARY_WEIGHTS, TERNARY_ACTIVATION],
];

const naiveSynapses = (w: WeightMatrix): Synapses => ({
  inputs: w.inputs,
  outputs: w.outputs,
  forwardInto: (y, x) => {
    const sums = new Int32Array(y.length);
    integerDotReference(sums, x.values, w.values, x.batch, w.outputs, w.inputs);
    y.set(sums);
  },
});

const train = blobs(600, "train");
const held = blobs(400, "test");
const images: Activations = imageActivations(held.images, PIXELS);

describe.each(cases)("%s", (_name, weights, activation) => {
  let network: Network;
  beforeAll(() => {
    network = trainPerceptron(
      { widths: [PIXELS, 33, 20, CLASSES], weights, activation },
      { epochs: 12, batch: 50, learningRate: 0.01 },
      train,
      key,
    );
  });
  test("learns: the accuracy on new images is far above chance", () => {
    expect(accuracyOf(classifyFloat(network, held.images), held.labels)).toBeGreaterThan(0.7);
  });
  test("packed inference is equal, bit for bit, to the unpacked integer twin", () => {
    const folded = foldNetwork(network);
    const kernels = createKernels(2 ** 22);
    const packed = folded.arrays.map(({ weights: w }) => packedSynapses(kernels, w));
    const naive = folded.arrays.map(({ weights: w }) => naiveSynapses(w));
    expect(classify(folded, packed, images, key)).toEqual(classify(folded, naive, images, key));
    for (let l = 0; l < packed.length; l++) {
      const x: Activations =
        l === 0
          ? images
          : {
              batch: 9,
              width: folded.arrays[l].weights.inputs,
              levels: folded.arrays[l].levels,
              values: Float32Array.from({ length: 9 * folded.arrays[l].weights.inputs }, (_, i) => {
                const u = uniform(fold(key, "x"), i);
                return folded.arrays[l].levels === "signs" ? (u < 0.5 ? -1 : 1) : Math.floor(3 * u) - 1;
              }),
            };
      const a = new Float32Array(x.batch * packed[l].outputs);
      const b = new Float32Array(a.length);
      packed[l].forwardInto(a, x, key);
      naive[l].forwardInto(b, x, key);
      expect(a).toEqual(b);
    }
  });
  test("the folded integer network gives the classes of the float network", () => {
    const folded = foldNetwork(network);
    const kernels = createKernels(2 ** 22);
    const classes = classify(
      folded,
      folded.arrays.map(({ weights: w }) => packedSynapses(kernels, w)),
      images,
      key,
    );
    const float = classifyFloat(network, held.images);
    const different = classes.filter((c, i) => c !== float[i]).length;
    // Only a sum exactly on its threshold may round the other way.
    expect(different).toBe(0);
  });
  test("a model file gives back the same network", () => {
    const trained = {
      dataSet: "blobs",
      data: null,
      seed: "s",
      epochs: 12,
      batch: 50,
      learningRate: 0.01,
      version: "0",
    };
    const file = writeNetwork({ network, trained });
    const back = parseNetwork(file, "memory");
    expect(back.trained).toEqual(trained);
    expect(back.network).toEqual(network);
    // Bytes in the middle of a larger memory, as files read by Node are.
    const pool = Buffer.alloc(file.length + 100);
    pool.set(file, 52);
    expect(parseNetwork(pool.subarray(52, 52 + file.length), "pool").network).toEqual(network);
    expect(() => parseNetwork(file.subarray(0, file.length - 1), "cut.safetensors")).toThrow("truncated");
  });
});

describe("training", () => {
  const design = { widths: [PIXELS, 16, CLASSES], weights: TERNARY_WEIGHTS, activation: { kind: "binary" } } as const;
  const options = { epochs: 2, batch: 50, learningRate: 0.01 };
  test("is a pure function of its key", () => {
    const a = trainPerceptron(design, options, train, key);
    expect(trainPerceptron(design, options, train, key)).toEqual(a);
    expect(trainPerceptron(design, options, train, fold(key, "other")).tensors).not.toEqual(a.tensors);
  });
  test("a small learning rate leaves more ternary weights at zero", () => {
    const [slow] = shareOfZeros(trainPerceptron(design, { ...options, learningRate: 0.001 }, train, key));
    const [fast] = shareOfZeros(trainPerceptron(design, options, train, key));
    expect(slow).toBeGreaterThan(fast + 0.1);
  });
  test("images of another size, mixed quantizers and impossible options are refused", () => {
    expect(() => trainPerceptron({ ...design, widths: [71, 16, 5] }, options, train, key)).toThrow("70 pixels");
    expect(() => trainPerceptron({ ...design, widths: [PIXELS, 16, 3] }, options, train, key)).toThrow("5 classes");
    expect(() => trainPerceptron({ ...design, activation: { kind: "relu" } }, options, train, key)).toThrow("relu");
    expect(() => trainPerceptron(design, { ...options, batch: 0 }, train, key)).toThrow("batch 0");
  });
});

describe("errors", () => {
  const COUNT = 200_000;
  const mixed: WeightMatrix = {
    inputs: 1000,
    outputs: 200,
    values: Int8Array.from({ length: COUNT }, (_, i) => (i % 4 === 0 ? 0 : i % 4 === 1 ? 1 : -1)),
  };
  const errors: WeightErrors = { type1: 0.02, type2: 0.05, type3: 0.1 };
  test("each type strikes its own state at its own rate, within four standard errors", () => {
    const read = frozenErrors(mixed, errors, key).values;
    const counts = { type1: 0, type2: 0, plus: 0, minus: 0 };
    mixed.values.forEach((w, i) => {
      if (w !== 0 && read[i] === -w) counts.type1++;
      if (w !== 0 && read[i] === 0) counts.type2++;
      if (w === 0 && read[i] === 1) counts.plus++;
      if (w === 0 && read[i] === -1) counts.minus++;
    });
    const within = (count: number, of: number, p: number): void =>
      expect(Math.abs(count - of * p)).toBeLessThan(4 * Math.sqrt(of * p * (1 - p)));
    within(counts.type1, 0.75 * COUNT, 0.02);
    within(counts.type2, 0.75 * COUNT, 0.05);
    within(counts.plus, 0.25 * COUNT, 0.05);
    within(counts.minus, 0.25 * COUNT, 0.05);
  });
  test("no errors change nothing, certain sign errors turn every weight round", () => {
    expect(frozenErrors(mixed, { type1: 0, type2: 0, type3: 0 }, key).values).toEqual(mixed.values);
    const turned = frozenErrors(mixed, { type1: 1, type2: 0, type3: 0 }, key).values;
    expect(turned.every((w, i) => w + mixed.values[i] === 0)).toBe(true);
  });
  test("a rate that is no probability is refused", () => {
    expect(() => frozenErrors(mixed, { ...errors, type3: 1.2 }, key)).toThrow("type3 is 1.2");
    expect(() => frozenErrors(mixed, { type1: 0.6, type2: 0.6, type3: 0 }, key)).toThrow("type1 + type2");
  });
  test("errors redrawn at every read are the frozen ones of that read's key, image by image", () => {
    const w: WeightMatrix = { inputs: 70, outputs: 9, values: mixed.values.slice(0, 630) };
    const ideal = naiveSynapses(w);
    const y = new Float32Array(4 * 9);
    const x: Activations = { ...images, batch: 4, values: images.values.slice(0, 4 * 70) };
    redrawnErrors(ideal, w, errors).forwardInto(y, x, key);
    for (let b = 0; b < 4; b++) {
      const one = new Float32Array(9);
      const image: Activations = { ...x, batch: 1, values: x.values.slice(b * 70, b * 70 + 70) };
      naiveSynapses(frozenErrors(w, errors, fold(key, b))).forwardInto(one, image, key);
      expect([...y.slice(b * 9, b * 9 + 9)]).toEqual([...one]);
    }
  });
  test("frozen and redrawn errors have equal mean accuracy; only frozen ones spread over chips", () => {
    const network = trainPerceptron(
      { widths: [PIXELS, 33, CLASSES], weights: TERNARY_WEIGHTS, activation: { kind: "binary" } },
      { epochs: 8, batch: 50, learningRate: 0.01 },
      train,
      key,
    );
    const folded = foldNetwork(network);
    const strong: WeightErrors = { type1: 0.12, type2: 0.1, type3: 0.1 };
    const chips = 60;
    const kernels = createKernels(2 ** 22);
    const ideal = folded.arrays.map(({ weights: w }) => packedSynapses(kernels, w));
    const run = (make: (w: WeightMatrix, k: typeof key, layer: number) => Synapses): number[] =>
      Array.from({ length: chips }, (_, chip) => {
        const chipKey = fold(fold(key, "chip"), chip);
        return kernels.scoped(() => {
          const synapses = folded.arrays.map(({ weights: w }, l) => make(w, fold(fold(chipKey, "layer"), l), l));
          return accuracyOf(classify(folded, synapses, images, fold(chipKey, "read")), held.labels);
        });
      });
    const frozen = run((w, k) => packedSynapses(kernels, frozenErrors(w, strong, k)));
    const redrawn = run((w, _k, layer) => redrawnErrors(ideal[layer], w, strong));
    const mean = (a: number[]): number => a.reduce((s, v) => s + v, 0) / a.length;
    const sd = (a: number[]): number => Math.sqrt(a.reduce((s, v) => s + (v - mean(a)) ** 2, 0) / (a.length - 1));
    expect(Math.abs(mean(frozen) - mean(redrawn))).toBeLessThan(
      4 * Math.hypot(sd(frozen), sd(redrawn)) * Math.sqrt(1 / chips),
    );
    expect(sd(frozen)).toBeGreaterThan(1.5 * sd(redrawn));
  });
  test("re-estimating the normalisation on a chip without errors keeps nearly every class", () => {
    const network = trainPerceptron(
      { widths: [PIXELS, 33, CLASSES], weights: BINARY, activation: { kind: "binary" } },
      { epochs: 8, batch: 50, learningRate: 0.01 },
      train,
      key,
    );
    const folded = foldNetwork(network);
    const synapses = folded.arrays.map(({ weights: w }) => naiveSynapses(w));
    const again = recalibrate(network, synapses, imageActivations(train.images, PIXELS), key);
    const before = classify(folded, synapses, images, key);
    const after = classify(again, synapses, images, key);
    expect(before.filter((c, i) => c !== after[i]).length / before.length).toBeLessThan(0.1);
  });
});
