import { named } from "#src/words/named";
import { compileCircuit } from "../analyses/circuit.ts";
import { solveOperatingPoint } from "../analyses/operating-point.ts";
import { transient } from "../analyses/transient.ts";
import type { TransientFailure } from "../analyses/transient-contract.ts";
import { dc } from "../elements/waveform.ts";
import { type Netlist, type Node, sourceOf } from "../netlist/netlist.ts";
import { createMeasuring } from "./measure.ts";
import { readSpice } from "./read-spice.ts";
import type { SpiceDeck, SweepAnalysis, TransientAnalysis } from "./spice-deck.ts";

export interface SpiceRunOptions {
  /** Local error allowed a step and node [V]. */
  readonly tolerance: number;
  /** Steps after which a transient gives up. */
  readonly mostSteps?: number;
}

/** Numerical failure of one analysis: counted and told, no exception. */
export type SpiceFailure = Omit<TransientFailure, "reason" | "time"> & {
  readonly reason: string;
  readonly time?: number;
};

export interface SpiceTransient {
  readonly ok: true;
  /** Every `step` of the .tran line from its start to its stop [s]. */
  readonly times: Float64Array;
  readonly voltages: Readonly<Record<Node, Float64Array>>;
  /** By name; null where what a measure waits for does not happen. */
  readonly measures: Readonly<Record<string, number | null>>;
}

export interface SpiceSweep {
  readonly ok: true;
  readonly source: string;
  readonly values: readonly number[];
  readonly voltages: Readonly<Record<Node, Float64Array>>;
}

/** What one pass over a deck gives; `parameter` and `value` are those of `.step`. */
export interface SpiceRun {
  readonly parameter: string | null;
  readonly value: number | null;
  readonly operatingPoint:
    | { readonly ok: true; readonly voltages: Readonly<Record<Node, number>> }
    | SpiceFailure
    | null;
  readonly sweep: SpiceSweep | SpiceFailure | null;
  readonly transient: SpiceTransient | SpiceFailure | null;
}

/** Most printed points of a transient. */
const MOST_PRINTED = 1_000_000;

const operate = (netlist: Netlist): { readonly ok: true; readonly voltages: Record<Node, number> } | SpiceFailure => {
  const circuit = compileCircuit({ ...netlist, initial: null });
  const point = solveOperatingPoint(circuit);
  if (!point.ok) return { ...point, reason: "no operating point" };
  const nodes = [...circuit.nodes, ...circuit.drivenNodes].filter((n) => n !== "0");
  return { ok: true, voltages: named(nodes.map((n) => [n, point.x[circuit.index.get(n) as number]])) };
};

const sweep = (netlist: Netlist, { source, values }: SweepAnalysis): SpiceSweep | SpiceFailure => {
  const swept = netlist.elements.find(
    (e) => e.name.toLowerCase() === source.toLowerCase() && sourceOf(netlist, e) !== null,
  );
  const part = swept ? sourceOf(netlist, swept) : null;
  if (!swept || !part) throw new RangeError(`.dc: no source is called ${source}.`);
  const voltages = new Map<Node, Float64Array>();
  for (const [i, value] of values.entries()) {
    const point = operate({
      ...netlist,
      elements: netlist.elements.map((e) => (e === swept ? part.withWaveform(swept, dc(value)) : e)),
    });
    if (!point.ok) return point;
    for (const [node, volt] of Object.entries(point.voltages)) {
      const column = voltages.get(node) ?? new Float64Array(values.length);
      column[i] = volt;
      voltages.set(node, column);
    }
  }
  return { ok: true, source: swept.name, values, voltages: named(voltages) };
};

const simulate = (
  deck: SpiceDeck,
  analysis: TransientAnalysis,
  options: SpiceRunOptions,
): SpiceTransient | SpiceFailure => {
  const { step, stop, start, longestStep } = analysis;
  const printed = Math.floor((stop - start) / step + 1e-9) + 1;
  if (printed > MOST_PRINTED)
    throw new RangeError(`.tran: ${printed} points every ${step} s; at most ${MOST_PRINTED}. Take a longer step.`);
  const asked = Float64Array.from({ length: printed }, (_, i) => Math.min(stop, start + i * step));
  const circuit = compileCircuit(deck.netlist);
  // Measures see what is printed: from the start on.
  const measuring = createMeasuring(circuit, deck.measures, start);
  const result = transient(circuit, {
    stop,
    times: asked,
    tolerance: options.tolerance,
    watch: measuring.watch,
    ...(longestStep === null ? {} : { longestStep }),
    ...(options.mostSteps === undefined ? {} : { mostSteps: options.mostSteps }),
  });
  if (!result.ok) return result;
  const nodes = Object.keys(result.voltages).filter((n) => n !== "0");
  return {
    ok: true,
    times: asked,
    voltages: named(nodes.map((n) => [n, result.voltages[n]])),
    measures: named(measuring.results().map((found, k) => [deck.measures[k].name, found])),
  };
};

/**
 * Reads a deck and does what it asks, once for each value of `.step`.
 * @throws SpiceError or RangeError for a deck that is not read, or a circuit that is refused.
 */
export const runSpice = (text: string, options: SpiceRunOptions = { tolerance: 1e-5 }): readonly SpiceRun[] => {
  const first = readSpice(text);
  const pass = (deck: SpiceDeck, parameter: string | null, value: number | null): SpiceRun => ({
    parameter,
    value,
    operatingPoint: deck.operatingPoint ? operate(deck.netlist) : null,
    sweep: deck.sweep ? sweep(deck.netlist, deck.sweep) : null,
    transient: deck.transient ? simulate(deck, deck.transient, options) : null,
  });
  if (!first.operatingPoint && !first.sweep && !first.transient)
    throw new RangeError("the deck asks for nothing; give it a .tran, .op or .dc line.");
  const { step } = first;
  if (!step) return [pass(first, null, null)];
  return step.values.map((value) => pass(readSpice(text, new Map([[step.parameter, value]])), step.parameter, value));
};
