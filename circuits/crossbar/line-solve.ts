import type { LineFactor, LineFamily, LineGrid } from "#src/kernels/line-grid";

/**
 * Rounding of an output for each node of a line, relative to the largest current met on the way, ideal lines' included: set
 * by comparison with exact rational answers (test/circuits/crossbar/exact-arrays.test.ts).
 */
const ROUNDING = 2e-15;
/** Small arrays of extreme wires round as much as arrays of this many nodes a line. */
const LEAST_NODES = 160;
/** Where the residual's energy has fallen this far it is rounding. */
const FLOOR = 1e-31;

export interface LineSolveOptions {
  /** Relative error allowed of every output current. */
  readonly tolerance: number;
  readonly mostIterations: number;
  /** Start from the drops and carried currents that the grid holds. */
  readonly warm: boolean;
}

/** Factored lines of a grid, kept while its conductances stay. */
export interface FactoredLines {
  readonly rowLines: LineFamily;
  readonly columnLines: LineFamily;
  readonly rows: LineFactor;
  readonly columns: LineFactor;
  /** Upper bound of each column's conductance to its terminals [S]. */
  readonly drivingPoint: Float64Array;
  /** Where lines float, the largest sum of a column's conductances [S]: what their voltages round by. Else 0. */
  readonly floatingConductance: number;
  /** Lower bound of the least eigenvalue of A^-1 S. */
  readonly leastEigenvalue: number;
}

export interface LineSolution {
  /** Into the terminals of each column [A]. */
  readonly currents: Float64Array;
  /** Bound of each current's error [A]; an estimate where `certified` is 0. */
  readonly bounds: Float64Array;
  readonly certified: Uint8Array;
  readonly iterations: number;
  /** The bounds met the tolerance, or nothing but rounding is left. */
  readonly ended: boolean;
}

/** Factors both families of lines. */
export const factorLines = (grid: LineGrid, rowLines: LineFamily, columnLines: LineFamily): FactoredLines => {
  const columns = grid.factorColumns(columnLines);
  const rows = grid.factorRows(rowLines);
  const drivingPoint = columns.seen.slice();
  for (let j = 0; j < grid.columns; j++)
    if (columnLines.far[j] < Number.POSITIVE_INFINITY) {
      drivingPoint[j] = 0;
      for (let i = 0; i < grid.rows; i++) drivingPoint[j] += grid.conductance[i * grid.stride + j];
    }
  // A^-1 S = 1 - M, and M's row sums are at most the chance to be absorbed by a device on the row and again on the column.
  const leastEigenvalue = 1 - (1 - rows.reach) * (1 - columns.reach);
  let floatingConductance = 0;
  if (rowLines.near.includes(Number.POSITIVE_INFINITY) || columnLines.near.includes(Number.POSITIVE_INFINITY))
    for (let j = 0; j < grid.columns; j++) {
      let sum = 0;
      for (let i = 0; i < grid.rows; i++) sum += grid.conductance[i * grid.stride + j];
      floatingConductance = Math.max(floatingConductance, sum);
    }
  return { rowLines, columnLines, rows, columns, drivingPoint, floatingConductance, leastEigenvalue };
};

const largestOf = (currents: Float64Array, least: number): number =>
  currents.reduce((most, current) => Math.max(most, Math.abs(current)), least);

const largestDrive = ({ rowVoltages, columnVoltages }: LineGrid): number =>
  largestOf(rowVoltages, largestOf(columnVoltages, 0));

/** After a solve that keeps drops: the columns' rises, and what the rows carry away, for node voltages and warm starts. */
export const holdState = (grid: LineGrid, { columnLines }: FactoredLines): void => {
  grid.collect(true);
  grid.rise(columnLines.segment);
  grid.away(true);
};

/**
 * Solves the two-layer grid S d = f by conjugate gradients on the Schur complement of the rows, S = A - G B^-1 G, with A and B
 * the rows' and columns' tridiagonal matrices, preconditioned by A. Stops when every output current's error is bounded by
 * `tolerance` of it. With r the residual [A] and e = r' A^-1 r [W], each of these bounds an output's error:
 *
 *     sum |r|                      every injected ampere leaves by some terminal
 *     sqrt(Y e / lambda)           Y: driving-point conductance, lambda: lower bound of the spectrum of A^-1 S
 *     3 sqrt(Y e max(1, a) / (1 - e' / e))   an estimate, lambda from the iteration itself
 */
export const solveLines = (grid: LineGrid, lines: FactoredLines, options: LineSolveOptions): LineSolution => {
  const { rowLines, columnLines, columns, drivingPoint, leastEigenvalue } = lines;
  const { tolerance, warm } = options;
  const width = grid.columns;
  const both = columnLines.far.some((ohm) => ohm < Number.POSITIVE_INFINITY);
  const currents = new Float64Array(width);
  grid.collect(warm);
  for (let j = 0; j < width; j++) currents[j] = columns.share[j] * grid.columnSum[j];
  let [energy, total] = grid.start(rowLines.segment, columnLines.segment, warm);
  if (both) for (let j = 0; j < width; j++) currents[j] += grid.lastRise[j] / columnLines.far[j];
  const first = energy;
  let largest = largestOf(currents, lines.floatingConductance * largestDrive(grid));
  let [step, turn, along, before] = [1, 0, 0, Number.POSITIVE_INFINITY];
  let iterations = 0;
  const bounds = new Float64Array(width);
  const certified = new Uint8Array(width);
  let ended = false;
  for (;;) {
    let met = true;
    const ratio = energy / before;
    const estimate = ratio < 1 ? (9 * energy * Math.max(1, step)) / (1 - ratio) : Number.POSITIVE_INFINITY;
    const proven = energy === 0 ? 0 : energy / leastEigenvalue;
    for (let j = 0; j < width; j++) {
      const rigorous = Math.min(total, Math.sqrt(drivingPoint[j] * proven));
      const bound = drivingPoint[j] === 0 ? 0 : Math.min(rigorous, Math.sqrt(drivingPoint[j] * estimate));
      bounds[j] = bound;
      certified[j] = rigorous <= tolerance * Math.abs(currents[j]) ? 1 : 0;
      if (!(bound <= tolerance * Math.abs(currents[j]))) met = false;
    }
    ended = met || energy <= FLOOR * first;
    if (ended || iterations === options.mostIterations) break;
    const [overlap, absorbed] = grid.direction(turn, columnLines.segment);
    // p' A p of p = z + b q from what is known: z' A z = z' r, z' A q = r' q.
    along = energy + turn * (2 * overlap + turn * along);
    step = energy / (along - absorbed);
    // Rounding has eaten the direction; what is no number is no solution.
    if (!(step > 0 && step < Number.POSITIVE_INFINITY)) {
      ended = step <= 0;
      break;
    }
    for (let j = 0; j < width; j++) currents[j] -= step * columns.share[j] * grid.columnSum[j];
    before = energy;
    [energy, total] = grid.update(step, turn, rowLines.segment, columnLines.segment);
    if (both) for (let j = 0; j < width; j++) currents[j] -= (step * grid.lastRise[j]) / columnLines.far[j];
    turn = energy / before;
    iterations++;
  }
  largest = largestOf(currents, largest);
  const rounding = ROUNDING * Math.max(grid.rows, width, LEAST_NODES) * largest;
  for (let j = 0; j < width; j++) {
    if (drivingPoint[j] === 0) continue;
    bounds[j] += rounding;
    if (!(rounding <= tolerance * Math.abs(currents[j]))) certified[j] = 0;
  }
  return { currents, bounds, certified, iterations, ended };
};
