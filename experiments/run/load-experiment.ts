import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { AnyExperiment, Plan } from "#src/montecarlo/index";
import { suggestion } from "#src/report/suggestion";
import { Misuse } from "../command-line/misuse.ts";
import { OWN_MODULE } from "../own-module.ts";
import { experimentIn, loadStudy, studyNames } from "../registry.ts";

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

/**
 * The experiment that a name or a path to a user's .js or .mjs module stands for, with the module it is known by.
 * @throws Misuse for an unknown name (with the nearest known one), or a module that exports no experiment.
 */
export const findExperiment = async (nameOrPath: string): Promise<{ experiment: AnyExperiment; module: string }> => {
  if (/\.m?js$/.test(nameOrPath)) {
    const path = resolve(nameOrPath);
    if (!existsSync(path)) throw new Misuse(`experiment module ${nameOrPath} is not there.`);
    const module = pathToFileURL(path).href;
    const experiment = experimentIn(await importModule(module), null);
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

/** The experiment of a plan, loaded from the module it names. */
export const loadPlanned = async (plan: Plan): Promise<AnyExperiment> => {
  const { name, module } = plan.experiment;
  if (module !== OWN_MODULE && !module.startsWith("file:"))
    throw new Misuse(`the run's experiment "${name}" is in "${module}", which is no file.`);
  if (module !== OWN_MODULE && !existsSync(fileURLToPath(module)))
    throw new Misuse(`the run's experiment "${name}" is in ${fileURLToPath(module)}, which is not there.`);
  const experiment = module === OWN_MODULE ? await loadStudy(name) : experimentIn(await importModule(module), name);
  if (!experiment) throw new Misuse(`${module} has no experiment "${name}".`);
  return experiment;
};
