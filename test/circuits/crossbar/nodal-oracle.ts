import type { CellConduction } from "#circuits/crossbar/cell-conduction";
import { cellCurrent } from "#circuits/crossbar/cell-conduction";
import type { CrossbarDesign, CrossbarInput } from "#circuits/crossbar/crossbar-design";

/**
 * Kirchhoff's equations of every node written out and factored directly, by banded Gaussian elimination without exchange: the
 * naive twin of the solver. Lines need some resistance.
 */
interface Nodal {
  readonly word: (i: number, j: number) => number;
  readonly bit: (i: number, j: number) => number;
  readonly size: number;
  readonly band: number;
}

const numbering = ({ rows, columns }: CrossbarDesign): Nodal => {
  // Nodes side by side along the shorter direction keep the band narrow.
  const cell = rows < columns ? (i: number, j: number) => j * rows + i : (i: number, j: number) => i * columns + j;
  return {
    word: (i, j) => 2 * cell(i, j),
    bit: (i, j) => 2 * cell(i, j) + 1,
    size: 2 * rows * columns,
    band: 2 * Math.min(rows, columns),
  };
};

class Banded {
  readonly rows: Float64Array;
  readonly width: number;
  readonly size: number;
  readonly band: number;
  constructor(size: number, band: number) {
    this.size = size;
    this.band = band;
    this.width = 2 * band + 1;
    this.rows = new Float64Array(size * this.width);
  }
  add(i: number, j: number, value: number): void {
    this.rows[i * this.width + (j - i) + this.band] += value;
  }
  solve(b: Float64Array): Float64Array {
    const { rows, width, band, size } = this;
    for (let k = 0; k < size; k++) {
      const last = Math.min(size - 1, k + band);
      // Where column 0 of a row would lie.
      const pivot = k * width - k + band;
      for (let i = k + 1; i <= last; i++) {
        const row = i * width - i + band;
        const factor = rows[row + k] / rows[pivot + k];
        if (factor === 0) continue;
        for (let j = k; j <= last; j++) rows[row + j] -= factor * rows[pivot + j];
        b[i] -= factor * b[k];
      }
    }
    const x = new Float64Array(size);
    for (let k = size - 1; k >= 0; k--) {
      let sum = b[k];
      for (let j = k + 1; j <= Math.min(size - 1, k + band); j++) sum -= rows[k * width + j - k + band] * x[j];
      x[k] = sum / rows[k * width + band];
    }
    return x;
  }
}

export interface OracleSolution {
  /** Into the terminals of each bit line [A]. */
  readonly currents: Float64Array;
  readonly wordLines: Float64Array;
  readonly bitLines: Float64Array;
}

/** A terminal of a line: at which node, behind how many ohm, at which voltage. */
interface Terminal {
  readonly node: number;
  readonly resistance: number;
  readonly voltage: number;
  readonly bitLine: number | null;
}

export const nodalOracle = (
  design: CrossbarDesign,
  conductances: Float64Array,
  input: CrossbarInput,
  conduction: CellConduction = { kind: "ohmic" },
): OracleSolution => {
  const { rows, columns, wordLines, bitLines } = design;
  const { word, bit, size, band } = numbering(design);
  const terminals: Terminal[] = [];
  const attach = (
    node: number,
    lines: { segmentResistance: number; terminalResistance: number },
    voltage: number,
    bitLine: number | null,
  ): void => {
    terminals.push({ node, resistance: lines.segmentResistance + lines.terminalResistance, voltage, bitLine });
  };
  for (let i = 0; i < rows; i++) {
    if (input.wordLines.floating?.[i]) continue;
    const volt = input.wordLines.voltages[i];
    if (wordLines.ends !== "right") attach(word(i, 0), wordLines, volt, null);
    if (wordLines.ends !== "left") attach(word(i, columns - 1), wordLines, volt, null);
  }
  for (let j = 0; j < columns; j++) {
    if (input.bitLines.floating?.[j]) continue;
    const volt = input.bitLines.voltages[j];
    if (bitLines.ends !== "bottom") attach(bit(0, j), bitLines, volt, j);
    if (bitLines.ends !== "top") attach(bit(rows - 1, j), bitLines, volt, j);
  }
  const current = cellCurrent(conduction);
  const out = new Float64Array(3);
  let x = new Float64Array(size);
  const bends = conduction.kind !== "ohmic";
  for (let newton = 0; newton < (bends ? 100 : 1); newton++) {
    const matrix = new Banded(size, band);
    const right = new Float64Array(size);
    const join = (a: number, b: number, ohm: number): void => {
      matrix.add(a, a, 1 / ohm);
      matrix.add(b, b, 1 / ohm);
      matrix.add(a, b, -1 / ohm);
      matrix.add(b, a, -1 / ohm);
    };
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        if (j + 1 < columns) join(word(i, j), word(i, j + 1), wordLines.segmentResistance);
        if (i + 1 < rows) join(bit(i, j), bit(i + 1, j), bitLines.segmentResistance);
        const [w, b] = [word(i, j), bit(i, j)];
        current(out, conductances[i * columns + j], x[w], x[b], input.gates?.[i] ?? 0);
        const [ampere, byWord, byBit] = out;
        matrix.add(w, w, byWord);
        matrix.add(w, b, -byBit);
        matrix.add(b, w, -byWord);
        matrix.add(b, b, byBit);
        const source = ampere - byWord * x[w] + byBit * x[b];
        right[w] -= source;
        right[b] += source;
      }
    for (const t of terminals) {
      matrix.add(t.node, t.node, 1 / t.resistance);
      right[t.node] += t.voltage / t.resistance;
    }
    const next = matrix.solve(right);
    const moved = next.reduce((most, v, k) => Math.max(most, Math.abs(v - x[k])), 0);
    x = Float64Array.from(next);
    if (moved < 1e-15) break;
  }
  const currents = new Float64Array(columns);
  for (const t of terminals) if (t.bitLine !== null) currents[t.bitLine] += (x[t.node] - t.voltage) / t.resistance;
  const nodes = (of: (i: number, j: number) => number): Float64Array =>
    Float64Array.from({ length: rows * columns }, (_, k) => x[of(Math.floor(k / columns), k % columns)]);
  return { currents, wordLines: nodes(word), bitLines: nodes(bit) };
};
