import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { Simulation } from "eecircuit-engine";
import {
  compileCircuit,
  type Netlist,
  parseNetlist,
  ptm130,
  REFERENCE_SIZING,
  rcLadder,
  ringOscillator,
  senseNetlist,
  sky130,
  sramRead,
  transient,
  writeSpice,
} from "../../../index.ts";

/*
 * Decks of `spice export` run by ngspice compiled to WebAssembly (eecircuit-engine), against the scalar engine: the
 * same equations twice, by two integrators.
 */
const simulation = new Simulation();
const ngspice = async (netlist: Netlist, stop: number, step: number): Promise<Record<string, number[]>> => {
  await simulation.start();
  const lines = [
    ".options reltol=1e-5 abstol=1e-15 vntol=1e-8 chgtol=1e-20",
    `.tran ${step} ${stop} 0 ${step} uic`,
    ".print tran all",
  ];
  simulation.setNetList(writeSpice(netlist, { lines }));
  const result = await simulation.runSim();
  if (result.dataType !== "real") throw new Error("complex");
  return Object.fromEntries(result.data.map(({ name, values }) => [name.toLowerCase(), values]));
};

/** Largest difference of a node's voltage from ours at ngspice's own times, from `from` on. */
const difference = (
  netlist: Netlist,
  found: Record<string, number[]>,
  stop: number,
  nodes: readonly string[],
  from = 0,
): number => {
  const times = found["time"].filter((t) => t >= from && t <= stop);
  const skip = found["time"].length - times.length;
  const ours = transient(compileCircuit(netlist), { stop, times, tolerance: 1e-6 });
  if (!ours.ok) throw new Error(ours.reason);
  let worst = 0;
  for (const node of nodes)
    times.forEach((_, i) => {
      worst = Math.max(worst, Math.abs(ours.voltages[node][i] - found[`v(${node})`][skip + i]));
    });
  return worst;
};
/** First time at which a sampled waveform falls through a level. */
const fallOf = (times: readonly number[], v: readonly number[], level: number, from = 0): number => {
  for (let i = 1; i < v.length; i++)
    if (times[i - 1] >= from && v[i - 1] >= level && v[i] < level)
      return times[i - 1] + ((times[i] - times[i - 1]) * (v[i - 1] - level)) / (v[i - 1] - v[i]);
  return Number.NaN;
};

describe("the energy that a transient integrates", () => {
  const folder = new URL("../../references/pcsa/", import.meta.url);
  test.each(["case00.json", "case06.json", "case13.json"])(
    "agrees with ngspice's own integral within 1 %%: every source of %s",
    async (file) => {
      const { netlist } = parseNetlist(JSON.parse(readFileSync(new URL(file, folder), "utf8")), file);
      const stop = 55e-9;
      const found = await ngspice(netlist, stop, 20e-12);
      const ours = transient(compileCircuit(netlist), { stop, times: [], tolerance: 1e-5, energyAt: [50e-9, stop] });
      if (!ours.ok) throw new Error(ours.reason);
      const times = found["time"];
      /** Trapezoidal integral of v i from the source until `until`, ngspice's current entering at plus. */
      const integral = (name: string, node: string, until: number): number => {
        const volt = found[`v(${node})`];
        const ampere = found[`i(${name.toLowerCase()})`];
        let sum = 0;
        for (let i = 1; i < times.length && times[i] <= until * (1 + 1e-9); i++)
          sum -= ((volt[i] * ampere[i] + volt[i - 1] * ampere[i - 1]) * (times[i] - times[i - 1])) / 2;
        return sum;
      };
      const supply = netlist.elements.filter((e) => e.type === "voltage");
      const total = (at: number): number => Object.values(ours.energies).reduce((sum, e) => sum + e[at], 0);
      for (const [at, until] of [50e-9, stop].entries()) {
        const theirs = supply
          .map((e) => [e.name, e.nodes[0]] as const)
          .map(([n, node]) => integral(n, node.toLowerCase(), until));
        expect(theirs.length).toBeGreaterThan(1);
        supply.forEach((e, k) => {
          expect(Math.abs(ours.energies[e.name][at] - theirs[k])).toBeLessThan(0.01 * total(at));
        });
        expect(total(at)).toBeGreaterThan(1e-15);
      }
    },
    120_000,
  );
});

describe("exported decks give our waveforms in ngspice", () => {
  const conditions = { technology: sky130, corner: "tt", supply: 1.2, temperature: 300.15 } as const;
  test("an RC ladder", async () => {
    const netlist = rcLadder(8, 1e3, 20e-15);
    const found = await ngspice(netlist, 5e-9, 2e-12);
    expect(difference(netlist, found, 5e-9, ["n1", "n4", "n8"])).toBeLessThan(1e-3);
  });
  test("the read of an SRAM cell", async () => {
    const netlist = sramRead({ ...conditions, temperature: 358.15 });
    const found = await ngspice(netlist, 4e-9, 2e-12);
    expect(difference(netlist, found, 4e-9, ["q", "bl", "blb"], 0.1e-9)).toBeLessThan(2e-3);
  });
  test("the period of a ring oscillator, within 0.2 %", async () => {
    const netlist = ringOscillator({ ...conditions, technology: ptm130 }, 5);
    const stop = 1.5e-9;
    const found = await ngspice(netlist, stop, 0.5e-12);
    const times = Float64Array.from({ length: 15001 }, (_, i) => Math.min(stop, (stop * i) / 15000));
    const ours = transient(compileCircuit(netlist), { stop, times, tolerance: 1e-5 });
    if (!ours.ok) throw new Error(ours.reason);
    const period = (t: readonly number[], v: readonly number[]): number => {
      const first = fallOf(t, v, 0.6, 0.4e-9);
      const second = fallOf(t, v, 0.6, first + 1e-12);
      return second - first;
    };
    const theirs = period(found["time"], found["v(n0)"]);
    expect(theirs).toBeGreaterThan(20e-12);
    expect(Math.abs(period([...times], [...ours.voltages["n0"]]) / theirs - 1)).toBeLessThan(2e-3);
  });
  test("the decision of the sense amplifier, within 1e-3", async () => {
    const netlist = senseNetlist({ ...REFERENCE_SIZING, ...conditions }, [1e4, 1e5]);
    const start = REFERENCE_SIZING.timing.precharge;
    const found = await ngspice(netlist, start + 1e-9, 10e-12);
    const theirs = fallOf(found["time"], found["v(q)"], 0.6, start) - start;
    const ours = transient(compileCircuit(netlist), {
      stop: start + 1e-9,
      times: [],
      tolerance: 1e-6,
      crossings: { nodes: ["q"], threshold: 0.6, after: start },
    });
    if (!ours.ok) throw new Error(ours.reason);
    expect(Math.abs((ours.crossings["q"] as number) / theirs - 1)).toBeLessThan(1e-3);
  });
});
