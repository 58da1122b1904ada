import type { AnswerOf, Ask, Task, Told } from "./task.ts";

/** What a bench wants computed: tasks by urgency, one after another, and what becomes of their answers. */
export interface Source {
  /** Urgency of the next task, the lowest first; null: nothing more is wanted. */
  readonly level: () => number | null;
  readonly take: () => Job;
}

/** A task, and who is told its answer and how long it took [s], also where its source is not wanted any more. */
export interface Job {
  readonly task: Task;
  readonly done: (answer: AnswerOf<Task["kind"]>, seconds: number) => void;
}

/** A job whose `done` knows what its task's kind answers. */
export const job = <K extends Task["kind"]>(
  task: Extract<Task, { readonly kind: K }>,
  done: (answer: AnswerOf<K>, seconds: number) => void,
): Job => ({ task, done: done as Job["done"] });

export interface Crew {
  /** From here on these are wanted, and nothing else. */
  want(sources: readonly Source[]): void;
  /** Asks one worker, before everything else. */
  ask<K extends Task["kind"]>(task: Extract<Task, { readonly kind: K }>): Promise<AnswerOf<K>>;
  /** Tells every worker, before everything else, and those that take the place of one. */
  tellAll(task: Task): void;
}

/** A job and the source that it is of. */
interface Taken {
  readonly source: Source;
  readonly job: Job;
}

/** What a worker is at, and since when [s]; nothing is taken for a question, which nobody interrupts. */
interface Work {
  readonly id: number;
  readonly taken: Taken | null;
  readonly since: number;
  readonly answered: (told: Told, seconds: number) => void;
}

interface Hand {
  worker: Worker;
  /** null: nothing. */
  at: Work | null;
  /** What it is to be told before anything else. */
  first: Task[];
}

/** Time after which a task that is not wanted any more is ended with its worker [s]: a worker's first task takes as long on a slow machine. */
const PATIENCE = 1;
/** Time after which one of the tasks of all workers is ended for a question that waits for them [s], once for each task. */
const PATIENCE_WITH_WANTED = 3;

/** Jobs that are kept to be begun again. */
const MOST_ENDED = 64;

/**
 * Workers that do what is wanted, the most urgent first. Tasks are short (some 20 ms), so that a change is answered at once, and a
 * worker has one at a time. One whose task takes long is replaced where the task is in the way; the task is begun again if it is still wanted.
 *
 * @param onFault Told, in a sentence, what could not be computed. @param now A clock [s].
 */
export const createCrew = (
  make: () => Worker,
  count: number,
  onFault: (sentence: string) => void,
  now: () => number,
): Crew => {
  let sources: readonly Source[] = [];
  let lastId = 0;
  const asked: { readonly task: Task; readonly answered: (told: Told) => void }[] = [];
  /** Jobs that made way for a question: none does so twice, or two slow things would wait for each other for ever. */
  const madeWay = new WeakSet<Job>();
  /** Jobs whose worker was ended: their sources may be wanted again. */
  const ended: Taken[] = [];
  const everybody: Task[] = [];
  const hands: Hand[] = [];

  const send = (hand: Hand, task: Task, work: Pick<Work, "taken" | "answered">): void => {
    lastId += 1;
    hand.at = { ...work, id: lastId, since: now() };
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

  const begin = (hand: Hand, taken: Taken): void =>
    send(hand, taken.job.task, {
      taken,
      answered: (told, seconds) => {
        if (!("error" in told)) taken.job.done(told.answer, seconds);
        else if (sources.includes(taken.source)) {
          sources = sources.filter((other) => other !== taken.source);
          onFault(told.error);
        }
      },
    });

  const next = (hand: Hand): void => {
    const first = hand.first.shift();
    if (first) {
      const answered = (told: Told): void => {
        if ("error" in told) onFault(told.error);
      };
      send(hand, first, { taken: null, answered });
      return;
    }
    const question = asked.shift();
    if (question) {
      send(hand, question.task, { taken: null, answered: question.answered });
      return;
    }
    // A page that nobody looks at computes nothing.
    if (document.hidden) return;
    const lost = ended.findIndex(({ source }) => sources.includes(source));
    if (lost >= 0) {
      begin(hand, ended.splice(lost, 1)[0]);
      return;
    }
    const source = mostUrgent();
    if (source) begin(hand, { source, job: source.take() });
  };

  const pump = (): void => {
    hire();
    for (const hand of hands) if (!hand.at) next(hand);
    if (asked.length > 0 || hands.some(isUnwanted)) lookAgain();
  };

  const employ = (hand: Hand): void => {
    hand.worker.onmessage = ({ data }: MessageEvent<Told>) => {
      const { at } = hand;
      if (!at || at.id !== data.id) return;
      hand.at = null;
      at.answered(data, now() - at.since);
      pump();
    };
    hand.worker.onerror = (event) => onFault(`a worker of the page stopped (${event.message || "no reason given"})`);
  };

  // Workers begin when something is wanted: their start takes the cores that the page is first drawn by.
  const hire = (): void => {
    if (hands.length > 0) return;
    for (let i = 0; i < count; i++) {
      const hand: Hand = { worker: make(), at: null, first: [] };
      employ(hand);
      hands.push(hand);
    }
  };

  const isUnwanted = ({ at }: Hand): boolean => (at?.taken ? !sources.includes(at.taken.source) : false);
  const isAtFor = ({ at }: Hand, seconds: number): boolean => at !== null && now() - at.since >= seconds;

  /** Ends a worker with its task, and puts another in its place. */
  const replace = (hand: Hand): void => {
    const taken = hand.at?.taken;
    hand.worker.terminate();
    hand.worker = make();
    hand.at = null;
    hand.first = [...everybody];
    employ(hand);
    if (taken) ended.push(taken);
    if (ended.length > MOST_ENDED) ended.shift();
  };

  let looking: ReturnType<typeof setTimeout> | undefined;
  const lookAgain = (): void => {
    if (looking !== undefined) return;
    looking = setTimeout(() => {
      looking = undefined;
      for (const hand of hands) if (isUnwanted(hand) && isAtFor(hand, PATIENCE)) replace(hand);
      const isWaiting = asked.length > 0 && hands.every((hand) => isAtFor(hand, PATIENCE_WITH_WANTED));
      const yielding = isWaiting ? hands.find(({ at }) => at?.taken && !madeWay.has(at.taken.job)) : undefined;
      if (yielding?.at?.taken) {
        madeWay.add(yielding.at.taken.job);
        replace(yielding);
      }
      pump();
    }, 1000 * PATIENCE);
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
      everybody.push(task);
      hire();
      for (const hand of hands) hand.first.push(task);
      pump();
    },
  };
};
