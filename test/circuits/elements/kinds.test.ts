import { describe, expect, test } from "@jest/globals";
import { cell, cellModel } from "#circuits/elements/cell";
import type { AnyElement, AnyModel, FlowPart } from "#circuits/elements/element-kind";
import { filamentModel } from "#circuits/elements/filament/filament";
import { ELEMENT_KINDS } from "#circuits/elements/kinds";
import { resistor } from "#circuits/elements/resistor";
import { transistor, transistorModel } from "#circuits/elements/transistor/transistor";
import { ptm130, sky130, sky130Reram, transistorParams } from "#devices/index";
import { createVectorMath } from "#src/kernels/vector-math";
import { encodeVectorModule, instantiateVectorKernel } from "#src/kernels/vector-module";
import { createVectorProgram } from "#src/kernels/vector-program";
import { fold, rootKey, uniform } from "#src/random/index";

const key = rootKey("kinds");
const KELVIN = 310;
const size = { width: 0.6e-6, length: 0.15e-6 };
const gates = ["d", "g", "s", "b"] as const;
/** Elements of every kind through which currents flow, and the voltages [V] that their terminals are tried at. */
const samples: readonly (readonly [string, AnyElement, AnyModel | null, readonly (readonly [number, number])[]])[] = [
  [
    "resistor",
    resistor("R", "a", "b", 3e4),
    null,
    [
      [-2, 2],
      [-2, 2],
    ],
  ],
  [
    "ohmic cell",
    cell("C", "m", "a", "b", 2e4),
    cellModel({ kind: "ohmic" }),
    [
      [-2, 2],
      [-2, 2],
    ],
  ],
  [
    "bent cell",
    cell("C", "m", "a", "b", 2e4),
    cellModel({ kind: "sinh", fieldVoltage: 0.43 }),
    [
      [-1, 1],
      [-1, 1],
    ],
  ],
  [
    "nMOS",
    transistor("M", "m", gates, size),
    transistorModel(transistorParams(sky130, "tt", "access", 1e-6)),
    Array.from(gates, () => [-0.2, 1.2] as const),
  ],
  [
    "pMOS",
    transistor("M", "m", gates, size),
    transistorModel(transistorParams(ptm130, "tt", "latchP", 1e-6)),
    Array.from(gates, () => [-0.2, 1.2] as const),
  ],
  [
    "filament",
    { name: "F", type: "filament" },
    filamentModel(sky130Reram),
    [
      [-1.4, 1.4],
      [-1.4, 1.4],
      [3.4, 4.8],
      [0.3, 0.9],
    ],
  ],
];

/** Numbers are volt, nanosecond, femtofarad, microampere in a kernel. */
const MICRO = 1e6;

test("every kind of element that lets currents flow is among the samples", () => {
  const flowing = ELEMENT_KINDS.filter(({ part }) => part.kind === "flows").map(({ type }) => type);
  expect([...new Set(samples.map(([, { type }]) => type))].sort()).toEqual([...flowing].sort());
});

describe.each(samples)("%s", (_, element, model, ranges) => {
  const kind = ELEMENT_KINDS.find(({ type }) => type === element.type);
  const part = kind?.part as unknown as FlowPart<AnyElement, AnyModel | null>;
  const { terminals, flows } = part;
  const own = fold(
    fold(key, element.type),
    (model as { conduction?: { kind: string } } | null)?.conduction?.kind ?? "",
  );
  const coefficients = new Float64Array(part.coefficients.length);
  part.coefficientsInto(coefficients, 0, element, model, KELVIN);
  const nodes = Int32Array.from({ length: terminals }, (_n, t) => t);
  const at = (x: Float64Array): Float64Array => {
    const out = new Float64Array(flows.length * (1 + terminals));
    part.flowsInto(out, x, nodes, 0, coefficients, 0, model);
    return out;
  };
  const states = Array.from({ length: 40 }, (_s, r) =>
    Float64Array.from(ranges, ([low, high], t) => low + (high - low) * uniform(own, 10 * r + t)),
  );

  test("its derivatives are the differences of its flows", () => {
    for (const x of states) {
      const here = at(x);
      for (let t = 0; t < terminals; t++) {
        const h = 1e-6;
        const moved = (by: number): Float64Array => at(x.map((v, n) => (n === t ? v + by : v)));
        const [up, down] = [moved(h), moved(-h)];
        flows.forEach((_f, f) => {
          const from = f * (1 + terminals);
          const slope = (up[from] - down[from]) / (2 * h);
          const scale =
            Math.abs(here[from]) + here.slice(from + 1, from + 1 + terminals).reduce((s, d) => s + Math.abs(d), 0);
          expect(Math.abs(here[from + 1 + t] - slope)).toBeLessThan(2e-5 * scale + 1e-30);
        });
      }
    }
  });

  test("its vector terms are the same flows and derivatives", () => {
    const { vector } = part;
    if ("refused" in vector) throw new Error(vector.refused);
    const p = createVectorProgram("f64x2");
    const slots = [...vector.own, ...vector.shared];
    const volts = nodes.length;
    const load = (name: string) => p.load(volts + slots.indexOf(name));
    const code = vector.code(coefficients, 0, model);
    const found = vector.emit(
      createVectorMath(p),
      code,
      load,
      Array.from(nodes, (t) => p.load(t)),
    );
    const outputs = found.flatMap(({ current, by }) => [current, ...by.map((term) => term ?? p.constant(0))]);
    outputs.forEach((value, i) => {
      p.store(volts + slots.length + i, value);
    });
    const words = volts + slots.length + outputs.length;
    const bytes = encodeVectorModule(p, p.le(p.constant(0), p.constant(1)), words).slice();
    const kernel = instantiateVectorKernel(new WebAssembly.Module(bytes), "f64x2");
    for (const x of states) {
      const put = (slot: number, value: number): void => {
        kernel.values.fill(value, slot * kernel.lanes, (slot + 1) * kernel.lanes);
      };
      kernel.values.fill(0);
      for (const [t, v] of x.entries()) put(t, v);
      vector.write((name, value) => put(volts + slots.indexOf(name), value), coefficients, 0, model);
      kernel.run(1);
      const here = at(x);
      outputs.forEach((_o, i) => {
        const value = kernel.values[(volts + slots.length + i) * kernel.lanes] / MICRO;
        const flow = i - (i % (1 + terminals));
        const scale = here.slice(flow, flow + 1 + terminals).reduce((s, d) => s + Math.abs(d), 0);
        expect(Math.abs(value - here[i])).toBeLessThan(1e-9 * scale + 1e-30);
      });
    }
  });
});
