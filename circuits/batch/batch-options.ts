import { checkTimes } from "../analyses/check-times.ts";
import type { Circuit } from "../analyses/circuit.ts";
import type { BatchOptions, BatchVariations } from "./batch-contract.ts";
import { checkColumn } from "./batch-instances.ts";

/** @throws RangeError for options that make no sense, or nodes that the circuit does not have. */
export const checkBatchOptions = (circuit: Circuit, { count }: BatchVariations, options: BatchOptions): void => {
  const where = `batch of "${circuit.netlist.title}"`;
  const { stop, tolerance, times, crossings, settled, lanes, mostSteps } = options;
  if (lanes !== undefined && lanes !== "f32x4" && lanes !== "f64x2")
    throw new RangeError(`${where}: lanes is ${lanes}; expected f32x4 or f64x2.`);
  if (times === undefined || options.nodes === undefined)
    throw new RangeError(`${where}: times and nodes are needed; [] for none.`);
  if (mostSteps !== undefined && !(mostSteps >= 1))
    throw new RangeError(`${where}: mostSteps is ${mostSteps}; expected 1 or more.`);
  for (const [name, after] of [
    ["crossings.after", crossings?.after],
    ["settled.after", settled?.after],
  ] as const)
    if (after !== undefined && !(after >= 0 && after < Number.POSITIVE_INFINITY))
      throw new RangeError(`${where}: ${name} is ${after} s; expected 0 s or more.`);
  const finest = options.lanes === "f64x2" ? 1e-8 : 1e-5;
  if (!(tolerance >= finest && tolerance <= 0.1))
    throw new RangeError(
      `${where}: tolerance is ${tolerance} V; expected ${finest} .. 0.1 V${finest > 1e-6 ? " (finer with f64x2 lanes)" : ""}.`,
    );
  checkTimes(where, stop, times);
  for (const node of [...options.nodes, ...(options.pairs ?? []).flat(), ...(settled?.nodes ?? [])])
    if (!circuit.nodes.includes(node))
      throw new RangeError(`${where}: "${node}" is no unknown node; there are: ${circuit.nodes.join(", ")}.`);
  const columns = { threshold: crossings?.threshold, low: settled?.low, high: settled?.high };
  for (const [name, column] of Object.entries(columns))
    if (column) checkColumn(where, name, column, count, Number.isFinite, "a finite number of volts");
};
