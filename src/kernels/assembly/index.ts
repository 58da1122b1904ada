export { gemm, gemmWorkspaceBytes } from "./gemm";
export { binaryDot, gatedDot, planesDot, weightGatedDot } from "./popcount";
export * from "./line-grid";
