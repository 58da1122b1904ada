import type { Node } from "../netlist/netlist.ts";
import type { Edge, Measure, Passage, SweepAnalysis, TransientAnalysis } from "./spice-deck.ts";
import { SpiceError } from "./spice-error.ts";
import type { SpiceLine } from "./spice-lines.ts";

/** Value of a word: a number, an expression in braces, or a parameter's name. */
export type ValueOf = (word: string) => number;

/** Most points of a sweep or of `.step`. */
export const MOST_POINTS = 10_000;

const steps = (line: SpiceLine, from: number, to: number, by: number): number[] => {
  const count = Math.floor((to - from) / by + 1e-9) + 1;
  if (!(by !== 0 && count >= 1))
    throw new SpiceError(line.number, line.words.join(" "), "the step leads from start to stop in no number of steps");
  if (count > MOST_POINTS)
    throw new SpiceError(line.number, line.words.join(" "), `${count} points; at most ${MOST_POINTS}`);
  return Array.from({ length: count }, (_, i) => from + i * by);
};

export const readTran = (line: SpiceLine, value: ValueOf): TransientAnalysis & { readonly uic: boolean } => {
  const uic = /^uic$/i.test(line.words[line.words.length - 1]);
  const words = line.words.slice(1, uic ? -1 : undefined);
  if (words.length < 2 || words.length > 4)
    throw new SpiceError(line.number, line.words[0], "expected .tran step stop [start [longest step]] [uic]");
  const [step, stop, start = 0, longest = null] = words.map(value);
  if (!(step > 0 && stop > 0 && start >= 0 && start < stop && (longest === null || longest > 0)))
    throw new SpiceError(line.number, line.words.join(" "), "step and stop must be above 0 s, start before stop");
  return { step, stop, start, longestStep: longest, uic };
};

export const readDc = (line: SpiceLine, value: ValueOf): SweepAnalysis => {
  const [, source, ...rest] = line.words;
  if (rest.length !== 3) throw new SpiceError(line.number, line.words[0], "expected .dc source start stop step");
  const [from, to, by] = rest.map(value);
  return { source, values: steps(line, from, to, by) };
};

export const readStep = (line: SpiceLine, value: ValueOf): { parameter: string; values: number[] } => {
  const [, what, name, ...rest] = line.words;
  if (!/^param$/i.test(what ?? "") || name === undefined || rest.length === 0)
    throw new SpiceError(
      line.number,
      what ?? line.words[0],
      "expected .step param name start stop step, or list of values",
    );
  if (/^list$/i.test(rest[0])) {
    if (rest.length < 2 || rest.length > MOST_POINTS)
      throw new SpiceError(line.number, rest[0], `expected 1 to ${MOST_POINTS} values`);
    return { parameter: name.toLowerCase(), values: rest.slice(1).map(value) };
  }
  if (rest.length !== 3) throw new SpiceError(line.number, name, "expected start stop step, or list and values");
  const [from, to, by] = rest.map(value);
  return { parameter: name.toLowerCase(), values: steps(line, from, to, by) };
};

/** `.ic v(node)=volt ...` as pairs. */
export const readIc = (line: SpiceLine, value: ValueOf): (readonly [string, number])[] =>
  line.words.slice(1).map((word) => {
    const match = /^v\(([^)]+)\)=(.+)$/i.exec(word);
    if (!match) throw new SpiceError(line.number, word, "expected v(node)=volt");
    return [match[1], value(match[2])] as const;
  });

const EDGES: ReadonlySet<string> = new Set(["rise", "fall", "cross"]);

/** `.meas tran name ...`: TRIG/TARG, FIND ... AT/WHEN, WHEN. */
export const readMeasure = (line: SpiceLine, value: ValueOf, node: (name: string) => Node): Measure => {
  const refuse = (word: string, why: string): never => {
    throw new SpiceError(line.number, word, why);
  };
  const words = line.words.slice(1);
  if (/^tran$/i.test(words[0] ?? "")) words.shift();
  else refuse(words[0] ?? line.words[0], "only transient measures: .meas tran name ...");
  const name = words.shift() ?? refuse(line.words[0], "expected a name");
  const voltage = (word: string | undefined): Node => {
    const match = /^v\(([^),]+)\)$/i.exec(word ?? "");
    return match ? node(match[1]) : refuse(word ?? name, "expected v(node)");
  };
  const passageOf = (of: Node, level: number | null, rest: string[]): Passage => {
    let edge: Edge = "cross";
    let number = 1;
    let after = 0;
    let threshold = level;
    while (rest.length > 0 && rest[0].includes("=")) {
      const word = rest.shift() as string;
      const [key, text] = [word.slice(0, word.indexOf("=")).toLowerCase(), word.slice(word.indexOf("=") + 1)];
      if (key === "val" && level === null) threshold = value(text);
      else if (key === "td") after = value(text);
      else if (EDGES.has(key)) {
        edge = key as Edge;
        number = value(text);
        if (!(Number.isInteger(number) && number >= 1)) refuse(word, "expected a whole number, 1 or more");
      } else refuse(word, "expected val=, td=, rise=, fall= or cross=");
    }
    return { node: of, value: threshold ?? refuse(name, "a val= is missing"), edge, number, after };
  };
  const when = (rest: string[]): Passage => {
    const word = rest.shift() ?? "";
    const match = /^v\(([^),]+)\)=(.+)$/i.exec(word);
    if (!match) return refuse(word || name, "expected v(node)=value");
    return passageOf(node(match[1]), value(match[2]), rest);
  };
  const end = (measure: Measure): Measure => (words.length > 0 ? refuse(words[0], "is not expected there") : measure);

  const kind = (words.shift() ?? "").toLowerCase();
  if (kind === "trig") {
    const trigger = passageOf(voltage(words.shift()), null, words);
    const targ = words.shift() ?? name;
    if (!/^targ$/i.test(targ)) refuse(targ, "expected TARG");
    const target = passageOf(voltage(words.shift()), null, words);
    return end({ kind: "delay", name, trigger, target });
  }
  if (kind === "when") return end({ kind: "when", name, passage: when(words) });
  if (kind === "find") {
    const found = voltage(words.shift());
    const word = words.shift() ?? "";
    if (/^at=/i.test(word)) return end({ kind: "find", name, node: found, at: value(word.slice(3)) });
    if (!/^when$/i.test(word)) refuse(word || name, "expected AT=time or WHEN v(node)=value");
    return end({ kind: "find", name, node: found, at: when(words) });
  }
  return refuse(kind || name, "expected TRIG, FIND or WHEN");
};
