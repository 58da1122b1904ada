/**
 * One transistor's parameters for the extended EKV model of `drainCurrent`: volts relative to the bulk, positive for both
 * polarities (a pMOS is mirrored). Used as a set: vt0, kp and theta, vc, lambda are strongly correlated fit values.
 */
export interface MosfetParams {
  readonly polarity: "nmos" | "pmos";
  /** Threshold voltage at T0 = 300.15 K and small drain voltage [V]. */
  readonly vt0: number;
  /** Slope factor of the gate in weak inversion [1]. */
  readonly n: number;
  /** Slope factor of source and drain (body effect) [1]. */
  readonly nb: number;
  /** Transconductance factor at T0 [A/V^2]. */
  readonly kp: number;
  /** Drain-induced barrier lowering [1]. */
  readonly sigma: number;
  /** Mobility reduction [1/V]. */
  readonly theta: number;
  /** Velocity-saturation voltage [V]; Infinity for none. */
  readonly vc: number;
  /** Channel-length modulation [1/V]. */
  readonly lambda: number;
  /** Fall of the threshold with temperature [V/K]. */
  readonly kt: number;
  /** Exponent of the mobility's fall with temperature [1]. */
  readonly bex: number;
}

/** Drawn gate [m]. */
export interface Gate {
  readonly width: number;
  readonly length: number;
}

/** What the fab gave one transistor, relative to its design. */
export interface MosfetDeviation {
  /** Added to vt0 [V]. */
  readonly thresholdShift: number;
  /** Multiplies kp [1]. */
  readonly gainFactor: number;
}
