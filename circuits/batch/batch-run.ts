import type { VectorKernel } from "#src/kernels/vector-module";
import type { Circuit } from "../analyses/circuit.ts";
import type { BatchOptions, BatchVariations } from "./batch-contract.ts";
import type { BatchLayout } from "./batch-layout.ts";
import type { BatchStructure } from "./batch-structure.ts";

/** A batch about to run: the circuit as its kernel sees it, and what its instances are. */
export interface BatchRun {
  readonly kernel: VectorKernel;
  readonly layout: BatchLayout;
  readonly structure: BatchStructure;
  readonly circuit: Circuit;
  readonly variations: BatchVariations;
  readonly options: BatchOptions;
  /** Rows of the inverse capacitance matrix of the watched nodes [1/fF]. */
  readonly inverse: readonly Float64Array[];
  /** Where the stretches between corners of the waveforms begin and end [s]. */
  readonly origins: readonly number[];
  readonly corners: readonly number[];
}
