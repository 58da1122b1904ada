import { compileCircuit } from "../analyses/circuit.ts";
import { transientBatch } from "../batch/transient-batch.ts";
import type { Waveform } from "../elements/waveform.ts";
import { sourceOf } from "../netlist/netlist.ts";
import type { SenseAmplifier } from "./read-pair.ts";
import type { PairReads } from "./read-pairs.ts";
import { type SenseAmplifierDesign, senseNetlist } from "./sense-amplifier.ts";

/** SEN of one read after another: high from the precharge's end until the strobe, then low for the next precharge. */
const repeatedSen = ({ supply, timing }: SenseAmplifierDesign, strobe: number): Waveform => ({
  kind: "pulse",
  low: 0,
  high: supply,
  delay: timing.precharge,
  rise: timing.edge,
  fall: timing.edge,
  width: strobe - timing.edge,
  period: timing.precharge + strobe,
});

/**
 * Energy of a read that follows a read [J]: from all sources (supply, SEN and word-line drivers), from one strobe to the
 * next, the same pair read twice. A first read, from all nodes at 0 V, also charges what stays charged afterwards.
 * NaN for instances that could not be solved.
 *
 * @param strobe Time after the start of SEN's edge [s], at which SEN begins to fall.
 * @param tolerance Of the transients [V].
 * @throws RangeError for a strobe within SEN's edge.
 */
export const repeatedReadEnergies = (
  { design }: SenseAmplifier,
  reads: PairReads,
  strobe: number,
  tolerance: number,
): Float64Array => {
  const { precharge, edge } = design.timing;
  if (!(strobe > edge))
    throw new RangeError(`strobe ${strobe} s is within SEN's edge of ${edge} s: no read can follow.`);
  const netlist = senseNetlist(design, [1e4, 1e5]);
  const circuit = compileCircuit({
    ...netlist,
    elements: netlist.elements.map((e) =>
      e.name === "VSEN" ? (sourceOf(netlist, e)?.withWaveform(e, repeatedSen(design, strobe)) ?? e) : e,
    ),
  });
  const cycle = precharge + strobe;
  const { count, thresholdShifts, gainFactors } = reads;
  const { energies } = transientBatch(
    circuit,
    { count, resistances: { RL: reads.left, RR: reads.right }, thresholdShifts, gainFactors },
    { stop: 2 * cycle, times: [cycle, 2 * cycle], tolerance, nodes: [], energies: true },
  );
  const sources = Object.values(energies);
  return Float64Array.from({ length: count }, (_, i) => sources.reduce((sum, e) => sum + e[2 * i + 1] - e[2 * i], 0));
};
