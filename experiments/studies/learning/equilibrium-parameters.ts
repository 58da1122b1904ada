import type { Cost, StateActivation } from "#src/learning/index";
import { denseNetwork, type PrimitiveFunction } from "#src/learning/index";
import type { Parameters } from "#src/montecarlo/index";
import { parseWidths } from "../networks/network-parameters.ts";

const steps = (says: string, value: number, source: string) =>
  ({ kind: "integer", unit: "1", default: value, min: 1, max: 100_000, says, source }) as const;

/** A dense network under Equilibrium Propagation, as every study of it lets the user set it. */
export const EQUILIBRIUM_PARAMETERS = {
  data: {
    kind: "text",
    names: "data set",
    default: "mnist-10k",
    says: "data set: mnist-10k, fashion-mnist, or a folder of IDX files (--data)",
    source: "rramlab data list",
  },
  widths: {
    kind: "text",
    default: "784-512-10",
    says: "neurons a layer, inputs first",
    source: "the MNIST network of github.com/Laborieux-Axel/Equilibrium-Propagation",
  },
  stateActivation: {
    kind: "choice",
    choices: ["shifted logistic", "hard sigmoid", "half hard sigmoid", "tanh"],
    default: "shifted logistic",
    says: "what a neuron makes of its drive",
    source: "the same",
  },
  cost: {
    kind: "choice",
    choices: ["squared error (nudge inside)", "squared error (nudge outside)", "cross-entropy", "softmax readout"],
    default: "squared error (nudge inside)",
    says: "loss, and where the nudge enters the output's dynamics",
    source: "inside: github.com/Laborieux-Axel/Equilibrium-Propagation; outside: github.com/ernoult/continualEP",
  },
  estimator: {
    kind: "choice",
    choices: ["one-sided", "random-sign", "symmetric"],
    default: "symmetric",
    says: "how nudged phases become a gradient",
    source: "arXiv:2006.03824",
  },
  freeSteps: steps("steps of the free phase, T1", 30, "github.com/Laborieux-Axel/Equilibrium-Propagation, MNIST"),
  nudgedSteps: steps("steps of a nudged phase, T2", 10, "github.com/Laborieux-Axel/Equilibrium-Propagation, MNIST"),
} as const satisfies Parameters;

const COSTS: Readonly<Record<string, Cost>> = {
  "squared error (nudge inside)": { kind: "squared error", nudge: "inside" },
  "squared error (nudge outside)": { kind: "squared error", nudge: "outside" },
  "cross-entropy": { kind: "cross-entropy" },
  "softmax readout": { kind: "softmax readout" },
};

/** @throws RangeError where the widths are no list of layer widths. */
export const equilibriumNetwork = (params: {
  readonly widths: string;
  readonly stateActivation: string;
  readonly cost: string;
}): PrimitiveFunction =>
  denseNetwork(parseWidths(params.widths), params.stateActivation as StateActivation, COSTS[params.cost]);
