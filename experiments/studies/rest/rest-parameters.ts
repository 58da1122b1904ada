import { beyondMeasured, type CellAge, equivalentTime, type RramRelaxation, wornBy } from "#devices/index";
import { type Parameters, quantity } from "#src/montecarlo/index";
import { deviceFor } from "../../files/named-devices.ts";
import { showQuantity, showTime } from "../../units/show.ts";

/** What cells have been through since they were programmed. */
export const REST_PARAMETERS = {
  time: quantity("s", 1e5, [0, 1e10], "time since programming", "1e5 s: the longest that technology C was measured at"),
  storageTemperature: quantity(
    "K",
    300.15,
    [200, 600],
    "temperature at which the cells rest; they are read at the other one",
    "room temperature",
  ),
  cycles: quantity(
    "1",
    0,
    [0, 1e15],
    "times that the cells had been programmed before; the device says how it wears",
    "0: fresh; no data at hand say what cycles do",
  ),
} as const satisfies Parameters;

interface RestValues {
  readonly device: string;
  readonly time: number;
  readonly storageTemperature: number;
  readonly cycles: number;
}

export const ageOf = ({ time, storageTemperature, cycles }: Omit<RestValues, "device">): CellAge => ({
  holds: [{ seconds: time, temperature: storageTemperature }],
  cycles,
});

/** @throws RangeError for a device that does not say how it relaxes. */
const relaxationOf = (device: string): RramRelaxation => {
  const { relaxation, name } = deviceFor(device);
  if (relaxation) return relaxation;
  throw new RangeError(
    `device: "${name}" does not say how it relaxes; choose measured-c, measured-a, or a file that does (rramlab fit, docs/relaxation.md).`,
  );
};

/** @throws RangeError for an age that the device does not know. */
export const checkRest = (params: RestValues): void => {
  wornBy(deviceFor(params.device), "lrs", params.cycles);
  equivalentTime(relaxationOf(params.device), ageOf(params));
};

/** Of one setting: what of it is extrapolated, in words; empty where nothing is. */
export const extrapolated = (params: RestValues): string => {
  const relaxation = relaxationOf(params.device);
  const beyond = beyondMeasured(relaxation, ageOf(params));
  if (!beyond) return "";
  const { times, temperatures } = relaxation;
  return [
    ...(beyond.time === "before" ? [`before ${showTime(times[0])}`] : []),
    ...(beyond.time === "after" ? [`beyond ${showTime(times[1])}`] : []),
    ...(beyond.temperature
      ? [`outside ${[...new Set(temperatures)].map((t) => showQuantity(Number(t.toPrecision(9)), "K")).join(" to ")}`]
      : []),
  ].join(", ");
};

/** One line for captions and notes: what is extrapolated among these settings. */
export const extrapolationNote = (points: readonly RestValues[]): string => {
  const found = new Map<string, string[]>();
  for (const point of points) {
    const words = extrapolated(point);
    if (words === "") continue;
    const key = `device "${point.device}", ${words}`;
    found.set(key, [...(found.get(key) ?? []), showTime(point.time)]);
  }
  if (found.size === 0) return "All ages lie within what was measured.";
  return `EXTRAPOLATED: ${[...found].map(([what, times]) => `${what} (${[...new Set(times)].join(", ")})`).join("; ")}.`;
};

/** Stretches of time between these ages that a figure marks as extrapolated, for cells of a device at one storage temperature. */
export const extrapolatedBands = (
  params: Omit<RestValues, "time">,
  first: number,
  last: number,
): { readonly from: number; readonly to: number; readonly label: string }[] => {
  const { times, temperatures } = relaxationOf(params.device);
  const outside = beyondMeasured({ times: [first, last], temperatures }, ageOf({ ...params, time: first }));
  const label = "extrapolated";
  if (outside) return [{ from: first, to: last, label }];
  return [
    ...(first < times[0] ? [{ from: first, to: Math.min(times[0], last), label }] : []),
    ...(last > times[1] ? [{ from: Math.max(times[1], first), to: last, label }] : []),
  ];
};

/** The temperature at which a device's relaxation was measured [K]; the default's where it does not relax, which is refused later. */
export const ownTemperature = (device: string): number => deviceFor(device).relaxation?.temperature ?? 300.15;
