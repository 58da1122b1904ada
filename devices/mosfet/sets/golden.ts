import type { MosfetParams } from "../params.ts";

/**
 * The parameters of the reference transients in test/references/pcsa: earlier fits of the same equations ("sky", "ptm")
 * and a plain EKV pair ("plain": nb = n, no second-order term). For comparing solvers, not for studying a process.
 */
export const GOLDEN_SETS: Readonly<
  Record<"sky" | "ptm" | "plain", { readonly n: MosfetParams; readonly p: MosfetParams }>
> = {
  sky: {
    n: {
      polarity: "nmos",
      vt0: 0.71347,
      n: 1.4171,
      nb: 1.1708,
      kp: 2.4493e-4,
      sigma: 0.04484,
      theta: 9.1188e-4,
      vc: 1.1671,
      lambda: 0.26106,
      kt: 3.6928e-4,
      bex: 0.3,
    },
    p: {
      polarity: "pmos",
      vt0: 0.8365,
      n: 2.3521,
      nb: 1.216,
      kp: 3.4054e-4,
      sigma: 0.14249,
      theta: 11.839,
      vc: 1.4689,
      lambda: 0.014667,
      kt: 1.6016e-3,
      bex: 0.3,
    },
  },
  ptm: {
    n: {
      polarity: "nmos",
      vt0: 0.34599,
      n: 1.3665,
      nb: 1.2129,
      kp: 1.8252e-3,
      sigma: 0.074749,
      theta: 4.0157,
      vc: 0.23603,
      lambda: 0.085465,
      kt: 1.0646e-20,
      bex: 1.1885,
    },
    p: {
      polarity: "pmos",
      vt0: 0.31182,
      n: 1.3539,
      nb: 1.189,
      kp: 3.2263e-4,
      sigma: 0.083361,
      theta: 2.234,
      vc: 0.61662,
      lambda: 0.34151,
      kt: 8.2934e-5,
      bex: 2.108,
    },
  },
  plain: {
    n: {
      polarity: "nmos",
      vt0: 0.42,
      n: 1.35,
      nb: 1.35,
      kp: 3e-4,
      sigma: 0,
      theta: 0,
      vc: Number.POSITIVE_INFINITY,
      lambda: 0,
      kt: 8e-4,
      bex: 1.5,
    },
    p: {
      polarity: "pmos",
      vt0: 0.42,
      n: 1.35,
      nb: 1.35,
      kp: 8e-5,
      sigma: 0,
      theta: 0,
      vc: Number.POSITIVE_INFINITY,
      lambda: 0,
      kt: 8e-4,
      bex: 1.5,
    },
  },
};
