import type { Lanes } from "#src/kernels/vector-program";
import type { Circuit } from "../analyses/circuit.ts";
import type { Flow, VectorForm } from "../elements/element-kind.ts";
import { type Drive, driveOf } from "./signal.ts";

/** Most unknowns, transistors and cells that are compiled to one kernel: code grows with their fill-in. */
const MOST_UNKNOWNS = 40;
const MOST_DEVICES = 200;

/** Elements of one kind in a kernel. */
interface VectorGroup {
  readonly type: string;
  readonly form: VectorForm<unknown>;
  readonly flows: readonly Flow[];
  readonly terminals: number;
  readonly at: Int32Array;
  /** Of each element: what of it is code, and which of the kind's models in use it has, counted from 0. */
  readonly codes: readonly string[];
  readonly models: readonly number[];
}

/** What is code in a kernel: topology, and what is watched. Everything else is data. */
export interface BatchStructure {
  readonly lanes: Lanes;
  readonly size: number;
  readonly nodeCount: number;
  readonly drive: Drive;
  readonly groups: readonly VectorGroup[];
  /** Pairs of unknowns (i <= j) with an entry in the capacitance matrix. */
  readonly capacitances: readonly (readonly [number, number])[];
  /** Pairs of an unknown and a moving driven node (index in the full vector) joined by a capacitor. */
  readonly couplings: readonly (readonly [number, number])[];
  readonly algebraic: readonly boolean[];
  /** Nodes that a floating source holds against another: their slope hangs on its current, which is no state. */
  readonly held: readonly boolean[];
  readonly branches: readonly { readonly plus: number; readonly minus: number; readonly row: number }[];
  readonly currentSources: readonly { readonly plus: number; readonly minus: number }[];
  /** Unknown nodes whose crossings and voltages are recorded. */
  readonly watched: readonly number[];
  readonly pairs: readonly (readonly [number, number])[];
  readonly settling: readonly [number, number] | null;
  /** Driven nodes whose sources' energies are integrated, as numbers of `drive.signals`. */
  readonly metered: readonly number[];
  /** Capacitors at metered nodes: which of them, and the node at the other end (index in the full vector). */
  readonly meteredCapacitors: readonly (readonly [meter: number, other: number])[];
  /** The same structure gives the same key, and only the same. */
  readonly key: string;
}

/** Why a circuit is not compiled to a kernel. */
interface Refusal {
  readonly refused: string;
}

/**
 * The structure of a circuit with what is watched of it, or the reason why it is left to the scalar engine: too large,
 * two sine sources in one voltage, or a set of nodes joined to each other by capacitors alone, whose derivative is not
 * defined.
 */
export const structureOf = (
  circuit: Circuit,
  lanes: Lanes,
  watched: readonly number[],
  pairs: readonly (readonly [number, number])[],
  settling: readonly [number, number] | null,
  energies: boolean,
): BatchStructure | Refusal => {
  const { size, capacitors } = circuit;
  const devices = circuit.groups.reduce((sum, { names }) => sum + names.length, 0);
  if (circuit.nodes.length === 0) return { refused: "no unknown voltage" };
  if (size > MOST_UNKNOWNS || devices > MOST_DEVICES)
    return { refused: `${size} unknowns and ${devices} devices; a kernel takes ${MOST_UNKNOWNS} and ${MOST_DEVICES}` };
  const groups: VectorGroup[] = [];
  for (const { type, part, at, models, names, coefficients } of circuit.groups) {
    const { vector } = part;
    if ("refused" in vector) return { refused: `${names[0]}: ${vector.refused}` };
    const known = [...new Set(models)];
    groups.push({
      type,
      form: vector,
      flows: part.flows,
      terminals: part.terminals,
      at,
      codes: models.map((model, k) => vector.code(coefficients, k * part.coefficients.length, model)),
      models: models.map((model) => known.indexOf(model)),
    });
  }
  if (energies && (circuit.branches.length > 0 || circuit.sources.some((source) => source.base !== size)))
    return { refused: "energies of sources that do not stand on ground" };
  const metered = energies ? circuit.sources.map((source) => source.node - size) : [];
  const meteredCapacitors = metered.flatMap((signal, meter) =>
    Array.from(capacitors.farad.keys())
      .filter((k) => capacitors.farad[k] > 0)
      .flatMap((k) => {
        const [i, j] = [capacitors.at[2 * k], capacitors.at[2 * k + 1]];
        if (i !== size + signal && j !== size + signal) return [];
        return [[meter, i === size + signal ? j : i] as const];
      }),
  );
  const drive = driveOf(circuit);
  if (!drive) return { refused: "two sine sources add up in one voltage" };
  const moves = (i: number): boolean => i >= size && drive.signals[i - size].motion !== "still";
  const capacitances = new Map<number, readonly [number, number]>();
  const couplings = new Map<number, readonly [number, number]>();
  for (let k = 0; k < capacitors.farad.length; k++) {
    if (capacitors.farad[k] === 0) continue;
    const i = Math.min(capacitors.at[2 * k], capacitors.at[2 * k + 1]);
    const j = Math.max(capacitors.at[2 * k], capacitors.at[2 * k + 1]);
    if (i >= size) continue;
    capacitances.set(i * size + i, [i, i]);
    if (j < size) {
      capacitances.set(j * size + j, [j, j]);
      capacitances.set(i * size + j, [i, j]);
    } else if (moves(j)) couplings.set(i * circuit.total + j, [i, j]);
  }
  const structure = {
    lanes,
    size,
    nodeCount: circuit.nodes.length,
    drive,
    groups,
    capacitances: [...capacitances.values()],
    couplings: [...couplings.values()],
    algebraic: Array.from(circuit.algebraic, (a) => a === 1),
    held: Array.from({ length: size }, (_, i) => circuit.branches.some((b) => b.plus === i || b.minus === i)),
    branches: circuit.branches.map(({ plus, minus, row }) => ({ plus, minus, row })),
    currentSources: circuit.currentSources.map(({ plus, minus }) => ({ plus, minus })),
    watched,
    pairs,
    settling,
    metered,
    meteredCapacitors,
  };
  const key = JSON.stringify({
    ...structure,
    drive: drive.signals.map((s) => s.motion),
    groups: groups.map(({ type, at, codes, models }) => [type, ...at, ...codes, ...models]),
  });
  return { ...structure, key };
};
