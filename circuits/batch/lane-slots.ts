import type { VectorKernel } from "#src/kernels/vector-module";

/** A kernel's slots and masks, lane by lane. */
export interface LaneSlots {
  get(slot: number, lane: number): number;
  put(slot: number, lane: number, value: number): void;
  bit(slot: number, lane: number): boolean;
  mark(slot: number, lane: number, set: boolean): void;
}

export const laneSlots = (kernel: VectorKernel, kind: "f32x4" | "f64x2"): LaneSlots => {
  const { values, masks, lanes } = kernel;
  return {
    get: (slot, lane) => values[slot * lanes + lane],
    put: (slot, lane, value) => {
      values[slot * lanes + lane] = value;
    },
    bit: (slot, lane) => masks[kernel.maskAt(slot, lane)] !== 0,
    mark: (slot, lane, set) => {
      const at = kernel.maskAt(slot, lane);
      masks[at] = set ? -1 : 0;
      // A mask of a double is two words.
      if (kind === "f64x2") masks[at + 1] = masks[at];
    },
  };
};
