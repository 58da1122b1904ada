import { AS_THEY_ARE, CONSTANT, denseNetwork, UNIT_SCALE } from "#src/learning/index";
import { OWN_MODULE } from "../../own-module.ts";
import type { EquilibriumModel } from "./equilibrium-model.ts";
import { publishedStudy } from "./published-study.ts";

const OUTSIDE = { kind: "squared error", nudge: "outside" } as const;
const ONE_HIDDEN = denseNetwork([784, 512, 10], "shifted logistic", OUTSIDE);
const TWO_HIDDEN = denseNetwork([784, 512, 512, 10], "shifted logistic", OUTSIDE);

const tied = { kind: "stepwise", feedback: "tied", moves: "every step" } as const;
const separate = { kind: "stepwise", feedback: "separate (own updates)", moves: "every step" } as const;
const plain = { batch: 20, schedule: CONSTANT, scale: UNIT_SCALE, augmentation: AS_THEY_ARE } as const;

/** Networks of Ernoult et al., rates the input's layer first; a layer's way back moves at its way up's rate. */
const MODELS: Readonly<Record<string, EquilibriumModel>> = {
  "C-EP-1h": {
    ...plain,
    phi: ONE_HIDDEN,
    phases: { estimator: "one-sided", beta: 0.2, freeSteps: 40, nudgedSteps: 15, tolerance: 0 },
    update: tied,
    learningRates: [0.0056, 0.0028],
    epochs: 100,
  },
  "C-EP-2h": {
    ...plain,
    phi: TWO_HIDDEN,
    phases: { estimator: "one-sided", beta: 0.5, freeSteps: 100, nudgedSteps: 20, tolerance: 0 },
    update: tied,
    learningRates: [0.01, 0.0018, 0.00018],
    epochs: 150,
  },
  "C-VF-1h": {
    ...plain,
    phi: ONE_HIDDEN,
    phases: { estimator: "random-sign", beta: 0.2, freeSteps: 40, nudgedSteps: 15, tolerance: 0 },
    update: separate,
    learningRates: [0.0076, 0.0038],
    epochs: 100,
  },
  "C-VF-2h": {
    ...plain,
    phi: TWO_HIDDEN,
    phases: { estimator: "random-sign", beta: 0.35, freeSteps: 100, nudgedSteps: 20, tolerance: 0 },
    update: separate,
    learningRates: [0.009, 0.0016, 0.00016],
    epochs: 150,
  },
};

/** Continual Equilibrium Propagation, and its vector-field form, on digits. */
export const ernoult2020 = publishedStudy({
  name: "ernoult-2020",
  summary:
    "Continual Equilibrium Propagation (Ernoult et al. 2020): weights move at every step; tied or separate feedback.",
  module: OWN_MODULE,
  models: MODELS,
  compared: ["C-EP-1h", "C-VF-1h"],
  source: "README of github.com/ernoult/continualEP",
  quick: { images: 1000, testImages: 500, epochs: 2, seeds: 2, tolerance: 1e-3 },
  notes: [
    "C-VF learns little until its feedback has turned with its forward weights, some 50,000 images here: short runs stay at chance. Its feedback weights start uniform in ±1 / sqrt(neurons they come from), a start of our own choosing. The authors' test errors, recalled and not read: C-EP-1h 2.28 %, C-VF-1h 2.43 % after 100 epochs on all of MNIST.",
  ],
});
