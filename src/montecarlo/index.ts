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
export type { FailurePoint, FailureSearch } from "./rare-events/failure-points.ts";
export { findFailurePoints, shareOutside } from "./rare-events/failure-points.ts";
export type { ImportanceEstimate, ImportanceOptions } from "./rare-events/importance-sampling.ts";
export { sampleByImportance } from "./rare-events/importance-sampling.ts";
export type { LimitState } from "./rare-events/limit-state.ts";
export type { SubsetEstimate, SubsetOptions } from "./rare-events/subset-simulation.ts";
export { SUBSET_DEFAULTS, simulateSubsets } from "./rare-events/subset-simulation.ts";
export type { Shard } from "./shard.ts";
export { computeShard, partKey, trialKey } from "./shard.ts";
export type { Cell, NumberSpec, Row, Table } from "./table.ts";
