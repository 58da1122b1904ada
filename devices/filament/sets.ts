import type { FilamentParams } from "./params.ts";

/** The ReRAM cell of SkyWater's open 130 nm process. */
export const sky130Reram: FilamentParams = {
  name: "sky130 ReRAM",
  source:
    "sky130_fd_pr_reram__reram_cell.va (google/skywater-pdk-libs-sky130_fd_pr_reram, Apache-2.0), read for its equations and parameters",
  valid:
    "the file's own: gap 0.1 to 1.7 nm, pulses of a nanosecond and longer, ambient 300 K; its temperature dependence beyond that was checked by nobody",
  oxideThickness: 5e-9,
  leastFilament: 3.3e-9,
  mostFilament: 4.9e-9,
  currentScale: 61.4e-6,
  referenceFilament: 4.7249e-9,
  fieldVoltage: 0.43,
  generationBarrier: 1.501,
  recombinationBarrier: 1.5,
  attemptVelocity: 150,
  hopDistance: 0.25e-9,
  fieldFactor: 16.5,
  fieldFactorSlope: -1.25,
  thermalCapacitance: 3.1825e-16,
  thermalTime: 0.23e-9,
};
