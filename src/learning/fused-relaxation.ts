import { arraysIn } from "#src/kernels/declared-arrays";
import type { Kernels, RelaxedPanel } from "#src/kernels/kernels";
import { relaxationArrays, rowMajor } from "#src/kernels/kernels";
import type { Cost, PlacedLayer } from "./primitive-function.ts";
import type { Relaxation } from "./relaxation.ts";
import { STATE_ACTIVATIONS, type StateActivation } from "./state-activation.ts";

const LANES = 4;

type Panel = RelaxedPanel & { readonly free: Float32Array };

/** A dense network with ideal weights, in the kernels' memory: inputs x outputs a layer. */
interface DenseWeights {
  readonly layers: readonly PlacedLayer[];
  readonly forward: readonly Float32Array[];
  /** The same arrays where feedback is tied; the first is not read. */
  readonly backward: readonly Float32Array[];
  readonly biases: readonly Float32Array[];
}

/** Whether the fused kernel can relax this network: dense layers, an output with states. */
export const canFuse = (layers: readonly PlacedLayer[], cost: Cost): boolean =>
  layers.every(({ kind }) => kind === "dense") && cost.kind === "squared error" && layers.length >= 2;

const panelArrays = (layers: readonly PlacedLayer[], batch: number) => {
  const neurons = layers.reduce((sum, { outputs }) => sum + outputs, 0);
  const all = neurons * LANES;
  return {
    scratch: all,
    panels: Array.from({ length: Math.ceil(batch / LANES) }, () => ({
      states: all,
      free: all,
      drive: all,
      targets: layers[layers.length - 1].outputs * LANES,
    })),
    sums: batch * layers[0].outputs,
  };
};

/** Arrays of a fused relaxation. */
export const fusedArrays = (layers: readonly PlacedLayer[], batch: number) => ({
  kernel: relaxationArrays(layers.length),
  ...panelArrays(layers, batch),
});

/**
 * Relaxation in one kernel, four images at a time: all steps of a phase run while a panel's states stay in the first cache. Each
 * panel stops by itself where there is a tolerance.
 */
export const fusedRelaxation = (
  kernels: Kernels,
  { layers, forward, backward, biases }: DenseWeights,
  activation: StateActivation,
  cost: Cost,
  batch: number,
): Relaxation => {
  if (cost.kind !== "squared error")
    throw new RangeError(`fused relaxation: cost "${cost.kind}" has its own dynamics.`);
  const widths = layers.map(({ outputs }) => outputs);
  const [inputs, first, last] = [layers[0].inputs, widths[0], widths[widths.length - 1]];
  const before = widths.map((_, l) => widths.slice(0, l).reduce((a, b) => a + b, 0));
  const code = STATE_ACTIVATIONS[activation].code;
  const relax = kernels.relaxation({ widths, forward, backward, activation: code, outputActivation: code });
  const { scratch, panels: alone, sums } = arraysIn(kernels, panelArrays(layers, batch));
  const panels = alone.map((panel): Panel => ({ ...panel, scratch }));
  let count = 0;
  const used = (): Panel[] => panels.slice(0, Math.ceil(count / LANES));

  const refreshBiases = (): void => {
    for (const { drive } of used())
      for (let l = 1; l < widths.length; l++)
        for (let o = 0; o < widths[l]; o++)
          drive.fill(biases[l][o], (before[l] + o) * LANES, (before[l] + o + 1) * LANES);
  };
  return {
    batch,
    present: (x, targets, images) => {
      count = images;
      sums.fill(0);
      kernels.addProduct(sums, rowMajor(x, inputs), forward[0], count, first, inputs);
      used().forEach((panel, p) => {
        panel.states.fill(0);
        for (let lane = 0; lane < LANES; lane++) {
          // Lanes without an image repeat the last one, so that they move no further than it.
          const b = Math.min(p * LANES + lane, count - 1);
          for (let o = 0; o < first; o++) panel.drive[o * LANES + lane] = sums[b * first + o] + biases[0][o];
          for (let o = 0; o < last; o++) panel.targets[o * LANES + lane] = targets[b * last + o];
        }
      });
      refreshBiases();
    },
    settle: (beta, steps, tolerance) => {
      const [inside, outside] = cost.nudge === "inside" ? [beta, 0] : [0, beta];
      let done = 0;
      let moved = 0;
      used().forEach((panel, p) => {
        done += relax(panel, inside, outside, steps, tolerance) * Math.min(LANES, count - p * LANES);
        moved = Math.max(moved, relax.moved[0]);
      });
      return { steps: done / count, moved };
    },
    keepFree: () => {
      for (const { states, free } of used()) free.set(states);
    },
    returnToFree: () => {
      for (const { states, free } of used()) states.set(free);
    },
    statesInto: (states) => {
      used().forEach((panel, p) => {
        const present = Math.min(LANES, count - p * LANES);
        for (let l = 0; l < widths.length; l++) {
          const width = widths[l];
          for (let lane = 0; lane < present; lane++) {
            const row = (p * LANES + lane) * width;
            const from = before[l] * LANES + lane;
            for (let o = 0; o < width; o++) states[l][row + o] = panel.states[from + o * LANES];
          }
        }
      });
    },
    addDrive: (change) => {
      used().forEach(({ drive }, p) => {
        for (let lane = 0; lane < LANES; lane++) {
          const b = Math.min(p * LANES + lane, count - 1);
          for (let o = 0; o < first; o++) drive[o * LANES + lane] += change[b * first + o];
        }
      });
    },
    refreshBiases,
  };
};
