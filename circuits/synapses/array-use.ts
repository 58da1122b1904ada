/** What reading and programming an array has cost so far. */
export interface ArrayUse {
  /** Input vectors read through the array, either way. */
  readonly reads: number;
  /** Read pulses of single spikes on their lines. */
  readonly events: number;
  /** Energy of the devices while read [J]. */
  readonly readEnergy: number;
  /** Programming pulses on single devices, and their energy [J]. */
  readonly pulses: number;
  readonly pulseEnergy: number;
}

/** What an array has been put to so far, while it counts. */
export type Ledger = { -readonly [name in keyof ArrayUse]: number };

export const NO_USE: ArrayUse = { reads: 0, events: 0, readEnergy: 0, pulses: 0, pulseEnergy: 0 };

export const addUse = (a: ArrayUse, b: ArrayUse): ArrayUse => ({
  reads: a.reads + b.reads,
  events: a.events + b.events,
  readEnergy: a.readEnergy + b.readEnergy,
  pulses: a.pulses + b.pulses,
  pulseEnergy: a.pulseEnergy + b.pulseEnergy,
});

/** What a read and a pulse take: energies are V^2 G t of the devices under them. */
export interface ArrayTiming {
  /** Voltage of an input of 1, and how long it stands [V, s]. */
  readonly readVoltage: number;
  readonly readTime: number;
  /** Of a programming pulse [V, s]. */
  readonly pulseVoltage: number;
  readonly pulseTime: number;
}

/** @throws RangeError where a voltage or a time is not above 0. */
export const checkTiming = (timing: ArrayTiming): void => {
  for (const [name, value] of Object.entries(timing))
    if (!(value > 0 && value < Number.POSITIVE_INFINITY))
      throw new RangeError(`learning array: ${name} ${value}; expected more than 0, in V or s.`);
};
