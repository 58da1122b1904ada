import * as z from "zod";

const count = z.number().int().positive();
const side = z.number().int().nonnegative();
const pairOf = <S extends z.ZodType>(of: S) => z.union([of, z.tuple([of, of])]);
const optional = {
  name: z.string().describe("default: its kind and a number, like conv1").optional(),
  from: z
    .array(z.string())
    .describe("names of the layers whose values it takes; default: the one before it")
    .optional(),
};
const weighted = {
  ...optional,
  array: z
    .union([z.string(), z.strictObject({ weight: z.string(), bias: z.string().optional() })])
    .describe("the array of weights, or the module whose .weight (and .bias, where there is one) are taken"),
  quantize: z
    .union([z.literal("sign"), z.strictObject({ ternary: z.number().nonnegative() })])
    .describe(
      "of weights that are still any numbers: +1 for w >= 0, else -1; or their sign where |w| > ternary, else 0",
    )
    .optional(),
  scale: z
    .union([z.number().positive(), z.string()])
    .describe("what quantized weights are multiplied by: a number, or an array of one an output")
    .optional(),
};
const of = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.strictObject({ kind: z.literal(kind), ...shape });
const pool = {
  ...optional,
  size: pairOf(count),
  stride: pairOf(count).describe("default: the size").optional(),
  padding: pairOf(side).describe("passed over by the largest, 0 in a mean").default(0),
};

const entry = z.discriminatedUnion("kind", [
  of("dense", weighted),
  of("conv2d", {
    ...weighted,
    stride: pairOf(count).default(1),
    padding: pairOf(side).default(0),
    groups: count.default(1),
  }),
  of("conv1d", { ...weighted, stride: count.default(1), padding: side.default(0), groups: count.default(1) }),
  of("maxPool", pool),
  of("averagePool", pool),
  of("globalAveragePool", optional),
  of("batchNorm", {
    ...optional,
    array: z
      .union([
        z.string(),
        z.strictObject({
          gain: z.string().optional(),
          shift: z.string().optional(),
          mean: z.string(),
          variance: z.string(),
        }),
      ])
      .describe("the module whose statistics are taken by their names in PyTorch or Keras, or the arrays themselves"),
    epsilon: z
      .number()
      .nonnegative()
      .describe("default: 1e-5, or 1e-3 with the layout of Keras, as these have them")
      .optional(),
  }),
  of("bias", { ...optional, array: z.string() }),
  of("flatten", optional),
  of("add", { ...optional, from: z.array(z.string()).length(2) }),
  of("sign", optional),
  of("ternary", { ...optional, threshold: z.number().nonnegative() }),
  of("relu", optional),
  of("hardTanh", optional),
  of("clip", { ...optional, low: z.number(), high: z.number() }),
  of("uniform", {
    ...optional,
    bits: count,
    signed: z.boolean(),
    narrow: z.boolean().default(false),
    scale: z.number().positive(),
    zeroPoint: z.number().default(0),
  }),
]);

export type Entry = z.infer<typeof entry>;

const simple = z
  .enum(["flatten", "sign", "relu", "hardTanh", "globalAveragePool"])
  .transform((kind): Entry => ({ kind }));

/** A file that says which arrays are which layers of a network. */
const layerFileSchema = z.strictObject({
  arrays: z
    .union([z.string(), z.array(z.string()).min(1)])
    .describe("files of arrays beside this one: .npz, .safetensors, or .npy, whose array has the file's name"),
  layout: z
    .enum(["pytorch", "keras"])
    .default("pytorch")
    .describe("weights outputs x inputs x rows x columns, or rows x columns x inputs x outputs"),
  input: z
    .union([count, z.tuple([count, count]), z.tuple([count, count, count])])
    .describe("numbers of a vector; channels and length; or channels, rows and columns"),
  pixels: z
    .string()
    .describe('what a pixel 0 .. 255 is to the network: "0..1", "-1..1", or "mean/deviation"')
    .optional(),
  layers: z.array(z.union([simple, entry])).min(1),
});

/** The same as JSON Schema: what may be written, before defaults. */
export const layerFileJsonSchema = (): unknown => z.toJSONSchema(layerFileSchema, { io: "input" });

export type LayerFile = z.infer<typeof layerFileSchema>;

/** @throws RangeError naming the entry that is wrong. */
export const parseLayerFile = (content: unknown, where: string): LayerFile => {
  const parsed = layerFileSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const deepest = (issue: z.core.$ZodIssue): z.core.$ZodIssue => {
    if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
    const inner = issue.errors.map((list) => list[0]).filter((of) => of !== undefined);
    const best = inner.reduce((a, b) => (b.path.length > a.path.length ? b : a), inner[inner.length - 1]);
    return deepest({ ...best, path: [...issue.path, ...best.path] });
  };
  const { path, message } = deepest(parsed.error.issues[0]);
  const [head, number, ...rest] = path;
  const at = head === "layers" && typeof number === "number" ? [`layer ${number + 1}`, ...rest] : path;
  throw new RangeError(
    `${where}: ${at.join(".") || "(top)"}: ${message.replace("Invalid input: ", "")}. "rramlab describe --layers-schema" is its schema.`,
  );
};
