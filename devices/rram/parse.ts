import * as z from "zod";
import type { RramParams } from "./params.ts";
import { relaxationSchema } from "./relaxation/parse.ts";

const positive = z.number().positive();
const sigma = z.number().min(0).max(5);
const shape = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("weibull"), logSigma: positive, exponent: positive }),
  z.strictObject({
    kind: z.literal("two lognormals"),
    logSigma: positive,
    components: z
      .array(z.strictObject({ share: z.number().min(0).max(1), logOffset: z.number(), logSigma: positive }))
      .length(2)
      .refine((two) => Math.abs(two[0].share + two[1].share - 1) < 1e-9, "shares add to 1"),
  }),
]);
const state = z.strictObject({
  medianResistance: positive,
  spread: z.strictObject({ deviceToDevice: sigma, cycleToCycle: sigma, readToRead: sigma }),
  activationEnergy: z.number().min(-1).max(2).default(0),
  shape: shape.optional(),
  telegraph: z
    .strictObject({ logAmplitude: z.number().min(-5).max(5), captureTime: positive, emissionTime: positive })
    .optional(),
  fluctuators: z
    .strictObject({
      logSigma: positive.max(5),
      slope: z.number().min(0).max(2),
      slowest: positive,
      fastest: positive,
      perDecade: positive.max(20),
    })
    .refine(({ slowest, fastest }) => slowest < fastest, "slowest is below fastest")
    .optional(),
});
const schema = z.strictObject({
  name: z.string().min(1),
  standing: z.string().min(1).default("user's own numbers"),
  source: z.string().min(1),
  valid: z.string().min(1).default("not stated by the user's file"),
  lrs: state,
  hrs: state,
  conduction: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("ohmic") }),
      z.strictObject({ kind: z.literal("sinh"), fieldVoltage: positive }),
    ])
    .default({ kind: "ohmic" }),
  stuck: z.strictObject({ lrs: z.number().min(0).max(1), hrs: z.number().min(0).max(1) }).default({ lrs: 0, hrs: 0 }),
  relaxation: relaxationSchema.optional(),
  programming: z.strictObject({ setEnergy: positive, resetEnergy: positive }).optional(),
  wear: z
    .strictObject({
      standing: z.string().min(1).default("user's own numbers"),
      source: z.string().min(1),
      onset: positive,
      low: z.number().min(-5).max(5),
      high: z.number().min(-5).max(5),
    })
    .optional(),
});

/**
 * Device parameters from a user's JSON (ohm, eV, standard deviations of ln R).
 * @throws RangeError naming each wrong entry, what came and what is allowed.
 */
export const parseRram = (json: unknown, where: string): RramParams => {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "(top)"}: ${issue.message}`);
    throw new RangeError(
      `${where}: not a device: ${issues.join("; ")}. Resistances in ohm (> 0), spreads are standard deviations of ln R, ` +
        "activation energies in eV; docs/devices.md shows a whole file.",
    );
  }
  const { lrs, hrs, stuck } = parsed.data;
  if (stuck.lrs + stuck.hrs > 1)
    throw new RangeError(
      `${where}: stuck.lrs + stuck.hrs is ${stuck.lrs + stuck.hrs}; probabilities add to 1 at most.`,
    );
  if (lrs.medianResistance >= hrs.medianResistance)
    throw new RangeError(
      `${where}: lrs.medianResistance ${lrs.medianResistance} ohm is not below hrs.medianResistance ${hrs.medianResistance} ohm.`,
    );
  return parsed.data as RramParams;
};
