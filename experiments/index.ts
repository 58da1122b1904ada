import { inLibrary, inLibraryAtOnce } from "./run/in-library.ts";
import * as runs from "./run/run.ts";

export type { DataSet, LabelledImages } from "#src/datasets/labelled-images";
export { selectImages } from "#src/datasets/labelled-images";
export { summariesText } from "./command-line/output.ts";
export { loadDataSet } from "./files/load-data-set.ts";
export { Misuse } from "./misuse.ts";
export { loadStudy, studyNames } from "./registry.ts";
export type { Progress } from "./run/execute.ts";
export { resultRows } from "./run/finish.ts";
export { isProgram } from "./run/is-program.ts";
export type { PlanOptions, RunOptions, RunResult, WorkOptions } from "./run/run.ts";
export { Interrupted, WorkerDied } from "./run/worker-pool.ts";

/** @see runs.run */
export const run = inLibrary(runs.run);
/** @see runs.resume */
export const resume = inLibrary(runs.resume);
/** @see runs.merge */
export const merge = inLibrary(runs.merge);
/** @see runs.report */
export const report = inLibrary(runs.report);
/** @see runs.planInto */
export const planInto = inLibraryAtOnce(runs.planInto);
