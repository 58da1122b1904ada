export { exportOnnx } from "./onnx/export-onnx.ts";
export type { ImportReport } from "./onnx/import-onnx.ts";
export { importOnnx } from "./onnx/import-onnx.ts";
