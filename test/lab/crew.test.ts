import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createCrew, job, type Source } from "../../lab/work/crew.ts";
import type { Ask, Told } from "../../lab/work/task.ts";

/** A worker that answers when it is told to. */
class Hand {
  readonly asked: Ask[] = [];
  isEnded = false;
  onmessage: ((event: { data: Told }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  postMessage(ask: Ask): void {
    this.asked.push(ask);
  }
  terminate(): void {
    this.isEnded = true;
  }
  answer(answer: unknown): void {
    this.onmessage?.({ data: { id: this.asked[this.asked.length - 1].id, answer } as Told });
  }
  refuse(error: string): void {
    this.onmessage?.({ data: { id: this.asked[this.asked.length - 1].id, error, misuse: true } });
  }
}

const globals = globalThis as { document?: unknown };
beforeAll(() => {
  globals.document = { hidden: false, addEventListener: () => {} };
});
afterAll(() => {
  delete globals.document;
});

const crewOf = (count: number) => {
  const hands: Hand[] = [];
  const faults: string[] = [];
  const clock = { now: 0 };
  const crew = createCrew(
    () => {
      const hand = new Hand();
      hands.push(hand);
      return hand as unknown as Worker;
    },
    count,
    (sentence) => faults.push(sentence),
    () => clock.now,
  );
  return { crew, hands, faults, clock };
};

/** Tasks 0, 1, ... of one urgency, with what was answered. */
const sourceOf = (level: number, many: number) => {
  const answered: unknown[] = [];
  let next = 0;
  const source: Source = {
    level: () => (next < many ? level : null),
    take: () => {
      next += 1;
      return job({ kind: "means", moments: [] }, (answer) => answered.push(answer));
    },
  };
  return { source, answered, taken: () => next };
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("the crew", () => {
  test("does the most urgent first, one task a worker, and hires nobody before something is wanted", () => {
    const { crew, hands } = crewOf(2);
    expect(hands.length).toBe(0);
    const [late, soon] = [sourceOf(5, 9), sourceOf(1, 1)];
    crew.want([late.source, soon.source]);
    expect([hands.length, soon.taken(), late.taken()]).toEqual([2, 1, 1]);
    hands[0].answer("a");
    expect([soon.answered, late.taken()]).toEqual([["a"], 2]);
  });
  test("answers a question before all that is wanted, and tells everybody what everybody is to know", async () => {
    const { crew, hands } = crewOf(2);
    crew.want([sourceOf(1, 9).source]);
    crew.tellAll({ kind: "digits", digits: { count: 0, images: new Uint8Array(), labels: new Uint8Array() } });
    const question = crew.ask({ kind: "means", moments: [] });
    for (const hand of hands) hand.answer(null);
    expect(hands.map((hand) => hand.asked[1].task.kind)).toEqual(["digits", "digits"]);
    hands[0].answer(null);
    hands[0].answer(["interval"]);
    expect(await question).toEqual(["interval"]);
  });
  test("tells in a sentence what cannot be computed, once, and asks no more of it", () => {
    const { crew, hands, faults } = crewOf(1);
    const source = sourceOf(1, 9);
    crew.want([source.source]);
    hands[0].refuse("no such device");
    expect([faults, source.taken(), hands[0].asked.length]).toEqual([["no such device"], 1, 1]);
  });
  test("ends a worker whose task nobody wants any more, and the next one knows what everybody knows", async () => {
    const { crew, hands, clock } = crewOf(1);
    crew.tellAll({ kind: "digits", digits: { count: 1, images: new Uint8Array(784), labels: new Uint8Array(1) } });
    hands[0].answer(null);
    crew.want([sourceOf(1, 1).source]);
    clock.now = 10;
    const wanted = sourceOf(1, 1);
    crew.want([wanted.source]);
    await pause(1200);
    expect([hands.length, hands[0].isEnded]).toEqual([2, true]);
    expect(hands[1].asked[0].task.kind).toBe("digits");
    hands[1].answer(null);
    hands[1].answer("found");
    expect(wanted.answered).toEqual(["found"]);
  });
  test("begins an ended task again where its source is wanted again, so that nothing is missing there", async () => {
    const { crew, hands, clock } = crewOf(1);
    const first = sourceOf(1, 1);
    crew.want([first.source]);
    clock.now = 10;
    crew.want([]);
    await pause(1200);
    expect([hands.length, hands[1].asked.length]).toEqual([2, 0]);
    crew.want([first.source]);
    hands[1].answer("late");
    expect(first.answered).toEqual(["late"]);
  });
  test("interrupts a long task for a question, and begins it again", async () => {
    const { crew, hands, clock } = crewOf(1);
    const source = sourceOf(1, 1);
    crew.want([source.source]);
    clock.now = 10;
    const question = crew.ask({ kind: "means", moments: [] });
    await pause(1200);
    hands[1].answer(["interval"]);
    expect(await question).toEqual(["interval"]);
    // It makes way once: the next question waits.
    clock.now = 20;
    const next = crew.ask({ kind: "means", moments: [] });
    await pause(1200);
    expect(hands.length).toBe(2);
    hands[1].answer("at last");
    hands[1].answer(["interval"]);
    expect(await next).toEqual(["interval"]);
    expect([source.answered, source.taken()]).toEqual([["at last"], 1]);
  });
  test("leaves a long task that is wanted and in nobody's way alone", async () => {
    const { crew, hands, clock } = crewOf(1);
    crew.want([sourceOf(1, 1).source]);
    clock.now = 10;
    await pause(1200);
    expect([hands.length, hands[0].isEnded]).toEqual([1, false]);
  });
});
