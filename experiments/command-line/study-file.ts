import { existsSync, readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { Misuse } from "./misuse.ts";
import type { PlanFlags } from "./plan-flags.ts";

const word = z.union([z.string(), z.number()]).transform(String);
const study = z.strictObject({
  experiment: z.string(),
  set: z.record(z.string(), word).default({}),
  grid: z.record(z.string(), z.union([word, z.array(word).transform((list) => list.join(","))])).default({}),
  trials: z.number().int().positive().optional(),
  seed: word.optional(),
  workers: z.number().int().positive().optional(),
  device: z.string().optional(),
  data: z.string().optional(),
  out: z.string().optional(),
});

export interface StudyRequest<F> {
  readonly experiment: string;
  readonly flags: F;
}

/** What a study file asks for, as the flags that say the same; flags given beside it win. */
export const readStudy = <F extends PlanFlags & { readonly workers?: string }>(
  path: string,
  flags: F,
): StudyRequest<F> => {
  if (!existsSync(path)) throw new Misuse(`study ${path} is not there.`);
  let content: unknown;
  try {
    content = parseYaml(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Misuse(`study ${path} is no YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  const parsed = study.safeParse(content);
  if (!parsed.success)
    throw new Misuse(
      `study ${path}: ${parsed.error.issues.map((i) => `${i.path.join(".") || "(top)"}: ${i.message}`).join("; ")}.`,
    );
  const s = parsed.data;
  const pairs = (record: Readonly<Record<string, string>>): string[] =>
    Object.entries(record).map(([k, v]) => `${k}=${v}`);
  return {
    experiment: s.experiment,
    flags: {
      ...(s.trials === undefined ? {} : { trials: String(s.trials) }),
      ...(s.seed === undefined ? {} : { seed: s.seed }),
      ...(s.workers === undefined ? {} : { workers: String(s.workers) }),
      ...(s.device === undefined ? {} : { device: s.device }),
      ...(s.data === undefined ? {} : { data: s.data }),
      ...(s.out === undefined ? {} : { out: s.out }),
      ...flags,
      set: [...pairs(s.set), ...flags.set],
      grid: [...pairs(s.grid), ...flags.grid],
    },
  };
};
