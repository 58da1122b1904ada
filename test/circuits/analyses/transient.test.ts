import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  compileCircuit,
  type Element,
  GOLDEN_SETS,
  type Netlist,
  solveOperatingPoint,
  type Transient,
  type TransientOptions,
  transient,
  transientBatch,
  varyCircuit,
} from "../../../index.ts";

const net = (
  elements: readonly Element[],
  initial: Netlist["initial"] = null,
  models: Netlist["models"] = {},
): Netlist => ({
  title: "test",
  temperature: 300.15,
  models,
  elements,
  initial,
});
const R = (name: string, a: string, b: string, resistance: number): Element => ({
  name,
  type: "resistor",
  nodes: [a, b],
  resistance,
});
const C = (name: string, a: string, b: string, capacitance: number): Element => ({
  name,
  type: "capacitor",
  nodes: [a, b],
  capacitance,
});
const V = (name: string, a: string, b: string, value: number): Element => ({
  name,
  type: "voltage",
  nodes: [a, b],
  waveform: { kind: "dc", value },
});
const solve = (netlist: Netlist, options: Partial<TransientOptions> & { stop: number }): Transient => {
  const result = transient(compileCircuit(netlist), { times: [], tolerance: 1e-6, ...options });
  if (!result.ok) throw new Error(result.reason);
  return result;
};

describe("laws", () => {
  test("a capacitor charges through a resistor as 1 - exp(-t / RC), at any scale", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 2, max: 8, noNaN: true }),
        fc.double({ min: -15, max: -6, noNaN: true }),
        (logR, logC) => {
          const tau = 10 ** (logR + logC);
          const times = [0.1, 0.5, 1, 2, 5].map((x) => x * tau);
          const result = solve(
            net([V("V", "in", "0", 1), R("R", "in", "out", 10 ** logR), C("C", "out", "0", 10 ** logC)], { out: 0 }),
            {
              stop: 5 * tau,
              times,
            },
          );
          times.forEach((t, i) => {
            expect(Math.abs(result.voltages["out"][i] - (1 - Math.exp(-t / tau)))).toBeLessThan(2e-5);
          });
        },
      ),
      { seed: 1, numRuns: 30 },
    );
  });
  test("the error falls with the tolerance, faster than its square root", () => {
    const circuit = net(
      [
        {
          name: "V",
          type: "voltage",
          nodes: ["in", "0"],
          waveform: { kind: "sin", offset: 0, amplitude: 1, frequency: 1e6, delay: 0 },
        },
        R("R", "in", "out", 1e3),
        C("C", "out", "0", 1e-9),
      ],
      { out: 0 },
    );
    const w = 2 * Math.PI * 1e6;
    const tau = 1e-6;
    const exact = (t: number): number =>
      (Math.sin(w * t) - w * tau * Math.cos(w * t) + w * tau * Math.exp(-t / tau)) / (1 + (w * tau) ** 2);
    const times = Array.from({ length: 50 }, (_, i) => (i + 1) * 6e-8);
    const errors = [1e-3, 1e-5, 1e-7].map((tolerance) => {
      const result = solve(circuit, { stop: 3e-6, times, tolerance });
      return Math.max(...times.map((t, i) => Math.abs(result.voltages["out"][i] - exact(t))));
    });
    expect(errors[2]).toBeLessThan(1e-5);
    expect(errors[1] / errors[2]).toBeGreaterThan(10);
  });
  test("what a source delivers is what resistors burn and capacitors store", () => {
    const c = 1e-12;
    const result = solve(net([V("V", "in", "0", 2), R("R", "in", "out", 1e3), C("C", "out", "0", c)], { out: 0 }), {
      stop: 20e-9,
      energyAt: [20e-9],
    });
    // C V^2: half in the resistor, half in the capacitor, whatever the resistance.
    // Currents of driven nodes are those of Newton's last look: energies are as good as the tolerance, not better.
    expect(Math.abs(result.energies["V"][0] / (c * 4) - 1)).toBeLessThan(1e-4);
  });
  test("chained sources deliver what the nodes above them draw", () => {
    // 1 V at a, 0.5 V more at b; 1 kohm from b to ground draws 1.5 mA through both.
    const result = solve(
      net([V("V1", "a", "0", 1), V("V2", "b", "a", 0.5), R("R", "b", "0", 1e3), R("RA", "a", "0", 1e9)]),
      {
        stop: 1e-9,
        energyAt: [1e-9],
      },
    );
    expect(result.energies["V1"][0] / (1 * 1.5e-3 * 1e-9)).toBeCloseTo(1, 5);
    expect(result.energies["V2"][0] / (0.5 * 1.5e-3 * 1e-9)).toBeCloseTo(1, 5);
  });
  test("a floating source holds its voltage and carries the current that its nodes need", () => {
    const result = solve(
      net([
        V("V1", "a", "0", 1),
        R("R1", "a", "b", 1e3),
        V("V2", "c", "b", 0.5),
        R("R2", "c", "0", 2e3),
        C("C", "c", "0", 1e-15),
      ]),
      { stop: 1e-9, times: [1e-9] },
    );
    expect(result.voltages["c"][0] - result.voltages["b"][0]).toBeCloseTo(0.5, 9);
    expect(result.voltages["c"][0]).toBeCloseTo(1, 9);
  });
  test("a node without capacitance follows its divider at once", () => {
    const result = solve(
      net([
        {
          name: "V",
          type: "voltage",
          nodes: ["in", "0"],
          waveform: {
            kind: "pwl",
            points: [
              [1e-9, 0],
              [2e-9, 1],
            ],
          },
        },
        R("R1", "in", "mid", 1e3),
        R("R2", "mid", "0", 1e3),
      ]),
      { stop: 3e-9, times: [0.5e-9, 1.5e-9, 2.5e-9] },
    );
    [0, 0.25, 0.5].forEach((v, i) => {
      expect(result.voltages["mid"][i]).toBeCloseTo(v, 9);
    });
  });
  test("nodes without capacitance that bend are followed within the tolerance, between the steps too", () => {
    const models = {
      n: { type: "mosfet", params: GOLDEN_SETS.plain.n },
      p: { type: "mosfet", params: GOLDEN_SETS.plain.p },
    } as const;
    const stage = (i: number, input: string, output: string): Element[] => [
      {
        name: `MP${i}`,
        type: "mosfet",
        model: "p",
        drain: output,
        gate: input,
        source: "vdd",
        bulk: "vdd",
        width: 2e-6,
        length: 0.15e-6,
      },
      {
        name: `MN${i}`,
        type: "mosfet",
        model: "n",
        drain: output,
        gate: input,
        source: "0",
        bulk: "0",
        width: 1e-6,
        length: 0.15e-6,
      },
      R(`R${i}`, output, "0", 1e6),
    ];
    const at = (input: number | null): Netlist =>
      net(
        [
          V("VDD", "vdd", "0", 1.2),
          input === null
            ? {
                name: "VIN",
                type: "voltage",
                nodes: ["in", "0"],
                waveform: {
                  kind: "pwl",
                  points: [
                    [1e-9, 0],
                    [3e-9, 1.2],
                  ],
                },
              }
            : V("VIN", "in", "0", input),
          ...stage(1, "in", "mid"),
          ...stage(2, "mid", "out"),
        ],
        null,
        models,
      );
    const times = Array.from({ length: 41 }, (_, i) => 1e-9 + i * 5e-11);
    for (const tolerance of [1e-3, 1e-5]) {
      const result = solve(at(null), { stop: 4e-9, times, tolerance });
      times.forEach((t, i) => {
        const circuit = compileCircuit(at((1.2 * (t - 1e-9)) / 2e-9));
        const point = solveOperatingPoint(circuit);
        if (!point.ok) throw new Error(point.reason);
        for (const node of ["mid", "out"])
          expect(Math.abs(result.voltages[node][i] - point.x[circuit.index.get(node) as number])).toBeLessThan(
            10 * tolerance,
          );
      });
    }
  });
  test("a linear circuit may stand at any voltage", () => {
    const result = solve(
      net([V("V", "in", "0", 120), R("R1", "in", "m", 1e3), R("R2", "m", "0", 1e3), C("C", "m", "0", 1e-15)], { m: 0 }),
      {
        stop: 1e-9,
        times: [1e-9],
      },
    );
    expect(result.voltages["m"][0]).toBeCloseTo(60, 4);
  });
  test("a current source pulls a capacitor down by I t / C, and PULSE repeats", () => {
    const current: Element = {
      name: "I",
      type: "current",
      nodes: ["out", "0"],
      waveform: {
        kind: "pulse",
        low: 0,
        high: 1e-6,
        delay: 1e-9,
        rise: 1e-11,
        fall: 1e-11,
        width: 0.99e-9,
        period: 4e-9,
      },
    };
    const result = solve(net([current, C("C", "out", "0", 1e-12), R("R", "out", "0", 1e12)], { out: 1 }), {
      stop: 9e-9,
      times: [1e-9, 2.1e-9, 4e-9, 6.1e-9, 9e-9],
    });
    [1, 0.999, 0.999, 0.998, 0.998].forEach((v, i) => {
      expect(Math.abs(result.voltages["out"][i] - v)).toBeLessThan(2e-5);
    });
  });
  test("crossings are found inside steps, and only falls count", () => {
    const result = solve(net([R("R", "out", "0", 1e3), C("C", "out", "0", 1e-12)], { out: 1 }), {
      stop: 5e-9,
      crossings: { nodes: ["out"], threshold: 0.5, after: 0 },
    });
    expect((result.crossings["out"] as number) / (1e-9 * Math.LN2)).toBeCloseTo(1, 4);
    const rising = solve(net([V("V", "in", "0", 1), R("R", "in", "out", 1e3), C("C", "out", "0", 1e-12)], { out: 0 }), {
      stop: 5e-9,
      crossings: { nodes: ["out"], threshold: 0.5, after: 0 },
    });
    expect(rising.crossings["out"]).toBeNull();
  });
});

describe("operating point", () => {
  const inverter = (input: number): Netlist =>
    net(
      [
        V("VDD", "vdd", "0", 1.2),
        V("VIN", "in", "0", input),
        {
          name: "MP",
          type: "mosfet",
          model: "p",
          drain: "out",
          gate: "in",
          source: "vdd",
          bulk: "vdd",
          width: 2e-6,
          length: 0.15e-6,
        },
        {
          name: "MN",
          type: "mosfet",
          model: "n",
          drain: "out",
          gate: "in",
          source: "0",
          bulk: "0",
          width: 1e-6,
          length: 0.15e-6,
        },
        C("C", "out", "0", 1e-15),
      ],
      null,
      { n: { type: "mosfet", params: GOLDEN_SETS.plain.n }, p: { type: "mosfet", params: GOLDEN_SETS.plain.p } },
    );
  test("an inverter inverts, and its output falls steadily as its input rises", () => {
    let before = 2;
    for (let input = 0; input <= 1.2001; input += 0.1) {
      const circuit = compileCircuit(inverter(input));
      const point = solveOperatingPoint(circuit);
      if (!point.ok) throw new Error(point.reason);
      const out = point.x[circuit.index.get("out") as number];
      expect(out).toBeLessThan(before);
      before = out;
    }
    expect(before).toBeLessThan(0.01);
  });
  test("a transient that starts there stays there", () => {
    const result = solve(inverter(0.6), { stop: 1e-9, times: [0, 1e-9] });
    expect(Math.abs(result.voltages["out"][1] - result.voltages["out"][0])).toBeLessThan(1e-5);
  });
});

describe("variations", () => {
  test("a varied resistance is that netlist's, the original is untouched", () => {
    const netlist = (r: number): Netlist =>
      net([V("V", "in", "0", 1), R("R", "in", "out", r), C("C", "out", "0", 1e-12)], { out: 0 });
    const base = compileCircuit(netlist(1e3));
    const options = { stop: 2e-9, times: [1e-9], tolerance: 1e-6 };
    const varied = transient(varyCircuit(base, { resistances: { R: 2e3 } }), options);
    expect(varied).toEqual(transient(compileCircuit(netlist(2e3)), options));
    expect(transient(base, options)).toEqual(transient(compileCircuit(netlist(1e3)), options));
    expect(() => varyCircuit(base, { resistances: { R9: 1 } })).toThrow("no resistor or rram is called R9");
    expect(() => varyCircuit(base, { resistances: { R: -5 } })).toThrow("-5 ohm");
  });
});

describe("netlists that are refused", () => {
  const good = [V("V", "in", "0", 1), R("R", "in", "out", 1e3), C("C", "out", "0", 1e-12)];
  test.each<[string, readonly Element[], string]>([
    [
      "a node that one element touches",
      [...good, R("R2", "out", "nowhere", 1)],
      'node "nowhere" floats: only R2 touches it',
    ],
    ["an island", [...good, R("R2", "x", "y", 1), R("R3", "y", "x", 1)], "floats: no element holds it to ground"],
    [
      "a node between capacitors",
      [...good, C("C2", "x", "0", 1e-15), C("C3", "out", "x", 1e-15)],
      "only capacitors hold it",
    ],
    ["a negative resistance", [...good, R("R2", "in", "out", -3)], "R2: resistance is -3 ohm"],
    [
      "a pulse without an edge",
      [
        ...good,
        {
          name: "I",
          type: "current",
          nodes: ["out", "0"],
          waveform: { kind: "pulse", low: 0, high: 1, delay: 0, rise: 0, fall: 1e-12, width: 1e-9, period: 1e-8 },
        },
      ],
      "I: pulse edges",
    ],
    ["two elements of one name", [...good, R("R", "in", "out", 3)], "two elements are called R"],
    ["a loop of sources", [...good, V("V2", "in", "0", 2)], "V2 closes a loop"],
    [
      "an unknown model",
      [
        ...good,
        {
          name: "M",
          type: "mosfet",
          model: "nfet",
          drain: "out",
          gate: "in",
          source: "0",
          bulk: "0",
          width: 1e-6,
          length: 1e-7,
        },
      ],
      'unknown model "nfet"',
    ],
    ["no ground", [R("R", "a", "b", 1), R("R2", "a", "b", 1)], "no element touches ground"],
  ])("%s", (_name, elements, message) => {
    expect(() => compileCircuit(net(elements))).toThrow(message);
  });
  test("a pulse with more edges than any analysis can land on", () => {
    const fast: Element = {
      name: "V9",
      type: "voltage",
      nodes: ["in", "0"],
      waveform: { kind: "pulse", low: 0, high: 1, delay: 0, rise: 1e-12, fall: 1e-12, width: 1e-12, period: 1e-11 },
    };
    const circuit = compileCircuit(net([fast, R("R", "in", "out", 1e3), C("C", "out", "0", 1e-12)]));
    expect(() => transient(circuit, { stop: 1, times: [], tolerance: 1e-3 })).toThrow("edges before 1 s");
  });
  test("a tolerance or a time that makes no sense", () => {
    const circuit = compileCircuit(net(good));
    expect(() => transient(circuit, { stop: 1e-9, times: [2e-9], tolerance: 1e-6 })).toThrow("outside 0 .. 1e-9 s");
    expect(() => transient(circuit, { stop: 1e-9, times: [], tolerance: 0 })).toThrow("tolerance is 0 V");
    expect(() => transient(circuit, { stop: -1, times: [], tolerance: 1e-6 })).toThrow("stop is -1 s");
  });
});

describe("what cannot be solved", () => {
  test("is a value with reason, node, time and residual", () => {
    // Two transistors whose gates hold each other, driven to a step no solver follows in so few steps.
    const netlist: Netlist = {
      title: "too long",
      temperature: 300.15,
      models: {},
      elements: [
        {
          name: "V1",
          type: "voltage",
          nodes: ["a", "0"],
          waveform: { kind: "sin", offset: 0, amplitude: 1, frequency: 1e9, delay: 0 },
        },
        { name: "R1", type: "resistor", nodes: ["a", "b"], resistance: 1e3 },
        { name: "C1", type: "capacitor", nodes: ["b", "0"], capacitance: 1e-12 },
      ],
      initial: {},
    };
    const result = transient(compileCircuit(netlist), { stop: 1e-6, times: [], tolerance: 1e-4, mostSteps: 50 });
    if (result.ok) throw new Error("fifty steps do not cover a thousand periods");
    expect(result.reason).toBe("too many steps");
    expect(result.node).toBe("b");
    expect(result.time).toBeGreaterThan(0);
    expect(result.time).toBeLessThan(1e-6);
    expect(Number.isFinite(result.residual)).toBe(true);
  });
  test("but start voltages that a node without capacitance contradicts are no obstacle: it follows from the others", () => {
    const circuit = compileCircuit({
      title: "given",
      temperature: 300.15,
      models: {},
      elements: [
        { name: "V1", type: "voltage", nodes: ["in", "0"], waveform: { kind: "dc", value: 1 } },
        { name: "R1", type: "resistor", nodes: ["in", "m"], resistance: 1e3 },
        { name: "R2", type: "resistor", nodes: ["m", "a"], resistance: 1e3 },
        { name: "C1", type: "capacitor", nodes: ["a", "0"], capacitance: 1e-12 },
      ],
      initial: { a: 0.2 },
    });
    const single = transient(circuit, { stop: 3e-9, times: [0, 1e-9], tolerance: 1e-6 });
    if (!single.ok) throw new Error(single.reason);
    expect(single.voltages["m"][0]).toBeCloseTo(0.6, 9);
    // ngspice 39 answers 0.5148 at 1 ns.
    expect(single.voltages["a"][1]).toBeCloseTo(1 - 0.8 * Math.exp(-0.5), 4);
    const batch = transientBatch(
      circuit,
      { count: 1 },
      { stop: 3e-9, times: [1e-9], tolerance: 1e-4, nodes: ["a", "m"] },
    );
    expect(batch.outcomes[0]).toBe(1);
    expect(batch.voltages["a"][0]).toBeCloseTo(1 - 0.8 * Math.exp(-0.5), 3);
  });
  test("floating sources that close a loop are named", () => {
    const source = (name: string): Element => ({
      name,
      type: "voltage",
      nodes: ["a", "b"],
      waveform: { kind: "dc", value: 1 },
    });
    const elements: Element[] = [
      source("V1"),
      source("V2"),
      { name: "R1", type: "resistor", nodes: ["a", "0"], resistance: 1 },
      { name: "R2", type: "resistor", nodes: ["b", "0"], resistance: 1 },
    ];
    expect(() => compileCircuit({ title: "loop", temperature: 300, models: {}, elements, initial: null })).toThrow(
      /V2 closes a loop of voltage sources/,
    );
  });
  test("a circuit too large for dense matrices is refused with the limit", () => {
    const elements = Array.from({ length: 1001 }, (_, i): Element[] => [
      { name: `R${i}`, type: "resistor", nodes: [`n${i}`, `n${i + 1}`], resistance: 1 },
      { name: `C${i}`, type: "capacitor", nodes: [`n${i}`, "0"], capacitance: 1e-15 },
    ]).flat();
    elements.push({ name: "RE", type: "resistor", nodes: ["n1001", "0"], resistance: 1 });
    expect(() => compileCircuit({ title: "long", temperature: 300, models: {}, elements, initial: null })).toThrow(
      /1002 unknown voltages and currents; at most 1000/,
    );
  });
});
