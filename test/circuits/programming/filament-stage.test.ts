import { describe, expect, test } from "@jest/globals";
import { filamentDevice } from "#circuits/elements/filament/filament-device";
import {
  type FilamentStage,
  filamentRatesInto,
  filterStageError,
  solveFilamentStage,
} from "#circuits/programming/filament-stage";
import { filamentCurrentInto, sky130Reram } from "#devices/index";

const AMBIENT = 300;
const stageAt = (length: number): FilamentStage => ({ length, kelvin: AMBIENT, current: 0, slope: 0 });
const solved = (volts: number, length: number, kelvin: number, dh: number): FilamentStage => {
  const stage = stageAt(length);
  expect(solveFilamentStage(stage, filamentDevice, sky130Reram, AMBIENT, volts, length, kelvin, dh)).toBe(true);
  return stage;
};

describe("a stage of one filament", () => {
  // Gap [nm], voltage [V], time [s]: creeping, switching, and heat that has not yet come.
  const cases = [
    [0.15, -1.3, 1e-8],
    [0.15, -1.3, 1e-11],
    [1.7, 1.2, 1e-7],
    [1.7, 2.4, 1e-11],
    [0.6, -1.5, 1e-9],
  ] as const;
  test.each(cases)("satisfies both of its equations: gap %d nm, %d V, %d s", (gap, volts, dh) => {
    const [length, kelvin] = [5e-9 - gap * 1e-9, 320];
    const stage = solved(volts, length, kelvin, dh);
    const rates = new Float64Array(2);
    filamentRatesInto(rates, filamentDevice, sky130Reram, AMBIENT, volts, stage.length, stage.kelvin);
    expect(Math.abs(stage.length - length - dh * rates[0])).toBeLessThan(1e-15);
    expect(Math.abs(stage.kelvin - kelvin - dh * rates[1])).toBeLessThan(1e-6 * stage.kelvin);
    expect(stage.length).not.toBe(length);
  });
  let falls = 0;
  test.each(cases)(
    "its slope is that of its current, the way it makes included, or a fifth of the standing cell's: gap %d nm, %d V, %d s",
    (gap, volts, dh) => {
      const length = 5e-9 - gap * 1e-9;
      const at = (v: number): number => solved(v, length, 320, dh).current;
      const slope = (at(volts + 1e-4) - at(volts - 1e-4)) / 2e-4;
      const stage = solved(volts, length, 320, dh);
      const standing = new Float64Array(3);
      filamentCurrentInto(standing, sky130Reram, volts, stage.length);
      falls += slope < 0.2 * standing[1] ? 1 : 0;
      expect(Math.abs(stage.slope / Math.max(0.2 * standing[1], slope) - 1)).toBeLessThan(1e-3);
    },
  );
  test("both kinds of slope were met, and a step over a runaway has no solution", () => {
    expect([falls > 0, falls < cases.length]).toEqual([true, true]);
    const stage = stageAt(3.3e-9);
    expect(solveFilamentStage(stage, filamentDevice, sky130Reram, AMBIENT, 2.4, 3.3e-9, 320, 1e-9)).toBe(false);
  });
  test("an error is filtered by the stage's own matrix: what moves its equations by so much", () => {
    const [volts, dh] = [-1.3, 1e-10];
    const stage = solved(volts, 4.85e-9, 320, dh);
    const rates = new Float64Array(2);
    const left = (length: number, kelvin: number): readonly [number, number] => {
      filamentRatesInto(rates, filamentDevice, sky130Reram, AMBIENT, volts, length, kelvin);
      return [length - dh * rates[0], kelvin - dh * rates[1]];
    };
    const error = Float64Array.of(1e-14, 0.02);
    filterStageError(error, filamentDevice, sky130Reram, volts, stage, dh);
    const [a, b] = left(stage.length + error[0], stage.kelvin + error[1]);
    const [c, d] = left(stage.length - error[0], stage.kelvin - error[1]);
    expect(Math.abs((a - c) / 2e-14 - 1)).toBeLessThan(1e-3);
    expect(Math.abs((b - d) / 0.04 - 1)).toBeLessThan(1e-3);
  });
});
