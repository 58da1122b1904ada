export { declaredValues } from "./declared-values.ts";
export type {
  AnyExperiment,
  Experiment,
  Grid,
  Part,
  RateReport,
  Summary,
  TrialResult,
} from "./experiment.ts";
export { defineExperiment } from "./experiment.ts";
export { mergeShards } from "./merge.ts";
export type { Parameter, Parameters, Value, Values, ValuesOf } from "./parameter.ts";
export type { PartPlace, Plan, PlanRequest, ShardPlace } from "./plan.ts";
export { paramsAt, partName, partsOf, planRun, shardCount, shardPlace, usesAt } from "./plan.ts";
export type { Shard } from "./shard.ts";
export { computeShard, partKey, trialKey } from "./shard.ts";
export type { Cell, NumberSpec, Row, Table } from "./table.ts";
