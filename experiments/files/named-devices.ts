import { RRAM_SETS, type RramParams } from "#devices/index";
import { ownOf } from "#src/words/named";

/** Reads a device that is no set: of a file, of a run's plan, or of what was dropped on a page. */
export type DeviceReader = (asked: string) => RramParams;

/** Where there are no files, only sets are known. */
const noReader: DeviceReader = (asked) => {
  throw new RangeError(`device: "${asked}" is not one of ${Object.keys(RRAM_SETS).join(", ")}.`);
};

let reader = noReader;

/** Devices read so far, by the name that was asked for. */
const known = new Map<string, RramParams>();

/** From here on devices that are no sets come from this reader, each read once. */
export const readDevicesBy = (next: DeviceReader): void => {
  reader = next;
  known.clear();
};

/**
 * Resistance statistics by the name of a set, or by a name that the reader knows: a file's path, where files are read.
 * @throws RangeError for a name that is neither, or a file that holds no device.
 */
export const deviceFor = (asked: string): RramParams => {
  const found = ownOf<RramParams>(RRAM_SETS, asked) ?? known.get(asked);
  if (found) return found;
  const device = reader(asked);
  known.set(asked, device);
  return device;
};
