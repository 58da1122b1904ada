import { z } from "zod";
import type { PerceptronDesign } from "./design.ts";
import type { TrainedLayer, TrainedNetwork } from "./model.ts";
import { parseSafetensors, type Tensor, writeSafetensors } from "./safetensors.ts";

/** What a model was trained on and how: printed beside every accuracy it reaches. */
export interface TrainingRecord {
  readonly dataSet: string;
  /** Name under which the program finds the data set again; null for a folder of the user's. */
  readonly data: string | null;
  readonly seed: string;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly version: string;
}

export interface Model {
  readonly network: TrainedNetwork;
  readonly trained: TrainingRecord;
}

const FORMAT = "rramlab perceptron 1";

const schema = z.object({
  format: z.literal(FORMAT),
  design: z.object({
    widths: z.array(z.number().int().positive()).min(2),
    weights: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("float") }),
      z.object({ kind: z.literal("binary") }),
      z.object({ kind: z.literal("ternary"), threshold: z.number() }),
    ]),
    activation: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("relu") }),
      z.object({ kind: z.literal("binary") }),
      z.object({ kind: z.literal("ternary"), threshold: z.number() }),
    ]),
  }),
  trained: z.object({
    dataSet: z.string(),
    data: z.string().nullable(),
    seed: z.string(),
    epochs: z.number(),
    batch: z.number(),
    learningRate: z.number(),
    version: z.string(),
  }),
});

const NORMALISATION = ["gain", "shift", "mean", "variance"] as const;

/** A model as a safetensors file: weights outputs x inputs (I8 where quantized), normalisation, the rest as JSON metadata. */
export const writeModel = ({ network, trained }: Model): Uint8Array => {
  const tensors: Record<string, Tensor> = {};
  network.layers.forEach((layer, l) => {
    const { inputs, outputs, weights } = layer;
    const data =
      network.design.weights.kind === "float" ? new Float32Array(weights.length) : new Int8Array(weights.length);
    for (let i = 0; i < inputs; i++) for (let o = 0; o < outputs; o++) data[o * inputs + i] = weights[i * outputs + o];
    tensors[`layers.${l}.weight`] = { shape: [outputs, inputs], data };
    for (const name of NORMALISATION) tensors[`layers.${l}.${name}`] = { shape: [outputs], data: layer[name] };
  });
  // Float tensors first: each then starts at a multiple of four bytes.
  const ordered = Object.entries(tensors).sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const described = { format: FORMAT, design: network.design, trained };
  return writeSafetensors({ metadata: { rramlab: JSON.stringify(described) }, tensors: Object.fromEntries(ordered) });
};

/** @throws RangeError where the file is no model of this program, or its tensors do not have the shapes of its design. */
export const parseModel = (file: Uint8Array, where: string): Model => {
  const { metadata, tensors } = parseSafetensors(file, where);
  let json: unknown = null;
  try {
    json = JSON.parse(metadata["rramlab"] ?? "null");
  } catch {
    json = null;
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    const ours = (json as { readonly format?: unknown } | null)?.format === FORMAT;
    throw new RangeError(
      ours
        ? `${where}: no whole model: ${path.join(".")}: ${message.replace("Invalid input: ", "").replace(", received undefined", ", but it is missing")}.`
        : `${where}: a safetensors file, but no model of rramlab (no "${FORMAT}" in its metadata).`,
    );
  }
  const { design, trained } = parsed.data;
  const { widths } = design;
  const tensor = (name: string, shape: readonly number[]): Tensor["data"] => {
    const found = tensors[name];
    if (!found || found.shape.join() !== shape.join())
      throw new RangeError(
        `${where}: tensor ${name} is ${found ? found.shape.join(" x ") : "missing"}; its design ${widths.join("-")} needs ${shape.join(" x ")}.`,
      );
    return found.data;
  };
  const layers = widths.slice(1).map((outputs, l): TrainedLayer => {
    const inputs = widths[l];
    const stored = tensor(`layers.${l}.weight`, [outputs, inputs]);
    const weights = new Float32Array(stored.length);
    for (let i = 0; i < inputs; i++)
      for (let o = 0; o < outputs; o++) weights[i * outputs + o] = stored[o * inputs + i];
    const allowed = { float: null, binary: [-1, 1], ternary: [-1, 0, 1] }[design.weights.kind];
    if (!weights.every((w) => Number.isFinite(w) && (allowed === null || allowed.includes(w))))
      throw new RangeError(
        `${where}: layers.${l}.weight holds values that ${design.weights.kind} weights cannot have.`,
      );
    const variance = tensor(`layers.${l}.variance`, [outputs]);
    if (!variance.every((v) => v >= 0 && v < Number.POSITIVE_INFINITY))
      throw new RangeError(`${where}: layers.${l}.variance holds a value that is no variance.`);
    const normalisation = (name: string): Float32Array => {
      const values = Float32Array.from(tensor(`layers.${l}.${name}`, [outputs]));
      const at = values.findIndex((v) => !Number.isFinite(v));
      if (at >= 0)
        throw new RangeError(
          `${where}: layers.${l}.${name} is ${values[at]} at neuron ${at}; expected finite numbers.`,
        );
      return values;
    };
    return {
      inputs,
      outputs,
      weights,
      gain: normalisation("gain"),
      shift: normalisation("shift"),
      mean: normalisation("mean"),
      variance: normalisation("variance"),
    };
  });
  return { network: { design: design as PerceptronDesign, layers }, trained };
};
