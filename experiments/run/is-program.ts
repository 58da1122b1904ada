import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

/**
 * Whether the module at `moduleUrl` (`import.meta.url`) is the program that was started, in its main thread. A module
 * that exports an experiment is also imported by workers and by `rramlab run`, and must start nothing there.
 */
export const isProgram = (moduleUrl: string): boolean =>
  isMainThread &&
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === realpathSync(fileURLToPath(moduleUrl));
