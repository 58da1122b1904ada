import type { OwnLaws } from "../crossbar/bending-cells.ts";
import { selectCell } from "../crossbar/biasing.ts";
import type { CrossbarInput } from "../crossbar/crossbar-design.ts";
import { createCrossbarSolver } from "../crossbar/crossbar-solver.ts";
import type { ArrayPulse } from "./array-pulse-contract.ts";
import type { FilamentArrayDesign } from "./filament-array.ts";

/** Voltages and currents of a cross-point array at one moment of a pulse. */
export interface LineState {
  /** Across every cell [V] and through it [A], rows x columns. */
  readonly across: Float64Array;
  readonly currents: Float64Array;
  /** Into the array from all drivers [W]. */
  readonly power: number;
}

/** The lines of a cross-point array under a pulse. */
export interface PulsedLines {
  /**
   * The lines at a share of the pulse's voltages, cells having these conductances at 0 V [S] or, where there are any, laws of
   * their own; each solve starts from the one before. Where they cannot be solved: why.
   */
  solve(height: number, conductances: Float64Array, laws?: OwnLaws): LineState | string;
}

/** Relative error of every terminal's current. */
const TOLERANCE = 1e-7;

/** Lines carry no charge: their time constants are far below a pulse. @throws RangeError for lines or cells that cannot be. */
export const pulsedLines = <P>(
  { lines, access, device, filament }: FilamentArrayDesign<P>,
  { row, column, voltage }: ArrayPulse,
): PulsedLines => {
  if (access.kind !== "cross-point") throw new Error("pulsedLines: cross-point arrays only.");
  const v0 = device.fieldVoltage(filament);
  const solver = createCrossbarSolver(lines, { conduction: { kind: "sinh", fieldVoltage: v0 } });
  const full = selectCell(lines, { row, column, voltage, scheme: access.scheme });
  const inputAt = (height: number): CrossbarInput => ({
    wordLines: { ...full.wordLines, voltages: full.wordLines.voltages.map((v) => v * height) },
    bitLines: { ...full.bitLines, voltages: full.bitLines.voltages.map((v) => v * height) },
  });
  const out = new Float64Array(2);
  let warm = false;
  return {
    solve: (height, conductances, laws) => {
      const input = inputAt(height);
      solver.program(conductances);
      const solution = solver.solve(input, { tolerance: TOLERANCE, warm, ...(laws ? { laws } : {}) });
      warm = solution.ok;
      if (!solution.ok) {
        const where = solution.reason === "newton" ? ` at row ${solution.row}, column ${solution.column}` : "";
        return `the array's lines: ${solution.reason}${where}`;
      }
      const { wordLines, bitLines } = solver.nodeVoltages();
      const across = wordLines.map((v, m) => v - bitLines[m]);
      const currents = across.map((v, m) => conductances[m] * v0 * Math.sinh(v / v0));
      laws?.cells.forEach((m, n) => {
        laws.currentInto(out, n, across[m]);
        currents[m] = out[0];
      });
      // A line that floats has no driver, and no current on the whole.
      const up = input.wordLines.voltages.map((v, i) => (input.wordLines.floating?.[i] ? 0 : v));
      const down = input.bitLines.voltages.map((v, j) => (input.bitLines.floating?.[j] ? 0 : v));
      let power = 0;
      for (let m = 0; m < currents.length; m++)
        power += currents[m] * (up[Math.floor(m / lines.columns)] - down[m % lines.columns]);
      return { across, currents, power };
    },
  };
};
