import { oneLine } from "#src/words/one-line";

/**
 * What the experimenter's function gives; what it throws is told with the place, in one line.
 * @throws Error that names the place.
 */
export const told = <T>(where: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${where} threw: ${oneLine(message.split("\n")[0])}`, { cause: error });
  }
};
