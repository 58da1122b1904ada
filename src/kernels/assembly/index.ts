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
export { depthwiseGradient, depthwiseImages } from "./depthwise";
export { gemm, gemmWorkspaceBytes } from "./gemm";
export { convolutionGradientImages, convolveImages, packWindow, poolImages, unpoolImages } from "./images";
export * from "./line-grid";
export { gradientSums, imageMoments, normaliseBackImages, normaliseImages } from "./normalise";
export { binaryDot, gatedDot, planesDot, weightGatedDot } from "./popcount";
export { relax } from "./relax";
export { nonZeros, sparseProduct } from "./sparse";
export { deliver, runPhase } from "./spiking";
