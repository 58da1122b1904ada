import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Samples of several signals in turn, as format 212 has them: two numbers of twelve bits in three bytes. */
export const format212 = (signals: readonly (readonly number[])[]): Uint8Array => {
  const turns = signals[0].flatMap((_, i) => signals.map((signal) => signal[i] & 0xfff));
  const bytes: number[] = [];
  for (let k = 0; k < turns.length; k += 2) {
    const [a, b] = [turns[k], turns[k + 1] ?? 0];
    bytes.push(a & 0xff, (a >> 8) | ((b >> 8) << 4), b & 0xff);
  }
  return Uint8Array.from(bytes);
};

/** Words of annotations; a gap that ten bits do not hold takes a skip. */
export const annotationBytes = (annotations: readonly { readonly at: number; readonly code: number }[]): Uint8Array => {
  const bytes: number[] = [];
  const word = (value: number): number => bytes.push(value & 0xff, value >> 8);
  // A rhythm's name beside its annotation, of an odd number of letters.
  word((28 << 10) | 18);
  word((63 << 10) | 3);
  bytes.push(40, 78, 0, 0);
  let before = 18;
  for (const { at, code } of annotations) {
    let gap = at - before;
    if (gap > 1023) {
      word(59 << 10);
      word(gap >> 16);
      word(gap & 0xffff);
      gap = 0;
    }
    word((code << 10) | gap);
    before = at;
  }
  word(0);
  return Uint8Array.from(bytes);
};

/** Writes the three files of a record as mitdb has them. */
export const writeRecord = (
  folder: string,
  record: number,
  leads: readonly string[],
  signals: readonly (readonly number[])[],
  annotations: readonly { readonly at: number; readonly code: number }[],
): void => {
  const lines = leads.map((lead) => `${record}.dat 212 200 11 1024 995 -22131 0 ${lead}`);
  const head = `${record} ${leads.length} 360 ${signals[0].length}`;
  writeFileSync(join(folder, `${record}.hea`), [head, ...lines, "# 69 M 1085 1629 x1", ""].join("\n"));
  writeFileSync(join(folder, `${record}.dat`), format212(signals));
  writeFileSync(join(folder, `${record}.atr`), annotationBytes(annotations));
};
