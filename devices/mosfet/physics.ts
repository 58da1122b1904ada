import { power } from "#src/numerics/power";
import { BOLTZMANN, REFERENCE_TEMPERATURE } from "../temperature.ts";
import { GAIN, LAMBDA, NB, PER_N, POLARITY, SIGMA, SLOPE, THETA, THRESHOLD, VELOCITY } from "./coefficients.ts";
import type { Gate, MosfetParams } from "./params.ts";

/**
 * What of the model depends on parameters, geometry and temperature alone, at `out[at ...]`:
 * polarity (+1 n, -1 p), threshold, nb, 1/(2 n Ut), Ispec, sigma, theta Ut, 2 Ut / vc, lambda, 1/n.
 */
export const mosfetCoefficientsInto = (
  out: Float64Array,
  at: number,
  p: MosfetParams,
  gate: Gate,
  temperature: number,
): void => {
  const ut = BOLTZMANN * temperature;
  out[at + POLARITY] = p.polarity === "nmos" ? 1 : -1;
  // The DIBL term is zero at sd = 0.01, so that vt0 is the threshold at vanishing drain voltage.
  out[at + THRESHOLD] = p.vt0 - p.kt * (temperature - REFERENCE_TEMPERATURE) + p.sigma * 0.01;
  out[at + NB] = p.nb;
  out[at + SLOPE] = 1 / (2 * p.n * ut);
  out[at + GAIN] =
    2 * p.n * p.kp * (gate.width / gate.length) * power(temperature / REFERENCE_TEMPERATURE, -p.bex) * ut * ut;
  out[at + SIGMA] = p.sigma;
  out[at + THETA] = p.theta * ut;
  out[at + VELOCITY] = (2 * ut) / p.vc;
  out[at + LAMBDA] = p.lambda;
  out[at + PER_N] = 1 / p.n;
};

/** Drain current and its derivatives by drain, gate, source and bulk: [Id, dId/dVd, dId/dVg, dId/dVs, dId/dVb] in A and S. */
type DrainCurrent = Float64Array;

/**
 * Current into the drain of an extended EKV transistor and its exact derivatives, in every region of operation.
 *
 * Voltages relative to the bulk, signs flipped for a pMOS; k = 8.617333262e-5 eV/K, T0 = 300.15 K:
 *
 *     Ut    = k T;   sd = sqrt(vds^2 + 1e-4);   VT = vt0 - kt (T - T0) - sigma (sd - 0.01)
 *     uf    = ln(1 + exp((vg - VT - nb vs) / (2 n Ut)));   ur = ln(1 + exp((vg - VT - nb vd) / (2 n Ut)))
 *     Ispec = 2 n kp (W/L) (T/T0)^-bex Ut^2
 *     Id    = Ispec (uf^2 - ur^2) (1 + lambda sd) / (1 + theta Ut (uf + ur) + (2 Ut / vc) sqrt((uf - ur)^2 + 1e-6))
 *
 * The interpolation is that of Enz, Krummenacher, Vittoz (Analog Integr. Circuits Signal Process. 8, 83, 1995), with a
 * separate slope nb for source and drain and the usual DIBL, mobility, velocity and channel-length terms. With nb = n,
 * sigma = theta = lambda = 0, vc = Infinity it is the plain EKV model. The range of validity is the parameter set's.
 */
export const drainCurrentInto = (
  out: DrainCurrent,
  c: Float64Array,
  at: number,
  drain: number,
  gate: number,
  source: number,
  bulk: number,
): void => {
  const polarity = c[at + POLARITY];
  const vd = polarity * (drain - bulk);
  const vg = polarity * (gate - bulk);
  const vs = polarity * (source - bulk);
  const vds = vd - vs;
  const sd = Math.sqrt(vds * vds + 1e-4);
  const slope = c[at + SLOPE];
  const nb = c[at + NB];
  const overdrive = vg - c[at + THRESHOLD] + c[at + SIGMA] * sd;
  const xf = (overdrive - nb * vs) * slope;
  const xr = (overdrive - nb * vd) * slope;
  // softplus and its derivative, the logistic function, from one exponential that cannot overflow.
  const ef = Math.exp(-Math.abs(xf));
  const er = Math.exp(-Math.abs(xr));
  const uf = Math.log1p(ef) + Math.max(xf, 0);
  const ur = Math.log1p(er) + Math.max(xr, 0);
  const lf = (xf > 0 ? 1 : ef) / (1 + ef);
  const lr = (xr > 0 ? 1 : er) / (1 + er);

  const difference = uf - ur;
  const sum = uf + ur;
  const root = Math.sqrt(difference * difference + 1e-6);
  const denominator = 1 + c[at + THETA] * sum + c[at + VELOCITY] * root;
  const lengthening = 1 + c[at + LAMBDA] * sd;
  const scale = (c[at + GAIN] * lengthening) / denominator;
  const current = scale * difference * sum;

  // d Id / d uf and d Id / d ur at fixed sd.
  const velocity = (c[at + VELOCITY] * difference) / root;
  const byForward = scale * 2 * uf - (current * (c[at + THETA] + velocity)) / denominator;
  const byReverse = -scale * 2 * ur - (current * (c[at + THETA] - velocity)) / denominator;
  const forward = byForward * lf * slope;
  const reverse = byReverse * lr * slope;
  const byGate = forward + reverse;
  const dsd = vds / sd;
  const bySd = byGate * c[at + SIGMA] + (current / lengthening) * c[at + LAMBDA];
  out[0] = polarity * current;
  const byDrain = bySd * dsd - nb * reverse;
  const bySource = -bySd * dsd - nb * forward;
  out[1] = byDrain;
  out[2] = byGate;
  out[3] = bySource;
  out[4] = -byDrain - byGate - bySource;
};
