import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Plan } from "#src/montecarlo/index";
import { StorageFailed } from "../files/write-file.ts";
import { Misuse } from "../misuse.ts";
import type { Task } from "./run-state.ts";
import type { Answer, Order, Share } from "./worker.ts";

/** A run was stopped from outside; what was done is kept. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Workers died on the same task again and again; what was done is kept. */
export class WorkerDied extends Error {
  override readonly name = "WorkerDied";
}

/** A task is given to a fresh worker this many times in all. */
const ATTEMPTS = 3;
/** Deaths and lost tasks that are told one by one. */
const TOLD = 4;

const words = (task: Task): string => (task.kind === "part" ? `part "${task.place.part}"` : `shard ${task.index}`);

const errorOf = ({ name, message }: { readonly name: string; readonly message: string }): Error => {
  if (name === "Misuse") return new Misuse(message);
  if (name === "StorageFailed") return new StorageFailed(message);
  return new Error(message);
};

/** Workers that have done all they were given, with the code that they have loaded. */
const idle: { readonly worker: Worker; readonly code: string }[] = [];
/** How long they wait for more [ms]: starting one takes a third of a second. */
const PATIENCE = 5000;

// By name: Node has listeners of its own, which deliver the messages.
const forget = (worker: Worker): void => {
  for (const event of ["message", "error", "exit"]) worker.removeAllListeners(event);
};

/** A worker that has loaded this code, or a new one. */
const hire = (code: string): Worker => {
  const at = idle.findIndex((waiting) => waiting.code === code);
  if (at >= 0) {
    const [{ worker }] = idle.splice(at, 1);
    forget(worker);
    worker.ref();
    return worker;
  }
  const compiled = fileURLToPath(new URL("./worker.js", import.meta.url));
  if (!existsSync(compiled))
    throw new Error(`workers run the compiled program, which is not built: ${compiled}. Run npm run build.`);
  const worker = new Worker(compiled, { stdout: true });
  // Standard output is the answer's alone: what a user's trial prints goes with the logs.
  worker.stdout.on("data", (text: Buffer) => process.stderr.write(text));
  return worker;
};

/** Lets a worker wait for the next tasks; it keeps no program from ending. */
const release = (worker: Worker, code: string): void => {
  forget(worker);
  worker.unref();
  const waiting = { worker, code };
  idle.push(waiting);
  const leave = (): boolean => {
    const at = idle.indexOf(waiting);
    if (at >= 0) idle.splice(at, 1);
    return at >= 0;
  };
  setTimeout(() => {
    if (leave()) void worker.terminate();
  }, PATIENCE).unref();
  // What a trial left behind may still throw (a timer, a promise): its worker is then not used again, and nothing is lost.
  worker.on("error", leave);
  worker.on("exit", leave);
};

let sittings = 0;

/**
 * Does tasks in the run folder on `workers` threads, each taking the next as it becomes free. A worker that dies (out of
 * memory, process.exit in a trial) is replaced and its task tried again; the other tasks go on. Workers are kept for a
 * while for tasks of the same code, as the next phase or round of a run has.
 *
 * @throws the first error that a task gives; Interrupted when `signal` aborts; WorkerDied, once all else is done, naming
 * the tasks that no worker survived.
 */
export const doTasks = async (
  dir: string,
  /** The code that the run was begun with: workers that have loaded another (by its hash) do not serve it. */
  { module, hash: code }: Plan["experiment"],
  tasks: readonly Task[],
  workers: number,
  signal: AbortSignal,
  /** Told after every task, and in between by how much of those in hand is done: tasks, fractions of one included. */
  onDone: (tasks: number) => void,
  warn: (message: string) => void,
): Promise<void> => {
  const sitting = sittings++;
  const waiting = tasks.map((task) => ({ task, attempts: 0 }));
  let next = 0;
  const lost: string[] = [];
  const alive = new Set<Worker>();
  let over = false;
  let finished = 0;
  const shares = new Map<Worker, number>();
  const tell = (): void => onDone(finished + [...shares.values()].reduce((sum, share) => sum + share, 0));
  let deaths = 0;
  const serve = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = hire(code);
      alive.add(worker);
      let current: (typeof waiting)[number] | undefined;
      const give = (): void => {
        current = waiting[next++];
        if (current) worker.postMessage({ dir, sitting, task: current.task, module } satisfies Order);
        else {
          alive.delete(worker);
          release(worker, code);
          resolve();
        }
      };
      let reason = "it ended without an answer; does a trial call process.exit?";
      worker.on("message", (answer: Answer | Share) => {
        if ("share" in answer) {
          shares.set(worker, answer.share);
          tell();
          return;
        }
        shares.delete(worker);
        if (!answer.ok) {
          reject(errorOf(answer));
          return;
        }
        current = undefined;
        finished++;
        tell();
        give();
      });
      worker.on("error", (error: NodeJS.ErrnoException) => {
        reason = error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "it ran out of memory" : error.message;
      });
      worker.on("exit", () => {
        alive.delete(worker);
        shares.delete(worker);
        if (!current || over) return;
        current.attempts++;
        if (current.attempts < ATTEMPTS) {
          if (deaths++ < TOLD) warn(`a worker died on ${words(current.task)} (${reason}); it is tried again`);
          waiting.push(current);
        } else lost.push(lost.length === 0 ? `${words(current.task)} (${reason})` : words(current.task));
        serve().then(resolve, reject);
      });
      give();
    });
  const interrupted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(new Interrupted("stopped"));
    signal.addEventListener("abort", () => reject(new Interrupted("stopped")), { once: true });
  });
  try {
    const serving = Array.from({ length: Math.min(workers, tasks.length) }, serve);
    await Promise.race([Promise.all(serving), interrupted]);
  } finally {
    over = true;
    await Promise.all([...alive].map((worker) => worker.terminate()));
  }
  if (lost.length > 0)
    throw new WorkerDied(
      `workers died ${ATTEMPTS} times on ${lost.slice(0, TOLD).join(", ")}${lost.length > TOLD ? ` and ${lost.length - TOLD} more` : ""}; everything else is done and kept. Give a worker more memory (NODE_OPTIONS=--max-old-space-size=8192) or use fewer, and resume.`,
    );
};
