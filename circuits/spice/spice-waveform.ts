import { dc, type Waveform, waveformAt } from "../elements/waveform.ts";
import { SpiceError } from "./spice-error.ts";
import type { SpiceLine } from "./spice-lines.ts";

/** A source's words: a value, DC and a value, or PULSE, PWL, SIN; `tran` gives the defaults that SPICE takes from it. */
export const readWaveform = (
  line: SpiceLine,
  words: readonly string[],
  value: (w: string) => number,
  tran: { step: number; stop: number } | null,
): Waveform => {
  const [first, ...rest] = words;
  const refuse = (word: string, why: string): never => {
    throw new SpiceError(line.number, word, why);
  };
  if (first === undefined) return refuse(line.words[0], "expected DC value, PULSE, PWL or SIN");
  const kind = first.toLowerCase();
  if (kind === "dc") {
    const [volt, ...more] = rest;
    if (volt === undefined) return refuse(first, "expected a value");
    if (more.length === 0) return dc(value(volt));
    const moving = readWaveform(line, more, value, tran);
    // One waveform serves both: its start is its operating point.
    return Math.abs(waveformAt(moving, 0) - value(volt)) <= 1e-12 * Math.max(1, Math.abs(value(volt)))
      ? moving
      : refuse(volt, "the DC value must be the waveform's value at 0 s here");
  }
  const numbers = (): number[] => rest.map(value);
  if (kind === "pulse") {
    if (rest.length < 2 || rest.length > 7) return refuse(first, "expected low high delay rise fall width period");
    // SPICE takes a missing or zero edge for the printing step, a missing or zero width or period for the end.
    const given = numbers().map((x, i) => (i > 2 && x === 0 ? undefined : x)) as (number | undefined)[];
    const [low = 0, high = 0, delay = 0, rise = tran?.step, fall = tran?.step, width, period] = given;
    if (rise === undefined || fall === undefined)
      return refuse(first, "rise and fall are missing, and no .tran gives a step for them");
    const held = width ?? tran?.stop;
    if (held === undefined) return refuse(first, "the width is missing, and no .tran gives a stop for it");
    // Without a period the pulse comes once.
    if (period !== undefined && !(period >= (rise + held + fall) * (1 - 1e-12)))
      return refuse(first, `its period ${period} s is shorter than rise + width + fall`);
    return {
      kind: "pulse",
      low,
      high,
      delay,
      rise,
      fall,
      width: held,
      period: period ?? rise + held + fall + (tran?.stop ?? held),
    };
  }
  if (kind === "pwl") {
    const all = numbers();
    if (all.length < 2 || all.length % 2 !== 0) return refuse(first, "expected pairs of time and value");
    for (let i = 2; i < all.length; i += 2) if (!(all[i] > all[i - 2])) return refuse(rest[i], "times must rise");
    return {
      kind: "pwl",
      points: Array.from({ length: all.length / 2 }, (_, i) => [all[2 * i], all[2 * i + 1]] as const),
    };
  }
  if (kind === "sin") {
    if (rest.length < 3 || rest.length > 4)
      return refuse(first, "expected offset amplitude frequency [delay]; no damping, no phase");
    const [offset, amplitude, frequency, delay = 0] = numbers();
    return { kind: "sin", offset, amplitude, frequency, delay };
  }
  if (words.length > 1) return refuse(words[1], "is not expected after a source's value");
  return dc(value(first));
};
