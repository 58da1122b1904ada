import { freemem } from "node:os";
import type { Command } from "commander";
import {
  type CrossbarFailure,
  type CrossbarSolution,
  createCrossbarSolver,
  crossbarBytes,
  keptBy,
  type ParsedCrossbar,
  parseCrossbar,
} from "#circuits/index";
import type { Figure } from "#src/report/figure";
import { pageHtml } from "#src/report/page";
import { readUserJson } from "../files/read-file.ts";
import { checkWritable, writeUserFile } from "../files/user-file.ts";
import { Misuse, orMisuse } from "../misuse.ts";
import { plotlySource } from "../run/plotly-source.ts";
import { showQuantity } from "../units/show.ts";
import { crossbarMaps } from "./crossbar-maps.ts";
import { answer } from "./output.ts";
import { SolveFailed } from "./solve-failed.ts";

const SHOWN_COLUMNS = 8;

const reasonOf = (vector: number, f: CrossbarFailure): string => {
  const after = `after ${f.iterations} iterations`;
  switch (f.reason) {
    case "iteration limit":
      return `input ${vector}: not solved ${after}; the worst current is known to ${f.residual.toPrecision(2)} of itself.`;
    case "shorted sources":
      return `input ${vector}: shorted devices join lines that are held without any resistance between.`;
    case "newton":
      return `input ${vector}: Newton's method does not converge ${after}: the current of the cell in row ${f.row}, column ${f.column} ${Number.isFinite(f.residual) ? `still moves by ${showQuantity(Number(f.residual.toPrecision(3)), "A")} a step` : "is beyond numbers"}. Lower the voltages or raise the cells' field voltage.`;
  }
};

/** Rows of a map, rows x columns. */
const rowsOf = (values: Float64Array, columns: number): number[][] =>
  Array.from({ length: values.length / columns }, (_, i) => [...values.subarray(i * columns, (i + 1) * columns)]);

const only = <T>(list: readonly T[]): T | readonly T[] => (list.length === 1 ? list[0] : list);

interface Beyond {
  readonly vector: number;
  readonly column: number;
  readonly bound: number | null;
}

/** How well currents are known, and which is known least. */
const precision = (beyond: readonly Beyond[], count: number, tolerance: number): string => {
  if (beyond.length === 0) return `every current within ${tolerance} of itself`;
  const size = ({ bound }: Beyond): number => bound ?? Number.POSITIVE_INFINITY;
  const worst = beyond.reduce((a, b) => (size(b) > size(a) ? b : a));
  const known = worst.bound === null ? "is not known at all" : `within ${worst.bound.toExponential(1)}`;
  return `${beyond.length} of ${count} currents, small beside the others, are known less well than ${tolerance} of themselves; the worst: input ${worst.vector}, bit line ${worst.column}, ${known}`;
};

/** Largest voltage the access transistor was fitted at [V]. */
const FITTED = 1.2;

const fitNotes = ({ conduction, inputs }: ParsedCrossbar): string[] => {
  if (conduction.kind !== "access transistor") return [];
  const { width, length } = conduction.gate;
  const drawn = `access transistors: sky130 nMOS, ${width * 1e6} um x ${length * 1e6} um, ${conduction.temperature} K, on the ${conduction.on}`;
  const highest = Math.max(
    ...inputs.flatMap((i) => [...(i.gates ?? []), ...i.wordLines.voltages, ...i.bitLines.voltages]),
  );
  return highest > FITTED
    ? [
        drawn,
        `voltages up to ${highest} V are beyond the ${FITTED} V that the transistor was fitted up to: extrapolated`,
      ]
    : [drawn];
};

const drawMaps = (out: string, file: string, figures: readonly Figure[]): void => {
  const page = { title: `Crossbar ${file}`, summary: "Its first input.", tables: [], figures, notes: [], details: [] };
  writeUserFile(out, pageHtml(page, plotlySource("small")));
};

export const addCrossbar = (program: Command): void => {
  program
    .command("crossbar")
    .description("currents of a crossbar with line resistance (format: docs/crossbars.md)")
    .argument("<file>", "array and inputs as JSON, or - for standard input")
    .option("--tolerance <share>", "relative error allowed of every output current", "1e-9")
    .option("--node-voltages", "add the voltages of all word-line and bit-line nodes")
    .option("--maps <file.html>", "draw node voltages and device currents of the first input")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab crossbar array.json --node-voltages --json")
    .action((file: string, flags: { tolerance: string; nodeVoltages?: boolean; maps?: string; json?: boolean }) => {
      const tolerance = Number(flags.tolerance);
      if (!(tolerance > 0 && tolerance < 1))
        throw new Misuse(`--tolerance ${flags.tolerance}: expected a share between 0 and 1, such as 1e-9.`);
      if (flags.maps !== undefined) checkWritable(flags.maps, { option: "--maps", reads: [file] });
      const parsed = orMisuse(() => parseCrossbar(readUserJson(file, "crossbar"), file));
      const { design, conductances, inputs, conduction } = parsed;
      const shorts = conductances.includes(Number.POSITIVE_INFINITY);
      const options = { conduction, shorts, nodes: flags.nodeVoltages === true || flags.maps !== undefined };
      const bytes = crossbarBytes(design, keptBy(options));
      if (bytes > freemem())
        throw new Misuse(
          `${file}: ${design.rows} x ${design.columns} cells need ${showQuantity(bytes / 1e9, "GB")} of memory; ${showQuantity(freemem() / 1e9, "GB")} are free.`,
        );
      const solver = orMisuse(() => createCrossbarSolver(design, options));
      orMisuse(() => solver.program(conductances));
      const maps: { readonly word: number[][]; readonly bit: number[][] }[] = [];
      const solutions = inputs.map((input, k) => {
        const solution: CrossbarSolution = solver.solve(input, { tolerance });
        if (!solution.ok) throw new SolveFailed(`${file}: ${reasonOf(k, solution)}`);
        if (flags.nodeVoltages) {
          const { wordLines, bitLines } = solver.nodeVoltages();
          maps.push({ word: rowsOf(wordLines, design.columns), bit: rowsOf(bitLines, design.columns) });
        }
        if (flags.maps !== undefined && k === 0)
          drawMaps(flags.maps, file, crossbarMaps(parsed, input, solver.nodeVoltages()));
        return solution;
      });
      const beyond = solutions.flatMap(({ bounds }, vector) =>
        [...bounds.entries()]
          .filter(([, bound]) => bound > tolerance)
          .map(([column, bound]) => ({ vector, column, bound: Number.isFinite(bound) ? bound : null })),
      );
      const finite = solutions.flatMap(({ bounds }) => [...bounds].filter(Number.isFinite));
      const notes = fitNotes(parsed);
      const document = {
        ok: true,
        outputCurrents: solutions.map(({ currents }) => [...currents]),
        iterations: solutions.reduce((sum, s) => sum + s.iterations, 0),
        residual: finite.reduce((a, b) => Math.max(a, b), 0),
        newton: solutions.reduce((sum, s) => sum + s.newton, 0),
        beyondTolerance: beyond,
        notes,
        ...(flags.maps === undefined ? {} : { maps: flags.maps }),
        ...(flags.nodeVoltages
          ? { wordLineVoltages: only(maps.map((m) => m.word)), bitLineVoltages: only(maps.map((m) => m.bit)) }
          : {}),
      };
      const { rows, columns } = design;
      const lines = [
        `${rows} x ${columns} cells, ${inputs.length} input${inputs.length > 1 ? "s" : ""}: ${document.iterations} iterations${document.newton > 0 ? ` in ${document.newton} Newton steps` : ""}`,
        precision(beyond, inputs.length * columns, tolerance),
        ...notes,
        ...solutions.flatMap(({ currents }, k) => {
          const listed = [...currents].slice(0, SHOWN_COLUMNS);
          return [
            ...listed.map(
              (ampere, j) =>
                `  ${j === 0 ? `input ${k}`.padEnd(10) : "".padEnd(10)} bit line ${String(j).padEnd(5)} ${showQuantity(ampere, "A")}`,
            ),
            ...(currents.length > SHOWN_COLUMNS ? [`  ... ${currents.length - SHOWN_COLUMNS} more (--json)`] : []),
          ];
        }),
      ];
      if (flags.nodeVoltages) lines.push("Node voltages are told with --json, and drawn by --maps FILE.html.");
      if (flags.maps !== undefined) lines.push(`Maps: ${flags.maps}`);
      answer(flags.json ?? false, document, lines.join("\n"));
    });
};
