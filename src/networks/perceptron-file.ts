import * as z from "zod";
import type { PerceptronDesign } from "./design.ts";
import { perceptron, type TrainedLayer } from "./perceptron.ts";
import type { Tensor } from "./safetensors.ts";
import { type Model, trainingSchema } from "./training-record.ts";

export const PERCEPTRON_FORMAT = "rramlab perceptron 1";

const schema = z.object({
  format: z.literal(PERCEPTRON_FORMAT),
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
  trained: trainingSchema.nullable().default(null),
});

/**
 * A perceptron of earlier versions: tensors layers.N.weight (outputs x inputs), gain, shift, mean, variance.
 * @throws RangeError where the description is not whole, or tensors do not have the shapes of its design.
 */
export const parsePerceptron = (json: unknown, tensors: Readonly<Record<string, Tensor>>, where: string): Model => {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new RangeError(
      `${where}: no whole model: ${path.join(".")}: ${message.replace("Invalid input: ", "").replace(", received undefined", ", but it is missing")}.`,
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
    const variance = Float32Array.from(tensor(`layers.${l}.variance`, [outputs]));
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
      variance,
    };
  });
  return { network: perceptron(design as PerceptronDesign, layers), trained };
};
