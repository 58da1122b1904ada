import { named } from "#src/words/named";
import type { ElementKind, SourcePart } from "../elements/element-kind.ts";
import { kindOf } from "../elements/kinds.ts";
import { waveformAt } from "../elements/waveform.ts";
import { checkNetlist } from "../netlist/check-netlist.ts";
import { type Element, type ElementModel, kindsOf, type Netlist, type Node, nodesOf } from "../netlist/netlist.ts";

/** Parameter that carries the temperature [K] into the transistors' equations. */
export const TEMPERATURE_PARAMETER = "rramlab_kelvin";

export interface SpiceOptions {
  /** End of the transient [s]; none where left out. */
  readonly stop?: number;
  /** Lines for the analyses and measurements, written as they are. */
  readonly lines?: readonly string[];
}

/** The name of an element in a deck: its own where it begins as SPICE asks, else with letter and underscore before it. */
const spiceName = ({ spice: { letter } }: ElementKind, e: Element): string => {
  const fits = e.name[0]?.toUpperCase() === letter && e.name[1] !== "_";
  return fits ? e.name : `${letter}_${e.name}`;
};

const modelSubcircuit = (kinds: readonly ElementKind[], name: string, model: ElementModel): readonly string[] =>
  kindOf(kinds, model.type).spice.subcircuit?.lines(name, model, TEMPERATURE_PARAMETER) ?? [];

const elementLine = (kinds: readonly ElementKind[], e: Element): string => {
  const kind = kindOf(kinds, e.type);
  return `${spiceName(kind, e)} ${kind.nodes(e).join(" ")} ${kind.spice.text(e)}`;
};

/** Longest line; longer ones are continued. */
const WIDTH = 120;

const folded = (line: string): string => {
  const words = line.split(" ");
  const lines = [""];
  for (const word of words) {
    const last = lines[lines.length - 1];
    if (last !== "" && last.length + word.length + 1 > WIDTH) lines.push(`+ ${word}`);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join("\n");
};

/** @throws RangeError for a name that SPICE could not tell from another, or would split. */
const checkNames = (netlist: Netlist): void => {
  const check = (what: string, names: Iterable<string>): void => {
    const seen = new Map<string, string>();
    for (const name of names) {
      if (!/^[A-Za-z0-9_.#+-]+$/.test(name))
        throw new RangeError(
          `spice export of "${netlist.title}": ${what} "${name}" is no SPICE name; use letters, digits and _ . # + -.`,
        );
      const other = seen.get(name.toLowerCase());
      if (other !== undefined && other !== name)
        throw new RangeError(
          `spice export of "${netlist.title}": ${what}s "${other}" and "${name}" differ in case only, which SPICE does not see.`,
        );
      seen.set(name.toLowerCase(), name);
    }
  };
  check(
    "node",
    netlist.elements.flatMap((e) => nodesOf(netlist, e)),
  );
  check(
    "element",
    netlist.elements.map((e) => e.name),
  );
  check("model", Object.keys(netlist.models));
};

/** Node voltages at t = 0 that sources to ground fix: with `uic` SPICE would start them from 0 V. */
export const drivenAtStart = (netlist: Netlist): Record<Node, number> => {
  const at = named<number>([["0", 0]]);
  const kinds = kindsOf(netlist);
  for (let before = -1; before !== Object.keys(at).length; ) {
    before = Object.keys(at).length;
    for (const e of netlist.elements) {
      const kind = kindOf(kinds, e.type);
      if (kind.part.kind !== "voltage") continue;
      const [plus, minus] = kind.nodes(e);
      const volt = waveformAt((kind.part as SourcePart<Element>).waveform(e), 0);
      if (minus in at && !(plus in at)) at[plus] = at[minus] + volt;
      else if (plus in at && !(minus in at)) at[minus] = at[plus] - volt;
    }
  }
  delete at["0"];
  return at;
};

/**
 * A netlist as a SPICE deck that ngspice runs as it is: transistors as subcircuits around behavioural sources with the
 * same equations, resistive cells as subcircuits, start voltages as `.ic` with `uic`. `readSpice` gives the netlist back.
 *
 * @throws RangeError where `checkNetlist` refuses the netlist, or names are such that SPICE would not keep them apart.
 */
export const writeSpice = (netlist: Netlist, options: SpiceOptions = {}): string => {
  const kinds = kindsOf(netlist);
  checkNames(netlist);
  checkNetlist(netlist);
  if (options.stop !== undefined && !(options.stop > 0 && options.stop < Number.POSITIVE_INFINITY))
    throw new RangeError(`spice export of "${netlist.title}": stop is ${options.stop} s; expected > 0 s.`);
  const celsius = Math.round((netlist.temperature - 273.15) * 1e9) / 1e9;
  const lines = [
    netlist.title.replace(/[\r\n]+/g, " ") || "(no title)",
    `.param ${TEMPERATURE_PARAMETER}=${netlist.temperature}`,
    `.temp ${celsius}`,
  ];
  for (const [name, model] of Object.entries(netlist.models)) lines.push(...modelSubcircuit(kinds, name, model));
  lines.push(...netlist.elements.map((e) => elementLine(kinds, e)));
  if (netlist.initial !== null) {
    const start = named([...Object.entries(drivenAtStart(netlist)), ...Object.entries(netlist.initial)]);
    for (const [node, volt] of Object.entries(start)) lines.push(`.ic v(${node})=${volt}`);
  }
  if (options.stop !== undefined)
    lines.push(`.tran ${options.stop / 1000} ${options.stop}${netlist.initial === null ? "" : " uic"}`);
  lines.push(...(options.lines ?? []), ".end", "");
  return lines.map(folded).join("\n");
};
