import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FailedTrial, Shard, Tally } from "#src/montecarlo/index";
import { writeFile } from "./write-file.ts";

/**
 * A shard on disk is lines of JSON: a header (format, plan, place), one line a number, one line a failed trial, and a
 * last line with the count and checksum of those before it.
 */
const FORMAT = "rramlab shard 1";

/** A shard file that is not what was written: where, and why. */
export class DamagedShard extends Error {
  override readonly name = "DamagedShard";
  readonly index: number;
  constructor(path: string, index: number, why: string) {
    super(`${path}: ${why}`);
    this.index = index;
  }
}

const checksum = (lines: readonly string[]): string => createHash("sha256").update(lines.join("\n")).digest("hex");

const folderOf = (dir: string): string => join(dir, "shards");

export const shardPath = (dir: string, index: number): string =>
  join(folderOf(dir), `${String(index).padStart(6, "0")}.jsonl`);

export const hasShard = (dir: string, index: number): boolean => existsSync(shardPath(dir, index));

/** Indices of the shards that are there, in one look at the folder. */
export const presentShards = (dir: string): Set<number> =>
  new Set(
    existsSync(folderOf(dir))
      ? readdirSync(folderOf(dir)).flatMap((name) => {
          const match = /^(\d{6,})\.jsonl$/.exec(name);
          return match ? [Number(match[1])] : [];
        })
      : [],
  );

/** Renames a damaged shard to .damaged, so that it counts as missing; tells what was done. */
export const setAside = (dir: string, damage: DamagedShard): string => {
  const path = shardPath(dir, damage.index);
  rmSync(`${path}.damaged`, { recursive: true, force: true });
  renameSync(path, `${path}.damaged`);
  return `${damage.message}; set aside as ${path}.damaged and computed again`;
};

export const writeShard = (dir: string, planDigest: string, shard: Shard): void => {
  const { tallies, failures, ...place } = shard;
  const lines = [
    JSON.stringify({ format: FORMAT, plan: planDigest, ...place }),
    ...Object.entries(tallies).map(([number, tally]) => JSON.stringify({ number, ...plainTally(tally) })),
    ...failures.map((f) => JSON.stringify(f)),
  ];
  const last = JSON.stringify({ end: lines.length, sha256: checksum(lines) });
  writeFile(shardPath(dir, shard.index), `${lines.join("\n")}\n${last}\n`);
};

/**
 * The shard of this index.
 * @throws DamagedShard naming file and line where it was changed, cut short, or belongs to another plan.
 */
export const readShard = (dir: string, planDigest: string, index: number): Shard => {
  const path = shardPath(dir, index);
  const damaged = (why: string): never => {
    throw new DamagedShard(path, index, why);
  };
  let lines: string[] = [];
  try {
    lines = readFileSync(path, "utf8").split("\n");
  } catch (error) {
    damaged(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const parsed = lines.slice(0, -1).map((line, i): Record<string, unknown> => {
    try {
      return JSON.parse(line);
    } catch {
      return damaged(`line ${i + 1} is no JSON`);
    }
  });
  const body = lines.slice(0, -2);
  const end = parsed.at(-1);
  if (lines.at(-1) !== "" || typeof end?.["end"] !== "number") damaged(`cut short after line ${lines.length - 1}`);
  if (end?.["end"] !== body.length || end?.["sha256"] !== checksum(body))
    damaged("a line was changed: its checksum is not the one written");
  const [header] = parsed;
  if (header["format"] !== FORMAT) damaged(`its format is "${header["format"]}"; this program writes "${FORMAT}"`);
  if (header["plan"] !== planDigest) damaged("it belongs to another plan");
  if (header["index"] !== index) damaged(`it is shard ${header["index"]}`);
  const { format: _f, plan: _p, ...place } = header as unknown as Shard & { format: string; plan: string };
  const rest = parsed.slice(1, -1);
  return {
    ...place,
    tallies: Object.fromEntries(
      rest.flatMap(({ number, ...tally }) =>
        typeof number === "string" ? [[number, tallyOf(tally as unknown as PlainTally)]] : [],
      ),
    ),
    failures: rest.filter((line) => !("number" in line)) as unknown as FailedTrial[],
  };
};

type Bins = readonly (readonly [number, number])[];
type PlainTally =
  | Exclude<Tally, { kind: "mean" }>
  | (Omit<Extract<Tally, { kind: "mean" }>, "sketch"> & {
      readonly sketch: { readonly zeros: number; readonly positive: Bins; readonly negative: Bins } | null;
    });

// Maps go to disk as sorted pairs: their order in memory is that of the trials.
const plainTally = (tally: Tally): PlainTally => {
  if (tally.kind !== "mean") return tally;
  const { moments, sketch } = tally;
  const bins = (map: ReadonlyMap<number, number>): Bins => [...map].sort((a, b) => a[0] - b[0]);
  return {
    kind: "mean",
    moments,
    sketch: sketch && { zeros: sketch.zeros, positive: bins(sketch.positive), negative: bins(sketch.negative) },
  };
};

const tallyOf = (plain: PlainTally): Tally => {
  if (plain.kind !== "mean") return plain;
  const { sketch } = plain;
  return {
    ...plain,
    sketch: sketch && {
      zeros: sketch.zeros,
      positive: new Map(sketch.positive),
      negative: new Map(sketch.negative),
    },
  };
};
