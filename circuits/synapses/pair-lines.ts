import { type LineShares, lineShares } from "./line-shares.ts";
import type { PairCells } from "./pair-cells.ts";
import type { PlasticPairsDesign } from "./plastic-pairs-design.ts";

/** Updates between two looks at what lines take: conductances drift by little in between. */
const LINES_EVERY = 50;

/** What an array of pairs shows its readers: kept from one move to the next. */
export interface PairLines {
  /** Conductances that a row, and a column, drives [S]: sums over both devices of its pairs. */
  readonly rowSums: Float64Array;
  readonly columnSums: Float64Array;
  /** What lines leave of each device's current; null where they take none. */
  shares(): LineShares | null;
  /** Reads what pair k shows anew. */
  refreshPair(pair: number): void;
  /** Sums of all lines; of what the lines take too where `updates` is a multiple of 50. */
  refresh(updates: number): void;
  /** Sums of one pair's two lines, in the order in which `refresh` makes them. */
  refreshLinesOf(pair: number): void;
  /** Takes up shares that were saved. */
  restore(shares: LineShares | null): void;
}

/**
 * @param signal Gets what each pair weighs, its lines' losses in it: inputs x outputs.
 * @param variance Gets the variance that read noise gives an input of 1; null without noise.
 */
export const createPairLines = (
  { inputs, outputs, device, largestWeight, readNoise, lines }: PlasticPairsDesign,
  cells: PairCells,
  signal: Float32Array,
  variance: Float32Array | null,
): PairLines => {
  const size = inputs * outputs;
  const perSiemens = largestWeight / (device.most - device.least);
  const totals = new Float64Array(size);
  const rowSums = new Float64Array(inputs);
  const columnSums = new Float64Array(outputs);
  let shares: LineShares | null = null;
  const refreshPair = (k: number): void => {
    const [plus, minus] = [cells.conductance(2 * k), cells.conductance(2 * k + 1)];
    const [seenPlus, seenMinus] = shares ? [shares.positive[k] * plus, shares.negative[k] * minus] : [plus, minus];
    signal[k] = perSiemens * (seenPlus - seenMinus);
    if (variance) variance[k] = (readNoise * perSiemens) ** 2 * (seenPlus ** 2 + seenMinus ** 2);
    totals[k] = plus + minus;
  };
  return {
    rowSums,
    columnSums,
    shares: () => shares,
    refreshPair,
    refresh: (updates) => {
      if (lines && lines.segmentResistance > 0 && updates % LINES_EVERY === 0) {
        shares = lineShares(lines, inputs, outputs, cells.conductance);
        for (let k = 0; k < size; k++) refreshPair(k);
      }
      rowSums.fill(0);
      columnSums.fill(0);
      for (let i = 0, k = 0; i < inputs; i++)
        for (let o = 0; o < outputs; o++, k++) {
          rowSums[i] += totals[k];
          columnSums[o] += totals[k];
        }
    },
    refreshLinesOf: (k) => {
      const [row, column] = [Math.floor(k / outputs), k % outputs];
      rowSums[row] = 0;
      for (let o = 0; o < outputs; o++) rowSums[row] += totals[row * outputs + o];
      columnSums[column] = 0;
      for (let i = 0; i < inputs; i++) columnSums[column] += totals[i * outputs + column];
    },
    restore: (saved) => {
      shares = saved;
    },
  };
};
