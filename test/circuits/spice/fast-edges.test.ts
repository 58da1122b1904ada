import { describe, expect, test } from "@jest/globals";
import { compileCircuit, runSpice, transient } from "#circuits/index";

/*
 * Fast edges in long runs, against closed forms: an RC behind a source whose edge takes a picosecond to a tenth of a
 * nanosecond, in runs of a millisecond and more.
 */
const OHM = 1e3;
const FARAD = 1e-12;
const TAU = OHM * FARAD;

/** Output of the RC at `t` after a rising edge of length `edge` began, and the time at which it passes a value. */
const rising = (edge: number) => {
  const start = (TAU / edge) * (Math.exp(edge / TAU) - 1);
  return {
    at: (t: number): number => 1 - start * Math.exp(-t / TAU),
    passes: (value: number): number => TAU * Math.log(start / (1 - value)),
  };
};

const measured = (edge: number, stop: number, period: number, measures: string, width = 20e-9): (number | null)[] => {
  const deck = `rc\nV1 in 0 PULSE(0 1 10u ${edge} ${edge} ${width} ${period})\nR1 in out ${OHM}\nC1 out 0 ${FARAD}\n.tran ${stop / 100} ${stop} uic\n.ic v(out)=0\n${measures}\n`;
  const [run] = runSpice(deck, { tolerance: 1e-6 });
  if (!run.transient?.ok) throw new Error("failed");
  return Object.values(run.transient.measures);
};

describe.each([1e-12, 1e-10])("edges of %p s in a run of 1 ms", (edge) => {
  const { at, passes } = rising(edge);
  test("delays, rise times and values", () => {
    const [delay, rise, held, when] = measured(
      edge,
      1e-3,
      1,
      `.meas tran d TRIG v(in) VAL=0.5 RISE=1 TARG v(out) VAL=0.5 RISE=1
.meas tran r TRIG v(out) VAL=0.1 RISE=1 TARG v(out) VAL=0.9 RISE=1
.meas tran h FIND v(out) AT=10.002u
.meas tran w FIND v(in) WHEN v(out)=0.9`,
      1e-6,
    );
    expect((delay as number) / (passes(0.5) - edge / 2)).toBeCloseTo(1, 3);
    expect((rise as number) / (TAU * Math.log(9))).toBeCloseTo(1, 3);
    expect(held).toBeCloseTo(at(2e-9), 4);
    expect(when).toBeCloseTo(1, 9);
  });
  test("a later edge of a train is where it is, not where samples happen to fall", () => {
    const [thousandth, fall] = measured(
      edge,
      1e-3,
      1e-6,
      ".meas tran a WHEN v(in)=0.5 RISE=900\n.meas tran b WHEN v(out)=0.5 FALL=900",
    );
    const start = 10e-6 + 899e-6;
    expect(Math.abs((thousandth as number) - (start + edge / 2))).toBeLessThan(1e-15);
    // From a value of nearly 1, 20 ns after the edge's end, down as it came up.
    expect(Math.abs((fall as number) - (start + edge + 20e-9 + passes(0.5)))).toBeLessThan(2e-13);
  });
  test("energy to a time in the middle of a charge", () => {
    const { netlist } = JSON.parse(
      JSON.stringify({
        netlist: {
          title: "rc",
          temperature: 300,
          models: {},
          initial: { out: 0 },
          elements: [
            {
              ...{ name: "V", type: "voltage", nodes: ["in", "0"] },
              waveform: { kind: "pulse", low: 0, high: 1, delay: 1e-5, rise: edge, fall: edge, width: 1e-6, period: 1 },
            },
            { name: "R", type: "resistor", nodes: ["in", "out"], resistance: OHM },
            { name: "C", type: "capacitor", nodes: ["out", "0"], capacitance: FARAD },
          ],
        },
      }),
    );
    // While the edge lasts the source gives the integral of v i; after it, v is 1 and all charge is C times the output.
    const PIECES = 20_000;
    const inEdge = Array.from({ length: PIECES }, (_, k) => {
      const t = ((k + 0.5) * edge) / PIECES;
      return (((t / edge) * TAU * (1 - Math.exp(-t / TAU))) / edge / OHM) * (edge / PIECES);
    }).reduce((a, b) => a + b, 0);
    const energy = (t: number): number => inEdge + FARAD * (at(t) - at(edge));
    const times = [0.15e-9, 0.3e-9, 1e-9, 3.3e-9];
    const found = transient(compileCircuit(netlist), {
      stop: 1e-3,
      times: [1e-3],
      tolerance: 1e-4,
      energyAt: times.map((t) => 1e-5 + t),
    });
    if (!found.ok) throw new Error(found.reason);
    times.forEach((t, k) => {
      expect(Math.abs(found.energies["V"][k] / energy(t) - 1)).toBeLessThan(3e-3);
    });
  });
});

test("a value at the very end of a run is the last one; beyond it there is none", () => {
  const [end, before, beyond] = measured(
    1e-10,
    20e-6,
    1,
    ".meas tran a FIND v(out) AT=20u\n.meas tran b FIND v(out) AT=19.9u\n.meas tran c FIND v(out) AT=21u",
    15e-6,
  );
  expect(end).toBeCloseTo(1, 6);
  expect(before).toBeCloseTo(1, 6);
  expect(beyond).toBeNull();
});

test("a pulse that comes and goes between two printed points is seen", () => {
  const [top, first, second] = measured(
    1e-12,
    1e-3,
    1,
    ".meas tran a FIND v(out) AT=10.001u\n.meas tran b WHEN v(out)=0.5 CROSS=1\n.meas tran c WHEN v(out)=0.5 CROSS=2",
    1e-9,
  );
  const { at, passes } = rising(1e-12);
  expect(top).toBeCloseTo(at(1e-9), 3);
  expect((first as number) - 10e-6).toBeCloseTo(passes(0.5), 12);
  const peak = at(1e-9);
  expect((second as number) - 10e-6).toBeCloseTo(1e-9 + 1.5e-12 + TAU * Math.log(peak / 0.5), 11);
});
