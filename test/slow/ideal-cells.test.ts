import { expect, test } from "@jest/globals";
import { idealErrorRates, sampleIdealErrors } from "#circuits/index";
import { wilson } from "#src/numerics/wilson";
import { fold, rootKey } from "#src/random/index";
import { equalSpread } from "../circuits/sensing/equal-spread.ts";

test("at z = 3 ten million differential cells are misread at Q(3 sqrt 2) = 1.1e-5", () => {
  const blocks = 1000;
  const bits = 10_000;
  let events = 0;
  for (let block = 0; block < blocks; block++)
    events += sampleIdealErrors(equalSpread(3), 300.15, bits, fold(rootKey("ideal slow"), block)).differential.reduce(
      (a, b) => a + b,
      0,
    );
  const { differential } = idealErrorRates(equalSpread(3), 300.15);
  expect(differential * blocks * bits).toBeGreaterThan(100);
  const { low, high } = wilson(events, blocks * bits, 0.999);
  expect(low).toBeLessThan(differential);
  expect(high).toBeGreaterThan(differential);
});
