import * as z from "zod";
import { parseJson } from "#src/words/named";
import { isWeighted, type Layer } from "./layers.ts";
import { checkTensors, geometryOf, type NetworkLayer, placeNetwork, tensorsOf } from "./network.ts";
import { PERCEPTRON_FORMAT, parsePerceptron } from "./perceptron-file.ts";
import { parseSafetensors, storedTensors, type Tensor, writeSafetensors } from "./safetensors.ts";
import { type Model, trainingSchema } from "./training-record.ts";

const FORMAT = "rramlab network 1";

const count = z.number().int().positive();
const pair = z.tuple([count, count]);
const quantizer = {
  bits: count,
  signed: z.boolean(),
  narrow: z.boolean().default(false),
  scale: z.number(),
  zeroPoint: z.number().default(0),
  rounds: z.enum(["level", "value"]).default("level"),
};
const weighted = {
  weights: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("float") }),
    z.strictObject({ kind: z.literal("binary") }),
    z.strictObject({ kind: z.literal("ternary") }),
    z.strictObject({ kind: z.literal("integer"), bits: count, narrow: z.boolean().default(false) }),
  ]),
  scale: z.enum(["none", "tensor", "channel"]).default("none"),
};
const named = { name: z.string(), from: z.array(z.string()).optional() };
const of = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.strictObject({ ...named, kind: z.literal(kind), ...shape });
const side = z.number().int().nonnegative();

const pool = { size: pair, stride: pair, padding: z.tuple([side, side]).optional() };

const layerSchema = z.discriminatedUnion("kind", [
  of("dense", { outputs: count, ...weighted }),
  of("conv2d", {
    channels: count,
    size: pair,
    stride: pair.default([1, 1]),
    padding: z.tuple([side, side]).default([0, 0]),
    groups: count.default(1),
    ...weighted,
  }),
  of("conv1d", {
    channels: count,
    size: count,
    stride: count.default(1),
    padding: side.default(0),
    groups: count.default(1),
    ...weighted,
  }),
  of("maxPool", pool),
  of("averagePool", pool),
  of("globalAveragePool", {}),
  of("batchNorm", { epsilon: z.number() }),
  of("bias", {}),
  of("flatten", {}),
  of("add", {}),
  of("sign", {}),
  of("ternary", { threshold: z.number() }),
  of("relu", {}),
  of("hardTanh", {}),
  of("clip", { low: z.number(), high: z.number() }),
  of("steps", { at: z.array(z.number()), above: z.array(z.boolean()), values: z.array(z.number()) }),
  of("uniform", quantizer),
]);

const schema = z.object({
  format: z.literal(FORMAT),
  input: z.strictObject({
    shape: z.strictObject({ channels: count, height: count, width: count }),
    scale: z.number(),
    offset: z.number().default(0),
    quantizer: z.strictObject(quantizer).nullable().default(null),
  }),
  layers: z.array(layerSchema).min(1),
  trained: trainingSchema.nullable().default(null),
});

/** Shape of a tensor in a file, where it has more than one side: the outermost first. */
const shapeOf = (at: NetworkLayer, part: string, length: number): readonly number[] => {
  const { layer, from } = at;
  if (part !== "weight" || !isWeighted(layer)) return [length];
  const { window, groups, outputs, inputs } = geometryOf(layer, from);
  const [rows, columns] = window.size;
  if (layer.kind === "dense") return [outputs, inputs];
  const channels = from.channels / groups;
  return layer.kind === "conv1d" ? [outputs * groups, channels, columns] : [outputs * groups, channels, rows, columns];
};

/** A network as a safetensors file: tensors in the shapes of docs/networks.md (I8 where weights are levels), the rest as JSON metadata. */
export const writeNetwork = ({ network, trained }: Model): Uint8Array => {
  const placed = placeNetwork(network);
  checkTensors(network, placed);
  const tensors = placed.flatMap((at) =>
    Object.entries(tensorsOf(at)).map(([part, length]): [string, Tensor] => {
      const name = `${at.layer.name}.${part}`;
      const isLevels = part === "weight" && isWeighted(at.layer) && at.layer.weights.kind !== "float";
      const values = network.tensors[name];
      return [name, { shape: shapeOf(at, part, length), data: isLevels ? Int8Array.from(values) : values }];
    }),
  );
  // Float tensors first: each then starts at a multiple of four bytes.
  const ordered = tensors.sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const described = { format: FORMAT, input: network.input, layers: network.layers, trained };
  return writeSafetensors({ metadata: { rramlab: JSON.stringify(described) }, tensors: Object.fromEntries(ordered) });
};

const describedIn = (text: string | undefined): unknown => {
  try {
    return parseJson(text ?? "null");
  } catch {
    return null;
  }
};

/** What zod says of a path, with the name of the layer that it leads to. */
const complaint = (json: unknown, { path, message }: z.core.$ZodIssue): string => {
  const [head, number, ...rest] = path;
  const layers = (json as { readonly layers?: readonly { readonly name?: unknown }[] }).layers;
  const name = head === "layers" && typeof number === "number" ? layers?.[number]?.name : undefined;
  const where = typeof name === "string" ? [`layer "${name}"`, ...rest] : path;
  const said = message.replace("Invalid input: ", "").replace(", received undefined", ", but it is missing");
  return `${where.join(".") || "metadata"}: ${said}`;
};

/**
 * Layers as network files have them.
 * @throws RangeError naming the layer that is wrong.
 */
export const parseLayers = (layers: readonly unknown[], where: string): readonly Layer[] => {
  const parsed = z.object({ layers: z.array(layerSchema).min(1) }).safeParse({ layers });
  if (parsed.success) return parsed.data.layers as readonly Layer[];
  throw new RangeError(`${where}: ${complaint({ layers }, parsed.error.issues[0])}.`);
};

/**
 * A network file: "rramlab network 1", or "rramlab perceptron 1" of earlier versions.
 * @throws RangeError where the file is no network of this program, its layers do not chain, or tensors do not fit them.
 */
export const parseNetwork = (file: Uint8Array, where: string): Model => {
  const json = describedIn(storedTensors(file, where).metadata["rramlab"]);
  const format = (json as { readonly format?: unknown } | null)?.format;
  if (format !== FORMAT && format !== PERCEPTRON_FORMAT)
    throw new RangeError(
      typeof format === "string"
        ? `${where}: format "${format}"; expected "${FORMAT}" or "${PERCEPTRON_FORMAT}".`
        : `${where}: a safetensors file, but no network of rramlab (no "${FORMAT}" in its metadata). A layer file says which of its arrays is what: docs/networks-elsewhere.md.`,
    );
  const { tensors } = parseSafetensors(file, where);
  if (format === PERCEPTRON_FORMAT) return parsePerceptron(json, tensors, where);
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new RangeError(`${where}: no whole network: ${complaint(json, parsed.error.issues[0])}.`);
  const { input, layers, trained } = parsed.data;
  const described = { input, layers: layers as readonly Layer[] };
  const located = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof RangeError) throw new RangeError(`${where}: ${error.message.replace(/^network: /, "")}`);
      throw error;
    }
  };
  const placed = located(() => placeNetwork(described));
  const values: Record<string, Float32Array> = {};
  for (const [name, { data }] of Object.entries(tensors)) values[name] = Float32Array.from(data);
  for (const at of placed)
    for (const [part, length] of Object.entries(tensorsOf(at))) {
      const name = `${at.layer.name}.${part}`;
      const wanted = shapeOf(at, part, length);
      const found = Object.hasOwn(tensors, name) ? tensors[name].shape : null;
      if (found?.join() !== wanted.join())
        throw new RangeError(
          `${where}: tensor ${name} is ${found ? found.join(" x ") : "missing"}; layer "${at.layer.name}" needs ${wanted.join(" x ")}.`,
        );
    }
  const network = { ...described, tensors: values };
  located(() => checkTensors(network, placed));
  return { network, trained };
};
