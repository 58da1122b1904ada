/** gamma = 2 - sqrt 2, which gives both stages one Jacobian: mass + d h slope. */
const GAMMA = 2 - Math.SQRT2;
const D = GAMMA / 2;
const W = Math.SQRT2 / 4;

/**
 * Coefficients of TR-BDF2: a trapezoidal stage to t + gamma h, y_m = y + d h (f + f_m), then a BDF2 stage to t + h,
 * y' = bdfMiddle y_m - bdfOld y + d h f'; L-stable, second order; integrals over the step weigh w, w, d. `error...` are the weights of the embedded
 * third-order formula minus those of the method.
 *
 * Source: Bank, Coughran, Fichtner, Grosse, Rose, Smith, IEEE Trans. Electron Devices 32, 1992 (1985); gamma and the embedded
 * formula after Hosea and Shampine, Appl. Numer. Math. 20, 21 (1996).
 */
export const TR_BDF2 = {
  gamma: GAMMA,
  d: D,
  w: W,
  bdfMiddle: 1 / (GAMMA * (2 - GAMMA)),
  bdfOld: (1 - GAMMA) ** 2 / (GAMMA * (2 - GAMMA)),
  errorOld: (1 - W) / 3 - W,
  errorMiddle: (3 * W + 1) / 3 - W,
  errorNew: D / 3 - D,
} as const;
