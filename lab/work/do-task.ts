import { meanInterval } from "#src/numerics/mean-interval";
import { chip, network, reads, setDigits } from "./network-tasks.ts";
import { counts, device, energies, rates, waveforms } from "./read-tasks.ts";
import type { Ask, Task, Told } from "./task.ts";

const answerOf = (task: Task) => {
  switch (task.kind) {
    case "device":
      return device(task);
    case "waveforms":
      return waveforms(task);
    case "rates":
      return rates(task);
    case "energies":
      return energies(task);
    case "counts":
      return counts(task);
    case "means":
      return task.moments.map(meanInterval);
    case "digits":
      return setDigits(task.digits);
    case "network":
      return network(task);
    case "reads":
      return reads(task);
    case "chip":
      return chip(task);
  }
};

/** What a worker says to a task: its answer, or in a sentence why there is none. */
export const doTask = ({ id, task }: Ask): Told => {
  try {
    return { id, answer: answerOf(task) };
  } catch (error) {
    return { id, error: (error as Error).message, misuse: error instanceof RangeError };
  }
};
