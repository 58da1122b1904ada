import { BOLTZMANN, BOUND_WIDTH, type FilamentPhysics } from "#devices/index";
import { exponential, hyperbolic, type VectorMath } from "#src/kernels/vector-math";
import type { Vector } from "#src/kernels/vector-program";
import type { VectorForm } from "../element-kind.ts";
import type { FilamentModel } from "./filament.ts";
import { AMBIENT, KILOKELVIN, NANOMETRE } from "./filament-equations.ts";

/** What the equations need, in V, nm, kK, ns and uA. */
const SLOTS = [
  "oxide",
  "perGap",
  "scale",
  "perField",
  "velocity",
  "lever",
  "leverSlope",
  "generation",
  "recombination",
  "least",
  "most",
  "heating",
  "cooling",
  "ambient",
] as const;
type Name = (typeof SLOTS)[number];

const NANOSECOND = 1e-9;
const MICROAMPERE = 1e-6;

/** The coefficients of one filament at an ambient temperature [K]. */
const filamentCoefficients = (p: FilamentPhysics, ambient: number): Readonly<Record<Name, number>> => {
  const hop = p.hopDistance / p.oxideThickness;
  const kilo = BOLTZMANN * KILOKELVIN;
  return {
    oxide: p.oxideThickness / NANOMETRE,
    perGap: NANOMETRE / (p.oxideThickness - p.referenceFilament),
    scale: p.currentScale / MICROAMPERE,
    perField: 1 / p.fieldVoltage,
    // m/s is nm/ns.
    velocity: p.attemptVelocity,
    lever: (p.fieldFactor * hop) / kilo,
    leverSlope: (p.fieldFactorSlope * hop) / kilo,
    generation: p.generationBarrier / kilo,
    recombination: p.recombinationBarrier / kilo,
    least: p.leastFilament / NANOMETRE,
    most: p.mostFilament / NANOMETRE,
    heating: (MICROAMPERE * NANOSECOND) / (p.thermalCapacitance * KILOKELVIN),
    cooling: NANOSECOND / p.thermalTime,
    ambient: ambient / KILOKELVIN,
  };
};

/** What leaves a node and its derivatives; null: none by temperature. */
interface FilamentRow {
  readonly value: Vector;
  readonly byVoltage: Vector;
  readonly byLength: Vector;
  readonly byTemperature: Vector | null;
}

/** `filamentTermsInto` as vector terms, on state capacitances of 1 fF. */
const emitFilament = (
  math: VectorMath,
  c: Readonly<Record<Name, Vector>>,
  { voltage, length, temperature }: { readonly voltage: Vector; readonly length: Vector; readonly temperature: Vector },
): { readonly current: FilamentRow; readonly length: FilamentRow; readonly temperature: FilamentRow } => {
  const { program: p } = math;
  const { add, sub, mul, constant, select, lt } = p;
  const zero = constant(0);
  const one = constant(1);
  const gap = sub(c.oxide, length);
  const scale = mul(c.scale, exponential(math, p.neg(mul(gap, c.perGap))));
  const { sinh, cosh } = hyperbolic(math, mul(voltage, c.perField));
  const current = mul(scale, sinh);
  const conductance = mul(mul(scale, cosh), c.perField);
  const currentByLength = mul(current, c.perGap);

  const perTemperature = p.div(one, temperature);
  const square = mul(gap, gap);
  const lever = add(c.lever, mul(c.leverSlope, mul(square, gap)));
  const leverByLength = mul(mul(constant(-3), c.leverSlope), square);
  const grow = mul(sub(mul(lever, voltage), c.generation), perTemperature);
  const shrink = mul(sub(p.neg(mul(lever, voltage)), c.recombination), perTemperature);
  const up = mul(c.velocity, exponential(math, p.min(grow, zero)));
  const down = mul(c.velocity, exponential(math, p.min(shrink, zero)));
  const upMoves = select(lt(grow, zero), up, zero);
  const downMoves = select(lt(shrink, zero), down, zero);
  const both = mul(add(upMoves, downMoves), perTemperature);
  const rate = sub(up, down);
  const grows = lt(zero, rate);
  const room = mul(select(grows, sub(c.most, length), sub(length, c.least)), constant(NANOMETRE / BOUND_WIDTH));
  const share = p.max(zero, p.min(one, room));
  const onLine = select(lt(room, one), select(lt(zero, room), constant(NANOMETRE / BOUND_WIDTH), zero), zero);
  const lineSlope = mul(select(grows, p.neg(rate), rate), onLine);
  const byLength = add(mul(mul(mul(both, leverByLength), voltage), share), lineSlope);
  const byTemperature = mul(mul(sub(mul(downMoves, shrink), mul(upMoves, grow)), perTemperature), share);

  const power = mul(voltage, current);
  return {
    current: { value: current, byVoltage: conductance, byLength: currentByLength, byTemperature: null },
    length: {
      value: p.neg(mul(rate, share)),
      byVoltage: p.neg(mul(mul(both, lever), share)),
      byLength: p.neg(byLength),
      byTemperature: p.neg(byTemperature),
    },
    temperature: {
      value: sub(mul(c.cooling, sub(temperature, c.ambient)), mul(c.heating, power)),
      byVoltage: p.neg(mul(c.heating, add(current, mul(voltage, conductance)))),
      byLength: p.neg(mul(c.heating, mul(voltage, currentByLength))),
      byTemperature: c.cooling,
    },
  };
};

/** The filament's vector form: all of its numbers are its own. */
export const filamentVector: VectorForm<FilamentModel> = {
  own: SLOTS,
  shared: [],
  code: () => "",
  write: (put, c, at, { params }) => {
    const values = filamentCoefficients(params, c[at + AMBIENT]);
    for (const name of SLOTS) put(name, values[name]);
  },
  emit: (math, _, slot, [plus, minus, length, temperature]) => {
    const { program: p } = math;
    const coefficients = Object.fromEntries(SLOTS.map((name) => [name, slot(name)])) as Record<Name, Vector>;
    const rows = emitFilament(math, coefficients, { voltage: p.sub(plus, minus), length, temperature });
    return [rows.current, rows.length, rows.temperature].map(({ value, byVoltage, byLength, byTemperature }) => ({
      current: value,
      by: [byVoltage, p.neg(byVoltage), byLength, byTemperature],
    }));
  },
};
