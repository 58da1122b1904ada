import type { AnswerOf, Ask, Task, Told } from "./task.ts";

/** What a bench wants computed: tasks by urgency, one after another, and what becomes of their answers. */
export interface Source {
  /** Urgency of the next task, the lowest first; null: nothing more is wanted. */
  readonly level: () => number | null;
  readonly take: () => Job;
}

/** A task, and who is told its answer, also where its source is not wanted any more. */
export interface Job {
  readonly task: Task;
  readonly done: (answer: AnswerOf<Task["kind"]>) => void;
}

/** A job whose `done` knows what its task's kind answers. */
export const job = <K extends Task["kind"]>(
  task: Extract<Task, { readonly kind: K }>,
  done: (answer: AnswerOf<K>) => void,
): Job => ({ task, done: done as Job["done"] });

export interface Crew {
  /** From here on these are wanted, and nothing else. */
  want(sources: readonly Source[]): void;
  /** Asks one worker, before everything else. */
  ask<K extends Task["kind"]>(task: Extract<Task, { readonly kind: K }>): Promise<AnswerOf<K>>;
  /** Tells every worker, before everything else. */
  tellAll(task: Task): void;
}

interface Hand {
  readonly worker: Worker;
  /** What it is at; null: nothing. */
  at: { readonly id: number; readonly answered: (told: Told) => void } | null;
  /** What it is to be told before anything else. */
  readonly first: Task[];
}

/**
 * Workers that do what is wanted, the most urgent first. Tasks are short (some 20 ms), so that a change is answered at once, and a
 * worker has one at a time.
 *
 * @param onFault Told, in a sentence, what could not be computed.
 */
export const createCrew = (make: () => Worker, count: number, onFault: (sentence: string) => void): Crew => {
  let sources: readonly Source[] = [];
  let lastId = 0;
  const asked: { readonly task: Task; readonly answered: (told: Told) => void }[] = [];
  const hands: Hand[] = [];

  const send = (hand: Hand, task: Task, answered: (told: Told) => void): void => {
    lastId += 1;
    hand.at = { id: lastId, answered };
    hand.worker.postMessage({ id: lastId, task } satisfies Ask);
  };

  const mostUrgent = (): Source | null => {
    let best: Source | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const source of sources) {
      const level = source.level();
      if (level === null || level >= least) continue;
      best = source;
      least = level;
    }
    return best;
  };

  const next = (hand: Hand): void => {
    const first = hand.first.shift();
    if (first) {
      send(hand, first, (told) => {
        if ("error" in told) onFault(told.error);
      });
      return;
    }
    const question = asked.shift();
    if (question) {
      send(hand, question.task, question.answered);
      return;
    }
    // A page that nobody looks at computes nothing.
    const source = document.hidden ? null : mostUrgent();
    if (!source) return;
    const { task, done } = source.take();
    send(hand, task, (told) => {
      if (!("error" in told)) done(told.answer);
      else if (sources.includes(source)) {
        sources = sources.filter((other) => other !== source);
        onFault(told.error);
      }
    });
  };

  // Workers begin when something is wanted: their start takes the cores that the page is first drawn by.
  const hire = (): void => {
    if (hands.length > 0) return;
    for (let i = 0; i < count; i++) {
      const hand: Hand = { worker: make(), at: null, first: [] };
      hand.worker.onmessage = ({ data }: MessageEvent<Told>) => {
        const { at } = hand;
        if (!at || at.id !== data.id) return;
        hand.at = null;
        at.answered(data);
        pump();
      };
      hand.worker.onerror = (event) => onFault(`a worker of the page stopped (${event.message || "no reason given"})`);
      hands.push(hand);
    }
  };

  const pump = (): void => {
    hire();
    for (const hand of hands) if (!hand.at) next(hand);
  };

  document.addEventListener("visibilitychange", pump);

  return {
    want: (next) => {
      sources = next;
      pump();
    },
    ask: (task) =>
      new Promise((resolve, reject) => {
        asked.push({
          task,
          answered: (told) => {
            if ("error" in told) reject(told.misuse ? new RangeError(told.error) : new Error(told.error));
            else resolve(told.answer as never);
          },
        });
        pump();
      }),
    tellAll: (task) => {
      hire();
      for (const hand of hands) hand.first.push(task);
      pump();
    },
  };
};
