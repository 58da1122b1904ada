import type { ConductanceCurve, RramRelaxation } from "./params.ts";

const curve = (microsiemens: readonly number[], values: readonly number[]): ConductanceCurve => ({
  conductances: microsiemens.map((g) => g * 1e-6),
  values,
});

/**
 * Technology C of A. Levy's measurements (github.com/akashlevy/RRAM-Relaxation-Master-Model, MIT): 16,300 cells at 32 levels of
 * conductance, read at 0, 0.01, 0.1, 1, 4 and 100,000 s. Fitted by likelihood on half of the cells.
 */
export const RELAXATION_C: RramRelaxation = {
  standing: "measured: fitted to half of the cells of one technology, at one temperature, over one programming each",
  source:
    "technology C of the RRAM-Relaxation-Master-Model data (A. Levy, MIT licence), 16,300 cells, 32 levels to 40 uS, 0.01 s to 100,000 s",
  // The measurement's temperature is not stated: room temperature is taken.
  temperature: 300.15,
  activationEnergy: null,
  temperatures: [300.15, 300.15],
  times: [0.01, 1e5],
  conductances: [0.3e-6, 40e-6],
  onset: 2.6e-3,
  exponent: 1.12,
  spread: curve([0.3, 1, 2, 4, 8, 14, 22, 30, 40], [0.243, 0.299, 0.318, 0.272, 0.18, 0.102, 0.053, 0.033, 0.022]),
  amplitude: curve([1], [1]),
  drift: curve([1.5, 4, 10, 20, 40], [-0.083, 0.011, 0.04, 0.137, 0.207]),
  skew: curve([1.5, 4, 10, 20, 40], [-0.075, -0.01, 0.007, 0.108, 0.159]),
  shape: curve([1.5, 4, 10, 20, 40], [0.07, 0.058, 0.062, 0.1, 0.239]),
  permanent: 0.7,
  redraws: 0.2,
};
