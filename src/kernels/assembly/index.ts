export { gemm, gemmWorkspaceBytes } from "./gemm";
export * from "./line-grid";
export { binaryDot, gatedDot, planesDot, weightGatedDot } from "./popcount";
