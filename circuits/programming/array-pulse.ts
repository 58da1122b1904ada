import { filamentResistance } from "#devices/index";
import { selectCell } from "../crossbar/biasing.ts";
import { type CrossbarDesign, checkCell } from "../crossbar/crossbar-design.ts";
import { type CrossbarSolver, createCrossbarSolver } from "../crossbar/crossbar-solver.ts";
import { type CellPulse, type Pulse, type PulsePath, pulseCell } from "./cell-pulse.ts";
import { type FilamentArray, filamentConductances } from "./filament-array.ts";
import { standingLength } from "./standing-cell.ts";

export interface ArrayPulse extends Pulse {
  readonly row: number;
  readonly column: number;
}

export interface ArrayPulseOutcome {
  readonly ok: true;
  readonly array: FilamentArray;
  readonly selected: CellPulse;
  /** Across the selected filament when the pulse has risen, over the pulse's voltage: what lines and transistor leave of it. */
  readonly arriving: number;
  /** From the pulse's source into the selected word line beside the selected cell's own current, at its start [A]. */
  readonly sneakCurrent: number;
  /** From all drivers over the pulse [J]. */
  readonly energy: number;
  /** Of unselected cells: the one whose filament moved most, and how far [m]. */
  readonly disturbed: { readonly row: number; readonly column: number; readonly change: number };
}

export interface ArrayPulseFailure {
  readonly ok: false;
  readonly reason: string;
}

interface Standing {
  /** Across every cell [V], rows x columns. */
  readonly across: Float64Array;
  /** Into the array from all drivers [W]. */
  readonly power: number;
  /** From the selected word line's driver [A]. */
  readonly driven: number;
}

/** Voltages of a cross-point array at the top of a pulse, the selected cell having conductance `selected` [S]. */
const standing = (
  solver: CrossbarSolver,
  array: FilamentArray,
  { row, column, voltage }: ArrayPulse,
  selected: number,
): Standing | ArrayPulseFailure => {
  const { design } = array;
  if (design.access.kind !== "cross-point") throw new Error("standing: cross-point arrays only.");
  const { lines, filament } = design;
  const k = row * lines.columns + column;
  const conductances = filamentConductances(array);
  conductances[k] = selected;
  solver.program(conductances);
  const input = selectCell(lines, { row, column, voltage, scheme: design.access.scheme });
  const solution = solver.solve(input, { tolerance: 1e-6 });
  if (!solution.ok) {
    const where = solution.reason === "newton" ? ` at row ${solution.row}, column ${solution.column}` : "";
    return { ok: false, reason: `the array's lines: ${solution.reason}${where}` };
  }
  const { wordLines, bitLines } = solver.nodeVoltages();
  const across = wordLines.map((v, m) => v - bitLines[m]);
  const v0 = filament.fieldVoltage;
  let [power, driven] = [0, 0];
  for (let i = 0; i < lines.rows; i++) {
    let current = 0;
    for (let j = 0; j < lines.columns; j++) {
      const m = i * lines.columns + j;
      current += conductances[m] * v0 * Math.sinh(across[m] / v0);
    }
    if (!input.wordLines.floating?.[i]) power += current * input.wordLines.voltages[i];
    if (i === row) driven = current;
  }
  solution.currents.forEach((ampere, j) => {
    if (!input.bitLines.floating?.[j]) power -= ampere * input.bitLines.voltages[j];
  });
  return { across, power, driven };
};

/** Current of G V0 sinh(v / V0) behind a resistance, at `voltage` [A]: v is found by halving. */
const loadedCurrent = (conductance: number, fieldVoltage: number, voltage: number, resistance: number): number => {
  const size = Math.abs(voltage);
  const at = (v: number): number => conductance * fieldVoltage * Math.sinh(v / fieldVoltage);
  if (resistance === 0) return at(size);
  let [low, high] = [0, size];
  for (let n = 0; n < 60; n++) {
    const middle = (low + high) / 2;
    if (middle + resistance * at(middle) > size) high = middle;
    else low = middle;
  }
  return (size - low) / resistance;
};

/** Resistance of a line from its terminals to crossing `at` of `count` [ohm]. */
const lineTo = (lines: CrossbarDesign["wordLines"] | CrossbarDesign["bitLines"], at: number, count: number): number => {
  const from = (crossings: number): number => lines.segmentResistance * crossings + lines.terminalResistance;
  const [low, high] = [from(at + 1), from(count - at)];
  if (lines.ends === "both") return low + high > 0 ? (low * high) / (low + high) : 0;
  return lines.ends === "left" || lines.ends === "top" ? low : high;
};

const mostDisturbed = (
  before: Float64Array,
  after: Float64Array,
  selected: number,
  columns: number,
): ArrayPulseOutcome["disturbed"] => {
  let [worst, most] = [selected === 0 && before.length > 1 ? 1 : 0, -1];
  before.forEach((length, m) => {
    if (m === selected) return;
    const change = Math.abs(after[m] - length);
    if (change > most) [worst, most] = [m, change];
  });
  const change = before.length > 1 ? after[worst] - before[worst] : 0;
  return { row: Math.floor(worst / columns), column: worst % columns, change };
};

/**
 * A pulse on a cross-point array. The selected cell sees the rest of the array as a source behind a resistance: the voltage
 * across it when open, and what its own current takes from that. The others stand at voltages between those of the array before
 * the cell has switched and after, as far as it is on its way. Lines carry no charge: their time constants are far below a
 * pulse. Where others switch in the same pulse (grounded lines) the selected cell's own end is a tenth off
 * (test/circuits/programming/array-pulse.test.ts).
 */
const crossPointPulse = (array: FilamentArray, pulse: ArrayPulse): ArrayPulseOutcome | ArrayPulseFailure => {
  const { design, devices, lengths } = array;
  const { lines, ambient, largestTemperature } = design;
  const k = pulse.row * lines.columns + pulse.column;
  const conductances = filamentConductances(array);
  const conduction = { kind: "sinh", fieldVoltage: design.filament.fieldVoltage } as const;
  const solver = createCrossbarSolver(lines, { conduction });
  const open = standing(solver, array, pulse, 0);
  if ("ok" in open) return open;
  const start = standing(solver, array, pulse, conductances[k]);
  if ("ok" in start) return start;
  const v0 = design.filament.fieldVoltage;
  const own = conductances[k] * v0 * Math.sinh(start.across[k] / v0);
  const resistance = own === 0 ? 0 : Math.max(0, (open.across[k] - start.across[k]) / own);
  const path: PulsePath = { before: resistance / 2, after: resistance / 2, transistor: null };
  const selected = pulseCell(
    devices[k],
    path,
    { ...pulse, voltage: open.across[k] },
    lengths[k],
    ambient,
    largestTemperature,
  );
  if (!selected.ok) return { ok: false, reason: `the selected cell: ${selected.reason} at ${selected.time} s` };

  const moved = lengths.slice();
  moved[k] = selected.length;
  const end = standing(
    solver,
    { ...array, lengths: moved },
    pulse,
    filamentConductances({ ...array, lengths: moved })[k],
  );
  if ("ok" in end) return end;
  // What the array gives way to is the selected cell's current: between its start and its end by that current's share.
  const currentAt = (length: number): number =>
    loadedCurrent(1 / filamentResistance(devices[k], length), v0, open.across[k], resistance);
  const [first, last] = [currentAt(lengths[k]), currentAt(selected.length)];
  const course = selected.course.map(({ time, height, length }) => ({
    time,
    height,
    way: first === last ? 0 : (currentAt(length) - first) / (last - first),
  }));
  for (let m = 0; m < moved.length; m++) {
    if (m === k) continue;
    for (const { time, height, way } of course) {
      const volts = height * (start.across[m] + way * (end.across[m] - start.across[m]));
      moved[m] = standingLength(devices[m], moved[m], volts, time, ambient);
    }
  }
  const energy = course.reduce(
    (sum, { time, height, way }) => sum + time * height * height * (start.power + way * (end.power - start.power)),
    0,
  );
  return {
    ok: true,
    array: { ...array, lengths: moved },
    selected,
    arriving: start.across[k] / pulse.voltage,
    sneakCurrent: start.driven - own,
    energy,
    disturbed: mostDisturbed(lengths, moved, k, lines.columns),
  };
};

/**
 * A pulse on a 1T1R array: unselected rows are off, so that the selected cell's current alone flows in its two lines. Cells of
 * its row see what their source line loses on the way, their bit lines being held at its driver's voltage.
 */
const transistorPulse = (array: FilamentArray, pulse: ArrayPulse): ArrayPulseOutcome | ArrayPulseFailure => {
  const { design, devices, lengths } = array;
  const { lines, access, ambient, largestTemperature } = design;
  if (access.kind !== "1T1R") throw new Error("transistorPulse: 1T1R arrays only.");
  const { row, column } = pulse;
  const k = row * lines.columns + column;
  const path: PulsePath = {
    before: lineTo(lines.bitLines, row, lines.rows),
    after: lineTo(lines.wordLines, column, lines.columns),
    transistor: access,
  };
  const selected = pulseCell(devices[k], path, pulse, lengths[k], ambient, largestTemperature);
  if (!selected.ok) return { ok: false, reason: `the selected cell: ${selected.reason} at ${selected.time} s` };
  const moved = lengths.slice();
  moved[k] = selected.length;
  const total = pulse.width + pulse.edge;
  const sign = Math.sign(pulse.voltage);
  for (let j = 0; j < lines.columns; j++) {
    if (j === column) continue;
    // Shared length of source line: from its terminal to the nearer of both cells.
    const shared = Math.min(lineTo(lines.wordLines, j, lines.columns), path.after);
    const volts = -sign * selected.peakCurrent * shared;
    moved[row * lines.columns + j] = standingLength(
      devices[row * lines.columns + j],
      lengths[row * lines.columns + j],
      volts,
      total,
      ambient,
    );
  }
  return {
    ok: true,
    array: { ...array, lengths: moved },
    selected,
    arriving: selected.firstVoltage / pulse.voltage,
    sneakCurrent: 0,
    energy: selected.energy,
    disturbed: mostDisturbed(lengths, moved, k, lines.columns),
  };
};

/**
 * Applies a programming pulse to one cell of an array.
 * @throws RangeError for a cell outside the array, or a pulse of no duration.
 */
export const pulseArray = (array: FilamentArray, pulse: ArrayPulse): ArrayPulseOutcome | ArrayPulseFailure => {
  checkCell(array.design.lines, pulse, "array pulse");
  if (!(pulse.width > 0 && pulse.edge > 0 && Number.isFinite(pulse.voltage) && pulse.voltage !== 0))
    throw new RangeError(
      `array pulse: ${pulse.voltage} V for ${pulse.width} s with edges of ${pulse.edge} s; expected a voltage, and times above 0 s.`,
    );
  const { kind } = array.design.access;
  if (kind === "1T1R" && !Number.isFinite(pulse.gateVoltage))
    throw new RangeError("array pulse: 1T1R cells need the gate voltage of the selected row, gateVoltage [V].");
  return kind === "1T1R" ? transistorPulse(array, pulse) : crossPointPulse(array, pulse);
};
