export { Misuse } from "./command-line/misuse.ts";
export { loadDataSet } from "./files/load-data-set.ts";
export { studyNames } from "./registry.ts";
export type { Progress } from "./run/execute.ts";
export { Interrupted } from "./run/execute.ts";
export { resultRows } from "./run/finish.ts";
export { isProgram } from "./run/is-program.ts";
export type { RunOptions, RunResult } from "./run/run.ts";
export { report, resume, run } from "./run/run.ts";
