import { describe, expect, test } from "@jest/globals";
import { evaluateExpression, spiceNumber } from "../../../circuits/spice/spice-expression.ts";
import { readSpice, runSpice, type SpiceRun } from "../../../index.ts";

const run = (deck: string): readonly SpiceRun[] => runSpice(deck, { tolerance: 1e-6 });
const measuresOf = (r: SpiceRun): Readonly<Record<string, number | null>> => {
  if (!r.transient?.ok) throw new Error("no transient");
  return r.transient.measures;
};

const EKV = "vt0=0.35 n=1.35 nb=1.2 kp=1.6m sigma=0.07 theta=3.2 vc=0.23 lambda=0.1 kt=0 bex=0.8";

describe("numbers and expressions", () => {
  test.each([
    ["10k", 1e4],
    ["20fF", 20e-15],
    ["1.5meg", 1.5e6],
    ["3m", 3e-3],
    ["-2.5e-9", -2.5e-9],
    ["50ns", 50e-9],
    [".5V", 0.5],
    ["1e-3k", 1],
  ])("%s", (text, value) => {
    expect(spiceNumber(text)).toBe(value);
  });
  test.each(["", "k", "1..2", "1 2", "0x10", "1e", "--1"])("%j is no number", (text) => {
    if (text === "1e") expect(spiceNumber(text)).toBe(1);
    else expect(spiceNumber(text)).toBeNull();
  });
  const parameters = new Map([
    ["a", 3],
    ["vdd", 1.2],
  ]);
  test.each<[string, number]>([
    ["1+2*a", 7],
    ["-a**2", -9],
    ["2^-1", 0.5],
    ["(1+2)*(a-1)/4", 1.5],
    ["vdd/2", 0.6],
    ["max(a, 10k) - min(1,2)", 9999],
    ["sqrt(a*12)+abs(-1)", 7],
    ["2**3**2", 64],
    ["-2^2", -4],
    ["2**-1**2", 0.25],
  ])("%s", (text, value) => {
    expect(evaluateExpression(text, parameters)).toBeCloseTo(value, 12);
  });
  test.each<[string, RegExp]>([
    ["1+", /ends where a value is expected/],
    ["b*2", /b is no number, parameter or function/],
    ["(1", /expected \)/],
    ["1 2", /2 is not expected there/],
    ["1/0", /value is Infinity/],
    ["sqrt(1,2)", /sqrt takes 1 value/],
    [`${"(".repeat(200)}1`, /levels deep/],
  ])("%s is refused", (text, words) => {
    expect(() => evaluateExpression(text, parameters)).toThrow(words);
  });
});

describe("spice run", () => {
  test("an RC charges as its closed form says; TRIG/TARG, FIND AT, FIND WHEN, WHEN", () => {
    const [r] = run(`RC
.param r=10k c=50f
V1 in 0 PULSE(0 1 1n 1p 1p 1u 2u)
R1 in out {r}
C1 out 0 {c}
.tran 10p 6n
.meas tran delay TRIG v(in) VAL=0.5 RISE=1 TARG v(out) VAL=0.5 RISE=1
.meas tran late FIND v(out) AT=3n
.meas tran there FIND v(in) WHEN v(out)=0.25
.meas tran when WHEN v(out)=0.9
.meas tran never WHEN v(out)=0.5 FALL=1
.end`);
    const m = measuresOf(r);
    const tau = 0.5e-9;
    expect((m["delay"] as number) / (tau * Math.LN2)).toBeCloseTo(1, 3);
    expect(m["late"]).toBeCloseTo(1 - Math.exp(-(2e-9 - 1e-12) / tau), 3);
    expect(m["there"]).toBeCloseTo(1, 6);
    expect(((m["when"] as number) - 1e-9) / (tau * Math.log(10))).toBeCloseTo(1, 2);
    expect(m["never"]).toBeNull();
  });
  test(".step param runs once a value, .param expressions follow it", () => {
    const runs = run(`divider
.param top=1k
.param bottom={3*top}
V1 a 0 4
R1 a b {top}
R2 b 0 {bottom}
R3 b 0 {2*bottom}
.op
.step param top list 1k 2k 5k`);
    expect(runs.map((r) => r.value)).toEqual([1e3, 2e3, 5e3]);
    for (const r of runs) {
      if (!r.operatingPoint?.ok) throw new Error("no operating point");
      expect(r.operatingPoint.voltages["b"]).toBeCloseTo((4 * 2) / 3, 9);
    }
  });
  test(".dc sweeps an inverter of our transistors through its threshold", () => {
    const [r] = run(`inverter
.model nfet rramlab_nmos ${EKV}
.model pfet rramlab_pmos ${EKV}
VDD vdd 0 1.2
VIN in 0 0
M1 out in 0 0 nfet w=1u l=0.13u
M2 out in vdd vdd pfet w=1u l=0.13u
R1 out 0 1g
.dc VIN 0 1.2 0.05`);
    if (!r.sweep?.ok) throw new Error("no sweep");
    const out = r.sweep.voltages["out"];
    expect(out[0]).toBeGreaterThan(1.19);
    expect(out[24]).toBeLessThan(0.01);
    // Equal n and p: symmetric about half the supply.
    expect(out[12]).toBeCloseTo(0.6, 2);
    for (let i = 1; i < out.length; i++) expect(out[i]).toBeLessThan(out[i - 1]);
  });
  test("a ring oscillator of subcircuits with parameters oscillates faster at a higher supply", () => {
    const ring = (vdd: number): number => {
      const [r] = run(`ring
.model nfet rramlab_nmos ${EKV}
.model pfet rramlab_pmos ${EKV}
.subckt inverter in out vdd params: load=5f
M1 out in 0 0 nfet w=0.84u l=0.13u
M2 out in vdd vdd pfet w=0.84u l=0.13u
Cload out 0 {load}
.ends
VDD vdd 0 ${vdd}
X1 a b vdd inverter
X2 b c vdd inverter load=6f
X3 c a vdd inverter
.ic v(a)=0 v(b)=${vdd} v(c)=0
.tran 1p 1n uic
.meas tran period TRIG v(a) VAL={${vdd}/2} RISE=2 TARG v(a) VAL={${vdd}/2} RISE=3`);
      return measuresOf(r)["period"] as number;
    };
    const period = ring(1.2);
    expect(period).toBeGreaterThan(5e-12);
    expect(ring(0.8)).toBeGreaterThan(1.5 * period);
  });
  test("elements and nodes inside subcircuits are called after them; case does not matter", () => {
    const { netlist } = readSpice(`names
.SUBCKT pair A b
R1 a mid 1K
r2 MID b 2k
.ENDS pair
Xone in 0 PAIR
V1 IN gnd 1
.op`);
    expect(netlist.elements.map((e) => e.name)).toEqual(["Xone.R1", "Xone.r2", "V1"]);
    expect(netlist.elements.flatMap((e) => ("nodes" in e ? [...e.nodes] : []))).toEqual([
      "in",
      "Xone.mid",
      "Xone.mid",
      "0",
      "in",
      "0",
    ]);
  });
  test(".temp and DC before a waveform", () => {
    const { netlist } = readSpice("t\n.temp 85\nV1 a 0 DC 0 PWL(0 0 1n 1)\nR1 a 0 1k\n.tran 1p 2n");
    expect(netlist.temperature).toBeCloseTo(358.15, 9);
    expect(netlist.elements[0]).toMatchObject({ waveform: { kind: "pwl" } });
    expect(netlist.initial).toBeNull();
  });
});

describe("as ngspice 39 answers", () => {
  const operating = (lines: string, node: string): number => {
    const [r] = run(`t\n${lines}\n.op`);
    if (!r.operatingPoint?.ok) throw new Error("no operating point");
    return r.operatingPoint.voltages[node];
  };
  const DIVIDER = "V1 in 0 1\nX1 in out half\nRL out 0 1k";
  test("a parameter may be set after its use, and the last setting counts", () => {
    expect(operating(".param a=1\n.param b={2*a}\n.param a=3\nV1 x 0 {b}\nR1 x 0 1k", "x")).toBe(6);
  });
  test("a subcircuit's own parameter counts wherever in it it is set", () => {
    const deck = `.param r=1k\n.subckt half a b\nR1 a b {r}\n.param r=2k\n.ends\n${DIVIDER}`;
    expect(operating(deck, "out")).toBeCloseTo(1 / 3, 9);
  });
  test("the call's parameter goes before the subcircuit's own", () => {
    const deck = `.subckt half a b\n.param r=7k\nR1 a b {r}\n.ends\n${DIVIDER.replace("half", "half r=5k")}`;
    expect(operating(deck, "out")).toBeCloseTo(1 / 6, 9);
  });
  test("a subcircuit inside another sees its caller's parameters", () => {
    const deck = `.param r=1k\n.subckt inner a b\nR1 a b {r}\n.ends\n.subckt half a b r=3k\nX1 a b inner\n.ends\n${DIVIDER}`;
    expect(operating(deck, "out")).toBeCloseTo(0.25, 9);
  });
  test("2A is two amperes; powers go from the left", () => {
    expect(operating("I1 0 a 2A\nR1 a 0 1", "a")).toBeCloseTo(2, 9);
    expect(operating("V1 a 0 {2**3**2}\nR1 a 0 1k", "a")).toBe(64);
  });
  test("a pulse of width 0 lasts to the end, zero edges take the printing step", () => {
    const [r] = run(
      "t\nV1 a 0 PULSE(0 1 1n .1n .3n 0 20n)\nV2 b 0 PULSE(0 1 1n 0 0 3n 9n)\nR1 a 0 1k\nR2 b 0 1k\n.tran 0.5n 6n",
    );
    if (!r.transient?.ok) throw new Error("no transient");
    const at = (node: string, ns: number): string =>
      (r.transient as { voltages: Record<string, Float64Array> }).voltages[node][2 * ns].toFixed(9);
    expect([at("a", 1), at("a", 3), at("a", 6)]).toEqual([0, 1, 1].map((v) => v.toFixed(9)));
    expect([at("b", 1), at("b", 2), at("b", 6)]).toEqual([0, 1, 0].map((v) => v.toFixed(9)));
  });
  test("measures see what is printed, from the start on", () => {
    const [r] = run(
      `t\nV1 a 0 PULSE(0 1 .45n .1n .1n .9n 2n)\nR1 a 0 1k\n.tran 1p 8n 2.2n\n.meas tran first WHEN v(a)=0.5 RISE=1\n.meas tran early FIND v(a) AT=1.2n`,
    );
    const m = measuresOf(r);
    expect(m["first"]).toBeCloseTo(2.5e-9, 13);
    expect(m["early"]).toBeNull();
  });
});

describe("what is outside the subset is told by line and word", () => {
  test.each<[string, RegExp]>([
    [
      "t\nV1 a 0 1\nR1 a 0 1k\n.param q=1\n.step param q 1 2 1\n.step param q 1 2 1\n.op",
      /^line 6, ".step": a deck has one .step here/,
    ],
    ["t\nV1 a 0 1\nR1 a 0 1k\n.op\n.meas tran x WHEN v(a)=1", /^line 5, ".meas": a measure needs a .tran line/],
    [
      "t\nV1 a 0 1\nR1 a 0 1k\n.tran 1n 2n\n.meas tran x WHEN v(a)=1\n.meas tran X WHEN v(a)=2",
      /^line 6, "X": two measures have this name/,
    ],
    ["t\nM1 d g s nch w=1u l=1u", /^line 2, "w=1u": a node or the model is missing before it/],
    ["t\nM1 d g s b nch w=1u l=1u", /^line 2, "nch": no .model has this name/],
    [
      `t\n${Array.from({ length: 300 }, (_, i) => `.param p${i}={p${i + 1}}`).join("\n")}\n.param p300=1\nR1 a 0 1k`,
      /more than 200 parameters hang on one another/,
    ],
    ["t\nR1 a 0 -5", /^line 2, "-5": expected > 0 ohm/],
    ["t\nV1 a 0 PWL(0 0 2n 1 1n 0)", /^line 2, "1n": times must rise/],
    ["t\n.param a={b}\n.param b={a}\nR1 a 0 1k", /"[ab]=\{[ab]\}": this parameter hangs on itself/],
    ["t\nL1 a 0 1n", /^line 2, "L1": outside the subset/],
    ["t\nR1 a 0 1k\n.four 1k v(a)", /^line 3, ".four": outside the subset/],
    ["t\nR1 a 0 {2*x}", /^line 2, "\{2\*x\}": .*x is no number, parameter or function/],
    ["t\nR1 a 0 1k tc=1", /^line 2, "tc=1": is not expected after the value/],
    ["t\nR1 a 0", /^line 2, "R1": expected R1 node node value/],
    ["t\nV1 a 0 AC 1", /^line 2, "AC"|^line 2, "1"/],
    ["t\nV1 a 0 SIN(0 1 1k 0 5)", /^line 2, "SIN": expected offset amplitude frequency \[delay\]/],
    ["t\nV1 a 0 DC 1 PULSE(0 1 0 1n 1n 1n 4n)", /^line 2, "1": the DC value must be the waveform's value/],
    ["t\nV1 a 0 PWL(0 0 1n)", /^line 2, "PWL": expected pairs/],
    ["t\nX1 a b nothing", /^line 2, "nothing": no .subckt has this name/],
    ["t\n.subckt s a b\nR1 a b 1k\n.ends\nX1 a s", /^line 5, "s": it has 2 nodes; 1 are given/],
    ["t\n.subckt s a\nX1 a s\n.ends\nX1 a s", /line 3, "s": subcircuits more than 20 deep/],
    ["t\n.subckt s a\nR1 a 0 1k", /^line 2, "s": this .subckt has no .ends/],
    ["t\n.model m nmos level=54", /^line 2, "nmos": model types read here: rramlab_nmos, rramlab_pmos/],
    ["t\n.model m rramlab_nmos vt0=1 n=1 kp=1 foo=2", /^line 2, "foo=2": parameters of this model/],
    ["t\n.tran 1n", /^line 2, ".tran": expected .tran step stop/],
    ["t\nR1 a 0 1k\n.meas tran x WHEN v(b)=1", /^line 3, "b": no element touches this node/],
    ["t\nR1 a 0 1k\n.meas ac x WHEN v(a)=1", /^line 3, "ac": only transient measures/],
    ["t\nR1 a 0 1k\nR1 a 0 2k", /^line 3, "R1": two elements have this name/],
    ["t\nR1 a 0 1k\nV1 a 0 1\n.ic v(a)=0\n.tran 1n 2n", /^line 4, ".ic": .ic needs uic/],
    ["t\nV1 a 0 1\nR1 a 0 1k\n.step param x 1 2 1\n.op", /no .param is called x/],
    ["t\nV1 a 0 1\nR1 a 0 1k\n.step param x 1 2 1e-9\n.op", /points; at most 10000/],
    ["t\nV1 a 0 1\nR1 a 0 1k", /the deck asks for nothing/],
    ["t\nV1 a 0 1\nR1 a b 1k\n.op", /node "b" floats/],
  ])("%j", (deck, words) => {
    expect(() => run(deck)).toThrow(words);
  });
});
