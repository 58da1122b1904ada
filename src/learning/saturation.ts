import type { PlacedLayer, PrimitiveFunction } from "./primitive-function.ts";
import { STATE_ACTIVATIONS } from "./state-activation.ts";

/** States near their bounds, within this. */
const SATURATED = 1e-3;

/** Share of all states within a thousandth of the activation's bounds; a linear output has none. */
export const saturatedShare = (
  states: readonly Float32Array[],
  layers: readonly PlacedLayer[],
  count: number,
  { activation, cost }: PrimitiveFunction,
): number => {
  const [low, high] = STATE_ACTIVATIONS[activation].bounds;
  let [at, of] = [0, 0];
  states.forEach((s, l) => {
    if (cost.kind === "cross-entropy" && l + 1 === states.length) return;
    const size = count * layers[l].outputs;
    of += size;
    for (let k = 0; k < size; k++) if (s[k] <= low + SATURATED || s[k] >= high - SATURATED) at++;
  });
  return of === 0 ? 0 : at / of;
};

/** Saturation is looked at once in this many batches. */
export const SATURATION_EVERY = 16;
