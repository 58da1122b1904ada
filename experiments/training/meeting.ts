/** Three numbers that threads share: how many have come, how often all have met, whether one will never come. */
export const meetingRoom = (): Int32Array => new Int32Array(new SharedArrayBuffer(12));

const [COME, MET, BROKEN] = [0, 1, 2];
/** Looks at a number before a thread goes to sleep: some tens of microseconds, as long as others are usually late. */
const LOOKS = 20_000;

/** Those that still wait can wait no more: one of them has failed. */
export class Forsaken extends Error {
  override readonly name = "Forsaken";
}

/** Lets none wait for one that will not come. */
export const breakUp = (room: Int32Array): void => {
  Atomics.store(room, BROKEN, 1);
  Atomics.add(room, MET, 1);
  Atomics.notify(room, MET);
};

/**
 * Returns when all of `ranks` threads have called it.
 * @throws Forsaken where one of them has failed.
 */
export const meet = (room: Int32Array, ranks: number): void => {
  const before = Atomics.load(room, MET);
  if (Atomics.add(room, COME, 1) === ranks - 1) {
    Atomics.store(room, COME, 0);
    Atomics.add(room, MET, 1);
    Atomics.notify(room, MET);
  } else {
    let looks = 0;
    while (Atomics.load(room, MET) === before) if (looks++ > LOOKS) Atomics.wait(room, MET, before);
  }
  if (Atomics.load(room, BROKEN) !== 0) throw new Forsaken("another thread has failed");
};
