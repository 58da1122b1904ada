import { channelNoiseConductance, MOSFET_COEFFICIENTS, rramCurrentInto } from "#devices/index";
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
export interface ThermalNoise {
  readonly currents: Float64Array;
  /** Draws those of interval `index`, for conductances at state `x`. */
  draw(index: number, x: Float64Array): void;
}

/**
 * Thermal noise of resistors, cells and transistors: each an independent normal current of variance 2 k T G / interval, the
 * band-limited form of a white current of spectral density 4 k T G (Johnson, Nyquist, Phys. Rev. 32, 97 and 110, 1928).
 * G is the conductance at the interval's start; a bent cell's is its slope there. Draw `index` of an element depends on
 * its name and the index alone.
 *
 * @throws RangeError for a circuit with filaments, which have no noise here.
 */
export const createThermalNoise = (circuit: Circuit, { key, interval }: NoiseOptions): ThermalNoise => {
  const { resistors, rrams, mosfets, filaments, resistances, transistors, netlist } = circuit;
  if (filaments.names.length > 0)
    throw new RangeError(
      `thermal noise: ${filaments.names[0]} is a filament, whose noise is not modelled (resistors', rram cells' and transistors' is); an rram element of its resistance has it, or leave the noise out.`,
    );
  const currents = new Float64Array(circuit.total);
  const perSiemens = (2 * BOLTZMANN_JOULE * netlist.temperature) / interval;
  const keys = [...resistors.names, ...rrams.names, ...mosfets.names].map((name) => fold(key, name));
  const linear = resistors.names.length;
  const mosfetsFrom = linear + rrams.names.length;
  const slope = new Float64Array(2);
  const push = (element: number, index: number, from: number, to: number, siemens: number): void => {
    const ampere = Math.sqrt(perSiemens * siemens) * normal(keys[element], index);
    currents[from] += ampere;
    currents[to] -= ampere;
  };
  return {
    currents,
    draw: (index, x) => {
      currents.fill(0);
      for (let k = 0; k < linear; k++) push(k, index, resistors.at[2 * k], resistors.at[2 * k + 1], 1 / resistances[k]);
      rrams.conduction.forEach((conduction, k) => {
        const [i, j] = [rrams.at[2 * k], rrams.at[2 * k + 1]];
        rramCurrentInto(slope, conduction, resistances[linear + k], x[i] - x[j]);
        push(linear + k, index, i, j, slope[1]);
      });
      for (let m = 0; m < mosfets.names.length; m++) {
        const [d, g, s, b] = mosfets.at.subarray(4 * m, 4 * m + 4);
        const siemens = channelNoiseConductance(transistors, m * MOSFET_COEFFICIENTS, x[d], x[g], x[s], x[b]);
        push(mosfetsFrom + m, index, d, s, siemens);
      }
    },
  };
};
