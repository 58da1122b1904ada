import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { varying } from "#circuits/analyses/element-groups";
import { instanceOf } from "../../../circuits/batch/batch-instances.ts";
import {
  BATCH_SOLVED,
  BATCH_SOLVED_SCALAR,
  type BatchOptions,
  type BatchVariations,
  type Circuit,
  compileCircuit,
  type Element,
  fold,
  type Netlist,
  normal,
  parseNetlist,
  ptm130,
  rcLadder,
  ringOscillator,
  rootKey,
  sky130,
  sramRead,
  transient,
  transientBatch,
  uniform,
} from "../../../index.ts";

const folder = new URL("../../references/pcsa/", import.meta.url);

/** Values of `key` scaled: lognormal around a median, or normal. */
const column = (count: number, label: string, of: (z: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => of(normal(fold(rootKey("batch test"), label), i)));

const mismatch = (circuit: Circuit, count: number): Pick<BatchVariations, "thresholdShifts" | "gainFactors"> => ({
  thresholdShifts: Object.fromEntries(
    varying(circuit.groups, "thresholdShift").map((name) => [name, column(count, `${name} vt`, (z) => 0.012 * z)]),
  ),
  gainFactors: Object.fromEntries(
    varying(circuit.groups, "thresholdShift").map((name) => [
      name,
      column(count, `${name} beta`, (z) => Math.exp(0.04 * z)),
    ]),
  ),
});

/** Largest difference in voltage and in crossing time, instance by instance, from the scalar engine at a fine tolerance. */
const againstScalar = (circuit: Circuit, variations: BatchVariations, options: BatchOptions) => {
  const batch = transientBatch(circuit, variations, options);
  expect(batch.refused).toBeNull();
  expect([...batch.outcomes].every((o) => o === BATCH_SOLVED)).toBe(true);
  let volts = 0;
  let crossing = 0;
  for (let i = 0; i < variations.count; i++) {
    const { nodes, times, crossings, stop } = options;
    const single = transient(instanceOf(circuit, variations, i), {
      stop,
      times,
      tolerance: 1e-6,
      ...(crossings
        ? { crossings: { nodes, after: crossings.after, threshold: crossings.threshold[i] ?? crossings.threshold[0] } }
        : {}),
    });
    if (!single.ok) throw new Error(single.reason);
    for (const node of nodes) {
      for (let t = 0; t < times.length; t++)
        volts = Math.max(volts, Math.abs(batch.voltages[node][i * times.length + t] - single.voltages[node][t]));
      if (!crossings) continue;
      const ours = batch.crossings[node][i];
      const theirs = single.crossings[node];
      if (theirs === null) expect(ours).toBeNaN();
      else crossing = Math.max(crossing, Math.abs(ours / theirs - 1));
    }
  }
  return { volts, crossing };
};

describe.each(readdirSync(folder))("the amplifier of %s", (file) => {
  const reference = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  const { netlist, analysis } = parseNetlist(reference, file);
  if (!analysis?.times || !analysis.crossings) throw new Error(`${file} has no transient analysis`);
  const { senseStart, voltages, firstCrossing } = reference.expected;
  const { stop, crossings } = analysis;
  const times = analysis.times.filter((t) => t >= senseStart);
  const from = analysis.times.length - times.length;
  const circuit = compileCircuit(netlist);
  const run = (tolerance: number, lanes: "f32x4" | "f64x2") =>
    transientBatch(
      circuit,
      { count: 1 },
      {
        ...{ stop, times, tolerance, lanes, nodes: circuit.nodes },
        crossings: { threshold: [crossings.threshold], after: crossings.after },
        pairs: [
          ["q", "qb"],
          ["bl", "blb"],
        ],
      },
    );
  test("f64x2 at 1e-6 V meets ngspice's voltages within 0.5 mV", () => {
    const batch = run(1e-6, "f64x2");
    for (const node of Object.keys(voltages))
      times.forEach((_, i) => {
        expect(Math.abs(batch.voltages[node][i] - voltages[node][from + i])).toBeLessThan(0.5e-3);
      });
  });
  test("f32x4 at 2e-4 V meets ngspice's crossing times within 1e-3", () => {
    const batch = run(2e-4, "f32x4");
    for (const [node, seconds] of Object.entries<number | null>(firstCrossing))
      if (seconds === null) expect(batch.crossings[node][0]).toBeNaN();
      else expect(Math.abs(batch.crossings[node][0] / seconds - 1)).toBeLessThan(1e-3);
  });
});

describe("energies", () => {
  test.each<[string, "f32x4" | "f64x2", number, number]>([
    ["f32x4", "f32x4", 1e-3, 5e-3],
    ["f64x2", "f64x2", 1e-5, 3e-4],
  ])("of every source and phase agree with the scalar engine's: %s", (_name, lanes, tolerance, share) => {
    const reference = JSON.parse(readFileSync(new URL("case01.json", folder), "utf8"));
    const circuit = compileCircuit(parseNetlist(reference, "case01").netlist);
    const times = [0, 10e-9, 50e-9, 50.05e-9, 52e-9, 80e-9];
    const resistances = { RL: [8e3, 2e5, 1e5], RR: [2e5, 1e4, 1.2e5] };
    const batch = transientBatch(
      circuit,
      { count: 3, resistances },
      { stop: 80e-9, times, tolerance, lanes, nodes: ["q"], energies: true },
    );
    expect([...batch.outcomes]).toEqual([1, 1, 1]);
    for (let i = 0; i < 3; i++) {
      const single = transient(instanceOf(circuit, { count: 3, resistances }, i), {
        stop: 80e-9,
        times,
        tolerance: 1e-6,
        energyAt: times,
      });
      if (!single.ok) throw new Error(single.reason);
      const total = Object.values(single.energies).reduce((sum, e) => sum + Math.abs(e[e.length - 1]), 0);
      for (const [source, energies] of Object.entries(single.energies))
        times.forEach((_t, t) => {
          expect(Math.abs(batch.energies[source][i * times.length + t] - energies[t])).toBeLessThan(share * total);
        });
      expect(batch.energies["VDD"]?.[i * times.length + 2] ?? 1).toBeGreaterThan(1e-15);
    }
  });
  test("of a resistor behind a moving source are its closed form", () => {
    const circuit = compileCircuit({
      title: "ramp",
      temperature: 300.15,
      models: {},
      elements: [
        {
          name: "V1",
          type: "voltage",
          nodes: ["a", "0"],
          waveform: {
            kind: "pwl",
            points: [
              [0, 0],
              [1e-9, 1],
            ],
          },
        },
        { name: "R1", type: "resistor", nodes: ["a", "b"], resistance: 1e3 },
        { name: "R2", type: "resistor", nodes: ["b", "0"], resistance: 1e3 },
        { name: "C1", type: "capacitor", nodes: ["b", "0"], capacitance: 1e-18 },
        { name: "C2", type: "capacitor", nodes: ["a", "0"], capacitance: 5e-15 },
      ],
      initial: {},
    });
    const { energies } = transientBatch(
      circuit,
      { count: 1 },
      { stop: 2e-9, times: [1e-9, 2e-9], tolerance: 1e-4, nodes: [], energies: true },
    );
    // Integral of (t / 1 ns)^2 / 2 kohm over 1 ns, and C V^2 / 2 on the source's own capacitor; then 1 V over 2 kohm.
    expect(energies["V1"][0] / (1e-9 / 3 / 2e3 + 2.5e-15)).toBeCloseTo(1, 3);
    expect((energies["V1"][1] - energies["V1"][0]) / (1e-9 / 2e3)).toBeCloseTo(1, 3);
  });
});

describe("other circuits, against the scalar engine", () => {
  const conditions = { technology: sky130, corner: "tt", supply: 1.2, temperature: 300.15 } as const;
  test("the read of an SRAM cell with mismatch, supply and temperature of each instance", () => {
    const circuit = compileCircuit(sramRead(conditions));
    const count = 40;
    const supplies = column(count, "supply", (z) => 1.2 + 0.05 * z);
    const scale = supplies.map((v) => v / 1.2);
    const { volts, crossing } = againstScalar(
      circuit,
      {
        count,
        ...mismatch(circuit, count),
        sourceScales: { VDD: scale, VWL: scale },
        temperatures: column(count, "temperature", (z) => 310 + 25 * z),
      },
      {
        stop: 5e-9,
        tolerance: 1e-4,
        nodes: ["bl", "q"],
        times: [0, 1e-9, 1.05e-9, 1.5e-9, 3e-9, 5e-9],
        crossings: { threshold: supplies.map((v) => 0.8 * v), after: 1e-9 },
      },
    );
    expect(volts).toBeLessThan(2e-3);
    expect(crossing).toBeLessThan(1e-3);
  });
  test("a ring oscillator keeps its phase", () => {
    const circuit = compileCircuit(ringOscillator({ ...conditions, technology: ptm130 }, 5));
    const { volts } = againstScalar(
      circuit,
      { count: 3, ...mismatch(circuit, 3) },
      { stop: 0.6e-9, tolerance: 1e-6, lanes: "f64x2", nodes: ["n0", "n3"], times: [0.1e-9, 0.3e-9, 0.6e-9] },
    );
    expect(volts).toBeLessThan(5e-3);
  });
  test("an RC ladder of 40 sections, the most a kernel takes", () => {
    const circuit = compileCircuit(rcLadder(40, 1e3, 1e-15));
    const { volts } = againstScalar(
      circuit,
      { count: 3, resistances: { R1: [500, 1e3, 5e3] } },
      { stop: 5e-9, tolerance: 1e-5, nodes: ["n1", "n20", "n40"], times: [1.5e-9, 2.5e-9, 5e-9] },
    );
    expect(volts).toBeLessThan(2e-4);
  });
  const V = (name: string, plus: string, minus: string, waveform: unknown): Element =>
    ({ name, type: "voltage", nodes: [plus, minus], waveform }) as Element;
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
  const netlist = (elements: Element[], initial: Netlist["initial"] = null): Netlist => ({
    title: "test",
    temperature: 300.15,
    models: { cell: { type: "rram", conduction: { kind: "sinh", fieldVoltage: 0.43 } } },
    elements,
    initial,
  });
  const pulse = {
    kind: "pulse",
    low: 0,
    high: 1,
    delay: 1e-9,
    rise: 0.2e-9,
    fall: 0.2e-9,
    width: 2e-9,
    period: 5e-9,
  } as const;
  const sine = { kind: "sin", offset: 0.5, amplitude: 0.4, frequency: 3e8, delay: 1e-9 } as const;
  const every = [0.5e-9, 1e-9, 1.1e-9, 1.2e-9, 2e-9, 3.3e-9, 3.4e-9, 5e-9, 6.1e-9, 7.77e-9, 10e-9];
  test.each<[string, Element[], readonly string[], number]>([
    [
      "a pulse through an RC",
      [V("VIN", "a", "0", pulse), R("R1", "a", "b", 1e4), C("C1", "b", "0", 50e-15)],
      ["b"],
      2e-4,
    ],
    [
      "a sine through an RC and a coupling capacitor",
      [V("VIN", "a", "0", sine), R("R1", "a", "b", 1e4), C("C1", "b", "0", 50e-15), C("C2", "a", "b", 20e-15)],
      ["b"],
      3e-4,
    ],
    [
      "a cell that bends",
      [
        V("VIN", "a", "0", pulse),
        { name: "X1", type: "rram", model: "cell", nodes: ["a", "b"], resistance: 5e4 },
        R("R1", "b", "0", 2e4),
        C("C1", "b", "0", 50e-15),
      ],
      ["b"],
      3e-4,
    ],
    [
      "a node without capacitance",
      [V("VIN", "a", "0", pulse), R("R1", "a", "b", 1e4), R("R2", "b", "c", 1e4), C("C1", "c", "0", 50e-15)],
      ["b", "c"],
      4e-3,
    ],
    [
      "a floating source, and a current source",
      [
        V("VIN", "a", "0", pulse),
        R("R1", "a", "b", 1e4),
        V("VF", "c", "b", { kind: "dc", value: 0.2 }),
        R("R2", "c", "0", 3e4),
        C("C1", "c", "0", 40e-15),
        { name: "I1", type: "current", nodes: ["0", "c"], waveform: { kind: "dc", value: 5e-6 } },
      ],
      ["b", "c"],
      4e-3,
    ],
    [
      "two floating sources in a chain",
      [
        V("VIN", "a", "0", sine),
        R("R1", "a", "b", 1e4),
        V("VF", "c", "b", { kind: "dc", value: 0.2 }),
        V("VG", "d", "c", pulse),
        R("R2", "d", "0", 3e4),
        C("C1", "d", "0", 40e-15),
      ],
      ["d"],
      4e-3,
    ],
  ])("%s", (_name, elements, nodes, volt) => {
    const { volts } = againstScalar(
      compileCircuit(netlist(elements)),
      { count: 3, resistances: { R1: [5e3, 1e4, 3e4] } },
      { stop: 10e-9, tolerance: 1e-5, nodes, times: every },
    );
    expect(volts).toBeLessThan(volt);
  });

  test("what an instance gives does not depend on its company: the same bits alone, in another order, in other lanes", () => {
    const circuit = compileCircuit(sramRead(conditions));
    const vt = column(23, "company", (z) => 0.02 * z);
    const options: BatchOptions = {
      ...{ stop: 4e-9, tolerance: 1e-3, nodes: ["bl", "qb"], times: [1.2e-9, 4e-9] },
      crossings: { threshold: [1], after: 1e-9 },
    };
    const whole = transientBatch(circuit, { count: 23, thresholdShifts: { MAC1: vt } }, options);
    const back = transientBatch(circuit, { count: 23, thresholdShifts: { MAC1: vt.slice().reverse() } }, options);
    expect([...back.crossings["bl"]].reverse()).toEqual([...whole.crossings["bl"]]);
    const alone = transientBatch(circuit, { count: 1, thresholdShifts: { MAC1: [vt[7]] } }, options);
    expect(alone.crossings["bl"][0]).toBe(whole.crossings["bl"][7]);
    expect([...alone.voltages["bl"]]).toEqual([...whole.voltages["bl"].subarray(14, 16)]);
  });
  test("settling early holds the state and changes no crossing", () => {
    const circuit = compileCircuit(sramRead(conditions));
    const base = {
      stop: 20e-9,
      tolerance: 1e-3,
      nodes: ["bl", "blb"],
      times: [20e-9],
      crossings: { threshold: [0.8], after: 1e-9 },
    };
    const full = transientBatch(circuit, { count: 1 }, base);
    const early = transientBatch(
      circuit,
      { count: 1 },
      {
        ...base,
        settled: { nodes: ["bl", "blb"], after: 1.05e-9, low: [0.5], high: [1] },
      },
    );
    expect(early.crossings["bl"][0]).toBe(full.crossings["bl"][0]);
    expect(early.attempts).toBeLessThan(full.attempts);
    expect(early.voltages["bl"][0]).toBeGreaterThan(0.2);
  });
  test("random RC circuits with floating sources and cells agree within the tolerance's reach", () => {
    const key = rootKey("random circuits");
    for (let k = 0; k < 60; k++) {
      const draw = (label: string): number => uniform(fold(fold(key, k), label));
      const nodes = 2 + Math.floor(6 * draw("nodes"));
      const name = (i: number): string => (i === 0 ? "in" : `n${i}`);
      const elements: Element[] = [V("VIN", "in", "0", k % 2 === 0 ? pulse : sine)];
      for (let i = 1; i <= nodes; i++) {
        const from = Math.floor(i * draw(`from ${i}`));
        elements.push(
          draw(`kind ${i}`) < 0.3
            ? {
                name: `X${i}`,
                type: "rram",
                model: "cell",
                nodes: [name(from), name(i)],
                resistance: 10 ** (4 + draw(`x ${i}`)),
              }
            : R(`R${i}`, name(from), name(i), 10 ** (3 + 2 * draw(`r ${i}`))),
          C(`C${i}`, name(i), draw(`to ${i}`) < 0.3 && i > 1 ? name(i - 1) : "0", 10e-15 * (0.1 + draw(`c ${i}`))),
        );
        if (draw(`leak ${i}`) < 0.4) elements.push(R(`G${i}`, name(i), "0", 10 ** (4 + draw(`g ${i}`))));
        else elements.push(C(`D${i}`, name(i), "0", 1e-15));
      }
      const { volts } = againstScalar(
        compileCircuit(netlist(elements, {})),
        { count: 2 },
        { stop: 10e-9, tolerance: 1e-5, nodes: [name(nodes)], times: every },
      );
      expect(volts).toBeLessThan(1e-3);
    }
  });
});

describe("between the ends of long steps", () => {
  const divider = (farad: number, between: number, resistance: number): Netlist => ({
    title: "stiff divider",
    temperature: 300.15,
    models: {},
    elements: [
      { name: "V1", type: "voltage", nodes: ["in", "0"], waveform: { kind: "dc", value: 1 } },
      { name: "R1", type: "resistor", nodes: ["in", "a"], resistance },
      { name: "R2", type: "resistor", nodes: ["a", "b"], resistance: between },
      { name: "R3", type: "resistor", nodes: ["b", "0"], resistance },
      { name: "C1", type: "capacitor", nodes: ["a", "0"], capacitance: farad },
      { name: "C2", type: "capacitor", nodes: ["b", "0"], capacitance: farad },
    ],
    initial: {},
  });
  // Two nodes that a small resistor ties, far faster than what charges them: what single precision leaves of their
  // difference, over the capacitance, is no slope.
  test.each([
    [1e-15, 1, 1e5],
    [1e-15, 1, 1e6],
    [1e-15, 1, 1e7],
    [20e-15, 1, 1e6],
    [20e-15, 1, 2e5],
  ])("%d F and %d ohm behind %d ohm", (farad, between, resistance) => {
    const tau = resistance * farad;
    const times = Array.from({ length: 40 }, (_, i) => 0.5 * (i + 1) * tau);
    const options = { stop: 20 * tau, nodes: ["a", "b"], times, crossings: { threshold: [0.3], after: 0 } };
    for (const [lanes, tolerance, volt] of [
      ["f32x4", 1e-3, 4e-3],
      ["f32x4", 1e-4, 1e-3],
      ["f64x2", 1e-6, 1e-5],
    ] as const)
      expect(
        againstScalar(
          compileCircuit(divider(farad, between, resistance)),
          { count: 1 },
          { ...options, lanes, tolerance },
        ).volts,
      ).toBeLessThan(volt);
  });
  test.each([
    [1e3, 3e3],
    [100, 300],
  ])("a cell that bends behind %d ohm, on a slow ramp: voltages and crossing", (resistance, cell) => {
    const netlist: Netlist = {
      title: "slow ramp",
      temperature: 300.15,
      models: { cell: { type: "rram", conduction: { kind: "sinh", fieldVoltage: 0.25 } } },
      elements: [
        {
          name: "V1",
          type: "voltage",
          nodes: ["in", "0"],
          waveform: {
            kind: "pwl",
            points: [
              [0, 1],
              [50e-9, 0],
            ],
          },
        },
        { name: "R1", type: "resistor", nodes: ["in", "a"], resistance },
        { name: "X1", type: "rram", model: "cell", nodes: ["a", "0"], resistance: cell },
        { name: "C1", type: "capacitor", nodes: ["a", "0"], capacitance: 1e-15 },
      ],
      initial: null,
    };
    const times = Array.from({ length: 49 }, (_, i) => (i + 1) * 1e-9);
    for (const [tolerance, volt, relative] of [
      [1e-3, 4e-3, 6e-3],
      [1e-4, 1e-3, 2e-3],
    ]) {
      const found = againstScalar(
        compileCircuit(netlist),
        { count: 1 },
        {
          ...{ stop: 50e-9, nodes: ["a"], times, tolerance, crossings: { threshold: [0.3], after: 0 } },
        },
      );
      expect(found.volts).toBeLessThan(volt);
      expect(found.crossing).toBeLessThan(relative);
    }
  });
  test("a slope that jumps at a corner belongs to the side it is on", () => {
    const circuit = compileCircuit({
      title: "coupled ramp",
      temperature: 300.15,
      models: {},
      elements: [
        {
          name: "V1",
          type: "voltage",
          nodes: ["in", "0"],
          waveform: {
            kind: "pwl",
            points: [
              [0, 0],
              [1e-9, 1],
              [2e-9, 0.2],
            ],
          },
        },
        { name: "C1", type: "capacitor", nodes: ["in", "a"], capacitance: 20e-15 },
        { name: "C2", type: "capacitor", nodes: ["a", "0"], capacitance: 20e-15 },
        { name: "R1", type: "resistor", nodes: ["a", "0"], resistance: 1e6 },
      ],
      initial: {},
    });
    const times = Array.from({ length: 29 }, (_, i) => (i + 1) * 0.1e-9);
    expect(
      againstScalar(circuit, { count: 1 }, { stop: 3e-9, nodes: ["a"], times, tolerance: 1e-3 }).volts,
    ).toBeLessThan(5e-4);
  });
  test("the last time is the end itself, not a step beyond", () => {
    const circuit = compileCircuit({
      title: "fast sine",
      temperature: 300.15,
      models: {},
      elements: [
        {
          name: "V1",
          type: "voltage",
          nodes: ["in", "0"],
          waveform: { kind: "sin", offset: 0.5, amplitude: 0.5, frequency: 1e9, delay: 3.3e-9 },
        },
        { name: "R1", type: "resistor", nodes: ["in", "a"], resistance: 1e3 },
        { name: "C1", type: "capacitor", nodes: ["a", "0"], capacitance: 100e-15 },
      ],
      initial: {},
    });
    for (const stop of [33.3e-9, 71e-9, 100e-9, 100.7e-9, 299.9e-9])
      expect(
        againstScalar(circuit, { count: 1 }, { stop, times: [stop / 2, stop], nodes: ["a"], tolerance: 1e-4 }).volts,
      ).toBeLessThan(1e-3);
  });
});

describe("what is not for a kernel", () => {
  test("a circuit over the limit is solved by the scalar engine, and the limit is told", () => {
    const batch = transientBatch(
      compileCircuit(rcLadder(41, 1e3, 1e-15)),
      { count: 2 },
      { stop: 5e-9, tolerance: 1e-3, nodes: ["n41"], times: [5e-9] },
    );
    expect(batch.refused).toBe("41 unknowns and 41 devices; a kernel takes 40 and 200");
    expect([...batch.outcomes]).toEqual([BATCH_SOLVED_SCALAR, BATCH_SOLVED_SCALAR]);
    expect(batch.voltages["n41"][1]).toBeGreaterThan(0.9);
  });
  test("an instance that no engine solves is NaN throughout, and told", () => {
    const circuit = compileCircuit(rcLadder(3, 1e3, 1e-13));
    const batch = transientBatch(
      circuit,
      { count: 2 },
      {
        ...{ stop: 50e-9, tolerance: 1e-4, nodes: ["n1"], times: [0, 1.05e-9, 1.5e-9, 50e-9], mostSteps: 12 },
        crossings: { threshold: [-1], after: 0 },
      },
    );
    expect([...batch.outcomes]).toEqual([0, 0]);
    expect([...batch.voltages["n1"]].every(Number.isNaN)).toBe(true);
    expect(batch.failures.map((f) => [f.instance, f.reason])).toEqual([
      [0, "too many steps"],
      [1, "too many steps"],
    ]);
  });
  test("a circuit whose voltages are all fixed needs no kernel", () => {
    const circuit = compileCircuit({
      ...rcLadder(1, 1e3, 1e-15),
      elements: [
        { name: "V1", type: "voltage", nodes: ["a", "0"], waveform: { kind: "dc", value: 1 } },
        { name: "R1", type: "resistor", nodes: ["a", "0"], resistance: 1 },
      ],
    });
    expect(transientBatch(circuit, { count: 1 }, { stop: 1e-9, tolerance: 1e-3, nodes: [], times: [] }).refused).toBe(
      "no unknown voltage",
    );
  });
  test("nodes held against each other by capacitors alone go to the scalar engine", () => {
    const circuit = compileCircuit({
      ...rcLadder(2, 1e3, 1e-15),
      elements: [
        ...rcLadder(2, 1e3, 1e-15).elements.filter((e) => e.type !== "capacitor"),
        { name: "CX", type: "capacitor", nodes: ["n1", "n2"], capacitance: 1e-15 },
        { name: "RX", type: "resistor", nodes: ["n2", "0"], resistance: 1e3 },
      ],
    });
    const batch = transientBatch(circuit, { count: 1 }, { stop: 5e-9, tolerance: 1e-3, nodes: ["n2"], times: [5e-9] });
    expect(batch.refused).toMatch(/capacitors alone/);
    expect(batch.voltages["n2"][0]).toBeCloseTo(1 / 3, 2);
  });
  test.each<[string, BatchVariations, Partial<BatchOptions>, RegExp]>([
    [
      "a misspelt variation",
      { count: 1, resistance: { R1: [1] } } as unknown as BatchVariations,
      {},
      /resistance is no variation; there are: count, resistances/,
    ],
    [
      "a number for a column",
      { count: 1, resistances: { R1: 5 as unknown as number[] } },
      {},
      /R1 has no values; expected an array of 1/,
    ],
    ["lanes of another width", { count: 1 }, { lanes: "f16x8" as "f32x4" }, /lanes is f16x8; expected f32x4 or f64x2/],
    [
      "crossings before the start",
      { count: 1 },
      { crossings: { threshold: [0.5], after: -1e-9 } },
      /crossings.after is -1e-9 s; expected 0 s or more/,
    ],
    [
      "a threshold that is no number",
      { count: 1 },
      { crossings: { threshold: [Number.NaN], after: 0 } },
      /threshold is NaN in instance 0/,
    ],
    ["an unknown resistor", { count: 1, resistances: { R9: [1] } }, {}, /resistance names R9; there are: R1, R2/],
    [
      "a column of the wrong length",
      { count: 3, resistances: { R1: [1, 2] } },
      {},
      /resistance of R1 has 2 values; expected an array of 3, or of 1 for all/,
    ],
    ["a resistance of zero", { count: 1, resistances: { R1: [0] } }, {}, /is 0 in instance 0; expected > 0 ohm/],
    [
      "a gain that is not a number",
      { count: 1, gainFactors: { M1: [1] } },
      {},
      /gain factor names M1; there are: none/,
    ],
    [
      "a tolerance below single precision",
      { count: 1 },
      { tolerance: 1e-6 },
      /expected 0.00001 .. 0.1 V \(finer with f64x2 lanes\)/,
    ],
    ["a driven node", { count: 1 }, { nodes: ["n0"] }, /"n0" is no unknown node; there are: n1, n2/],
    ["a time after the end", { count: 1 }, { times: [9] }, /time 9 s is outside/],
  ])("%s is refused in words", (_name, variations, options, words) => {
    const circuit = compileCircuit(rcLadder(2, 1e3, 1e-15));
    expect(() =>
      transientBatch(circuit, variations, { stop: 5e-9, tolerance: 1e-3, nodes: ["n1"], times: [], ...options }),
    ).toThrow(words);
  });
});
