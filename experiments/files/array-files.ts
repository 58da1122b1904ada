import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import {
  type AnyExperiment,
  type Plan,
  type Round,
  shardCount,
  shardPlace,
  type TrialWitness,
} from "#src/montecarlo/index";
import { NPY_HEADER, npyBytes, npyHeader } from "#src/report/npy";
import { readPlainBytes } from "./read-file.ts";
import { planDigest } from "./run-folder.ts";
import { DamagedShard } from "./shard-file.ts";
import { replaceFile, writeAll, writeFile } from "./write-file.ts";

const piecePath = (dir: string, name: string, index: number): string =>
  join(dir, "arrays", name, `${String(index).padStart(6, "0")}.npy`);

/** Values of an array that a shard holds in memory: 1 GiB of them. */
const MOST_VALUES = 2 ** 27;

/** @throws RangeError where a shard's arrays would not fit into memory. */
export const expectFit = (experiment: string, name: string, size: number, count: number): void => {
  if (size * count > MOST_VALUES)
    throw new RangeError(
      `${experiment}: array "${name}" takes ${((8 * size * count) / 1e9).toPrecision(3)} GB in a shard of ${count} trials (${size} values each); at most ${((8 * MOST_VALUES) / 1e9).toPrecision(3)} GB. Declare a smaller block, or a smaller array.`,
    );
};

/**
 * Gathers the arrays of a shard's trials, in order; NaN for a trial that failed or gave none.
 * @throws Error where a trial gives an array that the experiment does not declare, or of another size.
 */
export const gatherArrays = (
  experiment: AnyExperiment,
  from: number,
  count: number,
): { readonly witness: TrialWitness; readonly write: (dir: string, plan: Plan, index: number) => void } => {
  const specs = Object.entries(experiment.arrays ?? {}).map(([name, { shape }]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    expectFit(experiment.name, name, size, count);
    return { name, shape, size, values: new Float64Array(count * size).fill(Number.NaN) };
  });
  return {
    witness: (trial, _varied, result) => {
      const arrays = "numbers" in result ? (result.arrays ?? {}) : {};
      for (const [name, values] of Object.entries(arrays)) {
        const spec = specs.find((s) => s.name === name);
        const where = `${experiment.name}: trial ${trial}, array "${name}"`;
        if (typeof values !== "object" || values === null || typeof values.length !== "number")
          throw new Error(
            `${where} is ${values === null ? "null" : `a ${typeof values}`}; expected numbers in an array.`,
          );
        if (!spec) throw new Error(`${where} is not declared in the experiment's arrays.`);
        if (values.length !== spec.size)
          throw new Error(`${where} has ${values.length} values; ${spec.shape.join(" x ")} are declared.`);
        spec.values.set(Array.from(values), (trial - from) * spec.size);
      }
    },
    write: (dir, plan, index) => {
      for (const { name, shape, values } of specs) {
        const bytes = npyBytes(values, [count, ...shape]);
        writeFile(piecePath(dir, name, index), Buffer.concat([bytes, checksum(plan, name, index, bytes)]));
      }
    },
  };
};

const CHECKSUM = 32;
/** Behind the array, where readers of the format do not look. */
const checksum = (plan: Plan, name: string, index: number, bytes: Uint8Array): Buffer =>
  createHash("sha256")
    .update(`${planDigest(plan)} ${name} ${index}\n`)
    .update(bytes)
    .digest();

/** @throws DamagedShard where a piece is not there, of another size, or not what was written. */
const readPiece = (dir: string, plan: Plan, name: string, index: number, shape: readonly number[]): Uint8Array => {
  const path = piecePath(dir, name, index);
  let bytes: Uint8Array;
  try {
    bytes = readPlainBytes(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DamagedShard(path, index, `cannot be read (${code ?? message})`);
  }
  const size = NPY_HEADER + 8 * shape.reduce((a, b) => a * b, 1);
  const array = bytes.subarray(0, size);
  if (bytes.length !== size + CHECKSUM || !checksum(plan, name, index, array).equals(bytes.subarray(size)))
    throw new DamagedShard(path, index, `is not the array of ${shape.join(" x ")} that was written`);
  return array.subarray(NPY_HEADER);
};

/**
 * Writes arrays/NAME-ROW.npy for each row of the results (arrays/NAME.npy where there is one): shape trials x the
 * array's own, in the order of the trials.
 */
export const mergeArrays = (dir: string, plan: Plan, experiment: AnyExperiment, rounds: readonly Round[]): void => {
  const places = Array.from({ length: shardCount(rounds) }, (_, index) => ({ index, ...shardPlace(rounds, index) }));
  for (const [name, { shape }] of Object.entries(experiment.arrays ?? {}))
    plan.points.forEach((_, point) => {
      const mine = places.filter((place) => place.point === point);
      const trials = mine.reduce((sum, { count }) => sum + count, 0);
      const row = plan.points.length === 1 ? "" : `-${String(point).padStart(4, "0")}`;
      replaceFile(join(dir, "arrays", `${name}${row}.npy`), (temporary) => {
        const file = openSync(temporary, "w");
        try {
          writeAll(file, npyHeader([trials, ...shape]));
          for (const { index, count } of mine) writeAll(file, readPiece(dir, plan, name, index, [count, ...shape]));
        } finally {
          closeSync(file);
        }
      });
    });
};
