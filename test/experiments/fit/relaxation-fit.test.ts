import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { parquetWriteBuffer } from "hyparquet-writer";
import { parseRram, RELAXATION_C, type RramRelaxation, relaxedResistance } from "#devices/index";
import { momentsOf } from "#src/numerics/moments";
import { fold, rootKey, uniform } from "#src/random/index";
import { chooseLevels } from "../../../experiments/fit/relaxation/choose-levels.ts";
import { attempts, logarithmOfTime } from "../../../experiments/fit/relaxation/clock-laws.ts";
import { fitRest } from "../../../experiments/fit/relaxation/fit-rest.ts";
import { freedomOf, relaxationLikelihood } from "../../../experiments/fit/relaxation/likelihood.ts";
import { readRest } from "../../../experiments/fit/relaxation/read-rest.ts";
import { columnRoles, type NamedColumn } from "../../../experiments/fit/tables/column-roles.ts";
import { readTable } from "../../../experiments/fit/tables/read-table.ts";
import { inFolder } from "../run-rramlab.ts";

const { place, json, rramlab } = inFolder();
const KEY = rootKey("relaxation fit");
const flat = (value: number) => ({ conductances: [1e-5], values: [value] });
/** A technology whose numbers are known: all curves flat. */
const TRUTH: RramRelaxation = {
  ...RELAXATION_C,
  ...{ onset: 0.003, exponent: 1.1, fading: 0, permanent: 0.7, redraws: 0.3 },
  ...{ spread: flat(0.05), amplitude: flat(1), drift: flat(0.1), skew: flat(0.05), shape: flat(0.2) },
};
const TIMES = [0.01, 1, 1e4];

/** Cells of four levels, R after programming and at the times. */
const cellsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const key = fold(KEY, i);
    const level = i % 4;
    const first = 1 / ((4 + 9 * level + uniform(key, 0)) * 1e-6);
    const later = TIMES.map((seconds) =>
      relaxedResistance(TRUTH, first, { holds: [{ seconds, temperature: 300.15 }] }, fold(key, "path")),
    );
    return { cell: `c${i}`, level, first, later };
  });
const CELLS = cellsOf(900);
const long = (cells = CELLS): string =>
  `cell,level,time (s),resistance (kohm)\n${cells
    .flatMap(({ cell, level, first, later }) =>
      [first, ...later].map((r, k) => `${cell},${level},${[0, ...TIMES][k]},${(r / 1e3).toPrecision(8)}`),
    )
    .join("\n")}\n`;
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(place.folder, name), content);
  return name;
};
const fitted = (name: string, ...more: string[]) =>
  json("fit", name, "--resamples", "0", "--out", `${name}.json`, ...more);

describe("the likelihood of cells at rest", () => {
  test("has the derivatives of its values", () => {
    const some = CELLS.slice(0, 60);
    const cells = {
      first: Float64Array.from(some, ({ first }) => first),
      ages: TIMES.map((seconds) => ({ seconds, temperature: 300.15 })),
      later: TIMES.map((_, k) => Float64Array.from(some, ({ later }, i) => (i % 7 === k ? Number.NaN : later[k]))),
    };
    for (const law of [logarithmOfTime(0.01), attempts(1e-13)]) {
      const knots = { spread: [-12.5, -11.5, -10.4], others: [-12, -11, -10.5] };
      const layout = { law, knots };
      const of = relaxationLikelihood(cells, layout);
      const at = Float64Array.from({ length: freedomOf(layout) }, (_, i) => 0.2 * Math.sin(3 * i));
      at.set(law.start);
      const [gradient, scratch] = [new Float64Array(at.length), new Float64Array(at.length)];
      of(at, gradient);
      at.forEach((_, k) => {
        const moved = (by: number): number =>
          of(
            at.map((v, j) => (j === k ? v + by : v)),
            scratch,
          );
        const slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
        expect(Math.abs(gradient[k] - slope)).toBeLessThan(1e-3 * (1 + Math.abs(slope)));
      });
    }
  });
});

describe("a fit of cells over time", () => {
  const cells = {
    first: Float64Array.from(CELLS, ({ first }) => first),
    ages: TIMES.map((seconds) => ({ seconds, temperature: 300.15 })),
    later: TIMES.map((_, k) => Float64Array.from(CELLS, ({ later }) => later[k])),
  };
  const fit = fitRest(cells, { key: KEY, resamples: 4, standing: "s", source: "s" });
  test("finds how far cells of known numbers move, and how much of it stays", () => {
    const width = (relaxation: RramRelaxation, seconds: number): number => {
      const moved = Array.from({ length: 1500 }, (_, i) =>
        Math.log(relaxedResistance(relaxation, 5e4, { holds: [{ seconds, temperature: 300.15 }] }, fold(KEY, i)) / 5e4),
      ).sort((a, b) => a - b);
      return moved[1350] - moved[150];
    };
    for (const seconds of [...TIMES, 100])
      expect(Math.abs(width(fit.relaxation, seconds) / width(TRUTH, seconds) - 1)).toBeLessThan(0.15);
    expect(fit.relaxation.permanent).toBeGreaterThan(0.4);
    for (const { measured, model } of fit.correlations)
      expect(Math.abs(measured.correlation - model.correlation)).toBeLessThan(0.1);
  });
  test("is judged by cells that were not fitted, and likes heavy tails better than normal ones", () => {
    expect(fit.heldOut.count).toBe(450);
    expect(fit.heldOut.logLikelihood).toBeGreaterThan(fit.heldOut.logLikelihoodOfNormal + 0.01);
    const wide = fit.numbers.find(({ name }) => name === "onset");
    expect(wide && wide.low < wide.value && wide.value < wide.high).toBe(true);
  });
  test("tells a time whose changes contradict the others", () => {
    const some = (values: Float64Array): Float64Array => values.slice(0, 480);
    const start = some(cells.first);
    // The last time's changes are those of other cells of the same level.
    const later = cells.later.map((values, k) =>
      k < 2 ? some(values) : start.map((r, i) => (values[(i + 4) % 480] / start[(i + 4) % 480]) * r),
    );
    const { notes } = fitRest(
      { first: start, ages: cells.ages, later },
      { key: KEY, resamples: 0, standing: "s", source: "s" },
    );
    expect(notes.join(" ")).toMatch(/changes at 10000 s contradict the other ages/);
    expect(fit.notes.join(" ")).not.toMatch(/contradict/);
  });
  test("tells widths that rise with conductance", () => {
    // Cells of the second level move three times as far.
    const later = cells.later.map((values) =>
      values.map((r, i) => cells.first[i] * Math.exp((i % 4 === 1 ? 3 : 1) * Math.log(r / cells.first[i]))),
    );
    const { notes } = fitRest({ ...cells, later }, { key: KEY, resamples: 0, standing: "s", source: "s" });
    expect(notes.join(" ")).toMatch(
      /do not fall with conductance everywhere: 0\.\d+ at 4\.\d+ µS, 0\.\d+ at 13\.\d+ µS/,
    );
    expect(fit.notes.join(" ")).not.toMatch(/do not fall/);
  });
});

describe("rramlab fit of cells over time", () => {
  test("writes a device with an age, and says which columns it took for what", async () => {
    const { device, notes, cells } = await fitted(write("long.csv", long()));
    expect(cells).toBe(900);
    expect(notes.join(" ")).toContain(
      'resistance: "resistance (kohm)"; time: "time (s)"; level: "level"; cell: "cell"',
    );
    expect(notes.join(" ")).toContain("Low resistance: level 3; high: level 0");
    expect(parseRram(device, "it").relaxation?.times).toEqual([0.01, 1e4]);
    expect(device.relaxation.standing).toContain("27 °C is taken");
    expect(device.hrs.spread.deviceToDevice).toBe(0);
  });
  test("reads the same of tabs, gzip, parquet, wide tables, other units and several files at once", async () => {
    const read = async (names: readonly string[], ...columns: NamedColumn[]) => {
      const tables = await Promise.all(
        names.map(async (name) => {
          const table = await readTable(join(place.folder, name), "");
          return [table, await columnRoles(table, columns)] as const;
        }),
      );
      return readRest(tables, false);
    };
    const text = long();
    const plain = await read([write("plain.csv", text)]);
    expect(plain.cells.first).toHaveLength(900);
    const [head, ...lines] = text.trim().split("\n");
    const rows = lines.map((line) => line.split(","));
    const column = (at: number): number[] => rows.map((row) => Number(row[at]));
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: "cell", data: rows.map(([cell]) => cell), type: "STRING" },
        { name: "level", data: column(1), type: "DOUBLE" },
        { name: "time (ms)", data: column(2).map((t) => t * 1e3), type: "DOUBLE" },
        { name: "G (uS)", data: column(3).map((r) => 1e3 / r), type: "DOUBLE" },
      ],
    });
    const wide = `cell,level,R at 0 s (kohm),R at 10 ms (kohm),R at 1 s (kohm),R at 1e4 s (kohm)\n${CELLS.map(
      ({ cell, level, first, later }) =>
        [cell, level, ...[first, ...later].map((r) => (r / 1e3).toPrecision(8))].join(","),
    ).join("\n")}\n`;
    write("part.csv", [head, ...lines.filter((_, i) => i % 4 < 2)].join("\n"));
    write("named.csv", text.replace("time (s),resistance (kohm)", "when,ohms"));
    const others = [
      await read([write("tabs.tsv", text.replaceAll(",", "\t"))]),
      await read([write("packed.csv.gz", gzipSync(text))]),
      await read([write("columns.parquet", new Uint8Array(parquet))]),
      await read([write("wide.csv", wide)]),
      await read(
        ["named.csv"],
        { role: "time", name: "when", unit: "s" },
        { role: "value", name: "ohms", unit: "kohm" },
      ),
      await read(["part.csv", write("rest.csv", [head, ...lines.filter((_, i) => i % 4 >= 2)].join("\n"))]),
    ];
    for (const { cells, levels } of others) {
      expect(levels).toEqual(plain.levels);
      expect(cells.ages).toEqual(plain.cells.ages);
      [cells.first, ...cells.later].forEach((values, k) => {
        const own = [plain.cells.first, ...plain.cells.later][k];
        expect(Math.max(...values.map((r, i) => Math.abs(r / own[i] - 1)))).toBeLessThan(1e-6);
      });
    }
  });
  test("takes the levels that it is told, by name or by range of conductance", async () => {
    const table = await readTable(join(place.folder, write("told.csv", long())), "");
    const data = readRest([[table, await columnRoles(table, [])]], false);
    const { low, high } = await chooseLevels(data, { low: "2", high: "4..6 uS" });
    expect([low.name, low.resistances.length, high.name]).toEqual(["level 2", 225, "4 µS to 6 µS"]);
    const { stderr } = await rramlab("fit", "told.csv", "--low", "9", "--out", "x.json");
    expect(stderr).toContain('--low: there is no level "9" (levels are 0, 1, 2, 3)');
    expect((await rramlab("fit", "told.csv", "--low", "1..2 S", "--out", "x.json")).stderr).toContain(
      "conductances are 4 µS to 32 µS",
    );
  });
  const [first, second] = long().trim().split("\n").slice(1, 3);
  test.each<[string, string, string]>([
    ["no unit of time", long().replace("time (s)", "time"), 'column "time" tells no unit of time'],
    ["no unit of resistance", long().replace("resistance (kohm)", "R"), 'column "R" tells no unit'],
    [
      "resistance beside conductance",
      long().replace("level,", "G (uS),"),
      "columns of resistance and of conductance side by side",
    ],
    ["no cell", long().replace("cell,", "row,"), "no column tells which cell a read is of"],
    ["one time alone", `cell,time (s),R (ohm)\na,0,5\nb,0,6\n`, "all reads are at one time (0 s)"],
    ["few cells", long(CELLS.slice(0, 12)), "12 cells with a read after programming and a later one; at least 100"],
    ["one level", long(CELLS.filter(({ level }) => level === 1)), 'one level only ("1")'],
    ["negative times", long().replaceAll(",0.01,", ",-1,"), "times since programming are 0 or more"],
    ["many words", long().replaceAll(/,1,(\S+)$/gm, ",1,open"), '"open" is no number'],
    ["zeros", long().replaceAll(/,1,(\S+)$/gm, ",1,0"), "0 is not above 0"],
  ])("refuses %s, and writes nothing", async (what, content, said) => {
    const { status, stderr } = await rramlab("fit", write("bad.csv", content), "--out", `${what}.json`);
    expect(status).toBe(2);
    expect(stderr.replaceAll(/\s+/g, " ")).toContain(said);
    expect(existsSync(join(place.folder, `${what}.json`))).toBe(false);
  });
  test("leaves single rows out, counted and named: a negative one, a duplicate", async () => {
    const content = `${long()}${second.replace(/[^,]+$/, "-3")}\n${first}\n`;
    const table = await readTable(join(place.folder, write("few.csv", content)), "");
    const { cells, notes } = readRest([[table, await columnRoles(table, [])]], false);
    expect(notes.join(" ")).toContain("Rows left out: 2 of 3602");
    expect(notes.join(" ")).toContain("-3 is not above 0");
    expect(notes.join(" ")).toContain("a duplicate");
    expect(cells.first).toHaveLength(900);
  });
  test("shows activation energies under several laws of time where each temperature was read once", async () => {
    const rows = CELLS.flatMap(({ cell, level, first, later }, i) => {
      const kelvin = [373.15, 413.15, 453.15][i % 3];
      const moved = first * Math.exp(Math.log(later[2] / first) * (0.7 + 0.3 * (i % 3)));
      return [`${cell},${level},${kelvin},0,${first}`, `${cell},${level},${kelvin},${3600 + i / 100},${moved}`];
    });
    const { device, energies, notes } = await fitted(
      write("bakes.csv", `cell,level,bake temperature (K),time (s),R (ohm)\n${rows.join("\n")}\n`),
    );
    expect(energies.map(({ law }: { law: string }) => law.split(",")[0])).toEqual([
      "logarithm",
      "power",
      "logarithm of technology C",
    ]);
    expect(device.relaxation.activationEnergy).toBeCloseTo(energies[0].energy.value, 2);
    expect(device.relaxation.temperatures).toEqual([373.15, 453.15]);
    expect(notes.join(" ")).toContain("One read a temperature does not tell a law of time");
    expect(device.valid).toContain("extrapolated");
  });
  test("logarithms of resistance are what moves: their mean drifts as drawn", () => {
    const drift = momentsOf(CELLS.map(({ first, later }) => Math.log(later[2] / first))).mean;
    expect(Math.abs(drift - 0.05 * 0.1 * Math.log10(1 + 1e4 / 0.003) ** 1.1)).toBeLessThan(0.02);
  });
});
