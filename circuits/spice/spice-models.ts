import type { FilamentPhysics, MosfetParams } from "#devices/index";
import type { ElementModel } from "../netlist.ts";
import { SpiceError } from "./spice-error.ts";
import { spiceNumber } from "./spice-expression.ts";
import { FILAMENT_NAMES, FILAMENT_PREFIX } from "./spice-filament.ts";
import type { SpiceLine } from "./spice-lines.ts";
import type { Subcircuit } from "./spice-subcircuits.ts";
import { assignment, type Parameters, valueIn } from "./spice-values.ts";
import { CELL_PREFIX, MOSFET_PREFIX } from "./write-spice.ts";

/** Parameters of the extended EKV transistor as they are called in `.model`; polarity is the model's type. */
const EKV_NAMES = ["vt0", "n", "nb", "kp", "sigma", "theta", "vc", "lambda", "kt", "bex"] as const;
const MODEL_TYPES: ReadonlyMap<string, "nmos" | "pmos"> = new Map([
  ["rramlab_nmos", "nmos"],
  ["rramlab_pmos", "pmos"],
]);

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
        const [name, text] = assignment(word);
        const value = spiceNumber(text);
        if (value !== null) found.set(name, value);
      }
  return found;
};

/** The models of a deck, by their names in small letters. */
export interface SpiceModels {
  readonly names: ReadonlyMap<string, string>;
  readonly models: ReadonlyMap<string, ElementModel>;
}

const readFilament = (line: SpiceLine, values: ReadonlyMap<string, number>): FilamentPhysics => {
  const numbers = Object.entries(FILAMENT_NAMES).map(([key, short]): [string, number] => {
    const value = values.get(short);
    if (value === undefined) throw new SpiceError(line.number, line.words[1], `the filament's ${short} is missing`);
    return [key, value];
  });
  return Object.fromEntries(numbers) as unknown as FilamentPhysics;
};

/** Nodes of a subcircuit of ours. */
const checkPorts = ({ line, nodes }: Subcircuit, count: number): void => {
  if (nodes.length !== count)
    throw new SpiceError(
      line.number,
      line.words[1],
      `a subcircuit of this name has ${count} nodes, not ${nodes.length}`,
    );
};

/** Our transistors and cells among the subcircuits, and the `.model` lines. */
export const readModels = (
  top: readonly SpiceLine[],
  subcircuits: ReadonlyMap<string, Subcircuit>,
  globals: Parameters,
): SpiceModels => {
  const names = new Map<string, string>();
  const models = new Map<string, ElementModel>();
  const define = (line: SpiceLine, name: string | undefined, model: ElementModel): void => {
    if (!name) throw new SpiceError(line.number, line.words[0], "the model's name is missing");
    if (names.has(name.toLowerCase())) throw new SpiceError(line.number, name, "this model is defined twice");
    names.set(name.toLowerCase(), name);
    models.set(name, model);
  };
  for (const subcircuit of subcircuits.values()) {
    const { line, body } = subcircuit;
    const name = line.words[1];
    if (name.toLowerCase().startsWith(MOSFET_PREFIX)) {
      checkPorts(subcircuit, 4);
      const values = numbersOf(body);
      define(line, name.slice(MOSFET_PREFIX.length), {
        type: "mosfet",
        params: readEkv(line, (values.get("polarity") ?? 1) > 0 ? "nmos" : "pmos", values),
      });
    } else if (name.toLowerCase().startsWith(FILAMENT_PREFIX)) {
      checkPorts(subcircuit, 4);
      const params = readFilament(line, numbersOf(body));
      define(line, name.slice(FILAMENT_PREFIX.length), { type: "filament", params });
    } else if (name.toLowerCase().startsWith(CELL_PREFIX)) {
      checkPorts(subcircuit, 2);
      const fieldVoltage = numbersOf(body).get("fieldvoltage");
      define(line, name.slice(CELL_PREFIX.length), {
        type: "rram",
        conduction: fieldVoltage === undefined ? { kind: "ohmic" } : { kind: "sinh", fieldVoltage },
      });
    }
  }
  for (const line of top) {
    if (line.words[0].toLowerCase() !== ".model") continue;
    const [, name, type, ...words] = line.words;
    const polarity = MODEL_TYPES.get((type ?? "").toLowerCase());
    if (!polarity)
      throw new SpiceError(
        line.number,
        type ?? line.words[0],
        `model types read here: ${[...MODEL_TYPES.keys()].join(", ")}`,
      );
    const values = new Map<string, number>();
    for (const word of words) {
      const [key, text] = assignment(word);
      if (!(EKV_NAMES as readonly string[]).includes(key))
        throw new SpiceError(line.number, word, `parameters of this model: ${EKV_NAMES.join(", ")}`);
      values.set(key, valueIn(line, globals)(text));
    }
    define(line, name, { type: "mosfet", params: readEkv(line, polarity, values) });
  }
  return { names, models };
};
