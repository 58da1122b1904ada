import type { Distribution, Parameter, Value } from "#src/montecarlo/index";

const PREFIXES: readonly [number, string][] = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
  [1, ""],
  [1e-3, "m"],
  [1e-6, "µ"],
  [1e-9, "n"],
  [1e-12, "p"],
  [1e-15, "f"],
];

const digits = (x: number): string => String(Number(x.toPrecision(6)));

/** A quantity for people: "3 ns", "27 °C", "400 kohm", "5 µm". */
export const showQuantity = (value: number, unit: string): string => {
  if (unit === "1") return digits(value);
  if (unit === "K") return `${digits(Number((value - 273.15).toFixed(6)))} °C`;
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

interface Rated {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Decimals of percent, so that the narrower half of the interval has one digit of its own. */
const decimalsOf = ({ estimate, low, high }: Rated): number => {
  const halves = [estimate - low, high - estimate].filter((half) => half > 0);
  return halves.length > 0 ? Math.min(8, Math.max(0, Math.ceil(-Math.log10(100 * Math.min(...halves))))) : 2;
};

/** Percent below which a rate is told by a power of ten. */
const LEAST_PERCENT = 0.005;

/** A rate with its interval, in percent: "1.2 [0.8, 1.7]". Never more certain than it is: not "100 [100, 100]" of a thousand. */
export const showRate = (cell: Rated): string => rateTexts([cell])[0];

/** Rates of one column, in percent: with the same digits, but where they span decades. */
export const rateTexts = (cells: readonly Rated[]): string[] => {
  const known = cells.filter(({ estimate }) => Number.isFinite(estimate));
  const decades = known.some(({ estimate }) => estimate > 0 && 100 * estimate < LEAST_PERCENT);
  const shared = Math.max(0, ...known.map(decimalsOf));
  return cells.map((cell) => {
    const { estimate, low, high } = cell;
    if (!Number.isFinite(estimate)) return "-";
    const text = (x: number): string => {
      if (x === 0 || x === 1) return String(100 * x);
      return decades ? alone(x, cell) : (100 * x).toFixed(shared);
    };
    return `${text(estimate)} [${text(low)}, ${text(high)}]`;
  });
};

/** A bound or an estimate of a rate that has a column of decades to itself. */
const alone = (x: number, cell: Rated): string => {
  const p = 100 * x;
  if (p === 0) return "0";
  const decimals = decimalsOf(cell);
  if (p < LEAST_PERCENT) {
    const { estimate, low, high } = cell;
    const wide = 100 * Math.min(...[estimate - low, high - estimate].filter((half) => half > 0));
    return p.toExponential(wide < 0.3 * p ? 1 : 0);
  }
  return p.toFixed(Math.max(decimals, p < 0.1 ? 2 : p < 10 ? 1 : 0));
};

/** Ratio beyond which quantities of one column have prefixes of their own. */
const FAR_APART = 1e3;
const MOST_DECIMALS = 9;

/** Computed quantities of one column: one prefix and the same digits, three of the smallest, but where they are far apart. */
export const measuredTexts = (values: readonly number[], unit: string): string[] => {
  const sizes = values.map(Math.abs).filter((size) => size > 0 && Number.isFinite(size));
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const [factor, prefix] =
    unit === "1" ? [1, ""] : (PREFIXES.find(([f]) => most >= f) ?? PREFIXES[PREFIXES.length - 1]);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(least / factor)));
  // Beyond every prefix no shared digits are left.
  const areShared =
    sizes.length > 0 && unit !== "K" && most / least <= FAR_APART && decimals <= MOST_DECIMALS && most / factor < 1e6;
  const text = (value: number): string =>
    areShared
      ? `${(value / factor).toFixed(decimals)} ${prefix}${unit === "1" ? "" : unit}`.trim()
      : showMeasured(value, unit);
  return values.map((value) => (Number.isFinite(value) ? text(value) : "-"));
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

/** Bytes of a memory. */
export const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
