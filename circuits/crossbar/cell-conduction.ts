import {
  drainCurrentInto,
  type Gate,
  MOSFET_COEFFICIENTS,
  type MosfetParams,
  mosfetCoefficientsInto,
} from "#devices/index";

/**
 * How a cell's current follows the voltages of its two lines, beside the device's low-field conductance G:
 *
 *     ohmic              i = G v
 *     sinh               i = G V0 sinh(v / V0)
 *     selector           a device as above in series with a two-terminal selector, i = Is sinh(v / Vs)
 *     access transistor  a device as above in series with an nMOS whose gate follows the word line's gate voltage and whose bulk
 *                        is at 0 V (1T1R); `on` is the line the transistor's channel touches
 *
 * `fieldVoltage` V0 null: an ohmic device.
 */
export type CellConduction =
  | { readonly kind: "ohmic" }
  | { readonly kind: "sinh"; readonly fieldVoltage: number }
  | {
      readonly kind: "selector";
      readonly fieldVoltage: number | null;
      readonly saturationCurrent: number;
      readonly slopeVoltage: number;
    }
  | {
      readonly kind: "access transistor";
      readonly fieldVoltage: number | null;
      readonly on: "word line" | "bit line";
      readonly params: MosfetParams;
      readonly gate: Gate;
      /** [K] */
      readonly temperature: number;
    };

/**
 * Writes a cell's current [A] from word to bit line and its slopes by either line's voltage, di/dvw and -di/dvb [S], to
 * `out[0..2]`; `gate` is the voltage of its row's gate line.
 */
export type CellCurrentInto = (out: Float64Array, conductance: number, word: number, bit: number, gate: number) => void;

const deviceInto = (out: Float64Array, conductance: number, fieldVoltage: number | null, v: number): void => {
  if (fieldVoltage === null) {
    out[0] = conductance * v;
    out[1] = conductance;
    return;
  }
  const x = v / fieldVoltage;
  out[0] = conductance * fieldVoltage * Math.sinh(x);
  out[1] = conductance * Math.cosh(x);
};

const MOST_STEPS = 200;

/**
 * The root of an increasing function between `low` and `high`: Newton's method that halves the interval where it leaves it or is
 * slow. `at` writes value and slope to `out[0..1]`.
 */
const increasingRoot = (
  at: (out: Float64Array, x: number) => void,
  low: number,
  high: number,
  start: number,
): number => {
  const out = new Float64Array(2);
  let [a, b, x] = [low, high, start];
  let [step, before] = [high - low, high - low];
  for (let k = 0; k < MOST_STEPS; k++) {
    at(out, x);
    const [value, slope] = out;
    if (value === 0) return x;
    if (value > 0) b = x;
    else a = x;
    const newton = x - value / slope;
    const slow = Math.abs(2 * value) > Math.abs(before * slope);
    const next = newton > a && newton < b && !slow ? newton : (a + b) / 2;
    [before, step] = [step, next - x];
    if (Math.abs(step) <= 1e-16 * Math.max(Math.abs(a), Math.abs(b)) || next === x) return next;
    x = next;
  }
  return x;
};

/**
 * Device and selector in series, solved for the current: both voltages are known functions of it, so that weak currents keep
 * their digits. f(i) = V0 asinh(i / G V0) + Vs asinh(i / Is) - |v| rises and is concave: Newton's method climbs to its root.
 */
const selectorInto =
  (fieldVoltage: number | null, saturationCurrent: number, slopeVoltage: number): CellCurrentInto =>
  (out, conductance, word, bit) => {
    const v = Math.abs(word - bit);
    if (conductance === 0) {
      out.fill(0);
      return;
    }
    const knee = fieldVoltage === null ? 0 : conductance * fieldVoltage;
    let i = 0;
    let slope = 0;
    for (let k = 0; k < MOST_STEPS; k++) {
      const drop = fieldVoltage === null ? i / conductance : fieldVoltage * Math.asinh(i / knee);
      const byDevice = fieldVoltage === null ? 1 / conductance : fieldVoltage / Math.hypot(i, knee);
      slope = byDevice + slopeVoltage / Math.hypot(i, saturationCurrent);
      const next = i + (v - drop - slopeVoltage * Math.asinh(i / saturationCurrent)) / slope;
      const done = Math.abs(next - i) <= 1e-15 * next;
      i = next;
      if (done) break;
    }
    out[0] = word < bit ? -i : i;
    out[1] = 1 / slope;
    out[2] = out[1];
  };

const transistorInto = (cell: CellConduction & { kind: "access transistor" }): CellCurrentInto => {
  const coefficients = new Float64Array(MOSFET_COEFFICIENTS);
  mosfetCoefficientsInto(coefficients, 0, cell.params, cell.gate, cell.temperature);
  if (coefficients.includes(Number.NaN))
    throw new RangeError("crossbar: the access transistor lacks a parameter, its size or its temperature.");
  const drain = new Float64Array(5);
  const device = new Float64Array(2);
  return (out, conductance, word, bit, gate) => {
    if (conductance === 0) {
      out.fill(0);
      return;
    }
    const onBitLine = cell.on === "bit line";
    // x: the node between device and transistor; what flows out of it grows with x.
    const at = (residual: Float64Array, x: number): void => {
      if (onBitLine) drainCurrentInto(drain, coefficients, 0, x, gate, bit, 0);
      else drainCurrentInto(drain, coefficients, 0, word, gate, x, 0);
      deviceInto(device, conductance, cell.fieldVoltage, onBitLine ? word - x : x - bit);
      residual[0] = onBitLine ? drain[0] - device[0] : device[0] - drain[0];
      residual[1] = onBitLine ? drain[1] + device[1] : device[1] - drain[3];
    };
    const [low, high] = [Math.min(word, bit), Math.max(word, bit)];
    const x = increasingRoot(at, low, high, onBitLine ? bit : word);
    at(out, x);
    // An error of x moves both currents in opposite directions: weighted by the other's slope they cancel, and a weak current
    // keeps the digits of the element that limits it.
    const byInner = onBitLine ? drain[1] : -drain[3];
    const total = device[1] + byInner;
    out[0] = (byInner * device[0] + device[1] * drain[0]) / total;
    out[1] = (device[1] * drain[1]) / total;
    out[2] = (-device[1] * drain[3]) / total;
  };
};

const POSITIVE = "a positive number";

const expectPositive = (value: number | null, name: string): void => {
  if (value !== null && !(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new RangeError(`crossbar: the cells' ${name} is ${value}; expected ${POSITIVE}.`);
};

/** The current of a cell of any kind. @throws RangeError for a parameter that is not positive. */
export const cellCurrent = (conduction: CellConduction): CellCurrentInto => {
  const kinds: readonly string[] = ["ohmic", "sinh", "selector", "access transistor"];
  if (!kinds.includes(conduction.kind))
    throw new RangeError(`crossbar: cells of kind "${conduction.kind}"; expected ${kinds.join(", ")}.`);
  if (conduction.kind !== "ohmic") expectPositive(conduction.fieldVoltage, "field voltage [V]");
  switch (conduction.kind) {
    case "ohmic":
    case "sinh": {
      const fieldVoltage = conduction.kind === "ohmic" ? null : conduction.fieldVoltage;
      return (out, conductance, word, bit) => {
        deviceInto(out, conductance, fieldVoltage, word - bit);
        out[2] = out[1];
      };
    }
    case "selector": {
      const { saturationCurrent, slopeVoltage, fieldVoltage } = conduction;
      expectPositive(saturationCurrent, "selector saturation current [A]");
      expectPositive(slopeVoltage, "selector slope voltage [V]");
      return selectorInto(fieldVoltage, saturationCurrent, slopeVoltage);
    }
    case "access transistor":
      return transistorInto(conduction);
  }
};
