import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import {
  type AnyExperiment,
  type Plan,
  type Report,
  rateOf,
  type TrialWitness,
  type Value,
  type Values,
} from "#src/montecarlo/index";
import { type Column, csvHeader, csvRows, parquetColumns } from "#src/report/columns";
import { readPlainText } from "./read-file.ts";
import { planDigest } from "./run-folder.ts";
import { DamagedShard } from "./shard-file.ts";
import { replaceFile, writeAll, writeFile } from "./write-file.ts";

type Field = number | string | null;

const rowsPath = (dir: string, index: number): string => join(dir, "trials", `${String(index).padStart(6, "0")}.json`);

/** What one number takes in a trial's row: a rate its events and opportunities, a Sobol index its three outputs. */
const fieldsOf = (name: string, kind: string, report: Report | undefined): [string, Field][] => {
  if (kind === "rate") {
    const rate = report === undefined ? null : rateOf(report);
    return [
      [name, rate?.events ?? null],
      [`${name}_of`, rate?.of ?? null],
    ];
  }
  if (kind === "sobol") {
    const row = typeof report === "object" && "mixed" in report ? report : null;
    return [
      [`${name}_a`, row?.a ?? null],
      [`${name}_b`, row?.b ?? null],
      [`${name}_mixed`, row?.mixed ?? null],
    ];
  }
  return [[name, typeof report === "number" ? report : null]];
};

/** Gathers a row for every trial of a shard: axes, trial, what was drawn for it, its numbers, why it failed. */
export const gatherRows = (
  plan: Plan,
  experiment: AnyExperiment,
  point: Values,
): { readonly witness: TrialWitness; readonly write: (dir: string, index: number) => void } => {
  const columns = new Map<string, Field[]>();
  const put = (name: string, value: Field): void => {
    const values = columns.get(name);
    if (values) values.push(value);
    else columns.set(name, [value]);
  };
  return {
    witness: (trial, varied, result) => {
      for (const axis of plan.axes) put(axis, point[axis] as Value);
      put("trial", trial);
      for (const name of Object.keys(plan.varied).sort()) put(name, varied[name]);
      const numbers = "numbers" in result ? result.numbers : {};
      for (const [name, { kind }] of Object.entries(experiment.numbers))
        for (const [field, value] of fieldsOf(name, kind, numbers[name])) put(field, value);
      put("failed", "failed" in result ? result.failed : null);
    },
    write: (dir, index) => {
      const text = JSON.stringify(Object.fromEntries(columns));
      writeFile(rowsPath(dir, index), `${text}\n${checksum(plan, index, text)}\n`);
    },
  };
};

const checksum = (plan: Plan, index: number, text: string): string =>
  createHash("sha256")
    .update(`${planDigest(plan)} ${index} ${text}`)
    .digest("hex");

/** @throws DamagedShard where the rows are not there, or not those of this shard. */
const readRows = (dir: string, plan: Plan, index: number): Column[] => {
  const path = rowsPath(dir, index);
  try {
    const [text, sum] = readPlainText(path).split("\n");
    if (sum !== checksum(plan, index, text)) throw new Error("changed, or of another shard");
    return Object.entries(JSON.parse(text) as Record<string, Field[]>).map(([name, values]) => ({ name, values }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DamagedShard(path, index, code === "ENOENT" ? "is not there" : message);
  }
};

/** Writes trials.csv and trials.parquet, a row a trial, in the order of the shards and with one of them in memory. */
export const mergeRows = (dir: string, plan: Plan, count: number): void => {
  const text = new Set(["failed", ...plan.axes.filter((axis) => typeof plan.params[axis] === "string")]);
  replaceFile(join(dir, "trials.csv"), (temporary) => {
    const file = openSync(temporary, "w");
    try {
      for (let index = 0; index < count; index++) {
        const columns = readRows(dir, plan, index);
        writeAll(file, Buffer.from((index === 0 ? csvHeader(columns) : "") + csvRows(columns)));
      }
    } finally {
      closeSync(file);
    }
  });
  replaceFile(join(dir, "trials.parquet"), (temporary) => {
    const first = parquetColumns(readRows(dir, plan, 0), text);
    const writer = new ParquetWriter({
      writer: fileWriter(temporary),
      schema: schemaFromColumnData({ columnData: first }),
      createdBy: "rramlab",
    });
    for (let index = 0; index < count; index++) {
      const columnData = index === 0 ? first : parquetColumns(readRows(dir, plan, index), text);
      // One row group a shard: the default would buffer a thousand rows, then a hundred thousand. A file's writer is
      // synchronous, whatever its type says for others.
      void writer.write({ columnData, rowGroupSize: columnData[0].data.length });
    }
    void writer.finish();
  });
};
