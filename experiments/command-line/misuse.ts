/** Something asked for that cannot be: reported in one line, exit code 2. */
export class Misuse extends Error {
  override readonly name = "Misuse";
}
