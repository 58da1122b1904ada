import { statSync } from "node:fs";
import { parseRram, RRAM_SETS, type RramParams } from "#devices/index";
import type { DeviceRecord } from "#src/montecarlo/index";
import { ownOf } from "#src/words/named";
import { orMisuse } from "../misuse.ts";
import { deviceFor, readDevicesBy } from "./named-devices.ts";
import { readUserJson } from "./read-file.ts";

const deviceOfFile = (asked: string): RramParams => {
  if (!statSync(asked, { throwIfNoEntry: false })?.isFile())
    throw new RangeError(
      `device: "${asked}" is not one of ${Object.keys(RRAM_SETS).join(", ")}; a file goes with --device FILE.json, measurements become one by "rramlab fit".`,
    );
  return orMisuse(() => parseRram(readUserJson(asked, "--device"), asked));
};

/** From here on devices are those of this run: its plan holds them, or, while one is planned, files are read. */
export const expectDevices = (records: readonly DeviceRecord[]): void =>
  readDevicesBy((asked) => {
    const planned = records.find((record) => record.asked === asked);
    return planned ? parseRram(planned.record, asked) : deviceOfFile(asked);
  });

/** A device from a file, whole, so that a run needs the file no more; null: a set has its name alone. */
export const deviceRecord = (asked: string): DeviceRecord | null =>
  ownOf<RramParams>(RRAM_SETS, asked) ? null : { asked, record: deviceFor(asked) };
