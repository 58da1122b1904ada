import {
  type AnyExperiment,
  computeShard,
  declaredValues,
  type PartPlace,
  type Plan,
  partKey,
  partName,
  shardPlace,
  usesAt,
} from "#src/montecarlo/index";
import { hasPart, hasShard, readPart, readPlan, writePart, writeShard } from "../files/run-folder.ts";
import { loadPlanned } from "./load-experiment.ts";

// Standard output is the answer's alone: what a user's trial prints goes with the logs.
Object.assign(console, { log: console.error, info: console.error, debug: console.error });

/** One piece of work in a run folder. */
export type Task =
  | { readonly kind: "part"; readonly dir: string; readonly place: PartPlace }
  | { readonly kind: "shard"; readonly dir: string; readonly index: number };

interface Loaded {
  readonly plan: Plan;
  readonly experiment: AnyExperiment;
  readonly parts: Map<string, unknown>;
}

// A worker serves one run folder at a time.
let loaded: { readonly dir: string; readonly run: Loaded } | undefined;
/** Parts kept in memory: enough for the networks of a few seeds. */
const KEPT_PARTS = 12;

const runOf = async (dir: string): Promise<Loaded> => {
  if (loaded?.dir !== dir) {
    const plan = readPlan(dir);
    loaded = { dir, run: { plan, experiment: await loadPlanned(plan), parts: new Map() } };
  }
  return loaded.run;
};

const contextAt = (dir: string, { plan, experiment, parts }: Loaded, point: number): Record<string, unknown> => {
  const context: Record<string, unknown> = {};
  for (const [part, { uses }] of Object.entries(experiment.prepare ?? {})) {
    const place = { part, uses: usesAt(plan, point, uses) };
    const name = partName(place);
    if (!parts.has(name)) {
      parts.set(name, readPart(dir, place));
      if (parts.size > KEPT_PARTS) parts.delete(parts.keys().next().value as string);
    }
    context[part] = parts.get(name);
  }
  return context;
};

/** Does one task; a part or shard that is there already is left alone. */
export default async (task: Task): Promise<void> => {
  const run = await runOf(task.dir);
  if (task.kind === "part") {
    if (hasPart(task.dir, task.place)) return;
    const { make, stream = task.place.part } = run.experiment.prepare?.[task.place.part] ?? {};
    if (!make) throw new Error(`experiment ${run.experiment.name} prepares no part "${task.place.part}".`);
    writePart(task.dir, task.place, make(declaredValues(task.place.part, task.place.uses), partKey(run.plan, stream)));
  } else if (!hasShard(task.dir, task.index)) {
    const context = contextAt(task.dir, run, shardPlace(run.plan, task.index).point);
    writeShard(task.dir, computeShard(run.plan, run.experiment, context, task.index));
  }
};
