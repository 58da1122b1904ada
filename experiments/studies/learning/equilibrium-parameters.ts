import type { Cost, StateActivation } from "#src/learning/index";
import { denseNetwork, type PrimitiveFunction } from "#src/learning/index";
import { choice, integer, type Parameters, text } from "#src/montecarlo/index";
import { parseWidths } from "../networks/network-parameters.ts";

/** A dense network under Equilibrium Propagation, as every study of it lets the user set it. */
export const EQUILIBRIUM_PARAMETERS = {
  data: {
    kind: "text",
    names: "data set",
    default: "mnist-10k",
    says: "data set: mnist-10k, fashion-mnist, or a folder of IDX files (--data)",
    source: "rramlab data list",
  },
  widths: text(
    "784-512-10",
    "neurons a layer, inputs first",
    "the MNIST network of github.com/Laborieux-Axel/Equilibrium-Propagation",
  ),
  stateActivation: choice(
    ["shifted logistic", "hard sigmoid", "half hard sigmoid", "tanh"],
    "shifted logistic",
    "what a neuron makes of its drive",
    "the same",
  ),
  cost: choice(
    ["squared error (nudge inside)", "squared error (nudge outside)", "cross-entropy", "softmax readout"],
    "squared error (nudge inside)",
    "loss, and where the nudge enters the output's dynamics",
    "inside: github.com/Laborieux-Axel/Equilibrium-Propagation; outside: github.com/ernoult/continualEP",
  ),
  estimator: choice(
    ["one-sided", "random-sign", "symmetric"],
    "symmetric",
    "how nudged phases become a gradient",
    "arXiv:2006.03824",
  ),
  freeSteps: integer(
    30,
    [1, 100_000],
    "steps of the free phase, T1",
    "github.com/Laborieux-Axel/Equilibrium-Propagation, MNIST",
  ),
  nudgedSteps: integer(
    10,
    [1, 100_000],
    "steps of a nudged phase, T2",
    "github.com/Laborieux-Axel/Equilibrium-Propagation, MNIST",
  ),
} as const satisfies Parameters;

const COSTS = {
  "squared error (nudge inside)": { kind: "squared error", nudge: "inside" },
  "squared error (nudge outside)": { kind: "squared error", nudge: "outside" },
  "cross-entropy": { kind: "cross-entropy" },
  "softmax readout": { kind: "softmax readout" },
} as const satisfies Readonly<Record<string, Cost>>;

/** @throws RangeError where the widths are no list of layer widths. */
export const equilibriumNetwork = (params: {
  readonly widths: string;
  readonly stateActivation: StateActivation;
  readonly cost: keyof typeof COSTS;
}): PrimitiveFunction => denseNetwork(parseWidths(params.widths), params.stateActivation, COSTS[params.cost]);
