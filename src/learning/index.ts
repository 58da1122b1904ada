export type { Augmentation } from "./augmentation.ts";
export { AS_THEY_ARE } from "./augmentation.ts";
export type { BackpropagationRule } from "./backpropagation-learner.ts";
export { backpropagationLearner } from "./backpropagation-learner.ts";
export type { ExactExample } from "./backpropagation-through-time.ts";
export type { Connection, PlasticConnection, Substrate } from "./connection.ts";
export type { EquilibriumRule } from "./equilibrium-learner.ts";
export { equilibriumLearner } from "./equilibrium-learner.ts";
export type { Estimator, Phases } from "./estimate.ts";
export { checkPhases, ESTIMATORS } from "./estimate.ts";
export { exactNetwork, primitiveValue } from "./exact-dynamics.ts";
export type { Agreement, ComparedPhases, GradientComparison } from "./gradient-updates.ts";
export { checkComparison, compareGradients } from "./gradient-updates.ts";
export { idealSubstrate } from "./ideal-substrate.ts";
export type { BatchReport, Learner, LearnerState } from "./learner.ts";
export { savedParameters } from "./learner.ts";
export { ratesOf } from "./parameter-store.ts";
export type {
  Cost,
  LayerDesign,
  NetworkParameters,
  PlacedLayer,
  PrimitiveFunction,
} from "./primitive-function.ts";
export { denseNetwork, initialParameters, placeLayers } from "./primitive-function.ts";
export type { UpdateAgreement, UpdateComparison } from "./spiking/compare-updates.ts";
export { compareUpdates, rateNetworkOf } from "./spiking/compare-updates.ts";
export type { EventSynapses, HeldSynapses } from "./spiking/event-synapses.ts";
export { idealEventSynapses } from "./spiking/event-synapses.ts";
export { fusedDynamics, fusedDynamicsArrays } from "./spiking/fused-dynamics.ts";
export type { SpikingNeurons } from "./spiking/neuron-design.ts";
export { filteredRate, rateChangeFactor, SPIKING_NEURONS } from "./spiking/neuron-design.ts";
export type { LifNeurons } from "./spiking/soft-lif.ts";
export {
  checkLif,
  LIF_NEURONS,
  lifRate,
  lifStepInPlace,
  restingLif,
  softLifRate,
  softLifSlope,
} from "./spiking/soft-lif.ts";
export type { SoftLifLearner, SoftLifRule, SpikingRun } from "./spiking/soft-lif-learner.ts";
export { softLifLearner } from "./spiking/soft-lif-learner.ts";
export { changeOfTrains } from "./spiking/spike-pairs.ts";
export type { SpikingActivity } from "./spiking/spiking-activity.ts";
export type { SpikingDynamics } from "./spiking/spiking-dynamics.ts";
export type { SpikingLearner, SpikingSubstrate } from "./spiking/spiking-learner.ts";
export { idealSpikingSubstrate, spikingLearner } from "./spiking/spiking-learner.ts";
export type { SpikingInput, SpikingNetwork } from "./spiking/spiking-network.ts";
export { checkSpikingNetwork, initialSpikingParameters } from "./spiking/spiking-network.ts";
export type { SpikingEstimator, SpikingRule } from "./spiking/spiking-rule.ts";
export { checkSpikingRule, SPIKING_ESTIMATORS, SPIKING_RULE } from "./spiking/spiking-rule.ts";
export type { WatchedStep } from "./spiking/stepwise-dynamics.ts";
export { stepwiseDynamics, stepwiseDynamicsArrays } from "./spiking/stepwise-dynamics.ts";
export type { SurrogateLearner } from "./spiking/surrogate-learner.ts";
export { surrogateLearner } from "./spiking/surrogate-learner.ts";
export type { NeuronChip, SurrogateDesign } from "./spiking/surrogate-network.ts";
export {
  checkSurrogate,
  initialSurrogate,
  latencySteps,
  SURROGATE_DESIGN,
  sampleNeuronChip,
} from "./spiking/surrogate-network.ts";
export type { TripletRule } from "./spiking/triplet-stdp.ts";
export {
  checkTriplet,
  pairingChange,
  poissonTimes,
  TRIPLET_RULES,
  tripletChange,
  tripletDrift,
  tripletThreshold,
} from "./spiking/triplet-stdp.ts";
export type { StateActivation } from "./state-activation.ts";
export { STATE_ACTIVATIONS } from "./state-activation.ts";
export type { Feedback, StepwiseRule } from "./stepwise-learner.ts";
export { checkStepwise, FEEDBACKS, initialFeedback, stepwiseLearner } from "./stepwise-learner.ts";
export type { Exchange } from "./straight-through/exchange.ts";
export { alone, SLICES, sharedArrays } from "./straight-through/exchange.ts";
export type { NetworkTrainer } from "./straight-through/network-trainer.ts";
export { networkTrainer } from "./straight-through/network-trainer.ts";
export { initialiseTrained, trainedNetwork } from "./straight-through/parameters.ts";
export type { Recipe, RecipeOptimiser, RecipeSchedule } from "./straight-through/recipe.ts";
export { RECIPE } from "./straight-through/recipe.ts";
export type { StraightThroughLearner } from "./straight-through/straight-through-learner.ts";
export { straightThroughLearner } from "./straight-through/straight-through-learner.ts";
export type {
  NetworkTraining,
  NetworkTrainingState,
  TrainedEpoch,
  TrainedNetwork,
} from "./straight-through/train-network.ts";
export { checkTraining, trainNetwork } from "./straight-through/train-network.ts";
export type { TrainingOptions } from "./straight-through/train-perceptron.ts";
export { defaultLearningRate, trainPerceptron } from "./straight-through/train-perceptron.ts";
export type { NetworkDesign } from "./straight-through/training-steps.ts";
export { trainingSteps } from "./straight-through/training-steps.ts";
export type { WeightReading } from "./straight-through/weight-reading.ts";
export { checkReading } from "./straight-through/weight-reading.ts";
export { synapticArrays, synapticConnection } from "./synaptic-connection.ts";
export type { EpochReport, ImageScale, Schedule, TrainingPlan, TrainingState } from "./train-learner.ts";
export {
  CONSTANT,
  Diverged,
  learnerAccuracy,
  showImages,
  trainLearner,
  UNIT_SCALE,
} from "./train-learner.ts";
