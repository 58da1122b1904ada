import { TR_BDF2 } from "../analyses/tr-bdf2.ts";
import type { OwnLaws } from "../crossbar/bending-cells.ts";
import type { ArrayPulse } from "./array-pulse-contract.ts";
import { type FilamentArray, filamentConductances } from "./filament-array.ts";
import { type FilamentStage, filamentRatesInto, filterStageError, solveFilamentStage } from "./filament-stage.ts";
import { type LineState, type PulsedLines, pulsedLines } from "./pulsed-lines.ts";

/** The selected cell at the end of a step, and the voltage of the pulse [V]. */
export interface PulsePoint {
  /** [s] */
  readonly time: number;
  /** [m], [K] */
  readonly length: number;
  readonly kelvin: number;
  /** Through it [A] and across it [V]. */
  readonly current: number;
  readonly across: number;
}

interface CrossPointTransient {
  readonly ok: true;
  /** Of all filaments at the end, rows x columns [m]. */
  readonly lengths: Float64Array;
  readonly points: readonly PulsePoint[];
  /** From all drivers, and at the pulse's voltage through the selected cell alone [J]. */
  readonly energy: number;
  readonly selectedEnergy: number;
  readonly steps: number;
  readonly rejected: number;
}

interface CrossPointFailure {
  readonly ok: false;
  readonly reason: string;
  /** [s] */
  readonly time: number;
}

/** Error of a length [nm], of itself above 1 nm, and of a temperature [kK] allowed a step. */
const TOLERANCE = 2e-5;
/** Furthest way in a step of a filament that is taken for standing [m]: a millionth of a nanometre. */
const QUIET = 1e-15;
const MOST_STEPS = 20_000;
const { gamma, d, w, bdfMiddle, bdfOld, errorOld, errorMiddle, errorNew } = TR_BDF2;

/** Every filament's length, temperature and the rates of both: [m], [K], [m/s], [K/s]. */
interface Filaments {
  readonly lengths: Float64Array;
  readonly kelvins: Float64Array;
  readonly rates: Float64Array;
  readonly heating: Float64Array;
}

/** A step of the filaments that move, not yet taken. */
interface Step {
  readonly moving: readonly number[];
  readonly stages: readonly FilamentStage[];
  /** Rates at the end, as the stage has them. */
  readonly rates: readonly number[];
  readonly heating: readonly number[];
  readonly middle: LineState;
  readonly last: LineState;
  /** Of the tolerance. */
  readonly error: number;
}

const pair = new Float64Array(2);

/** Both stages of a step; where one has no solution: why. */
const tryStep = <P>(
  lines: PulsedLines,
  { devices, design: { ambient, device } }: FilamentArray<P>,
  { lengths, kelvins, rates, heating }: Filaments,
  conductances: Float64Array,
  moving: readonly number[],
  step: number,
  heights: readonly [middle: number, end: number],
): Step | string => {
  const dh = d * step;
  const stages = moving.map((m): FilamentStage => ({ length: lengths[m], kelvin: kelvins[m], current: 0, slope: 0 }));
  const from = {
    lengths: moving.map((m) => lengths[m] + dh * rates[m]),
    kelvins: moving.map((m) => kelvins[m] + dh * heating[m]),
  };
  const laws: OwnLaws = {
    cells: moving,
    currentInto: (out, n, volts) => {
      const stage = stages[n];
      const met = solveFilamentStage(
        stage,
        device,
        devices[moving[n]],
        ambient,
        volts,
        from.lengths[n],
        from.kelvins[n],
        dh,
      );
      out[0] = met ? stage.current : Number.NaN;
      out[1] = stage.slope;
    },
  };
  const middle = lines.solve(heights[0], conductances, laws);
  if (typeof middle === "string") return middle;
  const inner = moving.map((m, n) => [
    (stages[n].length - lengths[m]) / dh - rates[m],
    (stages[n].kelvin - kelvins[m]) / dh - heating[m],
  ]);
  moving.forEach((m, n) => {
    from.lengths[n] = bdfMiddle * stages[n].length - bdfOld * lengths[m];
    from.kelvins[n] = bdfMiddle * stages[n].kelvin - bdfOld * kelvins[m];
  });
  const last = lines.solve(heights[1], conductances, laws);
  if (typeof last === "string") return last;
  const ends = stages.map(({ length, kelvin }, n) => [
    (length - from.lengths[n]) / dh,
    (kelvin - from.kelvins[n]) / dh,
  ]);
  let error = 0;
  moving.forEach((m, n) => {
    pair[0] = step * (errorOld * rates[m] + errorMiddle * inner[n][0] + errorNew * ends[n][0]);
    pair[1] = step * (errorOld * heating[m] + errorMiddle * inner[n][1] + errorNew * ends[n][1]);
    filterStageError(pair, device, devices[m], last.across[m], stages[n], dh);
    const { length, kelvin } = stages[n];
    error = Math.max(error, Math.abs(pair[0]) / Math.max(1e-9, length), Math.abs(pair[1]) / Math.max(1e3, kelvin));
  });
  const [newRates, newHeating] = [0, 1].map((k) => ends.map((end) => end[k]));
  return { moving, stages, rates: newRates, heating: newHeating, middle, last, error: error / TOLERANCE };
};

/** Rates [m/s] and temperatures [K] of cells that stand at these voltages. */
const standingRates = <P>(
  { devices, design: { ambient, device } }: FilamentArray<P>,
  lengths: Float64Array,
  { across, currents }: LineState,
  moving: readonly number[],
): { readonly rates: Float64Array; readonly kelvins: Float64Array } => {
  const [rates, kelvins] = [new Float64Array(lengths.length), new Float64Array(lengths.length)];
  const moves = new Uint8Array(lengths.length);
  for (const m of moving) moves[m] = 1;
  for (let m = 0; m < lengths.length; m++) {
    if (moves[m]) continue;
    kelvins[m] = device.steadyTemperature(devices[m], ambient, across[m] * currents[m]);
    filamentRatesInto(pair, device, devices[m], ambient, across[m], lengths[m], kelvins[m]);
    rates[m] = pair[0];
  }
  return { rates, kelvins };
};

/**
 * A pulse on a cross-point array with every filament in it. The filaments that move,
 *
 *     dL/dt = r(V, L, T)      C dT/dt = V I - C (T - T0) / tau,
 *
 * are integrated by TR-BDF2 in steps of their own choosing, and the lines are solved together with them at each of its stages:
 * in the crossbar's Newton method such a filament is a cell whose current is that of the stage's solution at the voltage it is
 * given. What moves less than QUIET in a step follows by Heun's method, its heat at once. Lines carry no charge. Times count from
 * an edge before the rise, as in `pulseNetlist`.
 *
 * Agrees with one netlist of all filaments in `transient` (test/circuits/programming/cross-point-transient.test.ts).
 */
export const crossPointTransient = <P>(
  array: FilamentArray<P>,
  pulse: ArrayPulse,
): CrossPointTransient | CrossPointFailure => {
  const { design, devices } = array;
  const { row, column, width, edge, voltage } = pulse;
  const selected = row * design.lines.columns + column;
  const lines = pulsedLines(design, pulse);
  const stop = 3 * edge + width;
  const heightAt = (at: number): number => Math.min(1, Math.max(0, Math.min((at - edge) / edge, (stop - at) / edge)));
  const filaments: Filaments = {
    lengths: array.lengths.slice(),
    kelvins: new Float64Array(devices.length).fill(design.ambient),
    rates: new Float64Array(devices.length),
    heating: new Float64Array(devices.length),
  };
  const { lengths, kelvins, rates, heating } = filaments;
  const pointOf = (time: number, state: LineState | null): PulsePoint => ({
    time,
    length: lengths[selected],
    kelvin: kelvins[selected],
    current: state?.currents[selected] ?? 0,
    across: state?.across[selected] ?? 0,
  });
  let time = edge;
  const points = [pointOf(time, null)];
  let [energy, selectedEnergy, power, own, steps, rejected] = [0, 0, 0, 0, 0, 0];
  const restart = edge / 200;
  const longest = Math.max(width, edge) / 20;
  let h = restart;
  let refused = "step too small";
  /** Cells that a refused step found to be moving. */
  const woken = new Uint8Array(devices.length);

  for (const corner of [2 * edge, 2 * edge + width, stop]) {
    h = Math.min(h, restart);
    while (time < corner) {
      const rest = corner - time;
      const step = h >= rest ? rest : 1.5 * h > rest ? rest / 2 : h;
      if (steps + rejected >= MOST_STEPS) return { ok: false, reason: "too many steps", time };
      if (step < edge * 1e-9) return { ok: false, reason: refused, time };
      const end = step === rest ? corner : time + step;
      const [inner, outer] = [heightAt(time + gamma * step), heightAt(end)];
      const conductances = filamentConductances({ ...array, lengths });
      const moving: number[] = [];
      for (let m = 0; m < lengths.length; m++)
        if (m === selected || woken[m] || Math.abs(rates[m]) * step > QUIET) moving.push(m);
      const tried = tryStep(lines, array, filaments, conductances, moving, step, [inner, outer]);
      if (typeof tried === "string" || tried.error > 1) {
        rejected++;
        refused = typeof tried === "string" ? tried : "step too small";
        h = step * (typeof tried === "string" ? 0.25 : Math.max(0.2, 0.8 / Math.cbrt(tried.error)));
        continue;
      }
      const { middle, last, error } = tried;
      const quiet = standingRates(array, lengths, last, moving);
      const restless = quiet.rates.some((rate) => Math.abs(rate) * step > 4 * QUIET);
      if (restless) {
        for (const m of moving) woken[m] = 1;
        quiet.rates.forEach((rate, m) => {
          if (Math.abs(rate) * step > 4 * QUIET) woken[m] = 1;
        });
        rejected++;
        continue;
      }
      woken.fill(0);
      for (let m = 0; m < lengths.length; m++) {
        const way = 0.5 * step * (rates[m] + quiet.rates[m]);
        const [least, most] = [design.device.leastLength(devices[m]), design.device.mostLength(devices[m])];
        lengths[m] = Math.min(most, Math.max(least, lengths[m] + way));
      }
      kelvins.set(quiet.kelvins);
      rates.set(quiet.rates);
      heating.fill(0);
      moving.forEach((m, n) => {
        lengths[m] = tried.stages[n].length;
        kelvins[m] = tried.stages[n].kelvin;
        rates[m] = tried.rates[n];
        heating[m] = tried.heating[n];
      });
      const [ownMiddle, ownLast] = [inner * middle.currents[selected], outer * last.currents[selected]];
      energy += step * (w * (power + middle.power) + d * last.power);
      selectedEnergy += step * voltage * (w * (own + ownMiddle) + d * ownLast);
      [power, own, time] = [last.power, ownLast, end];
      points.push(pointOf(time, last));
      steps++;
      const factor = error > 0 ? Math.min(4, 0.8 / Math.cbrt(error)) : 4;
      // A step cut short by a corner says little about the next one.
      h = Math.min(longest, step < h || step === rest ? Math.max(h, step * factor) : step * factor);
    }
  }
  return { ok: true, lengths, points, energy, selectedEnergy, steps, rejected };
};
