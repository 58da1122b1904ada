import type { WeightMatrix } from "#src/networks/index";
import { fold, type Key } from "#src/random/index";
import { binaryReading } from "../sensing/read-pair.ts";
import { readingFrom } from "../sensing/read-pairs.ts";
import { addRead, NO_READS, type ReadCounts } from "../sensing/sense-statistics.ts";
import { type ChipDesign, readChip, sampleChip, ternaryValue } from "./chip.ts";

/** Which weights share a column, and so an amplifier: all those of one output, or all those of one input. */
export type Columns = "output" | "input";

/** A layer's weights as one chip's amplifiers read them, at each strobe. */
export interface ChipWeights {
  readonly ternary: readonly WeightMatrix[];
  readonly binary: readonly WeightMatrix[];
  /** How often each stored state was read as what. */
  readonly counts: readonly ReadCounts[];
  readonly failed: number;
}

type ArrayDesign = Omit<ChipDesign, "rows" | "columns">;

/** A layer laid into an array of its own, and the place in the layer (outputs x inputs) of each of its synapses. */
const layIn = (design: ArrayDesign, { inputs, outputs, values }: WeightMatrix, columns: Columns, key: Key) => {
  const byOutput = columns === "output";
  const [rows, count] = byOutput ? [inputs, outputs] : [outputs, inputs];
  const place = (i: number): number => (byOutput ? i : (i % rows) * inputs + Math.floor(i / rows));
  const chip = sampleChip({ ...design, rows, columns: count }, fold(key, "chip"));
  const stored = Int8Array.from({ length: values.length }, (_, i) => values[place(i)]);
  return { chip, stored, place };
};

/**
 * Programs a layer into an array of its own and reads every weight once: errors of weights in one column come from one
 * amplifier, and stay for as long as the chip is used.
 */
export const readWeights = (
  design: ArrayDesign,
  weights: WeightMatrix,
  columns: Columns,
  strobes: readonly number[],
  tolerance: number,
  key: Key,
): ChipWeights => {
  const { values } = weights;
  const { chip, stored, place } = layIn(design, weights, columns, key);
  const { readings, failed } = readChip(chip, stored, strobes, tolerance, fold(key, "use"));
  const coins = fold(key, "coin");
  const at = strobes.map((strobe, s) => {
    const ternary = new Int8Array(values.length);
    const binary = new Int8Array(values.length);
    const coin = fold(coins, `${strobe}`);
    let counts = NO_READS;
    for (let i = 0; i < values.length; i++) {
      const code = readings[i * strobes.length + s];
      const reading = readingFrom(code);
      const asBinary = binaryReading(reading, coin, i);
      ternary[place(i)] = ternaryValue(code);
      binary[place(i)] = asBinary;
      counts = addRead(counts, stored[i] as -1 | 0 | 1, reading, asBinary);
    }
    return { ternary: { ...weights, values: ternary }, binary: { ...weights, values: binary }, counts };
  });
  return {
    ternary: at.map((x) => x.ternary),
    binary: at.map((x) => x.binary),
    counts: at.map((x) => x.counts),
    failed,
  };
};

/** Counts of several layers together. */
export const sumCounts = (all: readonly ReadCounts[]): ReadCounts =>
  all.reduce(
    (a, b) => ({
      signed: {
        of: a.signed.of + b.signed.of,
        wrongSign: a.signed.wrongSign + b.signed.wrongSign,
        zero: a.signed.zero + b.signed.zero,
        invalid: a.signed.invalid + b.signed.invalid,
        binaryFlipped: a.signed.binaryFlipped + b.signed.binaryFlipped,
      },
      zero: {
        of: a.zero.of + b.zero.of,
        signed: a.zero.signed + b.zero.signed,
        invalid: a.zero.invalid + b.zero.invalid,
      },
    }),
    NO_READS,
  );

/** Long after every pair that a strobe could find undecided [s]. */
const LONG_AFTER = 2e-6;

/**
 * The layer's weights with errors of one type only, at the rate asked for: those that one chip's amplifiers make at the
 * strobe at which the chip has that rate. `type3`: the zeros that decide first take the sign they decide for; `type2`:
 * the ±1 that decide last are still 0; `type1` (binary weights only): twice the rate of them are undecided, and a fair
 * coin each.
 *
 * @returns null where a read failed numerically.
 */
export const weightsAtRate = (
  design: ArrayDesign,
  weights: WeightMatrix,
  columns: Columns,
  error: "type1" | "type2" | "type3",
  rate: number,
  tolerance: number,
  key: Key,
): WeightMatrix | null => {
  const { chip, stored, place } = layIn(design, weights, columns, key);
  const { readings, decisionTimes, failed } = readChip(chip, stored, [LONG_AFTER], tolerance, fold(key, "use"));
  if (failed > 0) return null;
  const values = weights.values.slice();
  const zeros = error === "type3";
  const affected = Array.from(stored.keys()).filter((i) => (stored[i] === 0) === zeros);
  const time = (i: number): number => (Number.isNaN(decisionTimes[i]) ? Number.POSITIVE_INFINITY : decisionTimes[i]);
  // Equal times (undecided ones) keep their order, so that the result is a function of the chip alone.
  affected.sort((a, b) => (time(a) === time(b) ? a - b : time(a) < time(b) ? -1 : 1));
  const count = Math.round((error === "type1" ? 2 : 1) * rate * affected.length);
  const chosen = zeros ? affected.slice(0, count) : affected.slice(affected.length - Math.min(count, affected.length));
  const coin = fold(key, "coin");
  for (const i of chosen)
    values[place(i)] = error === "type1" ? binaryReading(0, coin, i) : zeros ? ternaryValue(readings[i]) : 0;
  return { ...weights, values };
};
