export type { FilamentParams, FilamentPhysics } from "./filament/params.ts";
export {
  BOUND_WIDTH,
  filamentCurrentInto,
  filamentRateInto,
  filamentResistance,
  steadyTemperature,
} from "./filament/physics.ts";
export type { FilamentSpread } from "./filament/sample.ts";
export { sampleFilament } from "./filament/sample.ts";
export { sky130Reram } from "./filament/sets.ts";
export {
  GAIN,
  LAMBDA,
  MOSFET_COEFFICIENT_NAMES,
  MOSFET_COEFFICIENTS,
  NB,
  POLARITY,
  SIGMA,
  SLOPE,
  THETA,
  THRESHOLD,
  VELOCITY,
} from "./mosfet/coefficients.ts";
export { channelNoiseConductance } from "./mosfet/noise.ts";
export type { Gate, MosfetDeviation, MosfetParams } from "./mosfet/params.ts";
export { drainCurrentInto, mosfetCoefficientsInto } from "./mosfet/physics.ts";
export type { Mismatch } from "./mosfet/sample.ts";
export { mismatchSigmas, sampleMosfet } from "./mosfet/sample.ts";
export { GOLDEN_SETS } from "./mosfet/sets/golden.ts";
export { ptm130 } from "./mosfet/sets/ptm130.ts";
export { sky130 } from "./mosfet/sets/sky130.ts";
export type {
  Corner,
  FittedTransistor,
  Role,
  Technology,
  TerminalCapacitances,
  TimingRatio,
} from "./mosfet/technology.ts";
export { CORNERS, transistorParams } from "./mosfet/technology.ts";
export type { PulsedParams, PulsedSpread } from "./pulsed/params.ts";
export { afterPulse, pulsedConductance, pulseStep } from "./pulsed/physics.ts";
export type { PulsedPopulation } from "./pulsed/population.ts";
export { pulsedDeviceAt, samplePulsedPopulation } from "./pulsed/population.ts";
export type { PulsedDevice } from "./pulsed/sample.ts";
export { checkPulsed, samplePulsed } from "./pulsed/sample.ts";
export { idealPulsed } from "./pulsed/sets.ts";
export type { Fluctuators } from "./rram/noise/fluctuators.ts";
export { fluctuationAt, fluctuatorSpectrum } from "./rram/noise/fluctuators.ts";
export type { TelegraphNoise } from "./rram/noise/telegraph.ts";
export { telegraphAt, telegraphSpectrum, telegraphStates, trappedAfter, trappedShare } from "./rram/noise/telegraph.ts";
export type {
  RramConduction,
  RramParams,
  RramShape,
  RramSpread,
  RramState,
  RramStateParams,
  RramStuck,
} from "./rram/params.ts";
export { parseRram } from "./rram/parse.ts";
export { resistanceTemperatureFactor, rramCurrentInto } from "./rram/physics.ts";
export type { ProgrammedPopulation, RramPopulation } from "./rram/population.ts";
export { programPopulation, readPopulation, samplePopulation } from "./rram/population.ts";
export { beyondMeasured } from "./rram/relaxation/measured-range.ts";
export { monotoneCurve } from "./rram/relaxation/monotone-curve.ts";
export type { CellAge, ConductanceCurve, Hold, RramRelaxation } from "./rram/relaxation/params.ts";
export { atRest } from "./rram/relaxation/params.ts";
export { clockAt, equivalentTime, relaxedResistance } from "./rram/relaxation/relax.ts";
export type { ProgrammedRram, RramDevice } from "./rram/sample.ts";
export {
  agedBy,
  programRram,
  readRram,
  sampleResistancesInto,
  sampleRram,
  sampleStuckCells,
  totalLogSigma,
} from "./rram/sample.ts";
export { RELAXATION_C, RRAM_SETS } from "./rram/sets.ts";
export { logSharesOf, shapedDeviation, standingOf } from "./rram/shape.ts";
export type { RramWear } from "./rram/wear.ts";
export { wornBy } from "./rram/wear.ts";
export { BOLTZMANN, REFERENCE_TEMPERATURE } from "./temperature.ts";
