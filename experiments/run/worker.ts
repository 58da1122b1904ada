import { parentPort, workerData } from "node:worker_threads";
import { doTask, openRun, type Task } from "./run-state.ts";

// Standard output is the answer's alone: what a user's trial prints goes with the logs.
Object.assign(console, { log: console.error, info: console.error, debug: console.error });

/** What a worker answers to a task: done, or the error that stops the run. */
export type Answer = { readonly ok: true } | { readonly ok: false; readonly name: string; readonly message: string };

/** How much of the task in hand is done. */
export interface Share {
  readonly share: number;
}

const run = openRun(workerData as string);

parentPort?.on("message", async (task: Task) => {
  let answer: Answer = { ok: true };
  try {
    doTask(await run, task, (share) => parentPort?.postMessage({ share } satisfies Share));
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    answer = { ok: false, name, message };
  }
  parentPort?.postMessage(answer);
});
