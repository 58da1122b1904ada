/** Something asked for that cannot be: reported in one line, exit code 2. */
export class Misuse extends Error {
  override readonly name = "Misuse";
}

/** What `work` gives; a RangeError of the floors below, which is misuse told by a library, becomes a Misuse. */
export const orMisuse = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? new Misuse(error.message) : error;
  }
};
