import { expect, test } from "@jest/globals";
import { Simulation } from "eecircuit-engine";
import type { CellConduction } from "#circuits/crossbar/cell-conduction";
import type { CrossbarInput } from "#circuits/crossbar/crossbar-design";
import { crossbarNetlist } from "#circuits/crossbar/crossbar-netlist";
import { createCrossbarSolver } from "#circuits/crossbar/crossbar-solver";
import { writeSpice } from "#circuits/spice/write-spice";
import { sky130, transistorParams } from "#devices/index";
import { binaryDevices, plainDesign, readVoltages } from "./arrays.ts";

const simulation = new Simulation();

/** Currents into the bit lines' sources as ngspice finds them: its operating point of the same netlist. */
const ngspice = async (deck: string, columns: number): Promise<Float64Array> => {
  await simulation.start();
  simulation.setNetList(deck);
  const result = await simulation.runSim();
  if (result.dataType !== "real") throw new Error("complex");
  const found = new Map(result.data.map(({ name, values }) => [name.toLowerCase(), values[0]]));
  return Float64Array.from({ length: columns }, (_, j) => found.get(`i(vb${j})`) ?? Number.NaN);
};

const access: CellConduction = {
  kind: "access transistor",
  fieldVoltage: 0.43,
  on: "bit line",
  params: transistorParams(sky130, "tt", "access", 1e-6),
  gate: { width: 1e-6, length: 0.15e-6 },
  temperature: 300.15,
};

test.each<readonly [string, number, CellConduction, number]>([
  ["sinh cells, V0 0.1 V", 8, { kind: "sinh", fieldVoltage: 0.1 }, 20],
  ["sinh cells, V0 0.1 V", 16, { kind: "sinh", fieldVoltage: 0.1 }, 20],
  ["sinh cells, V0 0.43 V", 16, { kind: "sinh", fieldVoltage: 0.43 }, 5],
  ["1T1R cells", 8, access, 10],
  ["1T1R cells", 16, access, 10],
])("%s, %i rows: ngspice agrees within 1e-6 on every current", async (_, size, conduction, wire) => {
  const design = plainDesign(size, size, wire, wire / 2);
  const devices = binaryDevices(size, size, "ngspice");
  const input: CrossbarInput = {
    wordLines: { voltages: readVoltages(size, "ngspice") },
    bitLines: { voltages: new Float64Array(size) },
    gates: Float64Array.from({ length: size }, (_g, i) => (i % 4 === 3 ? 0.9 : 1.8)),
  };
  const solver = createCrossbarSolver(design, { conduction });
  solver.program(devices);
  const ours = solver.solve(input);
  if (!ours.ok) throw new Error(ours.reason);
  const lines = [".options reltol=1e-10 abstol=1e-18 vntol=1e-12 gmin=1e-18", ".op"];
  const theirs = await ngspice(writeSpice(crossbarNetlist(design, devices, input, conduction), { lines }), size);
  const worst = ours.currents.reduce((most, ampere, j) => Math.max(most, Math.abs(ampere / theirs[j] - 1)), 0);
  expect(worst).toBeLessThan(1e-6);
  // The wires and the bend both matter here: neither ideal lines nor ohmic cells would pass.
  const without = (segment: number, cells: CellConduction): number => {
    const other = createCrossbarSolver(plainDesign(size, size, segment, segment / 2), { conduction: cells });
    other.program(devices);
    const solution = other.solve(input);
    if (!solution.ok) throw new Error(solution.reason);
    return solution.currents.reduce((most, ampere, j) => Math.max(most, Math.abs(ampere / theirs[j] - 1)), 0);
  };
  expect(without(0, conduction)).toBeGreaterThan(1e-3);
  expect(without(wire, { kind: "ohmic" })).toBeGreaterThan(1e-3);
});
