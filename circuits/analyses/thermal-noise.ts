import { fold, type Key, normal } from "#src/random/index";
import type { Circuit } from "./circuit.ts";

/** k [J/K], exact in the SI since 2019. */
const BOLTZMANN_JOULE = 1.380649e-23;

export interface NoiseOptions {
  readonly key: Key;
  /**
   * The noise currents are constant over intervals of this length [s]: white up to about half of its inverse. A tenth of the
   * fastest time constant that matters keeps kT/C within 0.1 %.
   */
  readonly interval: number;
}

/** Noise currents that leave each node of the full vector, as they are over one interval. */
interface ThermalNoise {
  readonly currents: Float64Array;
  /** Draws those of interval `index`, for conductances at state `x`. */
  draw(index: number, x: Float64Array): void;
}

/**
 * Thermal noise: each element's kind says what conductance makes it, as an independent normal current of variance 2 k T G / interval, the
 * band-limited form of a white current of spectral density 4 k T G (Johnson, Nyquist, Phys. Rev. 32, 97 and 110, 1928).
 * G is the conductance at the interval's start; a bent cell's is its slope there. Draw `index` of an element depends on
 * its name and the index alone.
 *
 * @throws RangeError for a circuit with an element whose kind refuses noise.
 */
export const createThermalNoise = (circuit: Circuit, { key, interval }: NoiseOptions): ThermalNoise => {
  const noisy = circuit.groups.map((group) => {
    const { noise } = group.part;
    if ("refused" in noise) throw new RangeError(`thermal noise: ${noise.refused(group.names[0])}`);
    return { ...group, noise, keys: group.names.map((name) => fold(key, name)) };
  });
  const currents = new Float64Array(circuit.total);
  const perSiemens = (2 * BOLTZMANN_JOULE * circuit.netlist.temperature) / interval;
  return {
    currents,
    draw: (index, x) => {
      currents.fill(0);
      for (const { part, noise, keys, at, models, coefficients } of noisy) {
        const { terminals } = part;
        const volts = new Float64Array(terminals);
        keys.forEach((own, k) => {
          const nodes = at.subarray(k * terminals, (k + 1) * terminals);
          nodes.forEach((node, t) => {
            volts[t] = x[node];
          });
          const siemens = noise.conductance(volts, coefficients, k * part.coefficients.length, models[k]);
          const ampere = Math.sqrt(perSiemens * siemens) * normal(own, index);
          currents[nodes[noise.from]] += ampere;
          currents[nodes[noise.to]] -= ampere;
        });
      }
    },
  };
};
