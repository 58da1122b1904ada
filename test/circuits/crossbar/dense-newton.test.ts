import { describe, expect, test } from "@jest/globals";
import { cellCurrent, createCrossbarSolver, type ParsedCrossbar, parseCrossbar } from "#circuits/index";
import { fold, type Key, rootKey, uniform } from "#src/random/index";

/*
 * Arrays of bending cells against an independent solution: node voltages of all lines by a damped Newton method on one dense
 * matrix with partial pivoting, nothing of the solver's in it but the cell's law (of sinh cells not even that).
 */

const solveDense = (a: number[][], b: number[]): number[] => {
  const n = b.length;
  for (let k = 0; k < n; k++) {
    let p = k;
    for (let r = k + 1; r < n; r++) if (Math.abs(a[r][k]) > Math.abs(a[p][k])) p = r;
    [a[k], a[p], b[k], b[p]] = [a[p], a[k], b[p], b[k]];
    for (let r = k + 1; r < n; r++) {
      const f = a[r][k] / a[k][k];
      if (f === 0) continue;
      for (let c = k; c < n; c++) a[r][c] -= f * a[k][c];
      b[r] -= f * b[k];
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let c = k + 1; c < n; c++) b[k] -= a[k][c] * b[c];
    b[k] /= a[k][k];
  }
  return b;
};

/** Currents out of the columns [A], and the largest current that is left over in any node. */
const denseCurrents = ({
  design,
  conductances,
  inputs,
  conduction,
}: ParsedCrossbar): { currents: number[]; left: number } => {
  const { rows, columns } = design;
  const [input] = inputs;
  const cells = rows * columns;
  const law = cellCurrent(conduction);
  const out = new Float64Array(3);
  const cell = (k: number, word: number, bit: number): void => {
    if (conduction.kind === "sinh") {
      const x = (word - bit) / conduction.fieldVoltage;
      out[0] = conductances[k] * conduction.fieldVoltage * Math.sinh(x);
      out[1] = conductances[k] * Math.cosh(x);
      out[2] = out[1];
    } else law(out, conductances[k], word, bit, input.gates?.[Math.floor(k / columns)] ?? 0);
  };
  const word = (i: number, j: number): number => i * columns + j;
  const bit = (i: number, j: number): number => cells + i * columns + j;
  const balance = (v: readonly number[], jacobian: number[][] | null): number[] => {
    const left = new Array<number>(2 * cells).fill(0);
    const join = (a: number, b: number | null, to: number, siemens: number): void => {
      const amperes = siemens * (v[a] - (b === null ? to : v[b]));
      left[a] += amperes;
      if (jacobian) jacobian[a][a] += siemens;
      if (b === null) return;
      left[b] -= amperes;
      if (!jacobian) return;
      jacobian[b][b] += siemens;
      jacobian[a][b] -= siemens;
      jacobian[b][a] -= siemens;
    };
    for (let i = 0; i < rows; i++) {
      for (let j = 1; j < columns; j++) join(word(i, j - 1), word(i, j), 0, 1 / design.wordLines.segmentResistance);
      if (!input.wordLines.floating?.[i])
        join(
          word(i, 0),
          null,
          input.wordLines.voltages[i],
          1 / (design.wordLines.segmentResistance + design.wordLines.terminalResistance),
        );
    }
    for (let j = 0; j < columns; j++) {
      for (let i = 1; i < rows; i++) join(bit(i - 1, j), bit(i, j), 0, 1 / design.bitLines.segmentResistance);
      join(
        bit(rows - 1, j),
        null,
        input.bitLines.voltages[j],
        1 / (design.bitLines.segmentResistance + design.bitLines.terminalResistance),
      );
    }
    for (let k = 0; k < cells; k++) {
      const [w, b] = [k, cells + k];
      cell(k, v[w], v[b]);
      left[w] += out[0];
      left[b] -= out[0];
      if (!jacobian) continue;
      jacobian[w][w] += out[1];
      jacobian[w][b] -= out[2];
      jacobian[b][w] -= out[1];
      jacobian[b][b] += out[2];
    }
    return left;
  };
  const size = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
  let v = new Array<number>(2 * cells).fill(0);
  for (let step = 0; step < 400; step++) {
    const jacobian = v.map(() => new Array<number>(v.length).fill(0));
    const left = balance(v, jacobian);
    const change = solveDense(jacobian, left.slice());
    const before = size(left);
    // As long a step as makes the balance better, and no exponential too large.
    let share = Math.min(1, 0.5 / Math.max(...change.map(Math.abs)));
    for (; share > 1e-9; share /= 2) {
      const tried = v.map((x, r) => x - share * change[r]);
      const after = size(balance(tried, null));
      if (after < before || Math.max(...change.map(Math.abs)) < 1e-9) {
        v = tried;
        break;
      }
    }
    if (share * Math.max(...change.map(Math.abs)) < 1e-15) break;
  }
  const currents = Array.from({ length: columns }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      cell(word(i, j), v[word(i, j)], v[bit(i, j)]);
      sum += out[0];
    }
    return sum;
  });
  return { currents, left: Math.max(...balance(v, null).map(Math.abs)) };
};

const KINDS = ["sinh", "selector", "access transistor"] as const;

/** A random array with 15 % of its word lines floating and inputs of both signs. */
const randomArray = (kind: (typeof KINDS)[number], key: Key): ParsedCrossbar => {
  const rnd = (i: number): number => uniform(key, i);
  const pick = <T>(list: readonly T[], i: number): T => list[Math.floor(list.length * rnd(i))];
  const [rows, columns] = [1 + Math.floor(6 * rnd(0)), 1 + Math.floor(4 * rnd(1))];
  const fieldVoltage = pick([0.05, 0.1, 0.25], 2);
  const cells = {
    sinh: { kind, fieldVoltage },
    selector: {
      kind,
      fieldVoltage: pick([null, 0.25], 3),
      saturationCurrent: 1e-10,
      slopeVoltage: pick([0.05, 0.1], 4),
    },
    "access transistor": { kind, fieldVoltage: pick([null, 0.25], 3), on: pick(["word line", "bit line"], 4) },
  }[kind];
  const inputs: (number | null)[] = Array.from({ length: rows }, (_, i) =>
    rnd(100 + i) < 0.15 ? null : rnd(200 + i) - 0.5,
  );
  if (!inputs.some((x) => x !== null)) inputs[0] = 0.3;
  return parseCrossbar(
    {
      ...{ rows, columns, cells, inputs: [inputs] },
      ...{ wordLineResistance: pick([0.1, 1, 5], 5), bitLineResistance: pick([0.1, 1, 5], 6) },
      ...{ driverResistance: pick([0, 100], 7), senseResistance: pick([0, 1000], 8) },
      resistances: Array.from({ length: rows }, (_, i) =>
        Array.from({ length: columns }, (_c, j) => 10 ** (3.5 + 2.5 * rnd(300 + 10 * i + j))),
      ),
      ...(kind === "access transistor" ? { gates: inputs.map(() => 1.2) } : {}),
    },
    "random",
  );
};

describe.each(KINDS)("a hundred arrays of %s cells, 15 %% of the word lines floating, inputs of both signs", (kind) => {
  test("none is refused, and every current is within its stated bound of an independent Newton method's", () => {
    const key = fold(rootKey("dense newton"), kind);
    for (let a = 0; a < 100; a++) {
      const parsed = randomArray(kind, fold(key, a));
      const solver = createCrossbarSolver(parsed.design, {
        conduction: parsed.conduction,
        shorts: false,
        nodes: false,
      });
      solver.program(parsed.conductances);
      const found = solver.solve(parsed.inputs[0], { tolerance: 1e-9 });
      if (!found.ok) throw new Error(`array ${a}: ${found.reason}`);
      const { currents, left } = denseCurrents(parsed);
      const flowing = Math.max(...currents.map(Math.abs), 1e-15);
      // Rounding of volts through wires of 10 S.
      expect(left).toBeLessThan(1e-14);
      currents.forEach((ampere, j) => {
        // The dense solution is known to what its own balance leaves over.
        const known = left * parsed.design.rows + 1e-12 * flowing;
        const bound = Math.max(1e-9, Number.isFinite(found.bounds[j]) ? found.bounds[j] : 1e9) * Math.abs(ampere);
        expect(Math.abs(found.currents[j] - ampere)).toBeLessThanOrEqual(bound + known);
      });
    }
  });
});

test("an array that Newton's method brings to rounding is solved, with its bound", () => {
  const parsed = parseCrossbar(
    {
      ...{
        rows: 5,
        columns: 1,
        wordLineResistance: 0.1,
        bitLineResistance: 1,
        driverResistance: 0,
        senseResistance: 1000,
      },
      cells: { kind: "sinh", fieldVoltage: 0.05 },
      resistances: [
        [774828.4900836634],
        [666995.8625089066],
        [16455.217081675393],
        [5591.32877146445],
        [425661.6711237106],
      ],
      inputs: [[null, 0.4334503857974237, 0.3486891703034303, -0.2889020508263913, -0.08153760629940443]],
    },
    "x",
  );
  const solver = createCrossbarSolver(parsed.design, { conduction: parsed.conduction, shorts: false, nodes: false });
  solver.program(parsed.conductances);
  const found = solver.solve(parsed.inputs[0], { tolerance: 1e-9 });
  if (!found.ok) throw new Error(found.reason);
  expect(found.currents[0] / 5.168121e-6).toBeCloseTo(1, 6);
  expect(found.bounds[0]).toBeLessThan(1e-8);
  expect(denseCurrents(parsed).currents[0] / 5.168121e-6).toBeCloseTo(1, 6);
});
