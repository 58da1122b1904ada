import { statSync } from "node:fs";
import { parseRram, RRAM_SETS, type RramParams } from "#devices/index";
import type { DeviceRecord } from "#src/montecarlo/index";
import { ownOf } from "#src/words/named";
import { orMisuse } from "../misuse.ts";
import { readUserJson } from "./read-file.ts";

/** What the run in hand began with; empty while one is planned. */
let expected: readonly DeviceRecord[] = [];

/** Devices from files read so far, by the path that was asked for. */
const known = new Map<string, RramParams>();

/** From here on devices are those of this run: files are read for its plan, or its plan holds them. */
export const expectDevices = (records: readonly DeviceRecord[]): void => {
  expected = records;
  known.clear();
};

const read = (asked: string): RramParams => {
  const planned = expected.find((record) => record.asked === asked);
  if (planned) return parseRram(planned.record, asked);
  if (!statSync(asked, { throwIfNoEntry: false })?.isFile())
    throw new RangeError(
      `device: "${asked}" is not one of ${Object.keys(RRAM_SETS).join(", ")}; a file goes with --device FILE.json, measurements become one by "rramlab fit".`,
    );
  return orMisuse(() => parseRram(readUserJson(asked, "--device"), asked));
};

/**
 * Resistance statistics by the name of a set, or by a file's path.
 * @throws RangeError for a name that is neither, or a file that holds no device.
 */
export const deviceFor = (asked: string): RramParams => {
  const set = ownOf<RramParams>(RRAM_SETS, asked) ?? known.get(asked);
  if (set) return set;
  const device = read(asked);
  known.set(asked, device);
  return device;
};

/** A device from a file, whole, so that a run needs the file no more; null: a set has its name alone. */
export const deviceRecord = (asked: string): DeviceRecord | null =>
  ownOf<RramParams>(RRAM_SETS, asked) ? null : { asked, record: deviceFor(asked) };
