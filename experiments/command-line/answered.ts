/** A command that gave its answer, and failed all the same: exit code 1, and no second answer. */
export class Answered extends Error {
  override readonly name = "Answered";
}
