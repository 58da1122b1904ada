import { describe, expect, test } from "@jest/globals";
import type { BiasScheme } from "#circuits/crossbar/biasing";
import { filamentDevice } from "#circuits/elements/filament/filament-device";
import type { SwitchingDevice } from "#circuits/elements/switching-device";
import { pulseArray } from "#circuits/programming/array-pulse";
import {
  type CellAccess,
  type FilamentArray,
  type FilamentArrayDesign,
  filamentConductances,
  sampleFilamentArray,
} from "#circuits/programming/filament-array";
import { writeVerify } from "#circuits/programming/write-verify";
import { type FilamentPhysics, sky130, sky130Reram, transistorParams } from "#devices/index";
import { rootKey } from "#src/random/index";
import { plainDesign } from "../crossbar/arrays.ts";

const KEY = rootKey("programming");
const LRS = 4.85e-9;
const HRS = 3.3e-9;
const PULSE = { width: 1e-6, edge: 10e-9 };
const transistor: CellAccess = {
  kind: "1T1R",
  params: transistorParams(sky130, "tt", "access", 1e-6),
  gate: { width: 1e-6, length: 0.15e-6 },
};
const design = (size: number, access: CellAccess, wire = 5, driver = 300): FilamentArrayDesign => {
  const { wordLines, bitLines, ...shape } = plainDesign(size, size, wire, wire);
  return {
    lines: {
      ...shape,
      wordLines: { ...wordLines, terminalResistance: driver },
      bitLines: { ...bitLines, terminalResistance: driver },
    },
    access,
    device: filamentDevice,
    filament: sky130Reram,
    ambient: 300,
    largestTemperature: 3000,
  };
};
/** A checkered array, one cell of it set to a length. */
const checkered = (of: FilamentArrayDesign, cell: number, length: number): FilamentArray => {
  const array = sampleFilamentArray(of, { logCurrent: 0.1, barrier: 0.005 }, HRS, KEY);
  const { columns } = of.lines;
  const lengths = array.lengths.map((_, k) => ((Math.floor(k / columns) + k) % 2 ? LRS : HRS));
  lengths[cell] = length;
  return { ...array, lengths };
};
const crossPoint = (scheme: BiasScheme): CellAccess => ({ kind: "cross-point", scheme });

describe("a pulse on an array", () => {
  test("V/3 disturbs its neighbours less than V/2 does, V/2 less than grounded lines", () => {
    const change = (scheme: BiasScheme): number => {
      const outcome = pulseArray(checkered(design(8, crossPoint(scheme)), 7, LRS), {
        row: 0,
        column: 7,
        voltage: -2,
        ...PULSE,
      });
      if (!outcome.ok) throw new Error(outcome.reason);
      return Math.abs(outcome.disturbed.change);
    };
    const [third, half, grounded] = [change("V/3"), change("V/2"), change("grounded")];
    expect(third).toBeLessThan(half / 10);
    expect(half).toBeLessThan(grounded / 10);
  });

  test("less arrives at the far cell the longer the lines; sneak currents grow with the array", () => {
    const of = (size: number) => {
      const array = checkered(design(size, crossPoint("V/2"), 2), size - 1, HRS);
      const outcome = pulseArray(array, { row: 0, column: size - 1, voltage: 2, ...PULSE });
      if (!outcome.ok) throw new Error(outcome.reason);
      return outcome;
    };
    const [small, large] = [of(4), of(32)];
    expect(large.arriving).toBeLessThan(small.arriving - 0.1);
    expect(large.sneakCurrent).toBeGreaterThan(2 * small.sneakCurrent);
    expect(large.energy).toBeGreaterThan(small.energy);
  });

  test("1T1R: the gate limits the current, and with it where SET ends; unselected cells stay", () => {
    const ends = [1, 1.2, 1.5].map((gateVoltage) => {
      const array = checkered(design(16, transistor), 15, HRS);
      const outcome = pulseArray(array, { row: 0, column: 15, voltage: 2.4, gateVoltage, ...PULSE });
      if (!outcome.ok) throw new Error(outcome.reason);
      expect(Math.abs(outcome.disturbed.change)).toBeLessThan(1e-15);
      return outcome.selected;
    });
    expect(ends[1].peakCurrent).toBeGreaterThan(1.5 * ends[0].peakCurrent);
    expect(ends[1].length).toBeGreaterThan(ends[0].length);
    expect(ends[2].length).toBeGreaterThan(ends[1].length);
  });

  test("a filament without a limit runs away: an outcome with its time", () => {
    const of = { ...design(2, crossPoint("V/2"), 1, 0), largestTemperature: 1500 };
    const outcome = pulseArray(checkered(of, 0, HRS), { row: 0, column: 0, voltage: 3, ...PULSE });
    if (!outcome.ok) throw new Error(outcome.reason);
    expect(outcome.selected.runawayAt).toBeGreaterThan(0);
    expect(outcome.selected.runawayAt).toBeLessThan(PULSE.width);
    expect(outcome.selected.peakTemperature).toBeGreaterThan(1500);
  });

  test("a 1T1R pulse without its gate's voltage, and access of no kind, are refused", () => {
    const array = checkered(design(2, transistor), 0, HRS);
    expect(() => pulseArray(array, { row: 0, column: 0, voltage: 2, ...PULSE })).toThrow("gateVoltage");
    expect(() => checkered(design(2, { kind: "1t1r" } as never), 0, HRS)).toThrow('kind "1t1r"');
  });

  test("cells outside and pulses of no length are refused", () => {
    const array = checkered(design(2, crossPoint("V/2")), 0, HRS);
    expect(() => pulseArray(array, { row: 2, column: 0, voltage: 1, ...PULSE })).toThrow("row 2, column 0 of 2 x 2");
    expect(() => pulseArray(array, { row: 0, column: 0, voltage: 1, width: 0, edge: 1e-9 })).toThrow("for 0 s");
    expect(() => sampleFilamentArray(design(2, transistor), { logCurrent: 0, barrier: 0 }, 6e-9, KEY)).toThrow(
      "length 6e-9",
    );
  });
});

test("an array of one cell takes the energy of that cell, SET and RESET", () => {
  for (const voltage of [2.4, -1.3, -1.6, -2.6]) {
    const array = checkered(design(1, crossPoint("V/2"), 0, 200), 0, voltage > 0 ? HRS : LRS);
    const outcome = pulseArray(array, { row: 0, column: 0, voltage, ...PULSE });
    if (!outcome.ok) throw new Error(outcome.reason);
    expect(Math.abs(outcome.energy / outcome.selected.energy - 1)).toBeLessThan(1e-6);
  }
});

describe("write and verify", () => {
  const ladder = { width: 100e-9, edge: 5e-9, step: 0.05 };
  const write = {
    row: 1,
    column: 2,
    tolerance: 0.05,
    set: { ...ladder, from: 1, to: 2.6, gateVoltage: 1.2 },
    reset: { ...ladder, from: 1, to: 2.8, gateVoltage: 2.5 },
    mostPulses: 150,
  };
  const array = checkered(design(4, transistor), 6, HRS);

  test.each([
    [2e-5, 1.2],
    [5e-5, 1.2],
    [8e-5, 1.4],
  ])("reaches %d S within 5 % with a gate of %d V, which sets how far SET goes", (target, gateVoltage) => {
    const there = writeVerify(array, { ...write, set: { ...write.set, gateVoltage }, target });
    if (!there.ok) throw new Error(there.reason);
    expect(there.outcome).toBe("written");
    expect(Math.abs(filamentConductances(there.array)[6] / target - 1)).toBeLessThanOrEqual(0.05);
    expect(there.pulses).toBeGreaterThan(1);
    expect(there.energy).toBeGreaterThan(0);
    const again = writeVerify(there.array, { ...write, target });
    if (!again.ok) throw new Error(again.reason);
    expect(again.pulses).toBe(0);
  });

  test("refuses cells outside, and ladders of a sign", () => {
    expect(() => writeVerify(array, { ...write, target: 5e-5, row: 5 })).toThrow("row 5, column 2 of 4 x 4");
    expect(() => writeVerify(array, { ...write, target: 5e-5, set: { ...write.set, from: -1 } })).toThrow(
      "SET from -1 V",
    );
    expect(() => writeVerify(array, { ...write, target: 5e-5, mostPulses: Number.NaN })).toThrow("NaN pulses");
  });

  test("says when its pulses are spent, and what error is left", () => {
    const outcome = writeVerify(array, { ...write, target: 5e-5, mostPulses: 3 });
    expect(outcome).toMatchObject({ ok: true, outcome: "pulses spent", pulses: 3 });
    if (outcome.ok) expect(Math.abs(outcome.error)).toBeGreaterThan(0.05);
  });
});

test("any device that switches is pulsed by its own equations: one twice as fast, as a filament of twice the speed", () => {
  const fast: SwitchingDevice<FilamentPhysics> = {
    ...filamentDevice,
    rateInto: (out, p, voltage, length, kelvin) => {
      filamentDevice.rateInto(out, p, voltage, length, kelvin);
      for (let k = 0; k < 4; k++) out[k] *= 2;
    },
    model: (p) => filamentDevice.model({ ...p, attemptVelocity: 2 * p.attemptVelocity }),
  };
  const different: (readonly [string, number])[] = [];
  for (const access of [crossPoint("V/2"), transistor])
    for (const [voltage, length] of [
      [1.9, HRS],
      [-1.3, LRS],
    ] as const) {
      const array = checkered(design(3, access), 2, length);
      const pulse = { row: 0, column: 2, voltage, gateVoltage: 1.4, ...PULSE };
      const own = pulseArray({ ...array, design: { ...array.design, device: fast } }, pulse);
      const doubled = array.devices.map((p) => ({ ...p, attemptVelocity: 2 * p.attemptVelocity }));
      const [twice, once] = [pulseArray({ ...array, devices: doubled }, pulse), pulseArray(array, pulse)];
      if (!own.ok || !twice.ok || !once.ok) throw new Error("a pulse failed");
      expect(Math.abs(own.energy / twice.energy - 1)).toBeLessThan(1e-6);
      expect(Math.abs(own.selected.length - twice.selected.length)).toBeLessThan(1e-15);
      if (Math.abs(own.energy / once.energy - 1) > 1e-5) different.push([access.kind, voltage]);
    }
  expect(different.map(([kind]) => kind)).toEqual(expect.arrayContaining(["cross-point", "1T1R"]));
});
