import { z } from "zod";
import { type AnyExperiment, defineExperiment, type Experiment } from "#src/montecarlo/index";
import { ownOf } from "#src/words/named";
import { faultText } from "./files/fault-text.ts";

/** The studies that come with the program, by the module that holds each; loaded when asked for. */
const MODULES: Readonly<Record<string, () => Promise<Readonly<Record<string, unknown>>>>> = {
  "network-on-chips": () => import("./studies/chips/network-on-chips.ts"),
  "ternary-versus-binary": () => import("./studies/networks/ternary-versus-binary.ts"),
  "sense-transient": () => import("./studies/sensing/sense-transient.ts"),
  "sense-window": () => import("./studies/sensing/sense-window.ts"),
  "sense-errors": () => import("./studies/sensing/sense-errors.ts"),
  "memory-error-rate": () => import("./studies/sensing/memory-error-rate.ts"),
  "accuracy-versus-errors": () => import("./studies/networks/accuracy-versus-errors.ts"),
  "rare-errors": () => import("./studies/sensing/rare-errors.ts"),
  pvt: () => import("./studies/sensing/pvt.ts"),
  "shared-amplifiers": () => import("./studies/networks/shared-amplifiers.ts"),
  "network-accuracy": () => import("./studies/networks/network-accuracy.ts"),
  "layer-sensitivity": () => import("./studies/networks/layer-sensitivity.ts"),
  sensitivity: () => import("./studies/networks/sensitivity.ts"),
  retention: () => import("./studies/rest/retention.ts"),
  "read-over-time": () => import("./studies/rest/read-over-time.ts"),
  "array-size-limit": () => import("./studies/sensing/array-size-limit.ts"),
  "write-disturb": () => import("./studies/arrays/write-disturb.ts"),
  "ir-drop": () => import("./studies/arrays/ir-drop.ts"),
  "analog-versus-digital": () => import("./studies/arrays/analog-versus-digital.ts"),
  "ernoult-2019": () => import("./studies/papers/ernoult-2019.ts"),
  "ernoult-2020": () => import("./studies/papers/ernoult-2020.ts"),
  "laborieux-2020": () => import("./studies/papers/laborieux-2020.ts"),
  "laborieux-2021": () => import("./studies/papers/laborieux-2021.ts"),
  "equilibrium-propagation": () => import("./studies/learning/equilibrium-propagation.ts"),
  "ep-on-rram": () => import("./studies/learning/ep-on-rram.ts"),
  gdu: () => import("./studies/learning/gdu.ts"),
  eqspike: () => import("./studies/spiking/eqspike.ts"),
  "eqspike-gradients": () => import("./studies/spiking/eqspike-gradients.ts"),
  "eqspike-drift": () => import("./studies/spiking/eqspike-drift.ts"),
  "eqspike-dynamics": () => import("./studies/spiking/eqspike-dynamics.ts"),
  "eqspike-plasticity": () => import("./studies/spiking/eqspike-plasticity.ts"),
  "eqspike-on-rram": () => import("./studies/spiking/eqspike-on-rram.ts"),
  "soft-lif": () => import("./studies/spiking/soft-lif.ts"),
  "surrogate-in-the-loop": () => import("./studies/spiking/surrogate-in-the-loop.ts"),
  "triplet-stdp": () => import("./studies/spiking/triplet-stdp.ts"),
  "interval-coverage": () => import("./studies/statistics/interval-coverage.ts"),
};

export const studyNames = (): string[] => Object.keys(MODULES);

/** The study of this name, or null. */
export const loadStudy = async (name: string): Promise<AnyExperiment | null> => {
  const load = ownOf(MODULES, name);
  return load ? experimentIn(await load(), name) : null;
};

const SHAPE = z.looseObject({
  name: z.string(),
  summary: z.string(),
  parameters: z.record(z.string(), z.looseObject({ kind: z.enum(["quantity", "integer", "choice", "text"]) })),
  axes: z.array(z.string()),
  numbers: z.record(z.string(), z.looseObject({ kind: z.string() })),
  trials: z.number(),
  block: z.number(),
});

/** @throws RangeError where it is not what `defineExperiment` returns. */
const asDefined = (candidate: Partial<AnyExperiment>): AnyExperiment => {
  const { error } = SHAPE.safeParse(candidate);
  if (error)
    throw new RangeError(
      `it exports what is no experiment: ${faultText(error)}; export what defineExperiment returns.`,
    );
  defineExperiment(candidate as Experiment);
  return candidate as AnyExperiment;
};

/** The experiment of this name among a module's exports (any, where no name is given), or null. */
export const experimentIn = (module: Readonly<Record<string, unknown>>, name: string | null): AnyExperiment | null => {
  for (const value of Object.values(module)) {
    const candidate = value as Partial<AnyExperiment> | null;
    if (typeof candidate === "object" && candidate && typeof candidate.trial === "function" && candidate.parameters)
      if (name === null || candidate.name === name) return asDefined(candidate);
  }
  return null;
};
