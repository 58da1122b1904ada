export type { AnalogArray, AnalogLayer } from "./analog/analog-array.ts";
export { programAnalogArray } from "./analog/analog-array.ts";
export type { AnalogDesign, Converter, ConverterRange, InputCoding, WeightMapping } from "./analog/analog-design.ts";
export { checkAnalogDesign } from "./analog/analog-design.ts";
export type { AnalogNetwork } from "./analog/analog-network.ts";
export { programAnalogNetwork } from "./analog/analog-network.ts";
export type { Conversion, ConverterSpan } from "./analog/converters.ts";
export { sampleConverters } from "./analog/converters.ts";
export type { Circuit, Variation } from "./analyses/circuit.ts";
export { compileCircuit, varyCircuit } from "./analyses/circuit.ts";
export type { OperatingPoint } from "./analyses/operating-point.ts";
export { solveOperatingPoint } from "./analyses/operating-point.ts";
export type { NoiseOptions } from "./analyses/thermal-noise.ts";
export { transient } from "./analyses/transient.ts";
export type { Transient, TransientFailure, TransientOptions } from "./analyses/transient-contract.ts";
export * from "./batch/batch-contract.ts";
export { transientBatch } from "./batch/transient-batch.ts";
export type { BiasScheme, SelectedCell } from "./crossbar/biasing.ts";
export { BIAS_SCHEMES, selectCell } from "./crossbar/biasing.ts";
export type { CellConduction } from "./crossbar/cell-conduction.ts";
export { cellCurrent } from "./crossbar/cell-conduction.ts";
export type { ArrayLines, CrossbarDesign, CrossbarInput, LineVoltages } from "./crossbar/crossbar-design.ts";
export { readInput } from "./crossbar/crossbar-design.ts";
export { crossbarNetlist } from "./crossbar/crossbar-netlist.ts";
export type {
  CrossbarCurrents,
  CrossbarFailure,
  CrossbarOptions,
  CrossbarSolution,
  CrossbarSolver,
  NodeVoltages,
  SolveOptions,
} from "./crossbar/crossbar-solver.ts";
export { createCrossbarSolver, keptBy } from "./crossbar/crossbar-solver.ts";
export type { ParsedCrossbar } from "./crossbar/parse-crossbar.ts";
export { parseCrossbar } from "./crossbar/parse-crossbar.ts";
export { crossbarBytes } from "./crossbar/placed-crossbar.ts";
export type { ReadSensitivity } from "./crossbar/read-sensitivity.ts";
export { readSensitivity } from "./crossbar/read-sensitivity.ts";
export type { TransferMatrix } from "./crossbar/transfer-matrix.ts";
export { transferMatrix } from "./crossbar/transfer-matrix.ts";
export { capacitor } from "./elements/capacitor.ts";
export { cell, cellModel } from "./elements/cell.ts";
export type * from "./elements/element-kind.ts";
export { filamentModel } from "./elements/filament/filament.ts";
export { filamentDevice } from "./elements/filament/filament-device.ts";
export { filamentStart, lengthNode, placeFilament, temperatureNode } from "./elements/filament/filament-equations.ts";
export { ELEMENT_KINDS } from "./elements/kinds.ts";
export { resistor } from "./elements/resistor.ts";
export { voltageSource } from "./elements/sources.ts";
export type { SwitchingDevice } from "./elements/switching-device.ts";
export { transistor, transistorModel } from "./elements/transistor/transistor.ts";
export type { Waveform } from "./elements/waveform.ts";
export { checkNetlist } from "./netlist/check-netlist.ts";
export type { Element, ElementModel, Netlist } from "./netlist/netlist.ts";
export type { ParsedNetlist } from "./netlist/parse-netlist.ts";
export { parseNetlist } from "./netlist/parse-netlist.ts";
export type { TextbookConditions } from "./netlist/textbook.ts";
export { rcLadder, ringOscillator, sramRead } from "./netlist/textbook.ts";
export { pulseArray } from "./programming/array-pulse.ts";
export type { ArrayPulse, ArrayPulseFailure, ArrayPulseOutcome } from "./programming/array-pulse-contract.ts";
export type { CellPulse, Pulse, PulsePath } from "./programming/cell-pulse.ts";
export { pulseCell, pulseNetlist } from "./programming/cell-pulse.ts";
export type { CellAccess, FilamentArray, FilamentArrayDesign } from "./programming/filament-array.ts";
export { filamentConductances, sampleFilamentArray } from "./programming/filament-array.ts";
export { pulsedArrayNetlist } from "./programming/pulsed-array-netlist.ts";
export { standingLength } from "./programming/standing-cell.ts";
export type { PulseLadder, WriteVerify, WriteVerifyOutcome } from "./programming/write-verify.ts";
export { writeVerify } from "./programming/write-verify.ts";
export type { CurrentSenseDesign } from "./sensing/current-sense-amplifier.ts";
export { currentSenseNetlist } from "./sensing/current-sense-amplifier.ts";
export {
  bestReference,
  errorsAfterCorrection,
  idealErrorRates,
  idealLimitState,
  refuseOngoingNoise,
  sampleIdealErrors,
} from "./sensing/memory-cells.ts";
export { pairWaveforms } from "./sensing/pair-waveforms.ts";
export type { DieShift } from "./sensing/process-variation.ts";
export { CORNER_SIGMAS, dieSigmas, onDie, sampleDie } from "./sensing/process-variation.ts";
export type { PairReading, SenseAmplifier, Sensed } from "./sensing/read-pair.ts";
export { binaryReading, compileSenseAmplifier, PRECHARGED, readingOf, sensePair } from "./sensing/read-pair.ts";
export type { PairReadings, PairReads } from "./sensing/read-pairs.ts";
export { INVALID, readingFrom, sensePairs, separateAmplifiers, sharedAmplifier } from "./sensing/read-pairs.ts";
export type { ReadSampleOptions, ReadSamples, SampledRead } from "./sensing/read-samples.ts";
export { countSamples, readSamples, sampleKeys, samplePairs } from "./sensing/read-samples.ts";
export type { Synapse2T2R } from "./sensing/read-synapse.ts";
export { programSynapse, sampleSynapse, synapseResistances } from "./sensing/read-synapse.ts";
export { repeatedReadEnergies } from "./sensing/repeated-reads.ts";
export { replicaStrobe } from "./sensing/replica-column.ts";
export type { MismatchSigma, SenseAmplifierChip, SenseAmplifierDesign } from "./sensing/sense-amplifier.ts";
export {
  cell2T2R,
  prechargeSenseAmplifier,
  REFERENCE_SIZING,
  sampleSenseAmplifier,
  senseMismatch,
  senseNetlist,
} from "./sensing/sense-amplifier.ts";
export type { ColumnPosition } from "./sensing/sense-column.ts";
export { rowLoad } from "./sensing/sense-column.ts";
export type { ReadError } from "./sensing/sense-limit-state.ts";
export { senseLimitState } from "./sensing/sense-limit-state.ts";
export type { ReadCounts, ReadMoment, ReadSample, Weight } from "./sensing/sense-statistics.ts";
export { addRead, binaryErrors, NO_READS, sampleReads, ternaryErrors, WEIGHTS } from "./sensing/sense-statistics.ts";
export { xnorSenseNetlist } from "./sensing/xnor-sense-amplifier.ts";
export { readSpice } from "./spice/read-spice.ts";
export type { SpiceFailure, SpiceRun, SpiceRunOptions, SpiceSweep, SpiceTransient } from "./spice/run-spice.ts";
export { runSpice } from "./spice/run-spice.ts";
export type { Measure, SpiceDeck } from "./spice/spice-deck.ts";
export { SpiceError } from "./spice/spice-error.ts";
export type { SpiceOptions } from "./spice/write-spice.ts";
export { writeSpice } from "./spice/write-spice.ts";
export type { ArrayTiming, ArrayUse } from "./synapses/array-use.ts";
export { addUse, NO_USE } from "./synapses/array-use.ts";
export type { Chip, ChipDesign, ChipReadings } from "./synapses/chip.ts";
export { readChip, sampleChip, ternaryValue } from "./synapses/chip.ts";
export type { ChipWeights, Columns } from "./synapses/chip-weights.ts";
export { readWeights, sumCounts, weightsAtRate } from "./synapses/chip-weights.ts";
export type { LatentPairs, LatentPairsDesign } from "./synapses/latent-pairs.ts";
export { latentPairs, latentPairsArrays } from "./synapses/latent-pairs.ts";
export type { PlasticPairs } from "./synapses/plastic-pairs.ts";
export { plasticPairs, plasticPairsArrays } from "./synapses/plastic-pairs.ts";
export type { PlasticPairsDesign, PulseRounding, PulseUpdate } from "./synapses/plastic-pairs-design.ts";
export { mostPulsesAtOnce } from "./synapses/plastic-pairs-design.ts";
export { synapses2T2R } from "./synapses/synapses-2t2r.ts";
