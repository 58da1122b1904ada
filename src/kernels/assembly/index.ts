export { activate } from "./activation";
export { adamStep } from "./adam";
export { bitPatches, packPixels, turnSums } from "./bit-patches";
export {
  convolutionChannels,
  convolutionGradient,
  convolutionWorkspaceBytes,
  convolve,
  convolveBackPooled,
  maxPool,
  pooledBackBytes,
  spreadWeights,
  turnWeights,
  unpool,
} from "./convolution";
export { gemm, gemmWorkspaceBytes } from "./gemm";
export * from "./line-grid";
export { binaryDot, gatedDot, planesDot, weightGatedDot } from "./popcount";
export { relax } from "./relax";
export { nonZeros, sparseProduct } from "./sparse";
export { deliver, runPhase } from "./spiking";
