import * as z from "zod";

const positive = z.number().positive();

const curve = (value: z.ZodNumber) =>
  z
    .strictObject({ conductances: z.array(positive).min(1), values: z.array(value).min(1) })
    .refine(({ conductances, values }) => conductances.length === values.length, "as many values as conductances")
    .refine(
      ({ conductances }) => conductances.every((g, k) => k === 0 || g > conductances[k - 1]),
      "conductances ascend",
    );

const range = z.tuple([positive, positive]).refine(([low, high]) => low <= high, "the second is not below the first");

/** How a device's file says that it relaxes. */
export const relaxationSchema = z
  .strictObject({
    standing: z.string().min(1).default("user's own numbers"),
    source: z.string().min(1),
    temperature: positive,
    activationEnergy: positive.max(5).nullable().default(null),
    temperatures: range.optional(),
    times: range,
    conductances: range,
    onset: positive,
    exponent: positive.max(4),
    fading: z.number().min(-0.5).max(0.49).default(0),
    spread: curve(positive),
    amplitude: curve(positive).default({ conductances: [1e-6], values: [1] }),
    drift: curve(z.number()),
    skew: curve(z.number()),
    shape: curve(positive),
    permanent: z.number().min(0).max(1),
    redraws: positive.max(100),
  })
  .transform((read) => ({
    ...read,
    temperatures: read.temperatures ?? ([read.temperature, read.temperature] as const),
  }));
