import { waveformAt } from "../elements/waveform.ts";
import type { Circuit } from "./circuit.ts";
import type { ElementGroup } from "./element-groups.ts";

/** Whether no element bends: Newton's method then needs one step, however large. */
export const isLinear = ({ groups }: Circuit): boolean =>
  groups.every(({ part, models }) => !models.some((model) => part.bends(model)));

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

/** Adds the flows of a group's elements to currents and Jacobian, element by element. */
const stamp = (currents: Float64Array, jacobian: Float64Array, group: ElementGroup, x: Float64Array): void => {
  const { part, at, models, coefficients, scatter, flowing } = group;
  const { rows } = scatter;
  const { pairs: added, ends: addedEnds } = scatter.added;
  const { pairs: taken, ends: takenEnds } = scatter.subtracted;
  const { terminals } = part;
  const stride = part.coefficients.length;
  const flows = part.flows.length;
  let [row, plus, minus] = [0, 0, 0];
  for (let k = 0; k < models.length; k++) {
    part.flowsInto(flowing, x, at, k * terminals, coefficients, k * stride, models[k]);
    for (let f = 0, from = 0; f < flows; f++, from += 1 + terminals) {
      currents[rows[row++]] += flowing[from];
      const to = rows[row++];
      if (to >= 0) currents[to] -= flowing[from];
    }
    for (const end = addedEnds[k]; plus < end; plus += 2) jacobian[added[plus + 1]] += flowing[added[plus]];
    for (const end = takenEnds[k]; minus < end; minus += 2) jacobian[taken[minus + 1]] -= flowing[taken[minus]];
  }
};

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
  const { size } = circuit;
  currents.fill(0);
  jacobian.fill(0);
  for (const group of circuit.groups) stamp(currents, jacobian, group, x);
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
