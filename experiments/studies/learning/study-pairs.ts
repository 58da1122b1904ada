import { type ArrayUse, addUse, NO_USE, type PlasticPairsDesign, type PulseRounding } from "#circuits/index";
import type { PulsedParams } from "#devices/index";
import type { ValuesOf } from "#src/montecarlo/index";
import type { LEARNING_PARAMETERS } from "./learning-parameters.ts";

type Learning = ValuesOf<typeof LEARNING_PARAMETERS>;
type DeviceValues = Pick<
  Learning,
  | "highResistance"
  | "lowResistance"
  | "pulses"
  | "asymmetry"
  | "nonlinearity"
  | "cycleToCycle"
  | "states"
  | "deviceToDevice"
  | "boundSpread"
>;
type PairValues = DeviceValues &
  Pick<
    Learning,
    | "largestWeight"
    | "largestOutputWeight"
    | "update"
    | "verifyingPulses"
    | "readNoise"
    | "wireResistance"
    | "tile"
    | "readVoltage"
    | "readTime"
    | "pulseVoltage"
    | "pulseTime"
  >;

/** The device that the parameters describe. */
export const learningDevice = (p: DeviceValues): PulsedParams => ({
  name: "swept",
  source: "parameters of the study",
  least: 1 / p.highResistance,
  most: 1 / p.lowResistance,
  pulses: { set: p.pulses, reset: Math.max(1, p.pulses * p.asymmetry) },
  nonlinearity: { set: p.nonlinearity, reset: p.nonlinearity },
  cycleToCycle: p.cycleToCycle,
  states: p.states === 0 ? null : p.states,
  spread: { logStep: p.deviceToDevice, bounds: p.boundSpread, nonlinearity: 0 },
});

/** The pairs of a layer, the input's first, that the parameters describe. */
export const pairsOf = (
  p: PairValues,
  layer: number,
  inputs: number,
  outputs: number,
  rounding: PulseRounding,
): PlasticPairsDesign => ({
  inputs,
  outputs,
  device: learningDevice(p),
  largestWeight: layer === 0 ? p.largestWeight : p.largestOutputWeight,
  update: p.update === "blind" ? { kind: "blind" } : { kind: "write-verify", mostPulses: p.verifyingPulses },
  rounding,
  readNoise: p.readNoise,
  lines: p.wireResistance > 0 ? { rows: p.tile, columns: p.tile, segmentResistance: p.wireResistance } : null,
  timing: {
    readVoltage: p.readVoltage,
    readTime: p.readTime,
    pulseVoltage: p.pulseVoltage,
    pulseTime: p.pulseTime,
  },
});

/** @throws RangeError for what no device that learns can be. */
export const checkLearningDevice = (p: Pick<Learning, "highResistance" | "lowResistance" | "states">): void => {
  if (p.highResistance <= p.lowResistance)
    throw new RangeError(`highResistance ${p.highResistance} ohm is not above lowResistance ${p.lowResistance} ohm.`);
  if (p.states === 1) throw new RangeError("states: 1; a device that learns has two or more, or any (0).");
};

/** What all cells have been put to. */
export const totalUse = (cells: readonly { use(): ArrayUse }[]): ArrayUse =>
  cells.reduce((sum, c) => addUse(sum, c.use()), NO_USE);

/** Energies an image [J]: while learning, and of reads while testing. */
export const energiesOf = (learned: ArrayUse, tested: ArrayUse, images: number, testImages: number) => ({
  readEnergy: learned.readEnergy / images,
  pulseEnergy: learned.pulseEnergy / images,
  inferenceEnergy: (tested.readEnergy - learned.readEnergy) / testImages,
});
