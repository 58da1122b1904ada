import type { AnalogDesign } from "#circuits/index";

/** Arrays without converters, wires, errors and noise. */
export const IDEAL: AnalogDesign = {
  mapping: "differential pair",
  conductances: [1e-6, 1e-4],
  levels: null,
  slices: 1,
  readVoltage: 0.2,
  input: { kind: "voltage", bits: null },
  converter: null,
  tile: { rows: 1024, columns: 1024 },
  wires: null,
  programmingError: 0,
  readNoise: 0,
};
