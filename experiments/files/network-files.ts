import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { type Model, type NetworkRecord, parseNetwork, recordOfNetwork } from "#src/networks/index";
import { orMisuse } from "../misuse.ts";
import { plannedRecords } from "./planned-records.ts";
import { readUserBytes } from "./read-file.ts";

interface Read {
  readonly state: string;
  readonly model: Model;
  readonly record: NetworkRecord;
}

/** Networks read so far, by the path that was asked for. */
const known = new Map<string, Read>();

const planned = plannedRecords<NetworkRecord>("network", ({ described }) => described);

/** What changes where the file does. */
const stateOf = (asked: string): string => {
  const found = statSync(asked, { throwIfNoEntry: false });
  return `${resolve(asked)} ${found?.size} ${found?.mtimeMs} ${found?.ino}`;
};

const read = (asked: string): Read => {
  const found = known.get(asked);
  if (found) return found;
  const state = stateOf(asked);
  const bytes = readUserBytes(asked, "network ");
  const model = orMisuse(() => parseNetwork(bytes, asked));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const made = { state, model, record: { asked, ...recordOfNetwork(model), sha256 } };
  known.set(asked, made);
  return made;
};

/** From here on networks are those of this run: they are read for its plan, or must be what its plan says. */
export const expectNetworks = (records: readonly NetworkRecord[]): void => {
  planned.expect(records);
  for (const [asked, { state }] of known) if (stateOf(asked) !== state) known.delete(asked);
};

/**
 * The network of a file that a study's parameter names, read once for a run.
 * @throws Misuse where there is none, or it is not what the run began with.
 */
export const networkFor = (asked: string): Model => {
  const { model, record } = read(asked);
  planned.check(record);
  return model;
};

/** What a network is, without its weights: of a run that is planned from its plan alone, wherever the file is by now. */
export const networkRecord = (asked: string): NetworkRecord => planned.of(asked) ?? read(asked).record;
