export type { Activations, Levels } from "./activations.ts";
export { imageActivations } from "./activations.ts";
export { accuracyOf, classify, classifyFloat, largestOfRows } from "./classify.ts";
export type { Activation, PerceptronDesign, WeightQuantizer } from "./design.ts";
export { TERNARY_ACTIVATION, TERNARY_WEIGHTS } from "./design.ts";
export type { IntegerNetwork, Thresholds } from "./integer-network.ts";
export { foldNetwork } from "./integer-network.ts";
export type { TrainedLayer, TrainedNetwork } from "./model.ts";
export { shareOfZeros, totalShareOfZeros } from "./model.ts";
export type { Model, TrainingRecord } from "./model-file.ts";
export { parseModel, writeModel } from "./model-file.ts";
export type { Optimiser, OptimiserState } from "./optimiser.ts";
export {
  ADAM,
  kernelOptimiserStep,
  momentLengths,
  optimiserState,
  optimiserStepInPlace,
  PLAIN_DESCENT,
} from "./optimiser.ts";
export type { PackedInputs, WeightMatrix } from "./packed-synapses.ts";
export { packedSynapses, packInput } from "./packed-synapses.ts";
export { recalibrate } from "./recalibrate.ts";
export type { PlasticSynapses, StoredArrays, Synapses } from "./synapses.ts";
export type { TrainingOptions } from "./train.ts";
export { defaultLearningRate, trainPerceptron } from "./train.ts";
export type { WeightErrors } from "./weight-errors.ts";
export { checkErrors, frozenErrors, NO_ERRORS, redrawnErrors } from "./weight-errors.ts";
