/**
 * A family of parallel lines with the same resistance between neighbouring crossings, and where its terminals are. `both`
 * means two terminals of one voltage, one beyond either end. A terminal lies one segment beyond the line's last crossing,
 * behind the terminal resistance (driver or sense circuit).
 */
export interface ArrayLines<End extends string> {
  /** Between neighbouring crossings, and from the last crossing to a terminal [ohm]; 0: ideal. */
  readonly segmentResistance: number;
  readonly ends: End | "both";
  /** Of the driver or of the sense circuit, in series with each terminal [ohm]; 0: ideal. */
  readonly terminalResistance: number;
}

/**
 * A crossbar as drawn: `rows` word lines above `columns` bit lines, a device at every crossing. Row 0 is at the top, column 0
 * at the left.
 */
export interface CrossbarDesign {
  readonly rows: number;
  readonly columns: number;
  readonly wordLines: ArrayLines<"left" | "right">;
  readonly bitLines: ArrayLines<"top" | "bottom">;
}

/** Voltages of a family's terminals [V]; a line marked 1 in `floating` is connected to nothing. */
export interface LineVoltages {
  readonly voltages: Float64Array;
  readonly floating?: Uint8Array;
}

/** What the array is asked now: a line's terminals are held at its voltage, or the line floats. */
export interface CrossbarInput {
  readonly wordLines: LineVoltages;
  readonly bitLines: LineVoltages;
  /** Voltages of the rows' gate lines [V], for cells with an access transistor; no current flows into them. */
  readonly gates?: Float64Array;
}

/** Word lines driven at `voltages`, bit lines held at 0 V: the analog read. */
export const readInput = (voltages: Float64Array, columns: number): CrossbarInput => ({
  wordLines: { voltages },
  bitLines: { voltages: new Float64Array(columns) },
});

/** Numbers beyond these are no ohms, siemens or volts, and their squares may not be numbers. */
const SMALLEST = 1e-30;
const LARGEST = 1e30;
const isPhysical = (x: number): boolean => x === 0 || (x >= SMALLEST && x <= LARGEST);

const isCount = (n: number): boolean => Number.isInteger(n) && n > 0;

const checkLines = (lines: ArrayLines<string> | undefined, name: string, ends: readonly string[]): void => {
  if (!lines)
    throw new RangeError(
      `crossbar: the ${name} are missing; expected { segmentResistance, ends, terminalResistance } with ends ${ends.join(", ")}.`,
    );
  const expect = (what: string, ohm: number): void => {
    if (!isPhysical(ohm))
      throw new RangeError(
        `crossbar: ${what} of the ${name} is ${ohm} ohm; expected 0 ohm (ideal), or ${SMALLEST} to ${LARGEST} ohm.`,
      );
  };
  expect("segment resistance", lines.segmentResistance);
  expect("terminal resistance", lines.terminalResistance);
  if (!ends.includes(lines.ends))
    throw new RangeError(`crossbar: ${name} have their terminals at "${lines.ends}"; expected ${ends.join(", ")}.`);
};

/** @throws RangeError where the design cannot be built. */
export const checkCrossbarDesign = (design: CrossbarDesign): void => {
  const { rows, columns, wordLines, bitLines } = design;
  if (!isCount(rows) || !isCount(columns))
    throw new RangeError(
      `crossbar: ${rows} x ${columns} cells; expected whole numbers of rows and columns, 1 or more.`,
    );
  checkLines(wordLines, "word lines", ["left", "right", "both"]);
  checkLines(bitLines, "bit lines", ["top", "bottom", "both"]);
};

/** @throws RangeError, begun with `what`, for a cell outside the array. */
export const checkCell = (
  { rows, columns }: Pick<CrossbarDesign, "rows" | "columns">,
  { row, column }: { readonly row: number; readonly column: number },
  what: string,
): void => {
  const within = (at: number, count: number): boolean => Number.isInteger(at) && at >= 0 && at < count;
  if (!within(row, rows) || !within(column, columns))
    throw new RangeError(
      `${what}: cell in row ${row}, column ${column} of ${rows} x ${columns}; rows and columns count from 0.`,
    );
};

/**
 * Whether any device is shorted.
 * @throws RangeError naming the first conductance that is negative, not a number, or beyond what a device has.
 */
export const checkConductances = ({ rows, columns }: CrossbarDesign, conductances: Float64Array): boolean => {
  if (!(conductances instanceof Float64Array))
    throw new RangeError("crossbar: conductances are no Float64Array; expected one, row by row, in siemens.");
  if (conductances.length !== rows * columns)
    throw new RangeError(
      `crossbar: ${conductances.length} conductances for ${rows} x ${columns} cells; expected ${rows * columns}, row by row.`,
    );
  // One pass without calls: this is a tenth of a solve.
  let wrong = 0;
  let shorted = false;
  for (; wrong < conductances.length; wrong++) {
    const g = conductances[wrong];
    if ((g >= SMALLEST && g <= LARGEST) || g === 0) continue;
    if (g !== Number.POSITIVE_INFINITY) break;
    shorted = true;
  }
  if (wrong < conductances.length)
    throw new RangeError(
      `crossbar: row ${Math.floor(wrong / columns)}, column ${wrong % columns} has ${conductances[wrong]} S; expected 0 (open), ${SMALLEST} to ${LARGEST} S, or Infinity for a short.`,
    );
  return shorted;
};

const checkVoltages = (lines: LineVoltages | undefined, count: number, name: string): void => {
  if (!lines?.voltages)
    throw new RangeError(
      `crossbar: no voltages of the ${name}s; expected { wordLines: { voltages }, bitLines: { voltages } }.`,
    );
  const { voltages, floating } = lines;
  if (voltages.length !== count || (floating && floating.length !== count))
    throw new RangeError(
      `crossbar: ${voltages.length} voltages${floating ? ` and ${floating.length} marks` : ""} for ${count} ${name}s.`,
    );
  const wrong = voltages.findIndex((v, i) => !floating?.[i] && !isPhysical(Math.abs(v)));
  if (wrong >= 0)
    throw new RangeError(
      `crossbar: ${name} ${wrong} is held at ${voltages[wrong]} V; expected 0 V, or ${SMALLEST} to ${LARGEST} V in size.`,
    );
};

/**
 * A floating line takes the voltage its devices give it: some path of devices must lead from it to a held line.
 * @throws RangeError where shapes differ, a voltage is not a number, or a floating line's voltage is undefined.
 */
export const checkCrossbarInput = (
  { rows, columns }: CrossbarDesign,
  conductances: Float64Array,
  { wordLines, bitLines }: CrossbarInput,
): void => {
  checkVoltages(wordLines, rows, "word line");
  checkVoltages(bitLines, columns, "bit line");
  const floats = (line: number): boolean =>
    Boolean(line < rows ? wordLines.floating?.[line] : bitLines.floating?.[line - rows]);
  if (!wordLines.floating && !bitLines.floating) return;
  // Lines that devices join have a common root; a root is held when one of them is.
  const root = Int32Array.from({ length: rows + columns }, (_, i) => i);
  const rootOf = (line: number): number => {
    let at = line;
    while (root[at] !== at) at = root[at] = root[root[at]];
    return at;
  };
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) if (conductances[i * columns + j] > 0) root[rootOf(i)] = rootOf(rows + j);
  const held = new Uint8Array(rows + columns);
  for (let line = 0; line < rows + columns; line++) if (!floats(line)) held[rootOf(line)] = 1;
  for (let line = 0; line < rows + columns; line++)
    if (!held[rootOf(line)]) {
      const name = line < rows ? `word line ${line}` : `bit line ${line - rows}`;
      throw new RangeError(
        `crossbar: ${name} floats at both ends and no devices lead from it to a line that is held: its voltage is undefined. Hold it, or a line its devices reach.`,
      );
    }
};
