import type { MosfetParams, RramConduction } from "#devices/index";
import { named } from "#src/words/named";
import { checkNetlist } from "../check-netlist.ts";
import type { Element, ElementModel, Netlist, Node } from "../netlist.ts";
import { nodesOf } from "../netlist.ts";
import { type Waveform, waveformAt } from "../waveform.ts";
import { FILAMENT_PREFIX, filamentSubcircuit } from "./spice-filament.ts";

/** Name of a subcircuit that is one of our transistors, or one of our cells. */
export const MOSFET_PREFIX = "rramlab_ekv_";
export const CELL_PREFIX = "rramlab_cell_";
/** Parameter that carries the temperature [K] into the transistors' equations. */
export const TEMPERATURE_PARAMETER = "rramlab_kelvin";

export interface SpiceOptions {
  /** End of the transient [s]; none where left out. */
  readonly stop?: number;
  /** Lines for the analyses and measurements, written as they are. */
  readonly lines?: readonly string[];
}

const LETTERS: Readonly<Record<Element["type"], string>> = {
  resistor: "R",
  capacitor: "C",
  voltage: "V",
  current: "I",
  mosfet: "X",
  rram: "X",
  filament: "X",
};

/** The name of an element in a deck: its own where it begins as SPICE asks, else with letter and underscore before it. */
const spiceName = (e: Element): string => {
  const letter = LETTERS[e.type];
  const fits = e.name[0]?.toUpperCase() === letter && e.name[1] !== "_";
  return fits ? e.name : `${letter}_${e.name}`;
};

const waveformText = (w: Waveform): string => {
  switch (w.kind) {
    case "dc":
      return `DC ${w.value}`;
    case "pwl":
      return `PWL(${w.points.map(([t, v]) => `${t} ${v}`).join(" ")})`;
    case "pulse":
      return `PULSE(${[w.low, w.high, w.delay, w.rise, w.fall, w.width, w.period].join(" ")})`;
    case "sin":
      return `SIN(${[w.offset, w.amplitude, w.frequency, w.delay].join(" ")})`;
  }
};

/**
 * The extended EKV equations of `drainCurrentInto` as a behavioural current source. Softplus is written so that it cannot
 * overflow; the forward and reverse terms are nodes of their own, so that each is evaluated once.
 */
const mosfetSubcircuit = (name: string, m: MosfetParams): string[] => {
  const v = (a: string, b: string): string => (m.polarity === "nmos" ? `v(${a},${b})` : `v(${b},${a})`);
  const x = (node: string): string => `(${v("g", "b")}-vt+sigma*sqrt(${v("d", "s")}**2+1e-4)-nb*${v(node, "b")})*slope`;
  const softplus = (node: string): string => `max(${x(node)},0)+ln(1+exp(-abs(${x(node)})))`;
  const sd = `sqrt(${v("d", "s")}**2+1e-4)`;
  const velocity = m.vc === Number.POSITIVE_INFINITY ? "" : "+(2*ut/vc)*sqrt((v(f)-v(r))**2+1e-6)";
  const [from, to] = m.polarity === "nmos" ? ["d", "s"] : ["s", "d"];
  const parameters = [
    `polarity=${m.polarity === "nmos" ? 1 : -1} vt0=${m.vt0} n=${m.n} nb=${m.nb} kp=${m.kp} sigma=${m.sigma}`,
    `theta=${m.theta} vc=${m.vc === Number.POSITIVE_INFINITY ? 0 : m.vc} lambda=${m.lambda} kt=${m.kt} bex=${m.bex}`,
  ];
  return [
    `.subckt ${MOSFET_PREFIX}${name} d g s b w=1u l=1u`,
    ...parameters.map((line) => `.param ${line}`),
    `.param ut={8.617333262e-5*${TEMPERATURE_PARAMETER}} slope={1/(2*n*ut)}`,
    `.param vt={vt0-kt*(${TEMPERATURE_PARAMETER}-300.15)+sigma*0.01}`,
    `.param ispec={2*n*kp*(w/l)*(${TEMPERATURE_PARAMETER}/300.15)**(-bex)*ut*ut}`,
    `Bf f 0 v=${softplus("s")}`,
    `Br r 0 v=${softplus("d")}`,
    `Bd ${from} ${to} i=ispec*(v(f)-v(r))*(v(f)+v(r))*(1+lambda*${sd})/(1+theta*ut*(v(f)+v(r))${velocity})`,
    `.ends ${MOSFET_PREFIX}${name}`,
  ];
};

const cellSubcircuit = (name: string, c: RramConduction): string[] => [
  `.subckt ${CELL_PREFIX}${name} p n r=10k`,
  ...(c.kind === "ohmic"
    ? ["R1 p n {r}"]
    : [`.param fieldvoltage=${c.fieldVoltage}`, "B1 p n i=(fieldvoltage/r)*sinh(v(p,n)/fieldvoltage)"]),
  `.ends ${CELL_PREFIX}${name}`,
];

const modelSubcircuit = (name: string, model: ElementModel): string[] => {
  switch (model.type) {
    case "mosfet":
      return mosfetSubcircuit(name, model.params);
    case "rram":
      return cellSubcircuit(name, model.conduction);
    case "filament":
      return filamentSubcircuit(name, model.params, TEMPERATURE_PARAMETER);
  }
};

const elementLine = (e: Element): string => {
  const start = `${spiceName(e)} ${nodesOf(e).join(" ")}`;
  switch (e.type) {
    case "resistor":
      return `${start} ${e.resistance}`;
    case "capacitor":
      return `${start} ${e.capacitance}`;
    case "voltage":
    case "current":
      return `${start} ${waveformText(e.waveform)}`;
    case "mosfet":
      return `${start} ${MOSFET_PREFIX}${e.model} w=${e.width} l=${e.length}`;
    case "rram":
      return `${start} ${CELL_PREFIX}${e.model} r=${e.resistance}`;
    case "filament":
      return `${start} ${FILAMENT_PREFIX}${e.model}`;
  }
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
  check("node", netlist.elements.flatMap(nodesOf));
  check(
    "element",
    netlist.elements.map((e) => e.name),
  );
  check("model", Object.keys(netlist.models));
};

/** Node voltages at t = 0 that sources to ground fix: with `uic` SPICE would start them from 0 V. */
export const drivenAtStart = (netlist: Netlist): Record<Node, number> => {
  const at = named<number>([["0", 0]]);
  for (let before = -1; before !== Object.keys(at).length; ) {
    before = Object.keys(at).length;
    for (const e of netlist.elements) {
      if (e.type !== "voltage") continue;
      const [plus, minus] = e.nodes;
      const volt = waveformAt(e.waveform, 0);
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
  for (const [name, model] of Object.entries(netlist.models)) lines.push(...modelSubcircuit(name, model));
  lines.push(...netlist.elements.map(elementLine));
  if (netlist.initial !== null) {
    const start = named([...Object.entries(drivenAtStart(netlist)), ...Object.entries(netlist.initial)]);
    for (const [node, volt] of Object.entries(start)) lines.push(`.ic v(${node})=${volt}`);
  }
  if (options.stop !== undefined)
    lines.push(`.tran ${options.stop / 1000} ${options.stop}${netlist.initial === null ? "" : " uic"}`);
  lines.push(...(options.lines ?? []), ".end", "");
  return lines.map(folded).join("\n");
};
