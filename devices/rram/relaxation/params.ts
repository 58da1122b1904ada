/** A quantity that depends on a cell's conductance: values at conductances [S], ascending; constant beyond both ends. */
export interface ConductanceCurve {
  readonly conductances: readonly number[];
  readonly values: readonly number[];
}

/**
 * How the resistance of a cell at rest moves after it was programmed. In the coordinate h = integral of d ln R / spread(G), G = 1 / R,
 *
 *     h(t) = h(0) + amplitude(G0) S'^-fading (drift(G0) S' + X(S')),   S' = S^exponent,   S = log10(1 + t / onset),
 *
 * X a normal-inverse-Gaussian process whose skew and shape depend, as its amplitude does, on the conductance G0 after programming: spread
 * says how moves change on their way, amplitude how far a cell moves that began at G0. A share `permanent` of the clock
 * S' moves for good; what the rest has moved is lost again: slices of it, one a decade of time, are drawn anew at the events of a Poisson
 * clock of rate `redraws` / tau, tau the time at the middle of the decade.
 */
export interface RramRelaxation {
  readonly standing: string;
  readonly source: string;
  /** Temperature at which it was measured [K], and the activation energy by which other temperatures speed time up [eV]; null: none is known. */
  readonly temperature: number;
  readonly activationEnergy: number | null;
  /** Temperatures, times and conductances that were measured: beyond is extrapolation [K], [s], [S]. */
  readonly temperatures: readonly [lowest: number, highest: number];
  readonly times: readonly [first: number, last: number];
  readonly conductances: readonly [least: number, most: number];
  /** [s] */
  readonly onset: number;
  readonly exponent: number;
  /** All moves shrink as the clock's power: below 1 / 2. Widths grow as S'^(1/2 - fading), tails lighten as S' alone has it. */
  readonly fading: number;
  readonly spread: ConductanceCurve;
  readonly amplitude: ConductanceCurve;
  readonly drift: ConductanceCurve;
  readonly skew: ConductanceCurve;
  readonly shape: ConductanceCurve;
  readonly permanent: number;
  readonly redraws: number;
}

/** A time at a temperature [s], [K]. */
export interface Hold {
  readonly seconds: number;
  readonly temperature: number;
}

/** What a cell has been through: its holds since it was programmed, in order, and how often it had been programmed before. */
export interface CellAge {
  readonly holds: readonly Hold[];
  readonly cycles?: number;
}

/** At rest for so long at the temperature at which relaxation was measured. */
export const atRest = ({ temperature }: Pick<RramRelaxation, "temperature">, seconds: number): CellAge => ({
  holds: [{ seconds, temperature }],
});
