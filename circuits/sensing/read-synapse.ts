import {
  type CellAge,
  type ProgrammedRram,
  programRram,
  type RramDevice,
  type RramParams,
  type RramState,
  readRram,
  sampleRram,
} from "#devices/index";
import { fold, type Key } from "#src/random/index";

/** The two devices of one 2T2R synapse as fabricated: left on BL, right on BLb. */
export interface Synapse2T2R {
  readonly left: RramDevice;
  readonly right: RramDevice;
}

export const sampleSynapse = (params: RramParams, key: Key): Synapse2T2R => ({
  left: sampleRram(params, fold(key, "left")),
  right: sampleRram(params, fold(key, "right")),
});

/** A weight's states: +1 is low/high, -1 high/low, 0 high/high. */
const STATES: Readonly<Record<-1 | 0 | 1, readonly [RramState, RramState]>> = {
  "1": ["lrs", "hrs"],
  "-1": ["hrs", "lrs"],
  "0": ["hrs", "hrs"],
};

/** Both devices after programming the weight, each with its own cycle-to-cycle deviation. */
export const programSynapse = (
  params: RramParams,
  synapse: Synapse2T2R,
  weight: -1 | 0 | 1,
  key: Key,
): readonly [ProgrammedRram, ProgrammedRram] => {
  const [left, right] = STATES[weight];
  return [
    programRram(params, synapse.left, left, fold(key, "left")),
    programRram(params, synapse.right, right, fold(key, "right")),
  ];
};

/**
 * The two resistances [ohm] that one read sees, each with its own read noise.
 * @param age What both have been through since they were programmed; null: they are read at once.
 */
export const synapseResistances = (
  params: RramParams,
  programmed: readonly [ProgrammedRram, ProgrammedRram],
  temperature: number,
  key: Key,
  age: CellAge | null = null,
): readonly [number, number] => [
  readRram(params, programmed[0], temperature, fold(key, "left"), age),
  readRram(params, programmed[1], temperature, fold(key, "right"), age),
];
