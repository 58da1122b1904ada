import { test } from "@jest/globals";
import { BIAS_SCHEMES } from "#circuits/crossbar/biasing";
import { deviation, expectWithin, ONE_T_ONE_R, squareArray } from "../circuits/programming/whole-array.ts";

const cases = BIAS_SCHEMES.flatMap((scheme) => [2.4, -2.6, -1.8].map((volt) => [scheme, volt] as const));

test.each(cases)("8 x 8, others at %s, %d V: two patterns within 2 %% of one netlist", (scheme, voltage) => {
  for (const seed of [0, 1])
    expectWithin(deviation(squareArray(8, { kind: "cross-point", scheme }), voltage, seed), 0.02);
});

test.each([
  [2.4, 1.2],
  [2.4, 2.5],
  [-2.6, 2.5],
])("8 x 8 of 1T1R, %d V with a gate of %d V: two patterns within 0.2 %%", (voltage, gate) => {
  for (const seed of [0, 1]) expectWithin(deviation(squareArray(8, ONE_T_ONE_R, 5, 300), voltage, seed, gate), 0.002);
});
