/** A circuit could not be solved numerically: exit code 1, with what is known. */
export class SolveFailed extends Error {
  override readonly name = "SolveFailed";
}
