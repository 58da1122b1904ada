import { arraysIn, integers, type Memory } from "./declared-arrays.ts";

/** Factors of one step: see src/learning/spiking/neuron-design.ts. */
export interface SpikingFactors {
  readonly keepMembrane: number;
  readonly threshold: number;
  readonly floor: number;
  readonly fast: number;
  readonly slow: number;
  readonly output: number;
  readonly keepCurrent: number;
  readonly current: number;
  /** Of what a spike of the input delivers. */
  readonly inputCurrent: number;
}

/** A layered network of spiking neurons as the kernel runs it; what is not said to be constant may be written between two runs. */
export interface SpikingKernelNetwork {
  /** Neurons a layer, multiples of four, the static input not counted. */
  readonly widths: readonly number[];
  /**
   * Weights from the layer below (its neurons x own) and those weights seen from above (own x its neurons), one pair a layer; the
   * first layer's are not read.
   */
  readonly forward: readonly Float32Array[];
  readonly backward: readonly Float32Array[];
  /** Where changes are summed, of the same shapes. */
  readonly forwardChanges: readonly Float32Array[];
  readonly backwardChanges: readonly Float32Array[];
  readonly factors: SpikingFactors;
  /** Weights of the input's spikes (inputs x first layer) and their changes; null where the input is a constant drive. */
  readonly input: { readonly rows: Float32Array; readonly changes: Float32Array; readonly most: number } | null;
}

/** The state of one image, in the kernels' memory: all layers one after the other. */
export interface SpikingKernel {
  /** Membranes, currents, fast and slow traces: what a phase starts from, together in `state`. */
  readonly state: Float32Array;
  readonly membranes: Float32Array;
  readonly drive: Float32Array;
  /** Sums of the signals of the nudged phases. */
  readonly errors: Float32Array;
  /** Spikes since they were set to 0. */
  readonly counts: Int32Array;
  readonly outputTrace: Float32Array;
  readonly targets: Float32Array;
  /** In the immediate form, a layer each: factor of signals on the weights from below, and of its own signal on its drive. */
  readonly rates: Float32Array;
  readonly driveGains: Float32Array;
  /** Spiking inputs, filled up to a multiple of four by rates of 0. */
  readonly inputRates: Float32Array;
  readonly inputPhases: Float32Array;
  readonly inputNumbers: Int32Array;
  /** Runs steps; returns the spikes of the inputs. `inputs`: how many of the lists are used, a multiple of four. */
  run(steps: number, nudge: number, scale: number, immediate: boolean, inputs: number): number;
}

/** What the kernels lend to those that lay out memory of their own. */
interface KernelMemory extends Memory {
  readonly at: (array: { readonly buffer: ArrayBufferLike; readonly byteOffset: number }) => number;
}

type RunPhase = (net: number, steps: number, nudge: number, scale: number, immediate: number, inputs: number) => number;

/** Words of the kernel's table before the layers' and of each layer's. */
const [HEADER, PER_LAYER] = [16, 8];

/** Arrays that `bindSpiking` allocates for these widths and at most `inputs` spiking inputs. */
export const spikingKernelArrays = (widths: readonly number[], inputs: number) => {
  const neurons = widths.reduce((a, b) => a + b, 0);
  const top = widths[widths.length - 1];
  const most = 4 * Math.ceil(inputs / 4);
  return {
    all: 8 * neurons,
    outputTrace: top,
    targets: top,
    nudgedDrive: top,
    inputRates: most,
    inputPhases: most,
    inputNumbers: integers(most),
    inputList: integers(most + 4),
    lists: integers(neurons),
    ends: integers(widths.length),
    constants: 9,
    table: integers(HEADER + PER_LAYER * widths.length),
  };
};

/** Lays a network out as the kernel's table wants it: see src/kernels/assembly/spiking.ts. */
export const bindSpiking = (
  memory: KernelMemory,
  runPhase: RunPhase,
  { widths, forward, backward, forwardChanges, backwardChanges, factors, input }: SpikingKernelNetwork,
): SpikingKernel => {
  if (!widths.every((w) => w % 4 === 0)) throw new RangeError("spiking kernel: widths are multiples of four.");
  const neurons = widths.reduce((a, b) => a + b, 0);
  const layers = widths.length;
  const arrays = arraysIn(memory, spikingKernelArrays(widths, input?.most ?? 0));
  const { all, outputTrace, targets, nudgedDrive, inputRates, inputPhases, inputNumbers, inputList } = arrays;
  const { lists, ends, constants, table } = arrays;
  const { at } = memory;
  const part = (index: number): Float32Array => all.subarray(index * neurons, (index + 1) * neurons);
  const counts = new Int32Array(all.buffer, part(7).byteOffset, neurons);
  constants.set([
    factors.keepMembrane,
    factors.threshold,
    factors.floor,
    factors.fast,
    factors.slow,
    factors.output,
    factors.keepCurrent,
    factors.current,
    factors.inputCurrent,
  ]);
  table.set([
    layers,
    neurons,
    all.byteOffset,
    outputTrace.byteOffset,
    targets.byteOffset,
    nudgedDrive.byteOffset,
    lists.byteOffset,
    ends.byteOffset,
    constants.byteOffset,
    input ? at(input.rows) : 0,
    input ? at(input.changes) : 0,
    inputRates.byteOffset,
    inputPhases.byteOffset,
    inputNumbers.byteOffset,
    inputList.byteOffset,
  ]);
  const tableFloats = new Float32Array(table.buffer, table.byteOffset, table.length);
  const [rates, driveGains] = [new Float32Array(layers), new Float32Array(layers)];
  let first = 0;
  widths.forEach((width, l) => {
    const entry = HEADER + PER_LAYER * l;
    const place = (arrays: readonly Float32Array[]): number => (l === 0 ? 0 : at(arrays[l]));
    table.set([first, width, place(forward), place(backward), place(forwardChanges), place(backwardChanges)], entry);
    first += width;
  });
  return {
    state: all.subarray(0, 4 * neurons),
    membranes: part(0),
    drive: part(4),
    errors: part(6),
    counts,
    outputTrace,
    targets,
    rates,
    driveGains,
    inputRates,
    inputPhases,
    inputNumbers,
    run: (steps, nudge, scale, immediate, inputs) => {
      for (let l = 0; l < layers; l++) {
        tableFloats[HEADER + PER_LAYER * l + 6] = rates[l];
        tableFloats[HEADER + PER_LAYER * l + 7] = driveGains[l];
      }
      return runPhase(table.byteOffset, steps, nudge, scale, immediate ? 1 : 0, inputs);
    },
  };
};
