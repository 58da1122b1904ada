import { GAIN, LAMBDA, NB, POLARITY, SIGMA, SLOPE, THETA, THRESHOLD, VELOCITY } from "#devices/index";
import { softplusPair, type VectorMath } from "#src/kernels/vector-math";
import type { Vector } from "#src/kernels/vector-program";
import type { VectorForm } from "../element-kind.ts";
import { MICRO } from "../resistance.ts";

/** Coefficients of one transistor as terms: those of `mosfetCoefficientsInto`, in V and uA. */
interface TransistorTerms {
  readonly polarity: 1 | -1;
  readonly threshold: Vector;
  readonly gain: Vector;
  readonly nb: Vector;
  readonly slope: Vector;
  readonly sigma: Vector;
  readonly theta: Vector;
  readonly velocity: Vector;
  readonly lambda: Vector;
}

/** Current into the drain and its derivatives by drain, gate and source; by the bulk it is minus their sum. */
interface DrainTerms {
  readonly current: Vector;
  readonly byDrain: Vector;
  readonly byGate: Vector;
  readonly bySource: Vector;
}

/** The extended EKV transistor of `drainCurrentInto` as vector terms, with one division for its three quotients. */
const emitDrainCurrent = (
  math: VectorMath,
  t: TransistorTerms,
  drain: Vector,
  gate: Vector,
  source: Vector,
  bulk: Vector,
): DrainTerms => {
  const { program: p } = math;
  const { add, sub, mul, constant } = p;
  const toBulk = (v: Vector): Vector => (t.polarity === 1 ? sub(v, bulk) : sub(bulk, v));
  const vd = toBulk(drain);
  const vs = toBulk(source);
  const vds = t.polarity === 1 ? sub(drain, source) : sub(source, drain);
  const sd = p.sqrt(add(mul(vds, vds), constant(1e-4)));
  const overdrive = add(sub(toBulk(gate), t.threshold), mul(t.sigma, sd));
  const [f, r] = softplusPair(math, [
    mul(sub(overdrive, mul(t.nb, vs)), t.slope),
    mul(sub(overdrive, mul(t.nb, vd)), t.slope),
  ]);

  const difference = sub(f.value, r.value);
  const sum = add(f.value, r.value);
  const root = p.sqrt(add(mul(difference, difference), constant(1e-6)));
  const denominator = add(add(constant(1), mul(t.theta, sum)), mul(t.velocity, root));
  // 1 / denominator, 1 / root and 1 / sd from one quotient.
  const rootSd = mul(root, sd);
  const quotient = p.div(constant(1), mul(denominator, rootSd));
  const overDenominator = mul(quotient, rootSd);
  const overRoot = mul(quotient, mul(denominator, sd));
  const overSd = mul(quotient, mul(denominator, root));

  const lengthening = add(constant(1), mul(t.lambda, sd));
  const perLength = mul(t.gain, overDenominator);
  const scale = mul(perLength, lengthening);
  const product = mul(difference, sum);
  const current = mul(scale, product);

  const twice = add(scale, scale);
  const reduced = mul(current, overDenominator);
  const saturation = mul(mul(t.velocity, difference), overRoot);
  const byForward = sub(mul(twice, f.value), mul(reduced, add(t.theta, saturation)));
  const byReverse = add(mul(twice, r.value), mul(reduced, sub(t.theta, saturation)));
  const forward = mul(mul(byForward, f.slope), t.slope);
  const reverse = mul(mul(byReverse, r.slope), t.slope);
  const byGate = sub(forward, reverse);
  const bySd = mul(add(mul(byGate, t.sigma), mul(mul(perLength, product), t.lambda)), mul(vds, overSd));
  return {
    current: t.polarity === 1 ? current : p.neg(current),
    byDrain: add(bySd, mul(t.nb, reverse)),
    byGate,
    bySource: p.neg(add(bySd, mul(t.nb, forward))),
  };
};

const OWN = ["threshold", "gain"] as const;
const SHARED = ["nb", "slope", "sigma", "theta", "velocity", "lambda"] as const;
const PLACES: Readonly<Record<(typeof SHARED)[number], number>> = {
  nb: NB,
  slope: SLOPE,
  sigma: SIGMA,
  theta: THETA,
  velocity: VELOCITY,
  lambda: LAMBDA,
};

/** The transistor's vector form: threshold and gain its own, all else its model's; its polarity is code. */
export const transistorVector: VectorForm<unknown> = {
  own: OWN,
  shared: SHARED,
  code: (c, at) => (c[at + POLARITY] > 0 ? "n" : "p"),
  write: (put, c, at) => {
    put("threshold", c[at + THRESHOLD]);
    put("gain", MICRO * c[at + GAIN]);
    for (const name of SHARED) put(name, c[at + PLACES[name]]);
  },
  emit: (math, code, slot, [drain, gate, source, bulk]) => {
    const shared = Object.fromEntries(SHARED.map((name) => [name, slot(name)])) as Record<
      (typeof SHARED)[number],
      Vector
    >;
    const terms = {
      polarity: code === "n" ? 1 : -1,
      threshold: slot("threshold"),
      gain: slot("gain"),
      ...shared,
    } as const;
    const { program: p } = math;
    const { current, byDrain, byGate, bySource } = emitDrainCurrent(math, terms, drain, gate, source, bulk);
    return [{ current, by: [byDrain, byGate, bySource, p.neg(p.add(p.add(byDrain, byGate), bySource))] }];
  },
};
