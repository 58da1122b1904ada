import { existsSync, realpathSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type AnyExperiment, faultOf, type Plan } from "#src/montecarlo/index";
import { suggestion } from "#src/words/suggestion";
import { Misuse } from "../misuse.ts";
import { OWN_MODULE } from "../own-module.ts";
import { experimentIn, loadStudy, studyNames } from "../registry.ts";
import { codeHash } from "./code-hash.ts";

const importModule = async (module: string): Promise<Readonly<Record<string, unknown>>> => {
  // A module that ends the program, or waits for ever, while it is loaded would do so in silence.
  const unfinished = (): void => {
    process.stderr.write(
      `rramlab: ${fileURLToPath(module)} ended the program while it was loaded (process.exit, or an await without end).\n`,
    );
    process.exitCode = 1;
  };
  process.once("exit", unfinished);
  try {
    return await import(module);
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new Misuse(`${fileURLToPath(module)} cannot be loaded: ${first}`);
  } finally {
    process.removeListener("exit", unfinished);
  }
};

const experimentOf = (
  where: string,
  exported: Readonly<Record<string, unknown>>,
  name: string | null,
): AnyExperiment | null => {
  try {
    return experimentIn(exported, name);
  } catch (error) {
    throw error instanceof RangeError ? new Misuse(`${where}: ${error.message}`) : error;
  }
};

/**
 * The experiment that a name or a path to a user's .js or .mjs module stands for, with the module it is known by.
 * @throws Misuse for an unknown name (with the nearest known one), or a module that exports no experiment.
 */
export const findExperiment = async (nameOrPath: string): Promise<{ experiment: AnyExperiment; module: string }> => {
  if (/\.m?js$/.test(nameOrPath)) {
    const path = resolve(nameOrPath);
    if (!existsSync(path)) throw new Misuse(`experiment module ${nameOrPath} is not there.`);
    const module = pathToFileURL(path).href;
    const experiment = experimentOf(nameOrPath, await importModule(module), null);
    if (!experiment) throw new Misuse(`${nameOrPath} exports no experiment; export what defineExperiment returns.`);
    return { experiment, module };
  }
  const experiment = await loadStudy(nameOrPath);
  if (!experiment)
    throw new Misuse(
      `unknown experiment "${nameOrPath}".${suggestion(nameOrPath, studyNames())} Known: ${studyNames().join(", ")}; a user's own is given as a .js or .mjs file.`,
    );
  return { experiment, module: OWN_MODULE };
};

/** Whose code a plan may load, and who is told. */
interface Trust {
  /** Path of the module that the user names, wherever it stands; without it one below the current folder at most. */
  readonly module?: string | undefined;
  readonly warn: (message: string) => void;
  /** The code may be another than that which the run was begun with: of what only draws again. */
  readonly anyCode?: boolean;
}

const realpath = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path));

/**
 * Whether a plan's module may be loaded, which runs it: somebody may have sent the folder.
 * @throws Misuse
 */
const expectTrusted = (path: string, { module, warn }: Trust): void => {
  if (module !== undefined) {
    if (realpath(module) !== realpath(path))
      throw new Misuse(`--module ${module}: the run's plan names another module, ${path}.`);
    return;
  }
  const [from, to] = [realpath(process.cwd()), realpath(path)];
  if (!to.startsWith(from.endsWith(sep) ? from : from + sep))
    throw new Misuse(
      `the run's plan names ${path}, which is not below the current folder: its code would be run. Where you trust it, say so with --module ${path}.`,
    );
  warn(`the run's plan names ${relative(from, to)}, below the current folder: its code is run`);
};

/**
 * The experiment of a plan, loaded from the module it names, once that is known to be what the run was begun with.
 * @throws Misuse where it is not, or may not be loaded, or the plan's parameters do not fit it.
 */
export const loadPlanned = async (dir: string, plan: Plan, trust: Trust): Promise<AnyExperiment> => {
  const { name, module, hash } = plan.experiment;
  if (module !== OWN_MODULE && !/^file:\/\/\//.test(module))
    throw new Misuse(`the run's experiment "${name}" is in "${module}", which is no file.`);
  if (module !== OWN_MODULE && !existsSync(fileURLToPath(module)))
    throw new Misuse(`the run's experiment "${name}" is in ${fileURLToPath(module)}, which is not there.`);
  if (module !== OWN_MODULE) expectTrusted(fileURLToPath(module), trust);
  const vouched = trust.anyCode && (module === OWN_MODULE || trust.module !== undefined);
  const found = vouched ? hash : codeHash(module);
  if (found !== hash)
    throw new Misuse(
      `${dir} was begun by other code (${hash.slice(0, 12)}, now ${found.slice(0, 12)}): its results would not be one run. Run it anew${trust.anyCode ? `, or give --module ${fileURLToPath(module)} to draw it with the code as it is` : ""}.`,
    );
  const experiment =
    module === OWN_MODULE ? await loadStudy(name) : experimentOf(module, await importModule(module), name);
  if (!experiment) throw new Misuse(`${module} has no experiment "${name}".`);
  expectFits(dir, plan, experiment);
  return experiment;
};

/** @throws Misuse where a plan does not fit the experiment that it names: no plan of ours does not. */
const expectFits = (dir: string, plan: Plan, experiment: AnyExperiment): void => {
  const refuse = (why: string): never => {
    throw new Misuse(`${dir}/plan.json does not fit ${experiment.name}: ${why}. Run it anew.`);
  };
  const { parameters } = experiment;
  for (const name of Object.keys(parameters))
    if (!Object.hasOwn(plan.params, name)) refuse(`it has no parameter "${name}"`);
  for (const axis of plan.axes) if (!experiment.axes.includes(axis)) refuse(`"${axis}" is no axis`);
  plan.points.forEach((point, i) => {
    if (Object.keys(point).join() !== plan.axes.join()) refuse(`point ${i} is not of the plan's axes`);
    for (const [name, value] of Object.entries({ ...plan.params, ...point })) {
      const fault = Object.hasOwn(parameters, name) ? faultOf(name, parameters[name], value) : `no parameter "${name}"`;
      if (fault) refuse(fault);
    }
  });
};
