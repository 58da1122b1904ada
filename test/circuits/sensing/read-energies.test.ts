import { describe, expect, test } from "@jest/globals";
import {
  compileCircuit,
  compileSenseAmplifier,
  type Netlist,
  repeatedReadEnergies,
  type SenseAmplifierDesign,
  senseNetlist,
  sensePairs,
  transient,
} from "#circuits/index";
import { ptm130, sky130 } from "#devices/index";
import { defaultsOf } from "#src/montecarlo/parameter";
import { designOf } from "../../../experiments/studies/sensing/sense-design.ts";
import { senseErrors } from "../../../experiments/studies/sensing/sense-errors.ts";
import type { SenseValues } from "../../../experiments/studies/sensing/sense-parameters.ts";

/** Two equal cells of an ideal amplifier would stand undecided until rounding decides. */
const PAIRS = [
  [8e3, 4e5],
  [4e5, 8e3],
  [3e5, 5e5],
] as const;
const reads = {
  ...{ count: PAIRS.length, left: PAIRS.map(([l]) => l), right: PAIRS.map(([, r]) => r) },
  ...{ thresholdShifts: {}, gainFactors: {} },
};
const designAt = (technology: string, supply: number, temperature: number): SenseAmplifierDesign =>
  designOf({ ...(defaultsOf(senseErrors.parameters) as SenseValues), technology, supply, temperature } as SenseValues);

/** Energy of all sources until each time, by the scalar engine, finely. */
const finely = (netlist: Netlist, stop: number, times: readonly number[]): number[] => {
  const found = transient(compileCircuit(netlist), { stop, times: [stop], tolerance: 1e-5, energyAt: times });
  if (!found.ok) throw new Error(found.reason);
  return times.map((_, t) => Object.values(found.energies).reduce((sum, e) => sum + e[t], 0));
};

describe.each([
  [ptm130.name, 1.2, 358.15],
  [sky130.name, 0.9, 300.15],
])("%s at %d V, %d K", (technology, supply, temperature) => {
  const design = designAt(technology, supply, temperature);
  const { precharge, edge } = design.timing;
  const amplifier = compileSenseAmplifier(design);

  test("the energy to a strobe holds what a decided read still draws", () => {
    const strobes = [3e-9, 20e-9, 100e-9];
    const { senseEnergies } = sensePairs(amplifier, reads, strobes, 2e-4, true);
    PAIRS.forEach((pair, i) => {
      const [start, ...ends] = finely(senseNetlist(design, pair), precharge + 100e-9, [
        precharge,
        ...strobes.map((t) => precharge + t),
      ]);
      ends.forEach((end, s) => {
        expect(Math.abs(senseEnergies[i * strobes.length + s] / (end - start) - 1)).toBeLessThan(0.01);
      });
    });
  });

  test("a read that follows a read takes what the sources give from one strobe to the next", () => {
    const strobe = 3e-9;
    const found = repeatedReadEnergies(amplifier, reads, strobe, 2e-4);
    PAIRS.forEach((pair, i) => {
      // SEN as points in time, by hand: up, down, up, down.
      const cycle = precharge + strobe;
      const points = [0, 1].flatMap((k): (readonly [number, number])[] => [
        [k * cycle + precharge, 0],
        [k * cycle + precharge + edge, supply],
        [(k + 1) * cycle, supply],
        [(k + 1) * cycle + edge, 0],
      ]);
      const netlist = senseNetlist(design, pair);
      const elements = netlist.elements.map((e) =>
        e.type === "voltage" && e.name === "VSEN" ? { ...e, waveform: { kind: "pwl", points } as const } : e,
      );
      const [first, second] = finely({ ...netlist, elements }, 2 * cycle, [cycle, 2 * cycle]);
      expect(Math.abs(found[i] / (second - first) - 1)).toBeLessThan(0.01);
      // A first read, from nothing, takes more.
      expect(first).toBeGreaterThan(1.2 * found[i]);
    });
  });
});

test("ptm130 at 85 degC, 1.2 V goes on drawing: 23.3 fJ in 100 ns by an independent program, not the 16.8 until its outputs have settled", () => {
  const amplifier = compileSenseAmplifier(designAt(ptm130.name, 1.2, 358.15));
  const { senseEnergies } = sensePairs(amplifier, reads, [100e-9], 2e-4, true);
  // That program's cells were drawn; these are the medians.
  for (const i of [0, 1]) expect(Math.abs(senseEnergies[i] / 23.3e-15 - 1)).toBeLessThan(0.02);
});

test("a strobe within SEN's edge has no read to follow", () => {
  const amplifier = compileSenseAmplifier(designAt(sky130.name, 1, 300.15));
  expect(() => repeatedReadEnergies(amplifier, reads, 1e-12, 1e-3)).toThrow("is within SEN's edge");
});
