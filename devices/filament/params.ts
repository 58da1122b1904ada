/**
 * A filament that grows and dissolves in an oxide under field and its own heat: the one-dimensional gap model of the ASU group,
 * in the form of the ReRAM cell of SkyWater's open 130 nm process. Lengths in m, energies in eV.
 */
export interface FilamentPhysics {
  /** Thickness of the oxide, Tox. */
  readonly oxideThickness: number;
  /** Between these the filament's length stays. */
  readonly leastFilament: number;
  readonly mostFilament: number;
  /** I = currentScale exp(-(Tox - Tfil) / (Tox - referenceFilament)) sinh(V / fieldVoltage) [A, m, V]. */
  readonly currentScale: number;
  readonly referenceFilament: number;
  readonly fieldVoltage: number;
  /** Of vacancies made and of vacancies filled. */
  readonly generationBarrier: number;
  readonly recombinationBarrier: number;
  /** Speed at which the filament grows with no barrier [m/s]. */
  readonly attemptVelocity: number;
  /** Distance of one hop, a0. */
  readonly hopDistance: number;
  /** Local enhancement of the field, gamma = fieldFactor + fieldFactorSlope (gap / 1 nm)^3. */
  readonly fieldFactor: number;
  readonly fieldFactorSlope: number;
  /** Heat capacity of the filament [J/K] and the time its heat takes to leave [s]. */
  readonly thermalCapacitance: number;
  readonly thermalTime: number;
}

/** The same with where the numbers come from and what they are good for. */
export interface FilamentParams extends FilamentPhysics {
  readonly name: string;
  readonly source: string;
  readonly valid: string;
}
