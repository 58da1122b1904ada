import { GAIN, LAMBDA, NB, POLARITY, SIGMA, SLOPE, THETA, THRESHOLD, VELOCITY } from "./coefficients.ts";

/**
 * Conductance [S] whose thermal noise is a transistor's channel noise: the current's spectral density is 4 k T times it.
 *
 * With q = u times its logistic slope, the normalised charge at source and drain in the terms of `drainCurrentInto`,
 *
 *     G = (nb / (n Ut)) I' ((2/3) (qf^2 + qf qr + qr^2) + (qf + qr) / 2) / (qf + qr + 1),   I' = Ispec (1 + lambda sd) / denominator
 *
 * Charge-based thermal noise after Enz and Vittoz, Charge-Based MOS Transistor Modeling (Wiley 2006), chapter 6 (recalled).
 * At equal drain and source voltage it equals the channel's own conductance, as Nyquist's theorem asks (tested); in weak
 * inversion it gives full shot noise. Coefficients are those of `mosfetCoefficientsInto`. No flicker noise.
 */
export const channelNoiseConductance = (
  c: Float64Array,
  at: number,
  drain: number,
  gate: number,
  source: number,
  bulk: number,
): number => {
  const polarity = c[at + POLARITY];
  const vd = polarity * (drain - bulk);
  const vg = polarity * (gate - bulk);
  const vs = polarity * (source - bulk);
  const sd = Math.sqrt((vd - vs) ** 2 + 1e-4);
  const overdrive = vg - c[at + THRESHOLD] + c[at + SIGMA] * sd;
  const side = (v: number): { readonly u: number; readonly q: number } => {
    const x = (overdrive - c[at + NB] * v) * c[at + SLOPE];
    const e = Math.exp(-Math.abs(x));
    const u = Math.log1p(e) + Math.max(x, 0);
    return { u, q: (u * (x > 0 ? 1 : e)) / (1 + e) };
  };
  const forward = side(vs);
  const reverse = side(vd);
  const difference = forward.u - reverse.u;
  const denominator =
    1 + c[at + THETA] * (forward.u + reverse.u) + c[at + VELOCITY] * Math.sqrt(difference * difference + 1e-6);
  const scale = (c[at + GAIN] * (1 + c[at + LAMBDA] * sd)) / denominator;
  const f = forward.q;
  const r = reverse.q;
  const charge = ((2 / 3) * (f * f + f * r + r * r) + (f + r) / 2) / (f + r + 1);
  return 2 * c[at + SLOPE] * c[at + NB] * scale * charge;
};
