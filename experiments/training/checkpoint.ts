import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { LabelledImages } from "#src/datasets/labelled-images";
import type { NetworkTraining, NetworkTrainingState } from "#src/learning/index";
import type { CellTable, StoredArrays } from "#src/networks/index";
import { keyText } from "#src/random/index";
import { decodePart, encodePart, sealed, unsealed } from "../files/part-file.ts";
import { replaceFile } from "../files/write-file.ts";
import { Misuse } from "../misuse.ts";

const FORMAT = "rramlab training 1";

/** What a training's bytes depend on, as texts: a checkpoint goes on only where all are the same. */
export type TrainingIdentity = Readonly<Record<string, string>>;

const digest = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 16);
};

const digestOfArrays = (arrays: StoredArrays): string =>
  digest(
    ...Object.entries(arrays).flatMap(([name, { buffer, byteOffset, byteLength }]) => [
      name,
      new Uint8Array(buffer, byteOffset, byteLength),
    ]),
  );

const digestOfCells = (cells: Readonly<Record<string, CellTable>>): string =>
  digest(
    ...Object.entries(cells).flatMap(([name, { minus, zero, plus }]) => [
      name,
      ...[minus, zero ?? new Int8Array(), plus].map((states) => Uint8Array.from(states)),
    ]),
  );

const digestOf = ({ images, labels }: LabelledImages): string => digest(images, labels);

/** @param engine What the engine's functions give. */
export const identityOf = (
  { design, recipe, train, test, key, reading, start }: NetworkTraining,
  engine: string,
): TrainingIdentity => ({
  network: digest(JSON.stringify(design)),
  "training images": digestOf(train),
  "test images": digestOf(test),
  seed: keyText(key),
  "functions of the engine": engine,
  ...(start ? { "network gone on from": digestOfArrays(start.tensors) } : {}),
  ...(reading?.kind === "redrawn" ? { errors: JSON.stringify(reading.errors) } : {}),
  ...(reading?.kind === "chip" ? { chip: digestOfCells(reading.cells) } : {}),
  ...Object.fromEntries(Object.entries(recipe).map(([name, value]) => [name, JSON.stringify(value)])),
});

/** A few digits that tell whether two trainings stand at the same bytes. */
export const stateDigest = ({ arrays }: NetworkTrainingState): string => digestOfArrays(arrays).slice(0, 12);

interface Checkpoint {
  readonly identity: TrainingIdentity;
  readonly state: NetworkTrainingState;
}

/** Keeps what a training has reached: the file before it stays until the new one is whole. */
export const writeCheckpoint = (path: string, identity: TrainingIdentity, state: NetworkTrainingState): void => {
  const text = sealed(encodePart({ identity, state } satisfies Checkpoint), FORMAT);
  replaceFile(path, (temporary) => writeFileSync(temporary, text));
};

/**
 * Where a training of this identity stands; null where there is no such file.
 * @throws Misuse where the file is of another training, and says what differs, or is no checkpoint.
 */
export const readCheckpoint = (path: string, identity: TrainingIdentity): NetworkTrainingState | null => {
  if (!existsSync(path)) return null;
  const cure = "Give another --out, or delete it to begin anew.";
  const read = (): Checkpoint => {
    try {
      return decodePart(unsealed(readFileSync(path, "utf8"), FORMAT)) as Checkpoint;
    } catch (error) {
      throw new Misuse(`checkpoint ${path} cannot be gone on from: ${(error as Error).message}. ${cure}`);
    }
  };
  const { identity: found, state } = read();
  const names = [...new Set([...Object.keys(identity), ...Object.keys(found)])];
  const differing = names.filter((name) => found[name] !== identity[name]);
  if (differing.length > 0) {
    const told = differing.map(
      (name) => `${name} ${found[name] ?? "unknown"} there, ${identity[name] ?? "unknown"} here`,
    );
    throw new Misuse(`checkpoint ${path} is of another training: ${told.join("; ")}. ${cure}`);
  }
  return state;
};

export const removeCheckpoint = (path: string): void => rmSync(path, { force: true });
