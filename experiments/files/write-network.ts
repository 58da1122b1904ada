import { exportOnnx } from "#src/exchange/index";
import { type Model, writeNetwork } from "#src/networks/index";
import { Misuse, orMisuse } from "../misuse.ts";
import { writeUserFile } from "./user-file.ts";

/** @throws Misuse for a name whose ending says no format that networks are written in. */
export const checkNetworkName = (path: string): void => {
  if (!/\.(onnx|safetensors)$/i.test(path))
    throw new Misuse(`--out ${path}: networks are written as .safetensors or .onnx, by the name's ending.`);
};

/**
 * Writes a network in the format that its name ends in: ONNX with QONNX's quantizers, or this program's own.
 * @param producer Who writes, as ONNX files say it.
 */
export const writeUserNetwork = (path: string, model: Model, producer: string): void => {
  const bytes = orMisuse(() => (/\.onnx$/i.test(path) ? exportOnnx(model.network, producer) : writeNetwork(model)));
  writeUserFile(path, bytes);
};
