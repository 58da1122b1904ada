import * as z from "zod";
import type { AnyExperiment, Parameter } from "#src/montecarlo/index";
import { SAMPLINGS } from "#src/montecarlo/index";
import { shown, showQuantity } from "../units/show.ts";

const word = z.union([z.string(), z.number()]);
const words = z.record(z.string(), word);

/** What one run of a study file says. */
const fields = {
  experiment: z.string().describe("name of an experiment (rramlab list), or a .js or .mjs module that exports one"),
  set: words.describe("parameters: quantities with their unit, expressions, definitions").optional(),
  grid: z
    .record(z.string(), z.union([word, z.array(word)]))
    .describe("axes: start:stop:step, or a list of values")
    .optional(),
  vary: z
    .record(z.string(), z.string())
    .describe(
      "parameters drawn anew in every trial: normal(mean, sigma), lognormal(median, sigma of ln), uniform(low, high), loguniform(low, high)",
    )
    .optional(),
  sampling: z.enum(SAMPLINGS).describe("how varied parameters are drawn (default: independent)").optional(),
  trials: z.number().int().positive().describe("trials a grid point; with a precision their cap").optional(),
  precision: z.union([word, words]).describe("go on until intervals are this narrow: 5%, or { type3: 5% }").optional(),
  keepTrials: z.boolean().describe("keep a row for every trial").optional(),
  seed: word.describe("any text; the same text gives the same bytes").optional(),
  device: z.string().describe("device file (rramlab fit)").optional(),
  data: z.string().describe("data set: a name, or a folder of IDX files").optional(),
};

const single = z.strictObject(fields);

/** A study file: one run, or several that share what stands beside them. */
export const studySchema = z.strictObject({
  ...fields,
  experiment: fields.experiment.optional(),
  define: words.describe("names for expressions, to be used below").optional(),
  experiments: z
    .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/), single.partial())
    .describe("several runs by name; what stands beside them holds for each that does not say otherwise")
    .optional(),
  workers: z.number().int().positive().describe("threads; they never change a result").optional(),
  out: z.string().describe("run folder; with several runs the folder of theirs").optional(),
});

export type StudyFile = z.infer<typeof studySchema>;

const describeParameter = (parameter: Parameter): string => {
  const range =
    parameter.kind === "quantity" || parameter.kind === "integer"
      ? ` Range: ${showQuantity(parameter.min, parameter.unit)} .. ${showQuantity(parameter.max, parameter.unit)}.`
      : "";
  return `${parameter.says}. Default: ${shown(parameter, parameter.default)}.${range}`;
};

/** JSON Schema of study files, with the parameters of these experiments: for editors that complete and check YAML. */
export const studyJsonSchema = (experiments: readonly AnyExperiment[]): Record<string, unknown> => {
  const schema = z.toJSONSchema(studySchema, { io: "input" });
  const oneOf = (experiment: AnyExperiment) => {
    const entries = Object.entries(experiment.parameters);
    const value = (p: Parameter): object => ({
      description: describeParameter(p),
      ...(p.kind === "choice" ? { enum: p.choices } : { type: ["string", "number"] }),
    });
    const of = (names: readonly [string, Parameter][], make: (p: Parameter) => object) => ({
      properties: Object.fromEntries(names.map(([name, p]) => [name, make(p)])),
      additionalProperties: false,
    });
    const axes = entries.filter(([name]) => experiment.axes.includes(name));
    return {
      if: { properties: { experiment: { const: experiment.name } }, required: ["experiment"] },
      // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema.
      then: {
        properties: {
          set: of(entries, value),
          grid: of(axes, (p) => ({ description: describeParameter(p) })),
          vary: of(
            entries.filter(([, p]) => p.kind === "quantity"),
            (p) => ({ description: describeParameter(p), type: "string" }),
          ),
        },
      },
    };
  };
  return { ...schema, title: "rramlab study", allOf: experiments.map(oneOf) };
};
