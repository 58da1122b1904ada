import { describe, expect, test } from "@jest/globals";
import {
  compileCircuit,
  compileSenseAmplifier,
  pairWaveforms,
  REFERENCE_SIZING,
  sampleKeys,
  samplePairs,
  senseNetlist,
  transient,
  varyCircuit,
} from "#circuits/index";
import { RRAM_SETS, sky130 } from "#devices/index";
import { rootKey } from "#src/random/index";

const design = { ...REFERENCE_SIZING, technology: sky130, corner: "tt", supply: 0.8, temperature: 300.15 } as const;
const amplifier = compileSenseAmplifier(design);
const { precharge } = design.timing;
const times = [-1e-9, 0, 1e-9, 3e-9, 10e-9, 30e-9];
const nodes = ["q", "qb", "bl", "blb", "xl", "xr", "sl"];

describe("waveforms of pairs", () => {
  const { pairs } = samplePairs(amplifier, RRAM_SETS.reference, 1, sampleKeys(rootKey("waveforms"), 3));
  const found = pairWaveforms(amplifier, pairs, nodes, times, 1e-4);
  test("are those of the scalar engine, read by read", () => {
    expect(pairs.count).toBe(9);
    for (let i = 0; i < pairs.count; i++) {
      const deviations = Object.fromEntries(
        Object.keys(pairs.thresholdShifts).map((name) => [
          name,
          { thresholdShift: pairs.thresholdShifts[name][i], gainFactor: pairs.gainFactors[name][i] },
        ]),
      );
      const circuit = varyCircuit(compileCircuit(senseNetlist(design, [1e4, 1e5])), {
        resistances: { RL: pairs.left[i], RR: pairs.right[i] },
        deviations,
      });
      const at = times.map((t) => precharge + t);
      const alone = transient(circuit, { stop: at[at.length - 1], times: at, tolerance: 1e-6 });
      if (!alone.ok) throw new Error(alone.reason);
      for (const node of nodes)
        times.forEach((_, k) => {
          expect(Math.abs(found[node][i * times.length + k] - alone.voltages[node][k])).toBeLessThan(5e-3);
        });
    }
  });
  test("begin in the precharge and end decided", () => {
    const [before, , , , , late] = times.map((_, k) => [found["q"][k], found["qb"][k]]);
    for (const v of before) expect(v).toBeGreaterThan(0.95 * design.supply);
    expect(late[0]).toBeLessThan(0.05);
    expect(late[1]).toBeGreaterThan(0.95 * design.supply);
  });
  test("of a time before the precharge are refused", () => {
    expect(() => pairWaveforms(amplifier, pairs, nodes, [-2 * precharge, 1e-9], 1e-3)).toThrow(RangeError);
  });
});
