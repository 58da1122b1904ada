import * as z from "zod";
import { type AnyExperiment, defineExperiment, type Experiment } from "#src/montecarlo/index";
import { ownOf } from "#src/words/named";
import { faultText } from "./files/fault-text.ts";

/** How long a run takes as it is, on two cores; measured, told in words since machines differ. */
export type Duration = "seconds" | "a minute" | "minutes" | "an hour";

interface Listed {
  readonly takes: Duration;
  /** Loads the module that holds it. */
  readonly load: () => Promise<Readonly<Record<string, unknown>>>;
}

/** The studies that come with the program, by what is studied. */
const GROUPS: Readonly<Record<string, Readonly<Record<string, Listed>>>> = {
  "One cell and its amplifier": {
    "array-size-limit": { takes: "seconds", load: () => import("./studies/sensing/array-size-limit.ts") },
    "memory-error-rate": { takes: "seconds", load: () => import("./studies/sensing/memory-error-rate.ts") },
    pvt: { takes: "a minute", load: () => import("./studies/sensing/pvt.ts") },
    "rare-errors": { takes: "a minute", load: () => import("./studies/sensing/rare-errors.ts") },
    "read-over-time": { takes: "seconds", load: () => import("./studies/rest/read-over-time.ts") },
    "sense-errors": { takes: "seconds", load: () => import("./studies/sensing/sense-errors.ts") },
    "sense-transient": { takes: "seconds", load: () => import("./studies/sensing/sense-transient.ts") },
    "sense-window": { takes: "seconds", load: () => import("./studies/sensing/sense-window.ts") },
  },
  "Networks on chips": {
    "accuracy-versus-errors": { takes: "a minute", load: () => import("./studies/networks/accuracy-versus-errors.ts") },
    "error-aware-training": {
      takes: "minutes",
      load: () => import("./studies/adaptation/error-aware-training.ts"),
    },
    "layer-sensitivity": { takes: "seconds", load: () => import("./studies/networks/layer-sensitivity.ts") },
    "network-accuracy": { takes: "seconds", load: () => import("./studies/networks/network-accuracy.ts") },
    "network-on-chips": { takes: "a minute", load: () => import("./studies/chips/network-on-chips.ts") },
    "programming-energy": { takes: "minutes", load: () => import("./studies/chips/programming-energy.ts") },
    retention: { takes: "minutes", load: () => import("./studies/rest/retention.ts") },
    sensitivity: { takes: "minutes", load: () => import("./studies/networks/sensitivity.ts") },
    "shared-amplifiers": { takes: "minutes", load: () => import("./studies/networks/shared-amplifiers.ts") },
    "ternary-versus-binary": { takes: "a minute", load: () => import("./studies/networks/ternary-versus-binary.ts") },
  },
  Arrays: {
    "analog-versus-digital": { takes: "seconds", load: () => import("./studies/arrays/analog-versus-digital.ts") },
    "ir-drop": { takes: "a minute", load: () => import("./studies/arrays/ir-drop.ts") },
    "write-disturb": { takes: "minutes", load: () => import("./studies/arrays/write-disturb.ts") },
  },
  "Learning by Equilibrium Propagation": {
    "ep-on-rram": { takes: "minutes", load: () => import("./studies/learning/ep-on-rram.ts") },
    "equilibrium-propagation": {
      takes: "minutes",
      load: () => import("./studies/learning/equilibrium-propagation.ts"),
    },
    gdu: { takes: "seconds", load: () => import("./studies/learning/gdu.ts") },
  },
  "Spiking networks": {
    eqspike: { takes: "minutes", load: () => import("./studies/spiking/eqspike.ts") },
    "eqspike-drift": { takes: "minutes", load: () => import("./studies/spiking/eqspike-drift.ts") },
    "eqspike-dynamics": { takes: "seconds", load: () => import("./studies/spiking/eqspike-dynamics.ts") },
    "eqspike-gradients": { takes: "minutes", load: () => import("./studies/spiking/eqspike-gradients.ts") },
    "eqspike-on-rram": { takes: "minutes", load: () => import("./studies/spiking/eqspike-on-rram.ts") },
    "eqspike-plasticity": { takes: "seconds", load: () => import("./studies/spiking/eqspike-plasticity.ts") },
    "soft-lif": { takes: "minutes", load: () => import("./studies/spiking/soft-lif.ts") },
    "surrogate-in-the-loop": { takes: "minutes", load: () => import("./studies/spiking/surrogate-in-the-loop.ts") },
    "triplet-stdp": { takes: "seconds", load: () => import("./studies/spiking/triplet-stdp.ts") },
  },
  "Networks of papers": {
    "binary-mobilenet": { takes: "minutes", load: () => import("./studies/papers/binary-mobilenet.ts") },
    "ernoult-2019": { takes: "minutes", load: () => import("./studies/papers/ernoult-2019.ts") },
    "ernoult-2020": { takes: "minutes", load: () => import("./studies/papers/ernoult-2020.ts") },
    "laborieux-2020": { takes: "an hour", load: () => import("./studies/papers/laborieux-2020.ts") },
    "laborieux-2021": { takes: "minutes", load: () => import("./studies/papers/laborieux-2021.ts") },
    "penkovsky-2020": { takes: "minutes", load: () => import("./studies/papers/penkovsky-2020.ts") },
  },
  Statistics: {
    "interval-coverage": { takes: "seconds", load: () => import("./studies/statistics/interval-coverage.ts") },
  },
};

const LISTED: Readonly<Record<string, Listed>> = Object.assign({}, ...Object.values(GROUPS));

/** Names of the studies, in the order of `studyGroups`. */
export const studyNames = (): string[] => Object.keys(LISTED);

/** Names by what is studied. */
export const studyGroups = (): { readonly title: string; readonly names: readonly string[] }[] =>
  Object.entries(GROUPS).map(([title, studies]) => ({ title, names: Object.keys(studies) }));

export const durationOf = (name: string): Duration | null => ownOf(LISTED, name)?.takes ?? null;

/** The study of this name, or null. */
export const loadStudy = async (name: string): Promise<AnyExperiment | null> => {
  const listed = ownOf(LISTED, name);
  return listed ? experimentIn(await listed.load(), name) : null;
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
