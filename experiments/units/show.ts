import type { Distribution, Parameter, Value } from "#src/montecarlo/index";

const PREFIXES: readonly [number, string][] = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
  [1e-3, "m"],
  [1e-6, "u"],
  [1e-9, "n"],
  [1e-12, "p"],
  [1e-15, "f"],
];

const digits = (x: number): string => String(Number(x.toPrecision(6)));

/** A quantity for people: "3 ns", "27 degC", "400 kohm". */
export const showQuantity = (value: number, unit: string): string => {
  if (unit === "1") return digits(value);
  if (unit === "K") return `${digits(Number((value - 273.15).toFixed(6)))} degC`;
  if (value === 0 || !Number.isFinite(value)) return `${value} ${unit}`;
  if (unit === "V" && Math.abs(value) >= 0.1) return `${digits(value)} V`;
  const size = Math.abs(value) * (1 + 1e-9);
  const [factor, prefix] = PREFIXES.find(([f]) => size >= f) ?? PREFIXES[PREFIXES.length - 1];
  return `${digits(value / factor)} ${prefix}${unit}`;
};

/** A day and a year of 365.25 days [s]. */
const [DAY, YEAR] = [86_400, 31_557_600];

/** A time that may be long, for people: "10 ms", "100000 s", "7 days", "10 years". */
export const showTime = (seconds: number): string => {
  if (seconds < 1) return seconds === 0 ? "0 s" : showMeasured(seconds, "s");
  for (const [unit, name] of [
    [YEAR, "year"],
    [DAY, "day"],
  ] as const) {
    const count = Math.round(seconds / unit);
    if (count >= 1 && Math.abs(seconds / unit - count) < 1e-3) return `${count} ${name}${count === 1 ? "" : "s"}`;
  }
  return `${Number(seconds.toPrecision(4))} s`;
};

/** A computed quantity for people, to four digits. */
export const showMeasured = (value: number, unit: string): string => showQuantity(Number(value.toPrecision(4)), unit);

/** A parameter's value for people. */
export const shown = (parameter: Parameter, value: Value): string => {
  if (typeof value === "number") return showQuantity(value, parameter.kind === "quantity" ? parameter.unit : "1");
  return value;
};

/** A rate with its interval, in percent: "1.2 % [0.8, 1.7]". */
export const showRate = (cell: { readonly estimate: number; readonly low: number; readonly high: number }): string => {
  if (!Number.isFinite(cell.estimate)) return "-";
  const halves = [cell.estimate - cell.low, cell.high - cell.estimate].filter((half) => half > 0);
  const wide = halves.length > 0 ? 100 * Math.min(...halves) : 0;
  // As many digits as the narrower half of the interval needs one of its own.
  const decimals = wide > 0 ? Math.min(8, Math.max(0, Math.ceil(-Math.log10(wide)))) : 2;
  const percent = (x: number): string => {
    const p = 100 * x;
    if (p === 0) return "0";
    if (p < 0.005) return p.toExponential(wide > 0 && wide < 0.3 * p ? 1 : 0);
    return p.toFixed(Math.max(decimals, p < 0.1 ? 2 : p < 10 ? 1 : 0));
  };
  return `${percent(cell.estimate)} [${percent(cell.low)}, ${percent(cell.high)}]`;
};

/** A distribution as it is written in a study file: "lognormal(8 kohm, 0.25)". */
export const showDistribution = (d: Distribution, unit: string): string => {
  const q = (x: number): string => showQuantity(x, unit);
  switch (d.kind) {
    case "normal":
      // A spread of temperature is a difference.
      return `normal(${q(d.mean)}, ${unit === "K" ? `${d.sigma} K` : q(d.sigma)})`;
    case "lognormal":
      return `lognormal(${q(d.median)}, ${Number(d.logSigma.toPrecision(6))})`;
    case "uniform":
    case "loguniform":
      return `${d.kind}(${q(d.low)}, ${q(d.high)})`;
  }
};
