import type { CrossbarDesign, CrossbarInput } from "#circuits/crossbar/crossbar-design";

/** A rational number, exactly. */
class Rational {
  readonly top: bigint;
  readonly bottom: bigint;
  constructor(top: bigint, bottom: bigint) {
    this.top = top;
    this.bottom = bottom;
  }
  static reduced(top: bigint, bottom: bigint): Rational {
    let [a, b] = [top < 0n ? -top : top, bottom < 0n ? -bottom : bottom];
    while (b) [a, b] = [b, a % b];
    if (a === 0n) return new Rational(0n, 1n);
    const sign = bottom < 0n ? -1n : 1n;
    return new Rational((sign * top) / a, (sign * bottom) / a);
  }
  /** The value a double stands for. */
  static of(x: number): Rational {
    let [mantissa, power] = [x, 0n];
    while (!Number.isInteger(mantissa)) {
      mantissa *= 2;
      power++;
    }
    return Rational.reduced(BigInt(mantissa), 1n << power);
  }
  plus(o: Rational): Rational {
    return Rational.reduced(this.top * o.bottom + o.top * this.bottom, this.bottom * o.bottom);
  }
  minus(o: Rational): Rational {
    return Rational.reduced(this.top * o.bottom - o.top * this.bottom, this.bottom * o.bottom);
  }
  times(o: Rational): Rational {
    return Rational.reduced(this.top * o.top, this.bottom * o.bottom);
  }
  over(o: Rational): Rational {
    return Rational.reduced(this.top * o.bottom, this.bottom * o.top);
  }
  get zero(): boolean {
    return this.top === 0n;
  }
  number(): number {
    if (this.top === 0n) return 0;
    // 64 bits of quotient, then one rounding.
    const bits = (n: bigint): number => n.toString(2).length;
    const negative = this.top < 0n;
    const top = negative ? -this.top : this.top;
    const shift = 64 - (bits(top) - bits(this.bottom));
    const quotient = shift > 0 ? (top << BigInt(shift)) / this.bottom : top / (this.bottom << BigInt(-shift));
    return ((negative ? -1 : 1) * Number(quotient)) / 2 ** shift;
  }
}

const ZERO = new Rational(0n, 1n);

/**
 * The solution of a system whose rows end in the right-hand side, by elimination in whole numbers: every row over its common
 * denominator, and every division exact (E. H. Bareiss, Math. Comp. 22, 565, 1968), so that nothing has to be reduced.
 */
const solved = (system: readonly (readonly Rational[])[]): Rational[] => {
  const size = system.length;
  const matrix = system.map((row) => {
    const bottom = row.reduce((common, r) => (common % r.bottom === 0n ? common : common * r.bottom), 1n);
    return row.map((r) => r.top * (bottom / r.bottom));
  });
  let before = 1n;
  for (let k = 0; k < size; k++) {
    const pivot = matrix.findIndex((row, i) => i >= k && row[k] !== 0n);
    [matrix[k], matrix[pivot]] = [matrix[pivot], matrix[k]];
    const at = matrix[k][k];
    for (let i = k + 1; i < size; i++) {
      const factor = matrix[i][k];
      for (let j = k; j <= size; j++) {
        const product = at * matrix[i][j];
        matrix[i][j] = (factor === 0n ? product : product - factor * matrix[k][j]) / before;
      }
    }
    before = at;
  }
  // The unknowns over the last pivot, which is the determinant, are whole.
  const whole = new Array<bigint>(size).fill(0n);
  for (let k = size - 1; k >= 0; k--) {
    let sum = before * matrix[k][size];
    for (let j = k + 1; j < size; j++) sum -= matrix[k][j] * whole[j];
    whole[k] = sum / matrix[k][k];
  }
  return whole.map((x) => Rational.reduced(x, before));
};

/**
 * Output currents of an array in exact rational arithmetic: the network of all nodes, those that zero resistances join merged,
 * solved by elimination. Small arrays only.
 */
export const exactCurrents = (
  design: CrossbarDesign,
  conductances: Float64Array,
  input: CrossbarInput,
): Float64Array => {
  const { rows, columns, wordLines, bitLines } = design;
  const root = new Map<string, string>();
  const rootOf = (n: string): string => {
    const above = root.get(n);
    return above === undefined ? n : rootOf(above);
  };
  const edges: { a: string; b: string; g: Rational }[] = [];
  const connect = (a: string, b: string, ohm: number): void => {
    if (ohm > 0) edges.push({ a, b, g: Rational.of(1).over(Rational.of(ohm)) });
    else if (rootOf(a) !== rootOf(b)) {
      // A held node stays the name of what it is merged with.
      const [x, y] = [rootOf(a), rootOf(b)];
      if (x.startsWith("T")) root.set(y, x);
      else root.set(x, y);
    }
  };
  const word = (i: number, j: number): string => `w${i},${j}`;
  const bit = (i: number, j: number): string => `b${i},${j}`;
  const held = new Map<string, Rational>();
  for (let i = 0; i < rows; i++) {
    for (let j = 1; j < columns; j++) connect(word(i, j - 1), word(i, j), wordLines.segmentResistance);
    if (input.wordLines.floating?.[i]) continue;
    held.set(`Tw${i}`, Rational.of(input.wordLines.voltages[i]));
    const ohm = wordLines.segmentResistance + wordLines.terminalResistance;
    if (wordLines.ends !== "right") connect(`Tw${i}`, word(i, 0), ohm);
    if (wordLines.ends !== "left") connect(`Tw${i}`, word(i, columns - 1), ohm);
  }
  for (let j = 0; j < columns; j++) {
    for (let i = 1; i < rows; i++) connect(bit(i - 1, j), bit(i, j), bitLines.segmentResistance);
    if (input.bitLines.floating?.[j]) continue;
    held.set(`Tb${j}`, Rational.of(input.bitLines.voltages[j]));
    const ohm = bitLines.segmentResistance + bitLines.terminalResistance;
    if (bitLines.ends !== "bottom") connect(`Tb${j}`, bit(0, j), ohm);
    if (bitLines.ends !== "top") connect(`Tb${j}`, bit(rows - 1, j), ohm);
  }
  for (let k = 0; k < conductances.length; k++) {
    const [i, j, g] = [Math.floor(k / columns), k % columns, conductances[k]];
    if (g === Number.POSITIVE_INFINITY) connect(word(i, j), bit(i, j), 0);
    else if (g > 0) edges.push({ a: word(i, j), b: bit(i, j), g: Rational.of(g) });
  }
  const index = new Map<string, number>();
  for (const { a, b } of edges)
    for (const n of [rootOf(a), rootOf(b)]) if (!held.has(n) && !index.has(n)) index.set(n, index.size);
  const size = index.size;
  const matrix = Array.from({ length: size }, () => new Array<Rational>(size + 1).fill(ZERO));
  for (const { a, b, g } of edges)
    for (const [from, to] of [
      [rootOf(a), rootOf(b)],
      [rootOf(b), rootOf(a)],
    ]) {
      const at = index.get(from);
      if (at === undefined || from === to) continue;
      matrix[at][at] = matrix[at][at].plus(g);
      const other = index.get(to);
      if (other !== undefined) matrix[at][other] = matrix[at][other].minus(g);
      else matrix[at][size] = matrix[at][size].plus(g.times(held.get(to) ?? ZERO));
    }
  const volts = solved(matrix);
  const voltage = (n: string): Rational => held.get(rootOf(n)) ?? volts[index.get(rootOf(n)) as number];
  return Float64Array.from({ length: columns }, (_, j) => {
    let sum = ZERO;
    for (const { a, b, g } of edges)
      for (const [from, to] of [
        [a, b],
        [b, a],
      ])
        if (rootOf(to) === `Tb${j}` && rootOf(from) !== rootOf(to))
          sum = sum.plus(g.times(voltage(from).minus(voltage(to))));
    return sum.number();
  });
};
