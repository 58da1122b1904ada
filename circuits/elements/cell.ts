import * as z from "zod";
import { type RramConduction, rramCurrentInto } from "#devices/index";
import { hyperbolic } from "#src/kernels/vector-math";
import type { ElementKind, Node } from "./element-kind.ts";
import { MICRO, notPositive, RESISTANCE, VARIED_RESISTANCE } from "./resistance.ts";

/** A resistive cell that keeps its state. */
export interface Cell {
  readonly name: string;
  readonly type: "rram";
  readonly model: string;
  readonly nodes: readonly [plus: Node, minus: Node];
  /** State of the filament: its low-field resistance [ohm]. */
  readonly resistance: number;
}

export interface CellModel {
  readonly type: "rram";
  readonly conduction: RramConduction;
}

/** A cell of a model between two nodes, of low-field resistance [ohm]. */
export const cell = (name: string, model: string, plus: Node, minus: Node, resistance: number): Cell => ({
  name,
  type: "rram",
  model,
  nodes: [plus, minus],
  resistance,
});

export const cellModel = (conduction: RramConduction): CellModel => ({ type: "rram", conduction });

/** How a cell conducts. */
const CONDUCTION_KINDS = ["ohmic", "sinh"] as const satisfies readonly RramConduction["kind"][];
const PREFIX = "rramlab_cell_";
const current = new Float64Array(2);

export const cellKind: ElementKind<Cell, CellModel> = {
  type: "rram",
  shape: {
    model: z.string().min(1),
    nodes: z.tuple([z.string().min(1), z.string().min(1)]),
    resistance: z.number(),
  },
  models: [
    {
      type: "rram",
      shape: {
        conduction: z.discriminatedUnion("kind", [
          z.strictObject({ kind: z.literal("ohmic") }),
          z.strictObject({ kind: z.literal("sinh"), fieldVoltage: z.number().positive() }),
        ]),
      },
      of: ({ conduction }) => cellModel(conduction as RramConduction),
    },
  ],
  words: [
    {
      what: "conduction",
      of: "model",
      path: ["conduction", "kind"],
      known: CONDUCTION_KINDS,
      get: (model: { readonly conduction?: Partial<RramConduction> }) => model.conduction?.kind,
    },
  ],
  nodes: (e) => e.nodes,
  joins: (e) => [e.nodes],
  fault: (e) => notPositive("resistance", e.resistance, "ohm"),
  modelFault: () => null,
  part: {
    kind: "flows",
    terminals: 2,
    flows: [{ from: 0, to: 1 }],
    coefficients: ["resistance"],
    coefficientsInto: (out, at, e) => {
      out[at + RESISTANCE] = e.resistance;
    },
    flowsInto: (out, x, nodes, node, c, at, { conduction }) => {
      rramCurrentInto(out, conduction, c[at + RESISTANCE], x[nodes[node]] - x[nodes[node + 1]]);
      out[2] = -out[1];
    },
    bends: ({ conduction }) => conduction.kind !== "ohmic",
    noise: {
      from: 0,
      to: 1,
      conductance: (v, c, at, { conduction }) => {
        rramCurrentInto(current, conduction, c[at + RESISTANCE], v[0] - v[1]);
        return current[1];
      },
    },
    varies: { resistance: VARIED_RESISTANCE },
    vector: {
      own: ["conductance", "fieldVoltage", "perField"],
      shared: [],
      code: (_c, _at, { conduction }) => conduction.kind,
      write: (put, c, at, { conduction }) => {
        put("conductance", MICRO / c[at + RESISTANCE]);
        if (conduction.kind !== "sinh") return;
        put("fieldVoltage", conduction.fieldVoltage);
        put("perField", 1 / conduction.fieldVoltage);
      },
      emit: (math, code, slot, [a, b]) => {
        const { program: p } = math;
        const g = slot("conductance");
        if (code === "ohmic") return [{ current: p.mul(g, p.sub(a, b)), by: [g, p.neg(g)] }];
        const [field, inverse] = [slot("fieldVoltage"), slot("perField")];
        const { sinh, cosh } = hyperbolic(math, p.mul(p.sub(a, b), inverse));
        const byVoltage = p.mul(g, cosh);
        return [{ current: p.mul(p.mul(g, field), sinh), by: [byVoltage, p.neg(byVoltage)] }];
      },
    },
  },
  spice: {
    letter: "X",
    text: (e) => `${PREFIX}${e.model} r=${e.resistance}`,
    reads: null,
    read: null,
    subcircuit: {
      prefix: PREFIX,
      nodes: 2,
      options: ["r"],
      lines: (name, { conduction: c }) => [
        `.subckt ${PREFIX}${name} p n r=10k`,
        ...(c.kind === "ohmic"
          ? ["R1 p n {r}"]
          : [`.param fieldvoltage=${c.fieldVoltage}`, "B1 p n i=(fieldvoltage/r)*sinh(v(p,n)/fieldvoltage)"]),
        `.ends ${PREFIX}${name}`,
      ],
      model: (numbers) => {
        const fieldVoltage = numbers.get("fieldvoltage");
        return cellModel(fieldVoltage === undefined ? { kind: "ohmic" } : { kind: "sinh", fieldVoltage });
      },
      element: (name, model, [plus, minus], options) => cell(name, model, plus, minus, options.get("r") ?? 1e4),
    },
    cards: null,
  },
};
