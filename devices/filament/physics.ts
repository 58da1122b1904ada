import { BOLTZMANN } from "../temperature.ts";
import type { FilamentPhysics } from "./params.ts";

const NANOMETRE = 1e-9;
/** Within this of a bound the rate towards it falls to zero on a line, so that it has a slope [m]. */
export const BOUND_WIDTH = 0.01e-9;

/**
 * Current [A] through a filament of length `filament` [m] at `voltage` [V], and its derivatives by voltage [S] and by length
 * [A/m], at `out[0..2]`:
 *
 *     I = I0 exp(-(Tox - Tfil) / g0) sinh(V / V0),   g0 = Tox - Tfil_ref
 */
export const filamentCurrentInto = (out: Float64Array, p: FilamentPhysics, voltage: number, filament: number): void => {
  const perLength = 1 / (p.oxideThickness - p.referenceFilament);
  const scale = p.currentScale * Math.exp(-(p.oxideThickness - filament) * perLength);
  const x = voltage / p.fieldVoltage;
  out[0] = scale * Math.sinh(x);
  out[1] = (scale / p.fieldVoltage) * Math.cosh(x);
  out[2] = out[0] * perLength;
};

/**
 * Growth rate of the filament [m/s] and its derivatives by voltage [m/s/V], length [1/s] and temperature [m/s/K], at
 * `out[0..3]`, with k in eV/K:
 *
 *     dTfil/dt = v (exp(-(Eg - gamma a0/Tox V) / kT) - exp(-(Er + gamma a0/Tox V) / kT))
 *     gamma    = gamma0 + gamma1 ((Tox - Tfil) / 1 nm)^3
 *
 * A barrier that the field would make negative counts as 0 (growth at the attempt velocity at most), and at the bounds of the
 * length the rate beyond them falls to zero on a line of BOUND_WIDTH: the published code cuts both off by its step of 1 ns.
 */
export const filamentRateInto = (
  out: Float64Array,
  p: FilamentPhysics,
  voltage: number,
  filament: number,
  temperature: number,
): void => {
  const gap = (p.oxideThickness - filament) / NANOMETRE;
  const perOxide = p.hopDistance / p.oxideThickness;
  const lever = (p.fieldFactor + p.fieldFactorSlope * gap * gap * gap) * perOxide;
  const leverByLength = (-3 * p.fieldFactorSlope * gap * gap * perOxide) / NANOMETRE;
  const perKt = 1 / (BOLTZMANN * temperature);
  const grow = Math.min(0, -(p.generationBarrier - lever * voltage) * perKt);
  const shrink = Math.min(0, -(p.recombinationBarrier + lever * voltage) * perKt);
  const up = p.attemptVelocity * Math.exp(grow);
  const down = p.attemptVelocity * Math.exp(shrink);
  // Where the barrier is gone the rate no longer follows field and temperature.
  const upMoves = grow < 0 ? up : 0;
  const downMoves = shrink < 0 ? down : 0;
  let rate = up - down;
  let byVoltage = (upMoves + downMoves) * lever * perKt;
  let byLength = (upMoves + downMoves) * leverByLength * voltage * perKt;
  let byTemperature = (-upMoves * grow + downMoves * shrink) / temperature;
  const room = (rate > 0 ? p.mostFilament - filament : filament - p.leastFilament) / BOUND_WIDTH;
  if (room < 1) {
    const share = Math.max(0, room);
    byLength = byLength * share + (room > 0 ? ((rate > 0 ? -1 : 1) * rate) / BOUND_WIDTH : 0);
    rate *= share;
    byVoltage *= share;
    byTemperature *= share;
  }
  out[0] = rate;
  out[1] = byVoltage;
  out[2] = byLength;
  out[3] = byTemperature;
};

/** Steady temperature [K] of a filament that dissipates `power` [W]: T0 + P tau / C. */
export const steadyTemperature = (p: FilamentPhysics, ambient: number, power: number): number =>
  ambient + (power * p.thermalTime) / p.thermalCapacitance;

/** Low-field resistance [ohm] of a filament of this length: V0 exp((Tox - Tfil) / g0) / I0. */
export const filamentResistance = (p: FilamentPhysics, filament: number): number =>
  (p.fieldVoltage / p.currentScale) *
  Math.exp((p.oxideThickness - filament) / (p.oxideThickness - p.referenceFilament));
