import { parentPort } from "node:worker_threads";
import { doTask, openRun, type RunState, type Task } from "./run-state.ts";

/** A task in a run folder. What a sitting finds there is kept for that sitting alone. */
export interface Order {
  readonly dir: string;
  readonly sitting: number;
  readonly task: Task;
  /** Module of its experiment: the user's, or one that the user lets run. */
  readonly module: string;
}

/** What a worker answers to a task: done, or the error that stops the run. */
export type Answer = { readonly ok: true } | { readonly ok: false; readonly name: string; readonly message: string };

/** How much of the task in hand is done. */
export interface Share {
  readonly share: number;
}

let open: { readonly sitting: number; readonly run: Promise<RunState> } | undefined;

const runOf = ({ dir, sitting, module }: Order): Promise<RunState> => {
  if (open?.sitting !== sitting) open = { sitting, run: openRun(dir, module) };
  return open.run;
};

parentPort?.on("message", async (order: Order) => {
  let answer: Answer = { ok: true };
  try {
    doTask(await runOf(order), order.task, (share) => parentPort?.postMessage({ share } satisfies Share));
  } catch (error) {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    answer = { ok: false, name, message };
  }
  parentPort?.postMessage(answer);
});
