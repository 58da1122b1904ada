import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Document, isPair, visit } from "yaml";
import { readUserYaml } from "../files/read-yaml.ts";
import { Misuse } from "../misuse.ts";
import { evaluateDefinitions, type Scope } from "../units/expression.ts";
import { splitArguments } from "../units/parse.ts";
import type { PlanFlags } from "./plan-flags.ts";
import { type StudyFile, studySchema } from "./study-schema.ts";

type StudyFlags = PlanFlags & { readonly workers?: string };

/** One run that a study asks for. */
interface StudyRun<F> {
  /** Its name among several; empty where the study is one run. */
  readonly name: string;
  readonly experiment: string;
  readonly flags: F;
  readonly scope: Scope;
}

/** Entries whose numbers are text to us: read later with their units, or, of a seed, never as a number. */
const TEXTS = new Set(["seed", "set", "grid", "vary", "define", "precision"]);

/**
 * Gives scalars of those entries the text that was written: YAML's numbers lose digits, leading zeros and ".0".
 */
const keepTexts = (document: Document): void => {
  visit(document, {
    Scalar: (place, scalar, ancestors) => {
      const [top, , own] = ancestors.flatMap((node) => (isPair(node) ? [String(node.key)] : []));
      const written = scalar.source;
      const isText = TEXTS.has(top) || (top === "experiments" && TEXTS.has(own));
      if (place !== "key" && isText && written && typeof scalar.value !== "string" && scalar.value !== null)
        scalar.value = written;
    },
  });
};

const parsed = (path: string): StudyFile => {
  if (!existsSync(path)) throw new Misuse(`study ${path} is not there.`);
  const content = readUserYaml(path, "study ", keepTexts);
  const result = studySchema.safeParse(content);
  if (!result.success)
    throw new Misuse(
      `study ${path}: ${result.error.issues.map((i) => `${i.path.join(".") || "(top)"}: ${i.message}`).join("; ")}. "rramlab describe --schema" is its schema.`,
    );
  return result.data;
};

type Pairs = Readonly<Record<string, string | number | readonly (string | number)[]>>;

/** A list as one flag has it. @throws Misuse for an item that would become two. */
const listed = (name: string, items: readonly (string | number)[]): string => {
  const split = items.find((item) => splitArguments(String(item)).length > 1);
  if (split !== undefined)
    throw new Misuse(`study: ${name}: the item "${split}" holds a comma and would be two; write two items.`);
  return items.join(",");
};

/** NAME=VALUE of a record, where no flag says otherwise. */
const pairs = (record: Pairs | undefined, flags: readonly string[]): string[] => {
  const given = new Set(flags.map((flag) => flag.split("=")[0].trim()));
  const kept = Object.entries(record ?? {}).filter(([name]) => !given.has(name));
  return [...kept.map(([name, value]) => `${name}=${Array.isArray(value) ? listed(name, value) : value}`), ...flags];
};

/** What a study file asks for, as the flags that say the same; flags given beside it win. */
export const readStudy = async <F extends StudyFlags>(path: string, flags: F): Promise<StudyRun<F>[]> => {
  const { define, experiments, workers, out, ...shared } = parsed(path);
  let scope: Scope;
  try {
    scope = await evaluateDefinitions(Object.fromEntries(Object.entries(define ?? {}).map(([k, v]) => [k, String(v)])));
  } catch (error) {
    throw new Misuse(`study ${path}: ${(error as Error).message}.`);
  }
  if (experiments && Object.keys(experiments).length === 0) throw new Misuse(`study ${path}: experiments is empty.`);
  const runs = experiments ?? { "": {} };
  const top = flags.out ?? out;
  return Object.entries(runs).map(([name, own]) => {
    const s = { ...shared, ...own };
    if (s.experiment === undefined)
      throw new Misuse(
        `study ${path}: ${name ? `experiments.${name}` : "(top)"}: which experiment? Give "experiment".`,
      );
    const merged = (key: "set" | "grid" | "vary"): Pairs => ({ ...shared[key], ...own[key] });
    const precision = typeof s.precision === "object" ? pairs(s.precision, []) : [s.precision ?? []].flat().map(String);
    return {
      name,
      experiment: s.experiment,
      scope,
      flags: {
        ...(s.trials === undefined ? {} : { trials: String(s.trials) }),
        ...(s.seed === undefined ? {} : { seed: String(s.seed) }),
        ...(s.sampling === undefined ? {} : { sampling: s.sampling }),
        ...(s.keepTrials ? { keepTrials: true } : {}),
        ...(s.device === undefined ? {} : { device: s.device }),
        ...(s.data === undefined ? {} : { data: s.data }),
        ...(workers === undefined ? {} : { workers: String(workers) }),
        ...flags,
        ...(top === undefined ? {} : { out: name ? join(top, name) : top }),
        precision: flags.precision.length > 0 ? flags.precision : precision,
        set: pairs(merged("set"), flags.set),
        grid: pairs(merged("grid"), flags.grid),
        vary: pairs(merged("vary"), flags.vary),
      },
    };
  });
};
