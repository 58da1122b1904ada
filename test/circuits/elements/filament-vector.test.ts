import { expect, test } from "@jest/globals";
import { filamentTermsInto } from "#circuits/elements/filament/filament-equations";
import { filamentVector } from "#circuits/elements/filament/filament-vector";
import { sky130Reram } from "#devices/index";
import { createVectorMath } from "#src/kernels/vector-math";
import { encodeVectorModule, instantiateVectorKernel } from "#src/kernels/vector-module";
import { createVectorProgram, type Vector } from "#src/kernels/vector-program";

test("a filament's terms and all their derivatives in the kernel are the scalar ones, in V, nm, kK, ns and uA", () => {
  const p = createVectorProgram("f64x2");
  const math = createVectorMath(p);
  const values = new Map<string, number>();
  const ambient = Float64Array.of(300);
  filamentVector.write((name, value) => values.set(name, value), ambient, 0, { type: "filament", params: sky130Reram });
  const zero = p.constant(0);
  const slot = (name: string): Vector => p.constant(values.get(name) as number);
  const flows = filamentVector.emit(math, "", slot, [p.load(0), zero, p.load(1), p.load(2)]);
  const outputs: Vector[] = flows.flatMap(({ current, by: [plus, , length, temperature] }) =>
    [current, plus, length, temperature].map((term) => term ?? zero),
  );
  outputs.forEach((value, i) => {
    p.store(3 + i, value);
  });
  const bytes = encodeVectorModule(p, p.le(zero, p.constant(1)), 3 + outputs.length).slice();
  const kernel = instantiateVectorKernel(new WebAssembly.Module(bytes), "f64x2");
  const scalar = new Float64Array(12);
  // Rows of the kernel are uA, fF V/ns: the scalar ones' amperes at 1 fF.
  for (const gap of [0.103, 0.109, 0.4, 1.1, 1.695])
    for (const volt of [-1.7, -0.3, 0.05, 0.9, 2.3])
      for (const kilokelvin of [0.3, 0.45, 0.9]) {
        kernel.values.fill(0);
        [volt, 5 - gap, kilokelvin].forEach((x, slot) => {
          kernel.values.fill(x, slot * kernel.lanes, (slot + 1) * kernel.lanes);
        });
        kernel.run(1);
        filamentTermsInto(scalar, sky130Reram, 300, volt, 5 - gap, kilokelvin);
        outputs.forEach((_, i) => {
          const found = kernel.values[(3 + i) * kernel.lanes];
          const right = 1e6 * scalar[i];
          // Exponentials below exp(-60) stand still in the kernel: rates of 1e-24 nm/ns.
          expect(Math.abs(found - right)).toBeLessThanOrEqual(1e-8 * Math.abs(right) + 1e-20);
        });
      }
});
