export { cellOf } from "./cell-of.ts";
export { choice, integer, mean, quantity, rate, text } from "./declare.ts";
export { declaredValues } from "./declared-values.ts";
export type { Distribution } from "./distribution.ts";
export { distributionAt, quantileOf } from "./distribution.ts";
export type {
  AnyExperiment,
  ArraySpec,
  Experiment,
  Grid,
  Part,
  PartProgress,
  Prepared,
  Summary,
  TrialResult,
} from "./experiment.ts";
export { defineExperiment } from "./experiment.ts";
export type { Idle } from "./idle.ts";
export { idleWhere } from "./idle.ts";
export { mergeShards } from "./merge.ts";
export { oncePerPoint } from "./once-per-point.ts";
export type { Parameter, Parameters, Value, ValueOf, Values, ValuesOf } from "./parameter.ts";
export { defaultsOf, faultOf } from "./parameter.ts";
export type { DeviceRecord, PartPlace, Plan, PlanRequest } from "./plan.ts";
export { PLAN_FORMAT, paramsAt, partName, partsOf, planRun, usesAt, usesOf, withVaried } from "./plan.ts";
export type { FailurePoint, FailureSearch } from "./rare-events/failure-points.ts";
export { findFailurePoints, shareOutside } from "./rare-events/failure-points.ts";
export type { ImportanceEstimate, ImportanceOptions } from "./rare-events/importance-sampling.ts";
export { sampleByImportance } from "./rare-events/importance-sampling.ts";
export type { LimitState } from "./rare-events/limit-state.ts";
export type { SubsetEstimate, SubsetOptions } from "./rare-events/subset-simulation.ts";
export { SUBSET_DEFAULTS, simulateSubsets } from "./rare-events/subset-simulation.ts";
export { rateCell } from "./rate-cell.ts";
export type { Round, ShardPlace } from "./rounds.ts";
export { firstRound, nextRound, shardCount, shardPlace, shardsOf } from "./rounds.ts";
export type { Sampling } from "./sampling.ts";
export { SAMPLINGS } from "./sampling.ts";
export type { FailedTrial, Shard, TrialWitness } from "./shard.ts";
export { computeShard, partKey, trialStream } from "./shard.ts";
export { impreciseNumbers, isPrecise, LEAST_EVENTS, pendingPoints } from "./stopping.ts";
export type { Precision, Stopping } from "./stopping-rule.ts";
export type { Cell, NumberSpec, Row, Table, TableOf } from "./table.ts";
export type { RateReport, Report, Tally } from "./tally.ts";
export { addReport, emptyTally, mergeTallies, rateOf } from "./tally.ts";
export { told } from "./told.ts";
export { variedValues } from "./varied-values.ts";
