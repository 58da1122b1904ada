import { arraysIn } from "#src/kernels/declared-arrays";
import { kernelsFor, rowMajor } from "#src/kernels/kernels";
import { fold, type Key, normal, normalsInto } from "#src/random/index";
import type { CrossbarDesign } from "../crossbar/crossbar-design.ts";
import { readSensitivity } from "../crossbar/read-sensitivity.ts";
import { transferMatrix } from "../crossbar/transfer-matrix.ts";
import { type AnalogDesign, checkAnalogDesign } from "./analog-design.ts";
import { type Conversion, type ConverterSpan, sampleConverters } from "./converters.ts";
import { type MappedSlice, mapWeights } from "./weight-mapping.ts";

/** A layer's weights and what enters it. */
export interface AnalogLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Inputs x outputs, row-major. */
  readonly weights: Float32Array;
  /** Largest |input|: what the largest voltage stands for. */
  readonly largestInput: number;
}

/** A layer on a chip: tiles of devices as programmed, converters as fabricated. */
export interface AnalogArray {
  readonly design: AnalogDesign;
  readonly inputs: number;
  readonly outputs: number;
  readonly tiles: readonly Tile[];
  /**
   * y (batch x outputs) = x w as the array gives it, x batch x inputs. `key` is this access's noise; null: a read without any.
   * @throws RangeError for negative inputs under bit-serial coding, or shapes that differ.
   */
  multiplyInto(y: Float32Array, x: Float32Array, batch: number, key: Key | null): void;
  /** Conversions of one input vector: columns x slices x input bits x tiles along the inputs. */
  readonly conversionsPerInput: number;
}

interface Tile {
  readonly rowFrom: number;
  readonly rows: number;
  readonly columnFrom: number;
  readonly columns: number;
  readonly slices: readonly TileSlice[];
}

interface TileSlice {
  readonly share: number;
  /** What a column collects for 1 V, differences taken, rows x columns [S]. */
  readonly signal: Float32Array;
  /** Variance of the same from read to read, rows x columns [S^2]; null without read noise. */
  readonly variance: Float32Array | null;
  /** The same of the reference column, whose noise all columns share, rows [S^2]. */
  readonly referenceVariance: Float32Array | null;
  readonly converters: readonly Conversion[] | null;
}

const BLOCK = 256;

/** What a slice's devices give behind their wires: signal and variance, rows x columns. */
const readSlice = (
  design: AnalogDesign,
  slice: MappedSlice,
  rows: number,
  columns: number,
): Pick<TileSlice, "signal" | "variance" | "referenceVariance"> => {
  const { mapping, wires, readNoise } = design;
  const { positive, negative } = slice;
  const pairs = mapping === "differential pair";
  const width = pairs ? 2 * columns : mapping === "offset column" ? columns + 1 : columns;
  const devices = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const k = i * columns + j;
      devices[i * width + (pairs ? 2 * j : j)] = positive[k];
      if (pairs && negative) devices[i * width + 2 * j + 1] = negative[k];
    }
    if (mapping === "offset column" && negative) devices[i * width + columns] = negative[i];
  }
  let seen: Float64Array = devices;
  let share: Float64Array | null = null;
  if (wires && (wires.wordLine > 0 || wires.bitLine > 0)) {
    const array: CrossbarDesign = {
      rows,
      columns: width,
      wordLines: { segmentResistance: wires.wordLine, ends: "left", terminalResistance: 0 },
      bitLines: { segmentResistance: wires.bitLine, ends: "bottom", terminalResistance: 0 },
    };
    const transfer = transferMatrix(array, devices);
    if (!transfer.ok) throw new Error(`analog multiply: the tile's wires: ${transfer.reason}.`);
    seen = transfer.conductances;
    if (readNoise > 0) {
      const sensitivity = readSensitivity(array, devices);
      if (!sensitivity.ok) throw new Error(`analog multiply: the tile's wires: ${sensitivity.reason}.`);
      share = sensitivity.share;
    }
  }
  const varianceAt = (k: number): number => (readNoise * devices[k] * (share ? share[k] : 1)) ** 2;
  const signal = new Float32Array(rows * columns);
  const variance = readNoise > 0 ? new Float32Array(rows * columns) : null;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const at = i * width + (pairs ? 2 * j : j);
      const other = pairs ? at + 1 : mapping === "offset column" ? i * width + columns : null;
      signal[i * columns + j] = seen[at] - (other === null ? 0 : seen[other]);
      if (variance) variance[i * columns + j] = varianceAt(at) + (pairs ? varianceAt(at + 1) : 0);
    }
  const referenceVariance =
    readNoise > 0 && mapping === "offset column"
      ? Float32Array.from({ length: rows }, (_, i) => varianceAt(i * width + columns))
      : null;
  return { signal, variance, referenceVariance };
};

const cut = (plane: Float64Array, outputs: number, rowFrom: number, rows: number, from: number, columns: number) =>
  Float64Array.from(
    { length: rows * columns },
    (_, k) => plane[(rowFrom + Math.floor(k / columns)) * outputs + from + (k % columns)],
  );

/** Input codes as voltages: one plane a read, with the weight its result has. */
const voltagePlanes = (
  design: AnalogDesign,
  largestInput: number,
): readonly { readonly weight: number; readonly voltage: (x: number) => number }[] => {
  const { input, readVoltage } = design;
  const share = (x: number): number => Math.min(1, Math.max(-1, x / largestInput));
  if (input.kind === "voltage") {
    if (input.bits === null) return [{ weight: 1, voltage: (x) => readVoltage * share(x) }];
    const codes = 2 ** input.bits - 1;
    return [{ weight: 1, voltage: (x) => (readVoltage * Math.round(share(x) * codes)) / codes }];
  }
  const codes = 2 ** input.bits - 1;
  return Array.from({ length: input.bits }, (_, b) => ({
    weight: 2 ** b / codes,
    voltage: (x: number): number => {
      if (x < 0)
        throw new RangeError(
          `analog multiply: input ${x} is negative; bit-serial inputs are 0 or more. Use voltage coding.`,
        );
      return (Math.round(share(x) * codes) >> b) & 1 ? readVoltage : 0;
    },
  }));
};

const fullSpan = (design: AnalogDesign, rows: number): ConverterSpan => {
  const [least, most] = design.conductances;
  const reach = rows * design.readVoltage;
  if (design.mapping === "single")
    return { low: design.input.kind === "bit-serial" ? 0 : -reach * most, high: reach * most };
  const half = design.mapping === "offset column" ? (most - least) / 2 : most - least;
  return { low: -reach * half, high: reach * half };
};

/**
 * Programs a layer onto tiles: devices with their errors, transfer through the wires, converters.
 *
 * Read noise is added at the column, not at the devices. For independent Gaussian noise of each device, sigma_ij, without
 * clipping and on ideal wires, a column's current is Gaussian with mean sum V_i G_ij and variance sum V_i^2 sigma_ij^2: two
 * products give the very distribution that a noisy device matrix a read would. With wires the variance is to first order
 * (readSensitivity). An offset column's noise is drawn once for all columns that subtract it.
 *
 * @param chip Key of what the fab gave: programming errors, converters.
 * @param calibration Inputs (rows of `inputs`) that calibrated converter ranges are taken from.
 */
export const programAnalogArray = (
  design: AnalogDesign,
  layer: AnalogLayer,
  chip: Key,
  calibration: Float32Array | null = null,
): AnalogArray => {
  checkAnalogDesign(design);
  const { inputs, outputs, weights, largestInput } = layer;
  if (weights.length !== inputs * outputs)
    throw new RangeError(`analog multiply: ${weights.length} weights for ${inputs} inputs and ${outputs} outputs.`);
  if (!(largestInput > 0))
    throw new RangeError(`analog multiply: largest input ${largestInput}; expected more than 0.`);
  const { converter, tile, mapping } = design;
  const mapped = mapWeights(design, weights, outputs, fold(chip, "devices"));
  const planes = voltagePlanes(design, largestInput);
  const bare: Omit<Tile, "slices">[] = [];
  for (let rowFrom = 0; rowFrom < inputs; rowFrom += tile.rows)
    for (let columnFrom = 0; columnFrom < outputs; columnFrom += tile.columns)
      bare.push({
        rowFrom,
        columnFrom,
        rows: Math.min(tile.rows, inputs - rowFrom),
        columns: Math.min(tile.columns, outputs - columnFrom),
      });
  const slicesOf = (t: Omit<Tile, "slices">): Omit<TileSlice, "converters">[] =>
    mapped.slices.map(({ share, positive, negative }) => {
      const part = (plane: Float64Array): Float64Array =>
        cut(plane, outputs, t.rowFrom, t.rows, t.columnFrom, t.columns);
      const reference = mapping === "offset column" && negative ? negative.slice(t.rowFrom, t.rowFrom + t.rows) : null;
      const slice = { share, positive: part(positive), negative: reference ?? (negative && part(negative)) };
      return { share, ...readSlice(design, slice, t.rows, t.columns) };
    });
  const widest = Math.min(tile.columns, outputs);
  const found = bare.map((t) => slicesOf(t));
  const declared = {
    planes: found.map((slices) =>
      slices.map(({ signal, variance }) => ({ signal: signal.length, variance: variance ? variance.length : null })),
    ),
    volts: BLOCK * inputs,
    squares: BLOCK * inputs,
    sums: BLOCK * widest,
    spreads: BLOCK * widest,
  };
  const kernels = kernelsFor(declared);
  const { planes: held, volts, squares, sums, spreads } = arraysIn(kernels, declared);
  const prepared = bare.map((t, k) => ({
    ...t,
    slices: found[k].map((slice, s) => {
      const { signal, variance } = held[k][s];
      signal.set(slice.signal);
      if (slice.variance) variance?.set(slice.variance);
      return { ...slice, signal, variance };
    }),
  }));
  const draws = new Float32Array(BLOCK * widest);
  const offsets = new Float64Array(BLOCK);

  const drive = (
    x: Float32Array,
    from: number,
    count: number,
    voltage: (x: number) => number,
    noisy: boolean,
  ): void => {
    for (let k = 0; k < count * inputs; k++) {
      const v = voltage(x[from * inputs + k]);
      volts[k] = v;
      if (noisy) squares[k] = v * v;
    }
  };
  const collect = (t: Omit<Tile, "slices">, signal: Float32Array, count: number): void => {
    const a = { data: volts.subarray(t.rowFrom), rowStride: inputs, columnStride: 1 };
    kernels.gemm(sums, a, rowMajor(signal, t.columns), count, t.columns, t.rows);
  };

  // Calibrated ranges cover a share of the calibration currents, the same range for every tile of a slice.
  const reachOf = (slice: number, quantile: number): number => {
    if (!calibration || calibration.length < inputs)
      throw new RangeError("analog multiply: a calibrated converter range needs calibration inputs.");
    const found: number[] = [];
    const batch = Math.min(BLOCK, calibration.length / inputs);
    for (const { voltage } of planes) {
      drive(calibration, 0, batch, voltage, false);
      for (const t of prepared) {
        collect(t, t.slices[slice].signal, batch);
        for (let k = 0; k < batch * t.columns; k++) found.push(Math.abs(sums[k]));
      }
    }
    found.sort((a, b) => a - b);
    return found[Math.min(found.length - 1, Math.ceil(quantile * found.length) - 1)] || 1e-12;
  };
  const range = converter?.range;
  const reaches = range?.kind === "calibrated" ? mapped.slices.map((_, s) => reachOf(s, range.quantile)) : null;
  const spanOf = (slice: number, rows: number): ConverterSpan => {
    const full = fullSpan(design, rows);
    if (!reaches) return full;
    // A span that begins at 0 goes on doing so.
    return { low: full.low === 0 ? 0 : -reaches[slice], high: reaches[slice] };
  };
  const tiles: readonly Tile[] = prepared.map((t, k) => ({
    ...t,
    slices: t.slices.map((slice, s) => ({
      ...slice,
      converters:
        converter &&
        sampleConverters(converter, spanOf(s, t.rows), t.columns, fold(fold(fold(chip, "converters"), k), s)),
    })),
  }));

  const [least, most] = design.conductances;
  const perAmpere = (largestInput * mapped.scale) / (design.readVoltage * (most - least));
  const multiplyBlock = (y: Float32Array, x: Float32Array, from: number, count: number, key: Key | null): void => {
    planes.forEach(({ weight, voltage }, plane) => {
      drive(x, from, count, voltage, key !== null && design.readNoise > 0);
      tiles.forEach((t, k) => {
        t.slices.forEach((slice, s) => {
          const { columns } = t;
          collect(t, slice.signal, count);
          if (slice.variance && key) {
            const noise = fold(fold(fold(key, plane), k), s);
            const a = { data: squares.subarray(t.rowFrom), rowStride: inputs, columnStride: 1 };
            kernels.gemm(spreads, a, rowMajor(slice.variance, columns), count, columns, t.rows);
            const drawn = draws.subarray(0, count * columns);
            normalsInto(drawn, fold(noise, "column"));
            for (let e = 0; e < drawn.length; e++) sums[e] += Math.sqrt(spreads[e]) * drawn[e];
            if (slice.referenceVariance) {
              const reference = fold(noise, "reference");
              for (let b = 0; b < count; b++) {
                let variance = 0;
                for (let i = 0; i < t.rows; i++)
                  variance += squares[b * inputs + t.rowFrom + i] * slice.referenceVariance[i];
                const shift = Math.sqrt(variance) * normal(reference, b);
                for (let j = 0; j < columns; j++) sums[b * columns + j] -= shift;
              }
            }
          }
          offsets.fill(0);
          // What the least conductance adds is known: the sum of the inputs.
          if (mapping === "single")
            for (let b = 0; b < count; b++)
              for (let i = 0; i < t.rows; i++) offsets[b] += least * volts[b * inputs + t.rowFrom + i];
          const scale = perAmpere * weight * slice.share;
          for (let b = 0; b < count; b++)
            for (let j = 0; j < columns; j++) {
              const ampere = sums[b * columns + j];
              const read = slice.converters ? slice.converters[j](ampere) : ampere;
              y[(from + b) * outputs + t.columnFrom + j] += scale * (read - offsets[b]);
            }
        });
      });
    });
  };

  return {
    design,
    inputs,
    outputs,
    tiles,
    conversionsPerInput: tiles.reduce((sum, t) => sum + t.columns * t.slices.length, 0) * planes.length,
    multiplyInto: (y, x, batch, key) => {
      if (x.length !== batch * inputs || y.length !== batch * outputs)
        throw new RangeError(
          `analog multiply: ${x.length} inputs and ${y.length} outputs for a batch of ${batch}; expected ${batch * inputs} and ${batch * outputs}.`,
        );
      y.fill(0);
      for (let from = 0, block = 0; from < batch; from += BLOCK, block++)
        multiplyBlock(y, x, from, Math.min(BLOCK, batch - from), key && fold(key, block));
    },
  };
};
