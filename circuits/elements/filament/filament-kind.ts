import * as z from "zod";
import type { FilamentPhysics } from "#devices/index";
import type { ElementKind } from "../element-kind.ts";
import { type Filament, type FilamentModel, filamentModel } from "./filament.ts";
import { AMBIENT, filamentTermsInto } from "./filament-equations.ts";
import { filamentSpice } from "./filament-spice.ts";
import { filamentVector } from "./filament-vector.ts";

const node = z.string().min(1);
const [number, positive] = [z.number(), z.number().positive()];
const physics = {
  oxideThickness: positive,
  leastFilament: number.min(0),
  mostFilament: positive,
  currentScale: positive,
  referenceFilament: positive,
  fieldVoltage: positive,
  generationBarrier: positive,
  recombinationBarrier: positive,
  attemptVelocity: positive,
  hopDistance: positive,
  fieldFactor: number,
  fieldFactorSlope: number,
  thermalCapacitance: positive,
  thermalTime: positive,
};
const [PLUS, MINUS, LENGTH, TEMPERATURE] = [0, 1, 2, 3];
const TERMINALS = 4;
/** Rows of `filamentTermsInto`: a value and its derivatives by voltage, length and temperature. */
const ROWS = 3;
const terms = new Float64Array(4 * ROWS);

export const filamentKind: ElementKind<Filament, FilamentModel> = {
  type: "filament",
  shape: { model: node, nodes: z.tuple([node, node, node, node]) },
  models: [
    {
      type: "filament",
      shape: { params: z.strictObject(physics) },
      of: ({ params }) => filamentModel(params as FilamentPhysics),
    },
  ],
  words: [],
  nodes: (e) => e.nodes,
  joins: (e) => [[e.nodes[PLUS], e.nodes[MINUS]]],
  fault: () => null,
  modelFault: () => null,
  part: {
    kind: "flows",
    terminals: TERMINALS,
    flows: [
      { from: PLUS, to: MINUS },
      { from: LENGTH, to: null },
      { from: TEMPERATURE, to: null },
    ],
    coefficients: ["ambient"],
    coefficientsInto: (out, at, _e, _model, temperature) => {
      out[at + AMBIENT] = temperature;
    },
    flowsInto: (out, x, nodes, node, c, at, { params }) => {
      const volts = x[nodes[node + PLUS]] - x[nodes[node + MINUS]];
      const [length, temperature] = [x[nodes[node + LENGTH]], x[nodes[node + TEMPERATURE]]];
      filamentTermsInto(terms, params, c[at + AMBIENT], volts, length, temperature);
      for (let row = 0; row < ROWS; row++) {
        const [from, to] = [4 * row, (1 + TERMINALS) * row];
        out[to] = terms[from];
        out[to + 1 + PLUS] = terms[from + 1];
        out[to + 1 + MINUS] = -terms[from + 1];
        out[to + 1 + LENGTH] = terms[from + 2];
        out[to + 1 + TEMPERATURE] = terms[from + 3];
      }
    },
    bends: () => true,
    noise: {
      refused: (name) =>
        `${name} is a filament, whose noise is not modelled (resistors', rram cells' and transistors' is); an rram element of its resistance has it, or leave the noise out.`,
    },
    varies: {},
    vector: filamentVector,
  },
  spice: filamentSpice,
};
