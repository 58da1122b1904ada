import { describe, expect, test } from "@jest/globals";
import { compileCircuit, varyCircuit } from "#circuits/analyses/circuit";
import { transient } from "#circuits/analyses/transient";
import { transientBatch } from "#circuits/batch/transient-batch";
import type { Netlist } from "#circuits/netlist/netlist";
import { parseNetlist } from "#circuits/netlist/parse-netlist";
import { readSpice } from "#circuits/spice/read-spice";
import { writeSpice } from "#circuits/spice/write-spice";
import { rootKey } from "#src/random/index";
import { type Junction, type JunctionModel, junctionKind } from "./slow-trap-junction.ts";

const MODEL = { saturationCurrent: 2e-6, voltage: 0.5, trapGain: 0.4, trapTime: 3e-9 };
const FILE = {
  title: "a junction with a slow trap",
  temperature: 300.15,
  models: { j: { type: "own:junction", ...MODEL } },
  elements: [
    {
      name: "V1",
      type: "voltage",
      nodes: ["in", "0"],
      waveform: {
        kind: "pwl",
        points: [
          [1e-9, 0],
          [1.5e-9, 0.9],
        ],
      },
    },
    { name: "R1", type: "resistor", nodes: ["in", "a"], resistance: 20e3 },
    { name: "C1", type: "capacitor", nodes: ["a", "0"], capacitance: 20e-15 },
    { name: "J1", type: "own:junction", model: "j", nodes: ["a", "0", "trap"] },
    { name: "CT", type: "capacitor", nodes: ["trap", "0"], capacitance: 1e-15 },
  ],
  initial: { a: 0, trap: 0 },
};
const netlist: Netlist = parseNetlist(FILE, "junction.json", [junctionKind]).netlist;
const STOP = 12.5e-9;
const times = Array.from({ length: 12 }, (_, k) => (k + 1) * 1e-9);

/** The same two differential equations by the classical Runge-Kutta method in small steps. */
const integrated = (): readonly (readonly [a: number, trap: number])[] => {
  const { saturationCurrent, voltage, trapGain, trapTime } = MODEL;
  const rate = (t: number, a: number, u: number): readonly [number, number] => {
    const drive = t < 1e-9 ? 0 : Math.min(0.9, (0.9 * (t - 1e-9)) / 0.5e-9);
    const current = saturationCurrent * (1 + trapGain * u) * Math.sinh(a / voltage);
    return [((drive - a) / 20e3 - current) / 20e-15, (a / voltage - u) / trapTime];
  };
  const h = 1e-13;
  let [a, u] = [0, 0];
  const found: (readonly [number, number])[] = [];
  for (let k = 0; k < 120_000; k++) {
    const t = k * h;
    const k1 = rate(t, a, u);
    const k2 = rate(t + h / 2, a + (h / 2) * k1[0], u + (h / 2) * k1[1]);
    const k3 = rate(t + h / 2, a + (h / 2) * k2[0], u + (h / 2) * k2[1]);
    const k4 = rate(t + h, a + h * k3[0], u + h * k3[1]);
    a += (h / 6) * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0]);
    u += (h / 6) * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1]);
    if ((k + 1) % 10_000 === 0) found.push([a, u]);
  }
  return found;
};

describe("an element that the program does not know, in one file through the contract", () => {
  const circuit = compileCircuit(netlist);
  const exact = integrated();

  test("is integrated by the scalar engine", () => {
    const found = transient(circuit, { stop: STOP, times, tolerance: 1e-6 });
    if (!found.ok) throw new Error(found.reason);
    exact.forEach(([a, trap], k) => {
      expect(Math.abs(found.voltages["a"][k] - a)).toBeLessThan(2e-5);
      expect(Math.abs(found.voltages["trap"][k] - trap)).toBeLessThan(2e-5);
    });
    expect(exact[11][1]).toBeGreaterThan(0.5);
  });

  test("runs in the batch engine's kernel, its varied quantity too", () => {
    const factors = [1, 0.8, 1.25, 1, 2];
    const { voltages, refused, failures } = transientBatch(
      circuit,
      { count: factors.length, gainFactors: { J1: factors } },
      { stop: STOP, tolerance: 1e-6, lanes: "f64x2", nodes: ["a", "trap"], times },
    );
    expect([refused, failures]).toEqual([null, []]);
    factors.forEach((gainFactor, instance) => {
      const one = varyCircuit(circuit, { deviations: { J1: { thresholdShift: 0, gainFactor } } });
      const scalar = transient(one, { stop: STOP, times, tolerance: 1e-6 });
      if (!scalar.ok) throw new Error(scalar.reason);
      times.forEach((_, k) => {
        const ours = voltages["a"][instance * times.length + k];
        expect(Math.abs(ours - scalar.voltages["a"][k])).toBeLessThan(5e-5);
      });
    });
  });

  test("is not taken for another kind of the same name: no kernel of such a kind is kept", () => {
    const { part } = junctionKind;
    if (part.kind !== "flows" || "refused" in part.vector) throw new Error("no vector form");
    const { vector } = part;
    const halved = {
      ...junctionKind,
      part: {
        ...part,
        vector: {
          ...vector,
          write: (put: (name: string, value: number) => void, ...of: [Float64Array, number, JunctionModel]) =>
            vector.write((name, value) => put(name, name === "current" ? value / 2 : value), ...of),
          emit: (...[math, code, slot, v]: Parameters<typeof vector.emit>) =>
            vector.emit(
              math,
              code,
              (name) => (name === "current" ? math.program.add(slot(name), slot(name)) : slot(name)),
              v,
            ),
        },
      },
    };
    const run = (kinds: Netlist["kinds"]): number =>
      transientBatch(
        compileCircuit({ ...netlist, kinds: kinds ?? [] }),
        { count: 1 },
        { stop: STOP, tolerance: 1e-6, lanes: "f64x2", nodes: ["a"], times: [12e-9] },
      ).voltages["a"][0];
    // Half of the current in its slot and twice of it in the code: with the other's code it would be half.
    expect(Math.abs(run([junctionKind]) - run([halved]))).toBeLessThan(1e-6);
  });

  test("is refused by thermal noise, in its own words", () => {
    expect(() =>
      transient(circuit, { stop: STOP, times, tolerance: 1e-6, noise: { key: rootKey("n"), interval: 1e-10 } }),
    ).toThrow("thermal noise: J1 is a junction, whose noise nobody has measured.");
  });

  test("goes out to SPICE and comes back", () => {
    const deck = writeSpice(netlist, { stop: STOP });
    expect(deck).toContain("X_J1 a 0 trap rramlab_own_junction_j");
    const { kinds, ...read } = readSpice(deck, new Map(), [junctionKind]).netlist;
    const { kinds: _, ...written } = netlist;
    expect(read).toEqual(written);
    expect(kinds).toEqual([junctionKind]);
    // Without its kind a deck's subcircuit is read as what it is, or refused.
    expect(() => readSpice(deck)).toThrow("Bi");
  });

  test("is checked like any other, and refused where its kind is not given", () => {
    const { kinds: _, ...without } = netlist;
    expect(() => compileCircuit(without)).toThrow('unknown element type "own:junction"');
    expect(() => parseNetlist(FILE, "junction.json")).toThrow('unknown element type "own:junction"');
    const [junction] = netlist.elements.filter((e): e is Junction => e.type === "own:junction");
    const wrong = {
      ...netlist,
      elements: netlist.elements.map((e) => (e === junction ? { ...junction, model: "k" } : e)),
    };
    expect(() => compileCircuit(wrong)).toThrow('J1: unknown model "k"');
    const slow = { ...netlist, models: { j: { ...netlist.models["j"], trapTime: 0 } } };
    expect(() => compileCircuit(slow)).toThrow('model "j": trapTime is 0 s');
    const named = { ...junctionKind, type: "junction" } as never;
    expect(() => compileCircuit({ ...netlist, kinds: [named] })).toThrow('begin with "own:"');
  });
});
