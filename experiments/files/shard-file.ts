import { createHash } from "node:crypto";
import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { AnyExperiment, Shard, ShardPlace } from "#src/montecarlo/index";
import { faultText } from "./fault-text.ts";
import { readPlainText } from "./read-file.ts";
import { plainTally, tallyOf } from "./tally-file.ts";
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

const headerShape = z.object({
  round: z.int(),
  point: z.int(),
  from: z.int(),
  count: z.int(),
  facts: z.array(z.string()),
});
const failureShape = z.strictObject({ trial: z.int(), key: z.string(), reason: z.string() });

/** What a shard must be of: whose plan, which experiment, which trials. */
interface ShardOf {
  readonly plan: string;
  readonly experiment: AnyExperiment;
  readonly index: number;
  readonly place: ShardPlace;
}

/**
 * The shard of this place.
 * @throws DamagedShard naming file and line where it was changed, cut short, belongs to another plan, or is none.
 */
export const readShard = (dir: string, { plan, experiment, index, place }: ShardOf): Shard => {
  const path = shardPath(dir, index);
  const damaged = (why: string): never => {
    throw new DamagedShard(path, index, why);
  };
  let lines: string[] = [];
  try {
    lines = readPlainText(path).split("\n");
  } catch (error) {
    damaged(`cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`);
  }
  const parsed = lines.slice(0, -1).map((line, i): Record<string, unknown> => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === "object" && value !== null
        ? (value as Record<string, unknown>)
        : damaged(`line ${i + 1} is no record`);
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
  if (header["plan"] !== plan) damaged("it belongs to another plan");
  if (header["index"] !== index) damaged(`it is shard ${header["index"]}`);
  try {
    const { facts, ...found } = headerShape.parse(header);
    for (const [key, value] of Object.entries(place))
      if (found[key as keyof ShardPlace] !== value)
        throw new Error(`${key} is ${found[key as keyof ShardPlace]}; expected ${value}`);
    const rest = parsed.slice(1, -1);
    const numbers = rest.filter((line) => "number" in line);
    const specs = Object.entries(experiment.numbers);
    if (numbers.length !== specs.length) throw new Error(`${numbers.length} numbers; expected ${specs.length}`);
    const tallies = specs.map(([name, spec]) => {
      const line = numbers.find(({ number }) => number === name);
      if (!line) throw new Error(`no number "${name}"`);
      const { number: _, ...plain } = line;
      // What the preparation alone gave is counted once more.
      return [name, tallyOf(plain, spec, place.count + (facts.includes(name) ? 1 : 0))] as const;
    });
    const failures = rest.filter((line) => !("number" in line)).map((line) => failureShape.parse(line));
    const strange = failures.find(({ trial }) => !(trial >= place.from && trial < place.from + place.count));
    if (strange) throw new Error(`trial ${strange.trial} is not one of its trials`);
    return { index, ...place, facts, tallies: Object.fromEntries(tallies), failures };
  } catch (error) {
    return damaged(`it is no shard of ${experiment.name}: ${faultText(error)}`);
  }
};
