import { named } from "#src/words/named";
import type { ElementKind } from "../elements/element-kind.ts";
import { kindsWith } from "../elements/kinds.ts";
import type { Netlist, Node } from "../netlist/netlist.ts";
import { readDc, readIc, readMeasure, readStep, readTran } from "./spice-analyses.ts";
import type { Measure, SpiceDeck } from "./spice-deck.ts";
import { GROUND, isGround, readElements } from "./spice-elements.ts";
import { SpiceError } from "./spice-error.ts";
import { type SpiceLine, spiceLines } from "./spice-lines.ts";
import { readModels } from "./spice-models.ts";
import { splitSubcircuits } from "./spice-subcircuits.ts";
import { collectParameters, type Definition, type Parameters, resolveParameters, valueIn } from "./spice-values.ts";
import { drivenAtStart, TEMPERATURE_PARAMETER } from "./write-spice.ts";

const DEFAULT_KELVIN = 300.15;
const NODE_NAME = /^[\w.#+:<>[\]/!-]+$/;

/**
 * A deck of the SPICE subset that docs/spice.md describes: R C V I (DC PULSE PWL SIN), M with our `.model`, .subckt and X
 * with parameters, .param with expressions, .tran .op .dc .ic .temp .meas .step param; .print is passed over, as every
 * node is reported. Subcircuits that `writeSpice` made
 * of transistors and cells come back as such: the netlist read from a written deck equals the one written.
 *
 * @param own Kinds of elements beside the program's.
 * @param given Values that stand instead of the deck's own `.param`s.
 * @throws SpiceError naming line and word for anything else.
 */
export const readSpice = (deck: string, given: Parameters = new Map(), own: readonly ElementKind[] = []): SpiceDeck => {
  const kinds = kindsWith(own);
  const { title, lines } = spiceLines(deck);
  const { top, subcircuits } = splitSubcircuits(lines);
  const nodeNames = new Map<string, Node>();
  const nodeOf = (name: string): Node => {
    const key = name.toLowerCase();
    if (isGround(key)) return GROUND;
    if (!NODE_NAME.test(name)) throw new RangeError(`"${name}" is no node name.`);
    const known = nodeNames.get(key) ?? name;
    nodeNames.set(key, known);
    return known;
  };

  const definitions = new Map<string, Definition>();
  for (const line of top)
    if (line.words[0].toLowerCase() === ".param") collectParameters(line, line.words.slice(1), definitions);
  const globals = resolveParameters(definitions, new Map(), given);
  const unknown = [...given.keys()].find((name) => !globals.has(name));
  if (unknown !== undefined)
    throw new RangeError(`no .param is called ${unknown}; there are: ${[...globals.keys()].join(", ") || "none"}.`);
  const tranLine = top.find((line) => line.words[0].toLowerCase() === ".tran");
  const tran = tranLine ? readTran(tranLine, valueIn(tranLine, globals)) : null;

  const letters = ["x", ...kinds.flatMap(({ spice }) => spice.reads?.toLowerCase() ?? [])];
  const models = readModels(kinds, top, subcircuits, globals);
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
    if (letters.includes(head[0])) circuit.push(line);
    else if (head === ".ic") initial.push(...readIc(line, value));
    else if (head === ".temp") {
      if (line.words.length !== 2)
        throw new SpiceError(line.number, line.words[0], "expected .temp with one temperature in degC");
      celsius = { line, value: value(line.words[1]) };
    } else if (head === ".op") operatingPoint = true;
    else if (head === ".dc") sweep = once(line, sweep, readDc(line, value));
    else if (head === ".step") step = once(line, step, readStep(line, value));
    else if (head === ".meas" || head === ".measure") measureLines.push(line);
    else if (head === ".tran") {
      if (line !== tranLine) throw new SpiceError(line.number, line.words[0], "a deck has one .tran here");
    } else if (head !== ".param" && head !== ".model" && head !== ".print")
      throw new SpiceError(line.number, line.words[0], "outside the subset that is read (docs/spice.md)");
  }
  const elements = readElements(circuit, { kinds, subcircuits, models, globals, tran, nodeOf });
  const known = (line: SpiceLine, name: string): Node => {
    const key = name.toLowerCase();
    if (isGround(key)) return GROUND;
    const node = nodeNames.get(key);
    if (node === undefined) throw new SpiceError(line.number, name, "no element touches this node");
    return node;
  };
  for (const line of measureLines)
    measures.push(readMeasure(line, valueIn(line, globals), (name) => known(line, name)));
  measureLines.forEach((line, i) => {
    if (!tran) throw new SpiceError(line.number, line.words[0], "a measure needs a .tran line");
    if (measures.slice(0, i).some((m) => m.name.toLowerCase() === measures[i].name.toLowerCase()))
      throw new SpiceError(line.number, measures[i].name, "two measures have this name");
  });

  const kelvin = globals.get(TEMPERATURE_PARAMETER);
  if (kelvin !== undefined && celsius && Math.abs(kelvin - 273.15 - celsius.value) > 1e-3)
    throw new SpiceError(
      celsius.line.number,
      celsius.line.words.join(" "),
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
  const netlist: Netlist = {
    title,
    temperature,
    models: named(models.models),
    elements,
    initial: null,
    ...(own.length === 0 ? {} : { kinds: own }),
  };
  const driven = drivenAtStart(netlist);
  const start = named(
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

const once = <T>(line: SpiceLine, before: T | null, found: T): T => {
  if (before !== null) throw new SpiceError(line.number, line.words[0], `a deck has one ${line.words[0]} here`);
  return found;
};
