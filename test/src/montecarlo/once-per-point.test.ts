import { expect, test } from "@jest/globals";
import { defineExperiment, oncePerPoint, rate } from "#src/montecarlo/index";
import { rootKey } from "#src/random/index";

test("what is made of a point's parameters is made once, and anew for another point", () => {
  let made = 0;
  const amplifierAt = oncePerPoint(({ supply }: { supply: number }) => {
    made++;
    return () => 2 * supply;
  });
  const [low, high] = [{ supply: 0.8 }, { supply: 0.9 }];
  expect([amplifierAt(low)(), amplifierAt(low)(), amplifierAt(high)(), made]).toEqual([1.6, 1.6, 1.8, 2]);
});

test("a value that is undefined or false is kept like any other", () => {
  let made = 0;
  const at = oncePerPoint((_: object) => {
    made++;
    return undefined;
  });
  const point = {};
  at(point);
  at(point);
  expect(made).toBe(1);
});

test("an experiment of trials together has each alone, and one with neither is refused", () => {
  const parts = {
    name: "x",
    summary: "x",
    module: "file:///x.mjs",
    parameters: {},
    axes: [],
    trials: 1,
    block: 1,
  } as const;
  const numbers = { heads: rate("heads") };
  const both = defineExperiment({
    ...parts,
    numbers,
    together: (_c, _p, keys) => keys.map(() => ({ numbers: { heads: 1 } })),
  });
  expect(both.trial({}, {}, rootKey("x"))).toEqual({ numbers: { heads: 1 } });
  expect(() => defineExperiment({ ...parts, numbers })).toThrow("it has neither trial nor together");
});
