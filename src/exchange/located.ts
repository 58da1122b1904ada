import { oneLine } from "#src/words/one-line";

/** What `work` gives; what it throws is told on one line, with the place before it. @throws RangeError */
export const located = <T>(where: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    const why = (error as Error).message.replace(/^network: /, "").replace(/\.$/, "");
    throw new RangeError(oneLine(`${where}: ${why}${why.endsWith("?") ? "" : "."}`));
  }
};
