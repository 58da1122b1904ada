import * as z from "zod";
import { CORNERS, sky130, transistorParams } from "#devices/index";
import { type CellConduction, cellCurrent } from "./cell-conduction.ts";
import { type CrossbarDesign, type CrossbarInput, checkCrossbarDesign, checkCrossbarInput } from "./crossbar-design.ts";

const count = z.int().positive();
const ohm = z.number().min(0, "expected 0 ohm (ideal) or more");
const rows = z.array(z.array(z.unknown()));
const fieldVoltage = z.number().positive().nullable().default(null);
const cells = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ohmic") }),
  z.strictObject({ kind: z.literal("sinh"), fieldVoltage: z.number().positive() }),
  z.strictObject({
    kind: z.literal("selector"),
    fieldVoltage,
    saturationCurrent: z.number().positive(),
    slopeVoltage: z.number().positive(),
  }),
  z.strictObject({
    kind: z.literal("access transistor"),
    fieldVoltage,
    on: z.enum(["word line", "bit line"]).default("bit line"),
    corner: z.enum(CORNERS).default("tt"),
    width: z.number().min(1e-7).max(1e-3).default(1e-6),
    temperature: z.number().min(100).max(600).default(300.15),
  }),
]);
const schema = z.strictObject({
  rows: count,
  columns: count,
  wordLineResistance: ohm,
  bitLineResistance: ohm,
  driverResistance: ohm.default(0),
  senseResistance: ohm.default(0),
  wordLineEnds: z.enum(["left", "right", "both"]).default("left"),
  bitLineEnds: z.enum(["top", "bottom", "both"]).default("bottom"),
  resistances: rows,
  inputs: rows,
  bitLineVoltages: z.array(z.number().nullable()).optional(),
  gates: z.array(z.number().min(-30).max(30)).optional(),
  cells: cells.default({ kind: "ohmic" }),
  // What a file may say besides, and what a reference case expects.
  ...Object.fromEntries(
    ["title", "name", "source", "comment", "seed", "expected"].map((key) => [key, z.unknown().optional()]),
  ),
});

export interface ParsedCrossbar {
  readonly design: CrossbarDesign;
  /** Rows x columns [S]; 0 open, Infinity shorted. */
  readonly conductances: Float64Array;
  readonly inputs: readonly CrossbarInput[];
  readonly conduction: CellConduction;
}

const conductionOf = (c: z.infer<typeof cells>): CellConduction => {
  if (c.kind !== "access transistor") return c;
  const { fieldVoltage: field, on, corner, width, temperature } = c;
  const params = transistorParams(sky130, corner, "access", width);
  return { kind: c.kind, fieldVoltage: field, on, params, gate: { width, length: sky130.gateLength }, temperature };
};

const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

/**
 * A crossbar and its inputs from JSON text's value (format: docs/crossbars.md).
 * @throws RangeError naming the entry that does not fit, what it is and what is allowed.
 */
export const parseCrossbar = (json: unknown, where: string): ParsedCrossbar => {
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 3).map((i) => {
      const at = i.path.map(String).join(".");
      if (i.code === "unrecognized_keys")
        return `no key is called ${i.keys.join(", ")}; there are: ${Object.keys(at === "" ? schema.shape : { kind: 0 }).join(", ")}`;
      if (at === "cells.kind") return `cells.kind: expected ohmic, sinh, selector or access transistor (1T1R)`;
      const message = i.message.replace("Invalid input: ", "").replace(", received undefined", ", but it is missing");
      return `${at || "(top)"}: ${message}`;
    });
    throw new RangeError(`${where}: not a crossbar: ${issues.join("; ")}. docs/crossbars.md shows the format.`);
  }
  const data = parsed.data;
  const refuse = (what: string): never => {
    throw new RangeError(`${where}: ${what}`);
  };
  const design: CrossbarDesign = {
    rows: data.rows,
    columns: data.columns,
    wordLines: {
      segmentResistance: data.wordLineResistance,
      ends: data.wordLineEnds,
      terminalResistance: data.driverResistance,
    },
    bitLines: {
      segmentResistance: data.bitLineResistance,
      ends: data.bitLineEnds,
      terminalResistance: data.senseResistance,
    },
  };
  checkCrossbarDesign(design);
  const { rows: m, columns: n } = design;
  if (data.resistances.length !== m)
    refuse(`${data.resistances.length} rows of resistances; the array has ${m} word lines.`);
  const conductances = new Float64Array(m * n);
  data.resistances.forEach((row, i) => {
    if (row.length !== n) refuse(`row ${i} has ${row.length} resistances; the array has ${n} bit lines.`);
    row.forEach((value, j) => {
      if (value !== null && !(typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY))
        refuse(
          `resistances, row ${i}, column ${j}: ${shown(value)}; expected ohm above 0, 0 for a short, or null for an open device.`,
        );
      conductances[i * n + j] = value === null ? 0 : 1 / Math.abs(value as number);
    });
  });
  if (conductances.every((g) => g === 0)) refuse("all devices are open: no current can flow. Give one a resistance.");
  const bits = data.bitLineVoltages ?? new Array<number>(n).fill(0);
  if (bits.length !== n) refuse(`${bits.length} bit-line voltages; the array has ${n} bit lines.`);
  if (data.gates && data.gates.length !== m)
    refuse(`${data.gates.length} gate voltages; the array has ${m} word lines.`);
  if (data.cells.kind === "access transistor" && !data.gates)
    refuse('1T1R cells need "gates": a voltage for the gate line of every row.');
  if (data.gates && data.cells.kind !== "access transistor")
    refuse(`"gates" are for cells with an access transistor; these are ${data.cells.kind}.`);
  if (data.inputs.length === 0) refuse("no inputs; expected a list of vectors, each a voltage a row.");
  const marks = (values: readonly unknown[]): Uint8Array => Uint8Array.from(values, (v) => (v === null ? 1 : 0));
  const inputs = data.inputs.map((vector, k): CrossbarInput => {
    if (vector.length !== m) refuse(`input ${k} has ${vector.length} voltages; the array has ${m} word lines.`);
    vector.forEach((v, i) => {
      if (v !== null && typeof v !== "number")
        refuse(`input ${k}, row ${i}: ${shown(v)}; expected volt, or null for a line that floats.`);
    });
    const input: CrossbarInput = {
      wordLines: { voltages: Float64Array.from(vector, (v) => (v as number | null) ?? 0), floating: marks(vector) },
      bitLines: { voltages: Float64Array.from(bits, (v) => v ?? 0), floating: marks(bits) },
      ...(data.gates ? { gates: Float64Array.from(data.gates) } : {}),
    };
    checkCrossbarInput(design, conductances, input);
    return input;
  });
  const conduction = conductionOf(data.cells);
  cellCurrent(conduction);
  return { design, conductances, inputs, conduction };
};
