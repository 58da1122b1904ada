import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type CellConduction, cellCurrent } from "#circuits/crossbar/cell-conduction";
import { type CrossbarDesign, type CrossbarInput, readInput } from "#circuits/crossbar/crossbar-design";
import { type CrossbarCurrents, createCrossbarSolver } from "#circuits/crossbar/crossbar-solver";
import { transferMatrix, transposedDesign } from "#circuits/crossbar/transfer-matrix";
import { sky130, transistorParams } from "#devices/index";
import { binaryDevices, plainDesign, readVoltages } from "./arrays.ts";
import { nodalOracle } from "./nodal-oracle.ts";

const solve = (
  design: CrossbarDesign,
  conductances: Float64Array,
  input: CrossbarInput,
  conduction: CellConduction = { kind: "ohmic" },
  tolerance = 1e-10,
): CrossbarCurrents & { readonly nodes: { readonly wordLines: Float64Array; readonly bitLines: Float64Array } } => {
  const solver = createCrossbarSolver(design, { conduction, nodes: true });
  solver.program(conductances);
  const solution = solver.solve(input, { tolerance });
  if (!solution.ok) throw new Error(`${solution.reason} ${solution.residual}`);
  return { ...solution, nodes: solver.nodeVoltages() };
};
const largest = (values: Iterable<number>): number => [...values].reduce((a, b) => Math.max(a, Math.abs(b)), 0);
/** Largest difference relative to each value. */
const relativeError = (ours: Float64Array, theirs: Float64Array): number =>
  largest(ours.map((x, k) => (x === theirs[k] ? 0 : x / theirs[k] - 1)));

const access = {
  kind: "access transistor",
  fieldVoltage: 0.43,
  on: "bit line",
  params: transistorParams(sky130, "tt", "access", 1e-6),
  gate: { width: 1e-6, length: 0.15e-6 },
  temperature: 300.15,
} as const satisfies CellConduction;
const CELLS: readonly (readonly [string, CellConduction])[] = [
  ["ohmic", { kind: "ohmic" }],
  ["sinh", { kind: "sinh", fieldVoltage: 0.1 }],
  ["selector", { kind: "selector", fieldVoltage: 0.43, saturationCurrent: 1e-9, slopeVoltage: 0.04 }],
  ["access transistor on the bit line", access],
  ["access transistor on the word line", { ...access, on: "word line", fieldVoltage: null }],
];

const wired = (rows: number, columns: number): CrossbarDesign => ({
  rows,
  columns,
  wordLines: { segmentResistance: 2, ends: "left", terminalResistance: 150 },
  bitLines: { segmentResistance: 1, ends: "both", terminalResistance: 40 },
});
const withGates = (input: CrossbarInput): CrossbarInput => ({
  ...input,
  gates: new Float64Array(input.wordLines.voltages.length).fill(1.8),
});

describe.each(CELLS)("%s cells", (_, conduction) => {
  const [rows, columns] = [7, 5];
  const design = wired(rows, columns);
  const devices = binaryDevices(rows, columns, "laws", 0.1);
  const input = withGates({
    wordLines: { voltages: readVoltages(rows, "laws"), floating: Uint8Array.of(0, 0, 1, 0, 0, 0, 0) },
    bitLines: { voltages: Float64Array.of(0, 0.05, 0, -0.02, 0) },
  });
  const solution = solve(design, devices, input, conduction);
  const { wordLines: w, bitLines: b } = solution.nodes;
  const current = cellCurrent(conduction);
  const out = new Float64Array(3);
  const cells = devices.map((g, k) => {
    current(out, g, w[k], b[k], 1.8);
    return out[0];
  });

  test("Kirchhoff's current law holds at every node", () => {
    let worst = 0;
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        const k = i * columns + j;
        let [atWord, atBit] = [cells[k], -cells[k]];
        if (j > 0) atWord += (w[k] - w[k - 1]) / 2;
        if (j + 1 < columns) atWord += (w[k] - w[k + 1]) / 2;
        if (j === 0 && i !== 2) atWord += (w[k] - input.wordLines.voltages[i]) / 152;
        if (i > 0) atBit += (b[k] - b[k - columns]) / 1;
        if (i + 1 < rows) atBit += (b[k] - b[k + columns]) / 1;
        if (i === 0) atBit += (b[k] - input.bitLines.voltages[j]) / 41;
        if (i === rows - 1) atBit += (b[k] - input.bitLines.voltages[j]) / 41;
        worst = Math.max(worst, Math.abs(atWord), Math.abs(atBit));
      }
    // Differences of node voltages over an ohm carry 1e-16 A of rounding.
    expect(worst).toBeLessThan(1e-9 * largest(solution.currents) + 1e-15);
  });

  test("Tellegen: what the sources give is what wires, terminals and cells take", () => {
    let [given, taken] = [0, 0];
    for (let i = 0; i < rows; i++) {
      const into = i === 2 ? 0 : (input.wordLines.voltages[i] - w[i * columns]) / 152;
      given += into * input.wordLines.voltages[i];
      taken += into * into * 152;
      for (let j = 1; j < columns; j++) taken += (w[i * columns + j] - w[i * columns + j - 1]) ** 2 / 2;
    }
    for (let j = 0; j < columns; j++) {
      const volt = input.bitLines.voltages[j];
      for (const end of [j, (rows - 1) * columns + j]) {
        given -= ((b[end] - volt) / 41) * volt;
        taken += (b[end] - volt) ** 2 / 41;
      }
      for (let i = 1; i < rows; i++) taken += (b[i * columns + j] - b[(i - 1) * columns + j]) ** 2;
    }
    cells.forEach((ampere, k) => {
      taken += ampere * (w[k] - b[k]);
    });
    expect(taken / given - 1).toBeLessThan(1e-8);
    expect(given / taken - 1).toBeLessThan(1e-8);
  });

  test("the direct banded solution agrees on every current and node", () => {
    const oracle = nodalOracle(design, devices, input, conduction);
    expect(relativeError(solution.currents, oracle.currents)).toBeLessThan(1e-9);
    expect(largest(w.map((v, k) => v - oracle.wordLines[k]))).toBeLessThan(1e-9);
    expect(largest(b.map((v, k) => v - oracle.bitLines[k]))).toBeLessThan(1e-9);
  });
});

describe("ohmic arrays", () => {
  test("random shapes, ends, wires, opens and floats agree with the direct solution", () => {
    const ends = {
      word: fc.constantFrom("left", "right", "both" as const),
      bit: fc.constantFrom("top", "bottom", "both" as const),
    };
    const ohm = fc.double({ min: 0.01, max: 100, noNaN: true });
    const arrays = fc.record({
      rows: fc.integer({ min: 1, max: 14 }),
      columns: fc.integer({ min: 1, max: 14 }),
      word: fc.record({ segmentResistance: ohm, ends: ends.word, terminalResistance: ohm }),
      bit: fc.record({ segmentResistance: ohm, ends: ends.bit, terminalResistance: ohm }),
      open: fc.constantFrom(0, 0, 0.2),
      float: fc.integer({ min: 0, max: 30 }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(arrays, ({ rows, columns, word, bit, open, float, seed }) => {
        const design: CrossbarDesign = { rows, columns, wordLines: word, bitLines: bit } as CrossbarDesign;
        const devices = binaryDevices(rows, columns, `property ${seed}`, open);
        const floating = new Uint8Array(columns);
        // A floating bit line with a device to a held word line.
        if (float < columns && devices.some((g, k) => g > 0 && k % columns === float)) floating[float] = 1;
        const input = {
          wordLines: { voltages: readVoltages(rows, `property ${seed}`) },
          bitLines: { voltages: new Float64Array(columns), floating },
        };
        const ours = solve(design, devices, input);
        const oracle = nodalOracle(design, devices, input);
        const scale = largest(oracle.currents);
        ours.currents.forEach((ampere, j) => {
          expect(Math.abs(ampere - oracle.currents[j])).toBeLessThanOrEqual(
            1e-9 * Math.abs(oracle.currents[j]) + 1e-12 * scale,
          );
        });
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  test("a 64 x 64 array of heavy wires agrees with the direct solution", () => {
    const design = plainDesign(64, 64, 2, 1);
    const devices = binaryDevices(64, 64, "large");
    const input = readInput(readVoltages(64, "large"), 64);
    const oracle = nodalOracle(design, devices, input);
    const ours = solve(design, devices, input, { kind: "ohmic" }, 1e-9);
    expect(relativeError(ours.currents, oracle.currents)).toBeLessThan(1e-9);
  });

  test.each([1e-9, 1e-6, 1e-3, 1e3, 1e6, 1e9])("all resistances times %d: all currents divided by it", (factor) => {
    const devices = binaryDevices(9, 12, "scale");
    const input = readInput(readVoltages(9, "scale"), 12);
    const plain = solve(plainDesign(9, 12, 2, 1), devices, input);
    const scaled = solve(
      plainDesign(9, 12, 2 * factor, factor),
      devices.map((g) => g / factor),
      input,
    );
    expect(
      relativeError(
        scaled.currents.map((i) => i * factor),
        plain.currents,
      ),
    ).toBeLessThan(1e-12);
    const volts = solve(
      plainDesign(9, 12, 2, 1),
      devices,
      readInput(
        input.wordLines.voltages.map((v) => v * factor),
        12,
      ),
    );
    expect(
      relativeError(
        volts.currents.map((i) => i / factor),
        plain.currents,
      ),
    ).toBeLessThan(1e-12);
  });

  test("without wires the currents are the product of voltages and conductances, to 1e-12; small wires tend to it", () => {
    const devices = binaryDevices(40, 30, "ideal");
    const volts = readVoltages(40, "ideal");
    const product = new Float64Array(30);
    devices.forEach((g, k) => {
      product[k % 30] += g * volts[Math.floor(k / 30)];
    });
    const error = (segment: number): number =>
      relativeError(solve(plainDesign(40, 30, segment, segment), devices, readInput(volts, 30)).currents, product);
    expect(error(0)).toBeLessThan(1e-12);
    expect(error(1e-12)).toBeLessThan(1e-12);
    expect(error(1e-3) / error(1e-4)).toBeGreaterThan(9.9);
    expect(error(1e-3) / error(1e-4)).toBeLessThan(10.1);
  });

  test("superposition and reciprocity: the transfer matrix answers as solves do, and equals its transpose's", () => {
    for (const [rows, columns] of [
      [12, 20],
      [20, 12],
    ]) {
      const design = wired(rows, columns);
      const devices = binaryDevices(rows, columns, "transfer", 0.1);
      const transfer = transferMatrix(design, devices);
      if (!transfer.ok) throw new Error(transfer.reason);
      const volts = readVoltages(rows, "transfer");
      const product = new Float64Array(columns);
      transfer.conductances.forEach((t, k) => {
        product[k % columns] += t * volts[Math.floor(k / columns)];
      });
      expect(relativeError(product, solve(design, devices, readInput(volts, columns)).currents)).toBeLessThan(1e-9);
      const exchanged = devices.map((_g, k) => devices[(k % rows) * columns + Math.floor(k / rows)]);
      const other = transferMatrix(transposedDesign(design), exchanged);
      if (!other.ok) throw new Error(other.reason);
      const back = transfer.conductances.map(
        (_t, k) => other.conductances[(k % columns) * rows + Math.floor(k / columns)],
      );
      expect(relativeError(transfer.conductances, back)).toBeLessThan(2e-9);
    }
  });

  test("mirrored arrays give mirrored currents", () => {
    const devices = binaryDevices(6, 9, "mirror");
    const volts = readVoltages(6, "mirror");
    const left = solve(plainDesign(6, 9, 3, 2), devices, readInput(volts, 9));
    const design = plainDesign(6, 9, 3, 2);
    const right = solve(
      { ...design, wordLines: { ...design.wordLines, ends: "right" } },
      devices.map((_g, k) => devices[Math.floor(k / 9) * 9 + 8 - (k % 9)]),
      readInput(volts, 9),
    );
    expect([...right.currents].reverse()).toEqual([...left.currents]);
  });

  test("a warm start from a neighbouring array takes fewer iterations to the same currents", () => {
    const design = plainDesign(48, 48, 4, 2);
    const devices = binaryDevices(48, 48, "warm");
    const input = readInput(readVoltages(48, "warm"), 48);
    const solver = createCrossbarSolver(design, { nodes: true });
    solver.program(devices);
    const first = solver.solve(input);
    const moved = devices.map((g, k) => g * (1 + 1e-5 * Math.sin(k)));
    solver.program(moved);
    const warm = solver.solve(input, { warm: true });
    solver.program(moved);
    const cold = solver.solve(input);
    if (!first.ok || !warm.ok || !cold.ok) throw new Error("not solved");
    expect(relativeError(warm.currents, cold.currents)).toBeLessThan(2e-9);
    expect(warm.iterations).toBeLessThan(cold.iterations);
  });

  test("the same array solved again, and after another input, gives the same bits", () => {
    const solver = createCrossbarSolver(plainDesign(20, 20, 2, 1));
    solver.program(binaryDevices(20, 20, "again"));
    const input = readInput(readVoltages(20, "again"), 20);
    const first = solver.solve(input);
    solver.solve(readInput(readVoltages(20, "other"), 20));
    expect(solver.solve(input)).toEqual(first);
  });

  test("heavy wires and low resistances converge: 333 ohm devices, 256 x 256", () => {
    const devices = binaryDevices(256, 256, "strong").map((g) => 30 * g);
    const solver = createCrossbarSolver(plainDesign(256, 256, 2, 1));
    solver.program(devices);
    const solution = solver.solve(readInput(readVoltages(256, "strong"), 256));
    if (!solution.ok) throw new Error(solution.reason);
    expect(solution.iterations).toBeLessThan(60);
    expect(solution.residual).toBeLessThan(2e-9);
  });
});
