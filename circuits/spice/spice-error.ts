/** What is wrong with a deck: the line (from 1), the word, and what is expected there. */
export class SpiceError extends RangeError {
  constructor(line: number, word: string, why: string) {
    super(`line ${line}, "${word}": ${why}`);
  }
}
