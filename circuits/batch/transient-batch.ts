import { encodeVectorModule, instantiateVectorKernel } from "#src/kernels/vector-module";
import type { Lanes } from "#src/kernels/vector-program";
import type { Circuit } from "../analyses/circuit.ts";
import { breakpoints } from "../elements/waveform.ts";
import type { Node } from "../netlist/netlist.ts";
import type { BatchOptions, BatchTransients, BatchVariations } from "./batch-contract.ts";
import { checkVariations } from "./batch-instances.ts";
import { inverseCapacitanceRows } from "./batch-lanes.ts";
import { type BatchLayout, layOut } from "./batch-layout.ts";
import { checkBatchOptions } from "./batch-options.ts";
import { emitAttempt } from "./batch-program.ts";
import { createBatchRecord } from "./batch-record.ts";
import { type BatchStructure, structureOf } from "./batch-structure.ts";
import { runLanes } from "./run-lanes.ts";

/** Compiled kernels that are kept. */
const MOST_KERNELS = 16;

interface Compiled {
  readonly module: WebAssembly.Module;
  readonly layout: BatchLayout;
}
const compiled = new Map<string, Compiled>();

// A kernel is a pure function of the structure; the latest are kept, as compiling takes tens of milliseconds.
// Of a kind that a netlist brings, only its functions say what it is: such kernels are not kept.
const compile = (s: BatchStructure): Compiled => {
  const own = s.groups.some(({ type }) => type.startsWith("own:"));
  const found = own ? undefined : compiled.get(s.key);
  if (found) return found;
  const layout = layOut(s);
  const { program, attention } = emitAttempt(s, layout);
  const bytes = encodeVectorModule(program, attention, layout.slots);
  const made = { module: new WebAssembly.Module(bytes.slice()), layout };
  if (own) return made;
  if (compiled.size >= MOST_KERNELS) compiled.delete(compiled.keys().next().value as string);
  compiled.set(s.key, made);
  return made;
};

/**
 * Transients of many instances of one circuit that differ in parameters, by a kernel compiled for its topology: ROS3 with
 * adaptive steps (circuits/batch/batch-program.ts), one instance a vector lane, each with its own time and step. What an
 * instance gives does not depend on which others it shares a vector with. Instances on which the kernel gives up, and
 * circuits beyond its limits, are solved by the scalar engine (`transient`) at the same tolerance; what that cannot
 * solve either is counted in `failures`.
 *
 * Crossings and reported voltages lie on the cubic through both ends of a step with the slopes there; where f over C is no
 * slope (a stiff node, one without capacitance, one held by a floating source) with the slopes of the method's stages.
 *
 * @throws RangeError for variations or options that make no sense.
 */
export const transientBatch = (
  circuit: Circuit,
  variations: BatchVariations,
  options: BatchOptions,
): BatchTransients => {
  checkVariations(circuit, variations);
  checkBatchOptions(circuit, variations, options);
  const lanes: Lanes = options.lanes ?? "f32x4";
  const { stop } = options;
  const row = (node: Node): number => circuit.index.get(node) as number;
  const s = structureOf(
    circuit,
    lanes,
    options.nodes.map(row),
    (options.pairs ?? []).map(([a, b]) => [row(a), row(b)] as const),
    options.settled ? [row(options.settled.nodes[0]), row(options.settled.nodes[1])] : null,
    options.energies ?? false,
  );
  const sources = [...circuit.sources, ...circuit.branches].map((source) => source.name);
  const record = createBatchRecord(variations.count, options, sources);
  if ("refused" in s) return record.finish(circuit, variations, s.refused);
  const inverse = inverseCapacitanceRows(circuit, s);
  if (!inverse) return record.finish(circuit, variations, "capacitors alone hold a set of nodes against each other");

  const waveforms = s.drive.waveforms;
  const asked = [options.crossings?.after, options.settled?.after].filter(
    (t): t is number => t !== undefined && t > 0 && t < stop,
  );
  const corners = [...new Set([...waveforms.flatMap((w) => breakpoints(w, stop)), ...asked, stop])].sort(
    (a, b) => a - b,
  );
  const { module, layout } = compile(s);
  const kernel = instantiateVectorKernel(module, lanes);
  const origins = [0, ...corners.slice(0, -1)];
  runLanes({ kernel, layout, structure: s, circuit, variations, options, inverse, origins, corners }, record);
  return record.finish(circuit, variations, null);
};
