import type { MosfetParams } from "#devices/index";
import type { Element, ElementModel, Netlist, Node } from "../netlist.ts";
import { dc, type Waveform, waveformAt } from "../waveform.ts";
import { readDc, readIc, readMeasure, readStep, readTran } from "./spice-analyses.ts";
import type { Measure, SpiceDeck } from "./spice-deck.ts";
import { SpiceError } from "./spice-error.ts";
import { evaluateExpression, spiceNumber } from "./spice-expression.ts";
import { type SpiceLine, spiceLines } from "./spice-lines.ts";
import { CELL_PREFIX, drivenAtStart, MOSFET_PREFIX, TEMPERATURE_PARAMETER } from "./write-spice.ts";

/** Subcircuits inside one another, and elements in all. */
const DEEPEST = 20;
const MOST_ELEMENTS = 10_000;
const DEFAULT_KELVIN = 300.15;

/** Parameters of the extended EKV transistor as they are called in `.model`; polarity is the model's type. */
const EKV_NAMES = ["vt0", "n", "nb", "kp", "sigma", "theta", "vc", "lambda", "kt", "bex"] as const;
const MODEL_TYPES: Readonly<Record<string, "nmos" | "pmos">> = { rramlab_nmos: "nmos", rramlab_pmos: "pmos" };

type Parameters = ReadonlyMap<string, number>;

interface Subcircuit {
  readonly line: SpiceLine;
  readonly nodes: readonly string[];
  readonly defaults: readonly string[];
  readonly body: readonly SpiceLine[];
}

const at = (word: string): readonly [key: string, text: string] => {
  const equals = word.indexOf("=");
  return [word.slice(0, equals).toLowerCase(), word.slice(equals + 1)];
};

/** Value of a word at a line: a SPICE number, {expression}, 'expression', or the name of a parameter. */
const valueIn =
  (line: SpiceLine, parameters: Parameters) =>
  (word: string): number => {
    const plain = spiceNumber(word);
    if (plain !== null && Number.isFinite(plain)) return plain;
    const inner = /^\{(.*)\}$|^'(.*)'$/.exec(word);
    try {
      return evaluateExpression(inner ? (inner[1] ?? inner[2]) : word, parameters);
    } catch (error) {
      throw new SpiceError(line.number, word, error instanceof Error ? error.message : String(error));
    }
  };

/** What a `.param` line sets, in order; `given` values stand instead of the line's own. */
const setParameters = (
  line: SpiceLine,
  words: readonly string[],
  into: Map<string, number>,
  given: Parameters,
): void => {
  for (const word of words) {
    if (!/^[a-z_]\w*=./i.test(word)) throw new SpiceError(line.number, word, "expected name=value");
    const [name, text] = at(word);
    into.set(name, given.get(name) ?? valueIn(line, into)(text));
  }
};

/** Lines outside subcircuits, and the subcircuits by their name in small letters. */
const split = (lines: readonly SpiceLine[]): { top: SpiceLine[]; subcircuits: Map<string, Subcircuit> } => {
  const top: SpiceLine[] = [];
  const subcircuits = new Map<string, Subcircuit>();
  let open: { name: string; line: SpiceLine; body: SpiceLine[] } | null = null;
  for (const line of lines) {
    const head = line.words[0].toLowerCase();
    if (head === ".subckt") {
      if (open)
        throw new SpiceError(line.number, line.words[0], `inside .subckt ${open.name}: definitions do not nest here`);
      const name = line.words[1];
      if (name === undefined) throw new SpiceError(line.number, line.words[0], "expected .subckt name nodes");
      open = { name, line, body: [] };
    } else if (head === ".ends") {
      if (!open) throw new SpiceError(line.number, line.words[0], "no .subckt is open");
      const rest = open.line.words.slice(2).filter((w) => !/^params:$/i.test(w));
      subcircuits.set(open.name.toLowerCase(), {
        line: open.line,
        nodes: rest.filter((w) => !w.includes("=")),
        defaults: rest.filter((w) => w.includes("=")),
        body: open.body,
      });
      open = null;
    } else (open ? open.body : top).push(line);
  }
  if (open) throw new SpiceError(open.line.number, open.name, "this .subckt has no .ends");
  return { top, subcircuits };
};

const readEkv = (line: SpiceLine, polarity: "nmos" | "pmos", values: Parameters): MosfetParams => {
  const get = (name: string): number => {
    const value = values.get(name);
    if (value === undefined) throw new SpiceError(line.number, line.words[1], `the transistor's ${name} is missing`);
    return value;
  };
  const vc = values.get("vc") ?? 0;
  return {
    polarity,
    vt0: get("vt0"),
    n: get("n"),
    nb: values.get("nb") ?? get("n"),
    kp: get("kp"),
    sigma: values.get("sigma") ?? 0,
    theta: values.get("theta") ?? 0,
    vc: vc > 0 ? vc : Number.POSITIVE_INFINITY,
    lambda: values.get("lambda") ?? 0,
    kt: values.get("kt") ?? 0,
    bex: values.get("bex") ?? 0,
  };
};

// The parameters that a subcircuit of ours sets as plain numbers; what it computes from them is not needed.
const numbersOf = (body: readonly SpiceLine[]): Map<string, number> => {
  const found = new Map<string, number>();
  for (const { words } of body)
    if (words[0].toLowerCase() === ".param")
      for (const word of words.slice(1)) {
        const [name, text] = at(word);
        const value = spiceNumber(text);
        if (value !== null) found.set(name, value);
      }
  return found;
};

const readWaveform = (
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
    const [low, high, delay = 0, rise = tran?.step, fall = tran?.step, width, period] = numbers();
    if (rise === undefined || fall === undefined)
      return refuse(first, "rise and fall are missing, and no .tran gives a step for them");
    const held = width ?? tran?.stop;
    if (held === undefined) return refuse(first, "the width is missing, and no .tran gives a stop for it");
    // Without a period the pulse comes once.
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

/** Name of an element as it was before `writeSpice` put its letter in front. */
const elementName = (word: string): string => word.replace(/^[RCVIX]_/i, "");

/**
 * A deck of the SPICE subset that docs/spice.md describes: R C V I (DC PULSE PWL SIN), M with our `.model`, .subckt and X
 * with parameters, .param with expressions, .tran .op .dc .ic .temp .meas .step param. Subcircuits that `writeSpice` made
 * of transistors and cells come back as such: the netlist read from a written deck equals the one written.
 *
 * @param given Values that stand instead of the deck's own `.param`s.
 * @throws SpiceError naming line and word for anything else.
 */
export const readSpice = (deck: string, given: Parameters = new Map()): SpiceDeck => {
  const { title, lines } = spiceLines(deck);
  const { top, subcircuits } = split(lines);
  const globals = new Map<string, number>();
  const models: Record<string, ElementModel> = {};
  const modelNames = new Map<string, string>();
  const define = (line: SpiceLine, name: string, model: ElementModel): void => {
    if (modelNames.has(name.toLowerCase())) throw new SpiceError(line.number, name, "this model is defined twice");
    modelNames.set(name.toLowerCase(), name);
    models[name] = model;
  };

  const nodeNames = new Map<string, Node>();
  const nodeOf = (name: string): Node => {
    const key = name.toLowerCase();
    if (key === "0" || key === "gnd") return "0";
    const known = nodeNames.get(key) ?? name;
    nodeNames.set(key, known);
    return known;
  };

  for (const line of top)
    if (line.words[0].toLowerCase() === ".param") setParameters(line, line.words.slice(1), globals, given);
  const unknown = [...given.keys()].find((name) => !globals.has(name));
  if (unknown !== undefined)
    throw new RangeError(`no .param is called ${unknown}; there are: ${[...globals.keys()].join(", ") || "none"}.`);
  const tranLine = top.find((line) => line.words[0].toLowerCase() === ".tran");
  const tran = tranLine ? readTran(tranLine, valueIn(tranLine, globals)) : null;

  for (const { line, body } of subcircuits.values()) {
    const name = line.words[1];
    if (name.toLowerCase().startsWith(MOSFET_PREFIX)) {
      const values = numbersOf(body);
      define(line, name.slice(MOSFET_PREFIX.length), {
        type: "mosfet",
        params: readEkv(line, (values.get("polarity") ?? 1) > 0 ? "nmos" : "pmos", values),
      });
    } else if (name.toLowerCase().startsWith(CELL_PREFIX)) {
      const fieldVoltage = numbersOf(body).get("fieldvoltage");
      define(line, name.slice(CELL_PREFIX.length), {
        type: "rram",
        conduction: fieldVoltage === undefined ? { kind: "ohmic" } : { kind: "sinh", fieldVoltage },
      });
    }
  }

  const elements: Element[] = [];
  const seen = new Set<string>();
  const add = (line: SpiceLine, e: Element): void => {
    const key = e.name.toLowerCase();
    if (seen.has(key)) throw new SpiceError(line.number, e.name, "two elements have this name");
    seen.add(key);
    elements.push(e);
    if (elements.length > MOST_ELEMENTS)
      throw new SpiceError(line.number, e.name, `more than ${MOST_ELEMENTS} elements`);
  };

  const expand = (
    body: readonly SpiceLine[],
    prefix: string,
    ports: ReadonlyMap<string, Node>,
    parameters: Map<string, number>,
    depth: number,
  ): void => {
    const node = (name: string): Node => {
      const key = name.toLowerCase();
      if (key === "0" || key === "gnd") return "0";
      return ports.get(key) ?? nodeOf(prefix + name);
    };
    for (const line of body) {
      const [head, ...words] = line.words;
      const value = valueIn(line, parameters);
      const need = (count: number, what: string): void => {
        if (words.length < count) throw new SpiceError(line.number, head, `expected ${head} ${what}`);
      };
      const rest = (from: number): Map<string, number> => {
        const options = new Map<string, number>();
        for (const word of words.slice(from)) {
          if (!word.includes("=")) throw new SpiceError(line.number, word, "expected name=value");
          const [key, text] = at(word);
          options.set(key, value(text));
        }
        return options;
      };
      const only = (options: Map<string, number>, ...names: string[]): void => {
        for (const key of options.keys())
          if (!names.includes(key)) throw new SpiceError(line.number, key, `expected ${names.join(", ")} or nothing`);
      };
      const name = prefix + elementName(head);
      const letter = head[0].toLowerCase();
      if (letter === "r" || letter === "c") {
        need(3, "node node value");
        if (words.length > 3) throw new SpiceError(line.number, words[3], "is not expected after the value");
        const text = words[2].replace(letter === "r" ? /^r=/i : /^c=/i, "");
        const nodes = [node(words[0]), node(words[1])] as const;
        add(
          line,
          letter === "r"
            ? { name, type: "resistor", nodes, resistance: value(text) }
            : { name, type: "capacitor", nodes, capacitance: value(text) },
        );
      } else if (letter === "v" || letter === "i") {
        need(3, "node node value or waveform");
        add(line, {
          name,
          type: letter === "v" ? "voltage" : "current",
          nodes: [node(words[0]), node(words[1])],
          waveform: readWaveform(line, words.slice(2), value, tran),
        });
      } else if (letter === "m") {
        need(5, "drain gate source bulk model w= l=");
        const options = rest(5);
        only(options, "w", "l");
        add(line, {
          name,
          type: "mosfet",
          model: modelNames.get(words[4].toLowerCase()) ?? words[4],
          drain: node(words[0]),
          gate: node(words[1]),
          source: node(words[2]),
          bulk: node(words[3]),
          width: options.get("w") ?? Number.NaN,
          length: options.get("l") ?? Number.NaN,
        });
      } else if (letter === "x") {
        const from = words.findIndex((w) => w.includes("="));
        const plain = from < 0 ? words : words.slice(0, from);
        const called = plain[plain.length - 1] ?? "";
        const subcircuit = subcircuits.get(called.toLowerCase());
        if (!subcircuit) throw new SpiceError(line.number, called || head, "no .subckt has this name");
        const nodes = plain.slice(0, -1).map(node);
        if (nodes.length !== subcircuit.nodes.length)
          throw new SpiceError(
            line.number,
            called,
            `it has ${subcircuit.nodes.length} nodes; ${nodes.length} are given`,
          );
        const options = rest(plain.length);
        const ours = (start: string): string => modelNames.get(called.slice(start.length).toLowerCase()) as string;
        if (called.toLowerCase().startsWith(MOSFET_PREFIX)) {
          only(options, "w", "l");
          const [drain, gate, source, bulk] = nodes;
          const model = ours(MOSFET_PREFIX);
          add(line, {
            name,
            type: "mosfet",
            model,
            drain,
            gate,
            source,
            bulk,
            width: options.get("w") ?? 1e-6,
            length: options.get("l") ?? 1e-6,
          });
        } else if (called.toLowerCase().startsWith(CELL_PREFIX)) {
          only(options, "r");
          add(line, {
            name,
            type: "rram",
            model: ours(CELL_PREFIX),
            nodes: [nodes[0], nodes[1]],
            resistance: options.get("r") ?? 1e4,
          });
        } else {
          if (depth >= DEEPEST)
            throw new SpiceError(line.number, called, `subcircuits more than ${DEEPEST} deep; does it call itself?`);
          const inner = new Map(globals);
          setParameters(subcircuit.line, subcircuit.defaults, inner, options);
          for (const [key, number] of options) {
            if (!subcircuit.defaults.some((d) => at(d)[0] === key))
              throw new SpiceError(line.number, key, `.subckt ${called} has no such parameter`);
            inner.set(key, number);
          }
          const inside = new Map(subcircuit.nodes.map((n, i) => [n.toLowerCase(), nodes[i]] as const));
          expand(subcircuit.body, `${prefix}${elementName(head)}.`, inside, inner, depth + 1);
        }
      } else if (head.toLowerCase() === ".param" && depth > 0) setParameters(line, words, parameters, new Map());
      else if (depth > 0) throw new SpiceError(line.number, head, "outside the subset that is read inside a .subckt");
    }
  };

  // Models first: a transistor may stand before its model.
  for (const line of top) {
    if (line.words[0].toLowerCase() !== ".model") continue;
    const [, name, type, ...words] = line.words;
    const polarity = MODEL_TYPES[(type ?? "").toLowerCase()];
    if (!polarity)
      throw new SpiceError(
        line.number,
        type ?? line.words[0],
        `model types read here: ${Object.keys(MODEL_TYPES).join(", ")}`,
      );
    const values = new Map<string, number>();
    for (const word of words) {
      const [key, text] = at(word);
      if (!(EKV_NAMES as readonly string[]).includes(key))
        throw new SpiceError(line.number, word, `parameters of this model: ${EKV_NAMES.join(", ")}`);
      values.set(key, valueIn(line, globals)(text));
    }
    define(line, name, { type: "mosfet", params: readEkv(line, polarity, values) });
  }

  const initial: (readonly [string, number])[] = [];
  const measures: Measure[] = [];
  let celsius: { line: SpiceLine; value: number } | null = null;
  let operatingPoint = false;
  let sweep: SpiceDeck["sweep"] = null;
  let step: SpiceDeck["step"] = null;
  const circuit: SpiceLine[] = [];
  const measureLines: SpiceLine[] = [];
  for (const line of top) {
    const head = line.words[0].toLowerCase();
    const value = valueIn(line, globals);
    if (/^[rcvimx]/.test(head)) circuit.push(line);
    else if (head === ".ic") initial.push(...readIc(line, value));
    else if (head === ".temp") {
      if (line.words.length !== 2)
        throw new SpiceError(line.number, line.words[0], "expected .temp with one temperature in degC");
      celsius = { line, value: value(line.words[1]) };
    } else if (head === ".op") operatingPoint = true;
    else if (head === ".dc") sweep = readDc(line, value);
    else if (head === ".step") step = readStep(line, value);
    else if (head === ".meas" || head === ".measure") measureLines.push(line);
    else if (head === ".tran") {
      if (line !== tranLine) throw new SpiceError(line.number, line.words[0], "a deck has one .tran here");
    } else if (head !== ".param" && head !== ".model")
      throw new SpiceError(line.number, line.words[0], "outside the subset that is read (docs/spice.md)");
  }
  expand(circuit, "", new Map(), globals, 0);
  const known = (line: SpiceLine, name: string): Node => {
    const key = name.toLowerCase();
    if (key === "0" || key === "gnd") return "0";
    const node = nodeNames.get(key);
    if (node === undefined) throw new SpiceError(line.number, name, "no element touches this node");
    return node;
  };
  for (const line of measureLines)
    measures.push(readMeasure(line, valueIn(line, globals), (name) => known(line, name)));

  const kelvin = globals.get(TEMPERATURE_PARAMETER);
  if (kelvin !== undefined && celsius && Math.abs(kelvin - 273.15 - celsius.value) > 1e-3)
    throw new SpiceError(
      celsius.line.number,
      line2(celsius.line),
      `.param ${TEMPERATURE_PARAMETER} says ${kelvin} K; change both`,
    );
  const temperature = kelvin ?? (celsius ? celsius.value + 273.15 : DEFAULT_KELVIN);
  const icLine = top.find((line) => line.words[0].toLowerCase() === ".ic");
  if (icLine && tran && !tran.uic)
    throw new SpiceError(
      icLine.number,
      icLine.words[0],
      ".ic needs uic on .tran here: start voltages are taken as they are",
    );
  const given0 = tran ? tran.uic : initial.length > 0;
  const netlist: Netlist = { title, temperature, models, elements, initial: null };
  const driven = drivenAtStart(netlist);
  const start = Object.fromEntries(
    initial
      .map(([name, volt]) => [known(icLine as SpiceLine, name), volt] as const)
      .filter(([node]) => !(node in driven) && node !== "0"),
  );
  return {
    netlist: { ...netlist, initial: given0 ? start : null },
    transient: tran ? { step: tran.step, stop: tran.stop, start: tran.start, longestStep: tran.longestStep } : null,
    operatingPoint,
    sweep,
    measures,
    step,
  };
};

const line2 = (line: SpiceLine): string => line.words.join(" ");
