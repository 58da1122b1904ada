import * as z from "zod";
import { SAMPLINGS } from "#src/montecarlo/index";
import { trainingSchema } from "#src/networks/index";

/** What runs the program: what could make digits differ. */
const engine = z.object({ node: z.string(), v8: z.string(), architecture: z.string() });
export type Engine = Readonly<z.infer<typeof engine>>;

const whole = z.int().min(1);
const value = z.union([z.number(), z.string()]);
const values = z.record(z.string(), value);
const distribution = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("normal"), mean: z.number(), sigma: z.number() }),
  z.strictObject({ kind: z.literal("lognormal"), median: z.number(), logSigma: z.number() }),
  z.strictObject({ kind: z.literal("uniform"), low: z.number(), high: z.number() }),
  z.strictObject({ kind: z.literal("loguniform"), low: z.number(), high: z.number() }),
]);

/** What the program relies on in a plan that was read from a folder. */
export const planShape = z.strictObject({
  format: z.string(),
  experiment: z.strictObject({ name: z.string(), module: z.string(), hash: z.string() }),
  seed: z.string(),
  params: values,
  axes: z.array(z.string()),
  points: z.array(values).min(1),
  varied: z.record(z.string(), distribution),
  sampling: z.enum(SAMPLINGS),
  stopping: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("trials"), trials: whole }),
    z.strictObject({
      kind: z.literal("precision"),
      every: z.number().positive().nullable(),
      relative: z.record(z.string(), z.number().positive()),
      first: whole,
      most: whole,
    }),
  ]),
  block: whole,
  keepTrials: z.boolean(),
  dataSets: z.array(
    z.strictObject({
      asked: z.string(),
      name: z.string(),
      train: whole,
      test: whole,
      pixels: whole,
      classes: whole,
      sha256: z.string(),
    }),
  ),
  devices: z.array(z.strictObject({ asked: z.string(), record: z.unknown() })),
  networks: z.array(
    z.strictObject({
      asked: z.string(),
      described: z.string(),
      layers: z.array(
        z.strictObject({
          name: z.string(),
          weights: z.enum(["float", "binary", "ternary", "integer"]),
          groups: whole,
          inputs: whole,
          outputs: whole,
          places: whole,
          zeros: z.number(),
          digital: z.string().nullable(),
        }),
      ),
      trained: trainingSchema.nullable(),
      imported: z.string().nullable(),
      sha256: z.string(),
    }),
  ),
  arithmetic: z.record(z.string(), z.string()),
  grownFrom: z.strictObject({ digest: z.string(), trials: whole }).optional(),
  begunOn: engine,
});

/** A later round of a run, as its file has it. */
export const roundShape = z.object({
  digest: z.string(),
  round: z.strictObject({
    round: z.int().min(2),
    firstShard: whole,
    points: z.array(z.int().min(0)).min(1),
    from: z.int().min(0),
    to: whole,
    block: whole,
  }),
});

/** Who computed a run, when, with what: everything about it that is not its results. */
export const manifestShape = z.object({
  program: z.string(),
  experiment: z.string(),
  seed: z.string(),
  params: values,
  node: z.string(),
  processor: z.string(),
  workers: z.int().min(0),
  started: z.string(),
  finished: z.string(),
  /** CPU time of all sittings of the run [s]. */
  cpuSeconds: z.number().min(0),
  failedTrials: z.int().min(0),
  codeHash: z.string(),
});
export type Manifest = Readonly<z.infer<typeof manifestShape>>;
