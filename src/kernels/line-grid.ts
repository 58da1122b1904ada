import { FIRST_FREE, instantiate, PAGE } from "./kernels.ts";

/** A family of parallel lines: one resistance for every segment between neighbours, terminals at one end or both. */
export interface LineFamily {
  /** Between neighbouring nodes [ohm]. */
  readonly segment: number;
  /** Between the first node and its terminal, by line [ohm]; Infinity: no terminal. */
  readonly near: Float64Array;
  /** Between the last node and a second terminal of the same voltage, by line [ohm], > 0; Infinity: none. */
  readonly far: Float64Array;
}

/** What the elimination of a family of lines leaves by line. */
export interface LineFactor {
  /** Share of what a line's first node collects that leaves by the near terminal. */
  readonly share: Float64Array;
  /** Conductance of the near terminal with every crossing's other side held [S]. */
  readonly seen: Float64Array;
  /** Lower bound of the probability that a walk along the line ends in a terminal instead of a crossing. */
  readonly reach: number;
}

/**
 * Two layers of crossing lines over one linear memory: arrays and sweeps of the kernels in assembly/line-grid.ts. Arrays are
 * row-major with `stride` elements a row; row 0 and column 0 lie at the terminals. What is beyond `rows` x `columns` stays zero.
 */
export interface LineGrid {
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  /** [S] */
  readonly conductance: Float64Array;
  /** Per-crossing source [V], or null where made without. */
  readonly source: Float64Array | null;
  /** Conductance at 0 V [S], or null where made without sources. */
  readonly lowField: Float64Array | null;
  /** Drop of the row nodes [V], or null where made without. */
  readonly drop: Float64Array | null;
  /** What columns collect [A], or after `rise` the rise of their nodes [V]. */
  readonly columnSum: Float64Array;
  /** Rise of each column's last node [V]: of the first state after `start`, of the direction after `update`. */
  readonly lastRise: Float64Array;
  /** [A] */
  readonly residual: Float64Array;
  /** What the rows' wires carry away from each node [A]: `away` writes it, a warm start reads it. */
  readonly carriedAway: Float64Array;
  readonly rowVoltages: Float64Array;
  readonly columnVoltages: Float64Array;
  factorColumns(lines: LineFamily): LineFactor;
  factorRows(lines: LineFamily): LineFactor;
  /** Sources from the crossings' own array instead of the lines' voltages. */
  useSource(own: boolean): void;
  /**
   * Linearises cells of current G V0 sinh(v / V0) about the drops and rises held; returns the sum of what this changes in the
   * cells' currents [A].
   */
  lineariseSinh(fieldVoltage: number): number;
  collect(warm: boolean): void;
  rise(columnSegment: number): void;
  away(warm: boolean): void;
  /** First residual; returns [sum of z r, sum of |r|]. */
  start(rowSegment: number, columnSegment: number, warm: boolean): Float64Array;
  /** Next direction p = z + b p'; returns [r' p', p' B p]. */
  direction(b: number, columnSegment: number): Float64Array;
  /** One step; returns [sum of z r, sum of |r|]. */
  update(a: number, b: number, rowSegment: number, columnSegment: number): Float64Array;
}

interface LineGridOptions {
  /** Keep the drops of the row nodes: needed for node voltages and warm starts. */
  readonly drops: boolean;
  /** Give every crossing a source of its own, and keep its low-field conductance: for cells whose current bends. */
  readonly sources: boolean;
}

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Arrays of the same place of several planes must not meet in one set of the first cache. */
const PLANE_GAP = 40;

/** Lengths of the grid's arrays: planes of all crossings, null where they are not kept, and the others. */
const layout = (rows: number, columns: number, { drops, sources }: LineGridOptions) => {
  const height = roundUp(rows, 4);
  const width = roundUp(columns, 2);
  // Nor must rows whose starts differ by a multiple of 512 bytes.
  const stride = width % 64 === 0 ? width + 4 : width;
  const plane = height * stride;
  return {
    height,
    width,
    stride,
    planes: {
      conductance: plane,
      columnFactor: plane,
      rowFactor: plane,
      columnSum: plane,
      direction: plane,
      image: plane,
      residual: plane,
      preconditioned: plane,
      drop: drops ? plane : null,
      source: sources ? plane : null,
      lowField: sources ? plane : null,
    },
    lines: {
      rowVoltages: height,
      rowSeen: height,
      rowFar: height,
      rowReach: height,
      columnVoltages: width,
      columnSeen: width,
      columnFar: width,
      columnReach: width,
      carry: width,
      scratch: 4 * stride,
      sums: 2,
    },
  };
};

/** Elements of arrays with a gap behind each. */
const elementsOf = (lengths: Readonly<Record<string, number | null>>, gap: number): number =>
  Object.values(lengths).reduce<number>((sum, length) => (length === null ? sum : sum + length + gap), 0);

/** Bytes a grid takes. */
export const lineGridBytes = (rows: number, columns: number, options: LineGridOptions): number => {
  const { planes, lines } = layout(rows, columns, options);
  return FIRST_FREE + 8 * (elementsOf(planes, PLANE_GAP) + elementsOf(lines, 0));
};

/** Makes a grid whose conductances are all zero. */
export const createLineGrid = (rows: number, columns: number, options: LineGridOptions): LineGrid => {
  const { height, width, stride, planes, lines: lengths } = layout(rows, columns, options);
  const pages = Math.ceil(lineGridBytes(rows, columns, options) / PAGE);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const wasm = instantiate(memory);
  let free = FIRST_FREE;
  const taken = <L extends Readonly<Record<string, number | null>>>(of: L, gap: number) =>
    Object.fromEntries(
      Object.entries(of).map(([name, length]) => {
        if (length === null) return [name, null];
        const array = new Float64Array(memory.buffer, free, length);
        free += 8 * (length + gap);
        return [name, array];
      }),
    ) as { readonly [K in keyof L]: L[K] extends number ? Float64Array : Float64Array | null };
  const { conductance, columnFactor, rowFactor, columnSum, drop, source, lowField, ...solver } = taken(
    planes,
    PLANE_GAP,
  );
  const { direction, image, residual, preconditioned } = solver;
  const arrays = taken(lengths, 0);
  const { rowVoltages, rowSeen, rowFar, rowReach, carry, scratch, sums } = arrays;
  const { columnVoltages, columnSeen, columnFar, columnReach } = arrays;
  const at = (array: Float64Array | null): number => array?.byteOffset ?? 0;
  wasm.lineGridBind(
    height,
    width,
    8 * stride,
    at(conductance),
    at(columnFactor),
    at(rowFactor),
    at(columnSum),
    at(direction),
    at(image),
    at(residual),
    at(preconditioned),
    at(drop),
    0,
    at(rowVoltages),
    at(columnVoltages),
    at(carry),
    at(scratch),
  );

  // Reads what the kernel left of each line and places the resistance seen at its first node.
  const finish = (
    lines: LineFamily,
    count: number,
    seen: Float64Array,
    reach: Float64Array,
    place: (line: number, resistance: number) => void,
  ): LineFactor => {
    const share = new Float64Array(count);
    const terminal = new Float64Array(count);
    let least = 1;
    for (let k = 0; k < count; k++) {
      const [near, e] = [lines.near[k], seen[k]];
      const floating = near === Number.POSITIVE_INFINITY;
      share[k] = floating ? 0 : 1 / (1 + near * e);
      terminal[k] = e * share[k];
      least = Math.min(least, share[k] * reach[k]);
      place(k, e > 0 || !floating ? 1 / (1 / near + e) : 0);
    }
    return { share, seen: terminal, reach: least };
  };
  const one = (warm: boolean): number => (warm ? 1 : 0);

  return {
    rows,
    columns,
    stride,
    conductance,
    source,
    lowField,
    drop,
    columnSum,
    lastRise: carry,
    residual,
    carriedAway: image,
    rowVoltages,
    columnVoltages,
    factorColumns: (lines) => {
      lines.far.forEach((ohm, j) => {
        columnFar[j] = 1 / ohm;
      });
      wasm.lineGridFactorColumns(lines.segment, rows - 1, at(columnFar), at(columnSeen), at(columnReach));
      return finish(lines, columns, columnSeen, columnReach, (j, resistance) => {
        columnFactor[j] = resistance;
      });
    },
    factorRows: (lines) => {
      lines.far.forEach((ohm, i) => {
        rowFar[i] = 1 / ohm;
      });
      wasm.lineGridFactorRows(lines.segment, columns - 1, at(rowFar), at(rowSeen), at(rowReach));
      return finish(lines, rows, rowSeen, rowReach, (i, resistance) => {
        rowFactor[(i >> 1) * 2 * stride + (i & 1)] = resistance;
      });
    },
    useSource: (own) => {
      wasm.lineGridSource(own ? at(source) : 0);
    },
    lineariseSinh: (fieldVoltage) => wasm.lineGridSinh(at(lowField), fieldVoltage, at(source), rows - 1),
    collect: (warm) => {
      wasm.lineGridCollect(one(warm));
    },
    rise: (columnSegment) => {
      wasm.lineGridRise(columnSegment);
    },
    away: (warm) => {
      wasm.lineGridAway(one(warm));
    },
    start: (rowSegment, columnSegment, warm) => {
      wasm.lineGridStart(rowSegment, columnSegment, one(warm), at(sums));
      return sums;
    },
    direction: (b, columnSegment) => {
      wasm.lineGridDirection(b, columnSegment, at(sums));
      return sums;
    },
    update: (a, b, rowSegment, columnSegment) => {
      wasm.lineGridUpdate(a, b, rowSegment, columnSegment, at(sums));
      return sums;
    },
  };
};
