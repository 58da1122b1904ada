import { describe, expect, test } from "@jest/globals";
import type { Element } from "#circuits/netlist/netlist";
import { compileSenseAmplifier, sensePair } from "#circuits/sensing/read-pair";
import { sensePairs, sharedAmplifier } from "#circuits/sensing/read-pairs";
import { REFERENCE_SIZING, type SenseAmplifierDesign, sampleSenseAmplifier } from "#circuits/sensing/sense-amplifier";
import { type ColumnPosition, checkColumn, columnLines, rowLoad } from "#circuits/sensing/sense-column";
import { sky130 } from "#devices/index";
import { rootKey } from "#src/random/index";

const base: SenseAmplifierDesign = {
  ...REFERENCE_SIZING,
  technology: sky130,
  corner: "tt",
  supply: 1,
  temperature: 300.15,
};
const none = sampleSenseAmplifier(base, 0, rootKey("none"));
const place = (over: Partial<ColumnPosition>): ColumnPosition => ({
  rows: 256,
  row: 255,
  lineResistance: 1.8,
  lineCapacitance: 0.156e-15,
  sections: 4,
  ...over,
});

/** Decision time of a pair of 10 and 150 kohm [s], by the scalar engine. */
const decision = (design: SenseAmplifierDesign): number => {
  const long = { ...design, timing: { ...design.timing, precharge: 500e-9 } };
  const read = sensePair(compileSenseAmplifier(long), none, [1e4, 15e4], [200e-9], 1e-5);
  if (!read.ok || read.decisionTime === null) throw new Error("no decision");
  return read.decisionTime;
};
const inColumn = (over: Partial<ColumnPosition>): number => decision({ ...base, column: place(over) });

describe("a cell in a column with lines", () => {
  test("lines of almost no resistance are the lumped amplifier with the column's capacitance", () => {
    const column = place({ lineResistance: 1e-3 });
    const { bitLine, sourceLine } = rowLoad(base, column);
    const lumped = decision({
      ...base,
      capacitances: {
        ...base.capacitances,
        bitLine: base.capacitances.bitLine + 255 * bitLine + column.lineCapacitance,
        sourceLine: base.capacitances.sourceLine + 255 * sourceLine + column.lineCapacitance,
      },
    });
    // What is left is the leakage of the off cells.
    expect(Math.abs(inColumn({ lineResistance: 1e-3 }) / lumped - 1)).toBeLessThan(2e-3);
  });

  test("the last row is read later than the first, the more so the more the lines resist", () => {
    const late = (lineResistance: number): number =>
      inColumn({ lineResistance }) / inColumn({ lineResistance, row: 0 });
    expect(late(1.8)).toBeGreaterThan(1.02);
    expect(late(10)).toBeGreaterThan(late(1.8));
    expect(late(1e-3)).toBeCloseTo(1, 3);
  });

  test("four sections a line give the decision time of sixteen within 0.5 %", () => {
    for (const row of [0, 511]) {
      const few = inColumn({ rows: 512, row });
      const many = inColumn({ rows: 512, row, sections: 16 });
      expect(Math.abs(few / many - 1)).toBeLessThan(5e-3);
    }
  });

  test("its lines add up: row + 1 segments to the cell, all rows' wiring and cells, off transistors of all other rows", () => {
    for (const [rows, row] of [
      [256, 255],
      [256, 0],
      [10, 3],
    ]) {
      const column = place({ rows, row });
      const elements = columnLines(base, column);
      const sum = (starts: string, of: (e: Element) => number): number =>
        elements.filter((e) => e.name.startsWith(starts)).reduce((total, e) => total + of(e), 0);
      const ohm = (e: Element): number => (e.type === "resistor" ? e.resistance : 0);
      const farad = (e: Element): number => (e.type === "capacitor" ? e.capacitance : 0);
      const load = rowLoad(base, column);
      for (const [line, perRow] of [
        ["BLL", load.bitLine],
        ["BLR", load.bitLine],
        ["SLL", load.sourceLine],
      ] as const) {
        expect(sum(`R${line}`, ohm) - sum(`R${line}T`, ohm)).toBeCloseTo((row + 1) * 1.8, 9);
        expect(sum(`R${line}T`, ohm)).toBeCloseTo((rows - 1 - row) * 1.8, 9);
        expect(sum(`C${line}`, farad) / ((rows - 1) * perRow + column.lineCapacitance)).toBeCloseTo(1, 9);
      }
      const widths = elements.flatMap((e) => (e.type === "mosfet" ? [e.width] : []));
      expect(widths).toEqual([(rows - 1) * base.widths.access, (rows - 1) * base.widths.access]);
    }
  });

  test("the batch engine agrees with the scalar one", () => {
    const design = { ...base, timing: { ...base.timing, precharge: 500e-9 }, column: place({}) };
    const batch = sensePairs(
      compileSenseAmplifier(design),
      { count: 2, left: [1e4, 3e4], right: [15e4, 15e4], ...sharedAmplifier(none) },
      [200e-9],
      1e-5,
    );
    expect(Math.abs(batch.decisionTimes[0] / inColumn({}) - 1)).toBeLessThan(2e-3);
  });

  test("columns that cannot be are refused", () => {
    expect(() => checkColumn(place({ row: 256 }))).toThrow("row 256 of 256");
    expect(() => checkColumn(place({ lineResistance: -1 }))).toThrow("-1 ohm");
    expect(() => checkColumn(place({ sections: 0 }))).toThrow("0 sections");
  });
});
