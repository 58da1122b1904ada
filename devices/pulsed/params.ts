/**
 * How a device's conductance moves under identical programming pulses, without a word on why: what learning on arrays needs.
 * SET pulses raise it, RESET pulses lower it.
 */
export interface PulsedParams {
  readonly name: string;
  readonly source: string;
  /** Bounds of the conductance [S]. */
  readonly least: number;
  readonly most: number;
  /** Pulses from one bound to the other without nonlinearity, spread or noise. */
  readonly pulses: { readonly set: number; readonly reset: number };
  /**
   * Soft bounds: a pulse's step falls by exp(-nonlinearity) from the bound it leaves to the bound it nears; 0: all steps alike.
   */
  readonly nonlinearity: { readonly set: number; readonly reset: number };
  /** Standard deviation of a pulse's step from pulse to pulse, as a share of the range over the number of pulses. */
  readonly cycleToCycle: number;
  /** States the conductance rests in, evenly spaced bounds included; null: any. */
  readonly states: number | null;
  /** Spread from device to device. */
  readonly spread: PulsedSpread;
}

/** Standard deviations from device to device: ln of the step (SET and RESET apart), the bounds as a share of the range, nonlinearity. */
export interface PulsedSpread {
  readonly logStep: number;
  readonly bounds: number;
  readonly nonlinearity: number;
}
