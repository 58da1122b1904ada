import { drainCurrentInto, MOSFET_COEFFICIENTS, rramCurrentInto } from "#devices/index";
import type { Circuit } from "./circuit.ts";
import { filamentTermsInto } from "./filament-equations.ts";
import { waveformAt } from "./waveform.ts";

/** Whether no element bends: Newton's method then needs one step, however large. */
export const isLinear = ({ mosfets, rrams, filaments }: Circuit): boolean =>
  mosfets.names.length === 0 && filaments.names.length === 0 && rrams.conduction.every((c) => c.kind === "ohmic");

/** Writes the driven node voltages at `time` into the full vector `x`. */
export const driveInto = (x: Float64Array, circuit: Circuit, time: number): void => {
  x[circuit.size] = 0;
  for (const s of circuit.sources) x[s.node] = x[s.base] + s.sign * waveformAt(s.waveform, time);
};

/** Charge [C] that each node of the full vector holds; branch rows are zero. */
export const chargesInto = (charges: Float64Array, circuit: Circuit, x: Float64Array): void => {
  const { at, farad } = circuit.capacitors;
  charges.fill(0);
  for (let k = 0; k < farad.length; k++) {
    const q = farad[k] * (x[at[2 * k]] - x[at[2 * k + 1]]);
    charges[at[2 * k]] += q;
    charges[at[2 * k + 1]] -= q;
  }
};

/** The capacitance matrix of the unknowns, size x size, row-major. */
export const capacitanceMatrix = (circuit: Circuit): Float64Array => {
  const { size, capacitors } = circuit;
  const c = new Float64Array(size * size);
  capacitors.farad.forEach((farad, k) => {
    const i = capacitors.at[2 * k];
    const j = capacitors.at[2 * k + 1];
    if (i < size) c[i * size + i] += farad;
    if (j < size) c[j * size + j] += farad;
    if (i < size && j < size) {
      c[i * size + j] -= farad;
      c[j * size + i] -= farad;
    }
  });
  return c;
};

const current = new Float64Array(4);
const terms = new Float64Array(12);

/**
 * Resistive current [A] that leaves each node of the full vector at state `x` and `time`, and its derivative by the
 * unknowns, size x size [S]. A branch's row holds its voltage equation, plus - minus - waveform.
 */
export const currentsInto = (
  currents: Float64Array,
  jacobian: Float64Array,
  circuit: Circuit,
  x: Float64Array,
  time: number,
): void => {
  const { size, resistors, rrams, mosfets, resistances, transistors } = circuit;
  currents.fill(0);
  jacobian.fill(0);
  const conduct = (i: number, j: number, ampere: number, siemens: number): void => {
    currents[i] += ampere;
    currents[j] -= ampere;
    if (i < size) jacobian[i * size + i] += siemens;
    if (j < size) jacobian[j * size + j] += siemens;
    if (i < size && j < size) {
      jacobian[i * size + j] -= siemens;
      jacobian[j * size + i] -= siemens;
    }
  };
  const linear = resistors.names.length;
  for (let k = 0; k < linear; k++) {
    const i = resistors.at[2 * k];
    const j = resistors.at[2 * k + 1];
    conduct(i, j, (x[i] - x[j]) / resistances[k], 1 / resistances[k]);
  }
  for (let k = 0; k < rrams.conduction.length; k++) {
    const i = rrams.at[2 * k];
    const j = rrams.at[2 * k + 1];
    rramCurrentInto(current, rrams.conduction[k], resistances[linear + k], x[i] - x[j]);
    conduct(i, j, current[0], current[1]);
  }
  const terminals = mosfets.at;
  for (let k = 0; 4 * k < terminals.length; k++) {
    const d = terminals[4 * k];
    const g = terminals[4 * k + 1];
    const s = terminals[4 * k + 2];
    const b = terminals[4 * k + 3];
    drainCurrentInto(current, transistors, k * MOSFET_COEFFICIENTS, x[d], x[g], x[s], x[b]);
    currents[d] += current[0];
    currents[s] -= current[0];
    const byBulk = -current[1] - current[2] - current[3];
    if (d < size) {
      const row = d * size;
      jacobian[row + d] += current[1];
      if (g < size) jacobian[row + g] += current[2];
      if (s < size) jacobian[row + s] += current[3];
      if (b < size) jacobian[row + b] += byBulk;
    }
    if (s < size) {
      const row = s * size;
      if (d < size) jacobian[row + d] -= current[1];
      if (g < size) jacobian[row + g] -= current[2];
      jacobian[row + s] -= current[3];
      if (b < size) jacobian[row + b] -= byBulk;
    }
  }
  const { filaments } = circuit;
  for (let k = 0; k < filaments.params.length; k++) {
    const [plus, minus, length, temperature] = filaments.at.subarray(4 * k, 4 * k + 4);
    filamentTermsInto(
      terms,
      filaments.params[k],
      circuit.netlist.temperature,
      x[plus] - x[minus],
      x[length],
      x[temperature],
    );
    const leave = (row: number, sign: number, from: number): void => {
      currents[row] += sign * terms[from];
      if (row >= size) return;
      if (plus < size) jacobian[row * size + plus] += sign * terms[from + 1];
      if (minus < size) jacobian[row * size + minus] -= sign * terms[from + 1];
      if (length < size) jacobian[row * size + length] += sign * terms[from + 2];
      if (temperature < size) jacobian[row * size + temperature] += sign * terms[from + 3];
    };
    leave(plus, 1, 0);
    leave(minus, -1, 0);
    leave(length, 1, 4);
    leave(temperature, 1, 8);
  }
  for (const { plus, minus, waveform } of circuit.currentSources) {
    const ampere = waveformAt(waveform, time);
    currents[plus] += ampere;
    currents[minus] -= ampere;
  }
  for (const { plus, minus, row, waveform } of circuit.branches) {
    currents[plus] += x[row];
    currents[minus] -= x[row];
    currents[row] = x[plus] - x[minus] - waveformAt(waveform, time);
    if (plus < size) {
      jacobian[plus * size + row] += 1;
      jacobian[row * size + plus] += 1;
    }
    if (minus < size) {
      jacobian[minus * size + row] -= 1;
      jacobian[row * size + minus] -= 1;
    }
  }
};
