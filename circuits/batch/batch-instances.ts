import { named } from "#src/words/named";
import { type Circuit, compileCircuit, varyCircuit } from "../analyses/circuit.ts";
import { varying } from "../analyses/element-groups.ts";
import type { Waveform } from "../elements/waveform.ts";
import { type Netlist, sourceOf } from "../netlist/netlist.ts";
import type { BatchVariations, Column } from "./batch-contract.ts";

/** The value of a column for one instance. */
export const valueAt = (column: Column, instance: number): number => column[column.length === 1 ? 0 : instance];

/** @throws RangeError for a column that is none, or of another length, or holds what is not `fine`. */
export const checkColumn = (
  where: string,
  what: string,
  column: Column,
  count: number,
  fine: (x: number) => boolean,
  allowed: string,
): void => {
  if (typeof column !== "object" || (column.length !== count && column.length !== 1))
    throw new RangeError(
      `${where}: ${what} has ${typeof column === "object" ? column.length : "no"} values; expected an array of ${count}, or of 1 for all.`,
    );
  for (let i = 0; i < column.length; i++)
    if (!fine(column[i]))
      throw new RangeError(`${where}: ${what} is ${column[i]} in instance ${i}; expected ${allowed}.`);
};

const KNOWN: readonly string[] = [
  "count",
  "resistances",
  "thresholdShifts",
  "gainFactors",
  "sourceScales",
  "temperatures",
];

/**
 * Checks that variations name what the circuit has, in the right number.
 * @throws RangeError naming the element or column.
 */
export const checkVariations = (circuit: Circuit, v: BatchVariations): void => {
  const where = `variations of "${circuit.netlist.title}"`;
  if (!(Number.isInteger(v.count) && v.count >= 0))
    throw new RangeError(`${where}: count is ${v.count}; expected a whole number, 0 or more.`);
  for (const key of Object.keys(v))
    if (!KNOWN.includes(key)) throw new RangeError(`${where}: ${key} is no variation; there are: ${KNOWN.join(", ")}.`);
  const sourceNames = circuit.netlist.elements.filter((e) => sourceOf(circuit.netlist, e)).map(({ name }) => name);
  const check = (
    what: string,
    columns: Readonly<Record<string, Column>> | undefined,
    names: readonly string[],
    allowed: string,
    fine: (x: number) => boolean,
  ): void => {
    for (const [name, column] of Object.entries(columns ?? {})) {
      if (!names.includes(name))
        throw new RangeError(`${where}: ${what} names ${name}; there are: ${names.join(", ") || "none"}.`);
      checkColumn(where, `${what} of ${name}`, column, v.count, fine, allowed);
    }
  };
  const positive = (x: number): boolean => x > 0 && x < Number.POSITIVE_INFINITY;
  const { groups } = circuit;
  check("resistance", v.resistances, varying(groups, "resistance"), "> 0 ohm and finite", positive);
  check(
    "threshold shift",
    v.thresholdShifts,
    varying(groups, "thresholdShift"),
    "a finite number of volts",
    Number.isFinite,
  );
  check("gain factor", v.gainFactors, varying(groups, "gainFactor"), "> 0 and finite", positive);
  check("scale", v.sourceScales, sourceNames, "a finite number", Number.isFinite);
  if (v.temperatures) check("temperature", { circuit: v.temperatures }, ["circuit"], "> 0 K and finite", positive);
};

const scaled = (w: Waveform, factor: number): Waveform => {
  switch (w.kind) {
    case "dc":
      return { ...w, value: w.value * factor };
    case "pwl":
      return { ...w, points: w.points.map(([t, value]) => [t, value * factor] as const) };
    case "pulse":
      return { ...w, low: w.low * factor, high: w.high * factor };
    case "sin":
      return { ...w, offset: w.offset * factor, amplitude: w.amplitude * factor };
  }
};

const row = (columns: Readonly<Record<string, Column>> | undefined, instance: number): Record<string, number> =>
  named(Object.entries(columns ?? {}).map(([name, column]) => [name, valueAt(column, instance)]));

/** One instance as a circuit of its own, for the scalar engine. */
export const instanceOf = (circuit: Circuit, v: BatchVariations, instance: number): Circuit => {
  const shifts = row(v.thresholdShifts, instance);
  const gains = row(v.gainFactors, instance);
  const scales = row(v.sourceScales, instance);
  const names = new Set([...Object.keys(shifts), ...Object.keys(gains)]);
  const deviations = named(
    [...names].map((name) => [name, { thresholdShift: shifts[name] ?? 0, gainFactor: gains[name] ?? 1 }]),
  );
  const recompiled = v.temperatures !== undefined || Object.keys(scales).length > 0;
  const { netlist } = circuit;
  const conditioned: Netlist = {
    ...netlist,
    temperature: v.temperatures ? valueAt(v.temperatures, instance) : netlist.temperature,
    elements: netlist.elements.map((e) => {
      const source = e.name in scales ? sourceOf(netlist, e) : null;
      return source ? source.withWaveform(e, scaled(source.waveform(e), scales[e.name])) : e;
    }),
  };
  return varyCircuit(recompiled ? compileCircuit(conditioned) : circuit, {
    resistances: row(v.resistances, instance),
    deviations,
  });
};
