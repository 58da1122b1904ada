import { transientBatch } from "../batch/transient-batch.ts";
import type { Node } from "../netlist/netlist.ts";
import type { SenseAmplifier } from "./read-pair.ts";
import type { PairReads } from "./read-pairs.ts";

/**
 * Reads of many pairs of cells in time.
 *
 * @param nodes Of the netlist, without its sources': q, qb, bl, blb, xl, xr, sl.
 * @param times After the start of SEN's edge [s], ascending; negative ones are before it, from the precharge on.
 * @param tolerance Of the transients [V].
 * @returns Voltages by node, shape count x times [V]; NaN for a read that could not be solved.
 * @throws RangeError for times before the precharge begins.
 */
export const pairWaveforms = (
  { design, circuit }: SenseAmplifier,
  reads: PairReads,
  nodes: readonly Node[],
  times: ArrayLike<number>,
  tolerance: number,
): Readonly<Record<Node, Float64Array>> => {
  const { precharge, edge } = design.timing;
  const { count, left, right, thresholdShifts, gainFactors } = reads;
  const { voltages } = transientBatch(
    circuit,
    { count, resistances: { RL: left, RR: right }, thresholdShifts, gainFactors },
    {
      stop: precharge + Math.max(times[times.length - 1], 2 * edge),
      tolerance,
      nodes,
      times: Array.from(times, (t) => precharge + t),
      pairs: [
        ["q", "qb"],
        ["bl", "blb"],
      ],
    },
  );
  return voltages;
};
