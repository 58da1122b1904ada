export type { Activations, Levels } from "./activations.ts";
export { imageActivations } from "./activations.ts";
export type { GroupWeights } from "./arrays.ts";
export { groupsOf, patchesSeen, readThrough, seesPixels } from "./arrays.ts";
export type { WeightMatrix } from "./bit-planes.ts";
export { packedInputArrays, packInput } from "./bit-planes.ts";
export type { CellLayer, CellTable } from "./cell-tables.ts";
export { cellsByLayer, cellTable, frozenCells, readCell, readCells, readLayers } from "./cell-tables.ts";
export { accuracyOf, blockOf, classify, classifyFloat, classifySingle, largestOfRows, outputsOf } from "./classify.ts";
export type { NetworkRecord } from "./describe.ts";
export { describeNetwork, recordOfNetwork, weightKinds } from "./describe.ts";
export type { Activation, PerceptronDesign, WeightQuantizer } from "./design.ts";
export { TERNARY_ACTIVATION, TERNARY_WEIGHTS } from "./design.ts";
export { parseDesign } from "./design-file.ts";
export { idealRead, inputValues, runNetwork } from "./executor.ts";
export { idealArray, packedArrays } from "./ideal-array.ts";
export type { IntegerNetwork, NetworkArray } from "./integer-form.ts";
export { foldNetwork } from "./integer-form.ts";
export type { LayerRecord, ShownLayer } from "./layer-records.ts";
export { layerRecords, multiplicationsIn, shownLayers, tilesFor, weightsIn } from "./layer-records.ts";
export type { Layer, WeightedLayer, WeightLevels } from "./layers.ts";
export { isWeighted } from "./layers.ts";
export { majorityErrors, majorityFlips, majorityOf } from "./majority-errors.ts";
export type { Network, NetworkLayer } from "./network.ts";
export { classesOf, placeNetwork, weightedLayers } from "./network.ts";
export { parseNetwork, writeNetwork } from "./network-file.ts";
export type { Optimiser, OptimiserState } from "./optimiser.ts";
export {
  ADAM,
  kernelOptimiserStep,
  momentLengths,
  optimiserState,
  optimiserStepInPlace,
  PLAIN_DESCENT,
} from "./optimiser.ts";
export type { PackedInputs } from "./packed-synapses.ts";
export { packedSynapses } from "./packed-synapses.ts";
export type { TrainedLayer } from "./perceptron.ts";
export { perceptron, perceptronLayers } from "./perceptron.ts";
export type { PixelMap } from "./pixels.ts";
export { parsePixels, withPixels } from "./pixels.ts";
export { recalibrate } from "./recalibrate.ts";
export { integerImages, runInteger } from "./run-integer.ts";
export type { ImageShape } from "./shapes.ts";
export { showShape, sizeOf } from "./shapes.ts";
export type { PlasticSynapses, StoredArrays, Synapses } from "./synapses.ts";
export type { Model, TrainingRecord } from "./training-record.ts";
export { trainingSchema } from "./training-record.ts";
export { vggNetwork } from "./vgg.ts";
export type { WeightErrors } from "./weight-errors.ts";
export { checkErrors, forEachError, frozenErrors, NO_ERRORS, redrawnErrors } from "./weight-errors.ts";
export { shareOfZeros, totalShareOfZeros } from "./zeros.ts";
