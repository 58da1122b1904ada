import { AS_THEY_ARE, CONSTANT, denseNetwork, type PrimitiveFunction, UNIT_SCALE } from "#src/learning/index";
import { PLAIN_DESCENT } from "#src/networks/index";
import { OWN_MODULE } from "../../own-module.ts";
import type { EquilibriumModel } from "./equilibrium-model.ts";
import { publishedStudy } from "./published-study.ts";

const OUTSIDE = { kind: "squared error", nudge: "outside" } as const;

const convolutional: PrimitiveFunction = {
  input: { channels: 1, height: 28, width: 28 },
  layers: [
    { kind: "convolution", channels: 32, kernel: 5, padding: 0, pool: true },
    { kind: "convolution", channels: 64, kernel: 5, padding: 0, pool: true },
    { kind: "dense", outputs: 10 },
  ],
  activation: "hard sigmoid",
  cost: OUTSIDE,
};

const descent = {
  update: { kind: "at the end", optimiser: PLAIN_DESCENT },
  schedule: CONSTANT,
  scale: UNIT_SCALE,
  augmentation: AS_THEY_ARE,
} as const;

/** Networks of Ernoult et al., rates the input's layer first. */
export const MODELS: Readonly<Record<string, EquilibriumModel>> = {
  "P-1h": {
    ...descent,
    phi: denseNetwork([784, 512, 10], "shifted logistic", OUTSIDE),
    phases: { estimator: "one-sided", beta: 0.1, freeSteps: 30, nudgedSteps: 10, tolerance: 0 },
    learningRates: [0.08, 0.04],
    batch: 20,
    epochs: 30,
  },
  "P-2h": {
    ...descent,
    phi: denseNetwork([784, 512, 512, 10], "shifted logistic", OUTSIDE),
    phases: { estimator: "one-sided", beta: 0.5, freeSteps: 100, nudgedSteps: 20, tolerance: 0 },
    learningRates: [0.2, 0.05, 0.005],
    batch: 20,
    epochs: 50,
  },
  "P-conv": {
    ...descent,
    phi: convolutional,
    phases: { estimator: "one-sided", beta: 0.4, freeSteps: 200, nudgedSteps: 10, tolerance: 0 },
    learningRates: [0.15, 0.035, 0.015],
    batch: 20,
    epochs: 40,
  },
};

/** Equilibrium Propagation in discrete time: dense and convolutional networks on MNIST. */
export const ernoult2019 = publishedStudy({
  name: "ernoult-2019",
  summary:
    "Equilibrium Propagation in discrete time (Ernoult et al. 2019): dense and convolutional networks on digits.",
  module: OWN_MODULE,
  models: MODELS,
  compared: ["P-1h"],
  source: "READMEs of github.com/ernoult/updatesEPgradientsBPTT and continualEP (P-1h with T 30, K 10)",
  quick: { images: 1000, testImages: 500, epochs: 2, seeds: 2, tolerance: 1e-3 },
  notes: [
    "The nudge stands outside the activation, as in the authors' code. Their test errors, recalled and not read: P-1h 2.00 %, P-2h 1.95 %, P-conv 1.02 % after all epochs on all of MNIST.",
  ],
});
