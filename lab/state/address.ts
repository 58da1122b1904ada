import { RRAM_SETS } from "#devices/index";
import { faultOf, type Parameter, type Value } from "#src/montecarlo/index";
import { ownOf } from "#src/words/named";
import {
  type DroppedDevice,
  type LabState,
  PAGE_DEFAULTS,
  PAGE_PARAMETERS,
  READ_DEFAULTS,
  READ_PARAMETERS,
} from "./lab-parameters.ts";

/** Longest text of a dropped device that goes into an address [characters]. */
const LONGEST_DEVICE = 6000;
/** Longest text of a value [characters]. */
const LONGEST_TEXT = 200;
const DEVICE = "deviceFile";

const changed = (values: object, defaults: object): [string, string][] =>
  Object.entries(values).flatMap(([name, value]): [string, string][] =>
    value === (defaults as Record<string, Value>)[name] ? [] : [[name, String(value)]],
  );

/** The state as the part of an address behind "#": what differs from the start, in SI; "" at the start. */
export const addressOf = ({ read, page, device }: LabState): string => {
  const text = device ? JSON.stringify(device) : "";
  const entries = [
    ...changed(page, PAGE_DEFAULTS),
    ...changed(
      device && text.length > LONGEST_DEVICE ? { ...read, device: READ_DEFAULTS.device } : read,
      READ_DEFAULTS,
    ),
    ...(text && text.length <= LONGEST_DEVICE ? [[DEVICE, text]] : []),
  ];
  return new URLSearchParams(entries).toString();
};

/** Whether a link holds the dropped device. */
export const holdsDevice = ({ device }: LabState): boolean =>
  device === null || JSON.stringify(device).length <= LONGEST_DEVICE;

const linkedValue = (parameter: Parameter, text: string): Value =>
  parameter.kind === "quantity" || parameter.kind === "integer"
    ? text.trim() === ""
      ? Number.NaN
      : Number(text)
    : text;

const deviceOf = (text: string): DroppedDevice | null => {
  try {
    const found: unknown = JSON.parse(text);
    const isOne = typeof found === "object" && found !== null && "file" in found && "record" in found;
    return isOne && typeof found.file === "string" ? (found as DroppedDevice) : null;
  } catch {
    return null;
  }
};

/**
 * The state that an address stands for, and in a sentence each what of it cannot be: what is left out or wrong is as at the start.
 * Whether a dropped device is one is seen when it is read.
 */
export const stateOf = (address: string): { readonly state: LabState; readonly faults: readonly string[] } => {
  const read: Record<string, Value> = { ...READ_DEFAULTS };
  const page: Record<string, Value> = { ...PAGE_DEFAULTS };
  const faults: string[] = [];
  let device: DroppedDevice | null = null;
  for (const [name, text] of new URLSearchParams(address.replace(/^#/, ""))) {
    if (name === DEVICE) {
      device = deviceOf(text);
      if (!device) faults.push("the device in this link cannot be read; drop its file here");
      continue;
    }
    const into = Object.hasOwn(READ_PARAMETERS, name) ? read : page;
    const parameter = ownOf<Parameter>(READ_PARAMETERS, name) ?? ownOf<Parameter>(PAGE_PARAMETERS, name);
    if (!parameter) {
      faults.push(`"${name.slice(0, 40)}" is nothing that can be set here`);
      continue;
    }
    if (text.length > LONGEST_TEXT) {
      faults.push(`${name}: a text of ${text.length} characters; at most ${LONGEST_TEXT} are taken`);
      continue;
    }
    const value = linkedValue(parameter, text);
    const fault = Number.isNaN(value)
      ? `${name}: "${text.slice(0, 40)}" is no number`
      : faultOf(name, parameter, value);
    if (fault) faults.push(`${fault}; ${parameter.default} is used`);
    else into[name] = value;
  }
  const asked = String(read["device"]);
  if (device) read["device"] = device.file;
  else if (ownOf(RRAM_SETS, asked) === undefined) {
    faults.push(
      `device: "${asked.slice(0, 40)}" is not one of ${Object.keys(RRAM_SETS).join(", ")}; drop its file here`,
    );
    read["device"] = READ_DEFAULTS.device;
  }
  return { state: { read, page, device } as unknown as LabState, faults };
};
