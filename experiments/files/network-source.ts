import { createHash } from "node:crypto";
import { dirname, join, parse } from "node:path";
import {
  asNetworkHas,
  type ImportReport,
  importOnnx,
  networkOfArrays,
  parseArrays,
  parseLayerFile,
  type Tensor,
} from "#src/exchange/index";
import { type Model, type Network, type PixelMap, parseNetwork, parsePixels } from "#src/networks/index";
import { named } from "#src/words/named";
import { orMisuse } from "../misuse.ts";
import { readUserBytes } from "./read-file.ts";
import { readUserYaml } from "./read-yaml.ts";

/** A file that holds a network, whoever wrote it. */
export interface NetworkSource {
  /** Of all that the network comes from. */
  readonly sha256: string;
  /** Whether another program wrote it: what a pixel is to the network is then the user's to say. */
  readonly isForeign: boolean;
  /**
   * @param pixels Of another program's: what a pixel is to it; null: what its file says, else the usual; "as they are": inputs are
   * numbers as the network takes them.
   */
  open(pixels: PixelMap | "as they are" | null): OpenedNetwork;
}

/** A network, and in a sentence how it came in, where another program wrote it. */
export interface OpenedNetwork {
  readonly model: Model;
  readonly imported: string | null;
  /** Inputs as its file's network takes them, as the network here does. */
  ofFile(x: Tensor): Tensor;
}

/** The text of a flag or parameter; "": none. */
export const pixelsOf = (text: string): PixelMap | null => (text === "" ? null : orMisuse(() => parsePixels(text)));

/** What a pixel is taken for, in words; "": nobody said it. */
export const pixelsText = (text: string): string =>
  text === ""
    ? "Pixels enter as its file says, or as 0 .. 1: nobody said otherwise (pixels)."
    : `Pixels enter as ${text}.`;

const digestOf = (...all: readonly Uint8Array[]): string => {
  const hash = createHash("sha256");
  for (const bytes of all) hash.update(bytes);
  return hash.digest("hex");
};

const same = (x: Tensor): Tensor => x;

const imported = (network: Network, text: string, ofFile = same): OpenedNetwork => ({
  model: { network, trained: null },
  imported: text,
  ofFile,
});

const onnxSource = (path: string, bytes: Uint8Array): NetworkSource => ({
  sha256: digestOf(bytes),
  isForeign: true,
  open: (pixels) => {
    const { network, report } = orMisuse(() => importOnnx(bytes, pixels, path));
    return imported(network, importText(report), (x) => asNetworkHas(x, report.inputOrder));
  },
});

/** A layer file and the arrays beside it; an .npy's array has the name of its file. */
const arraysSource = (path: string, what: string): NetworkSource => {
  const file = orMisuse(() => parseLayerFile(readUserYaml(path, what), path));
  const names = typeof file.arrays === "string" ? [file.arrays] : file.arrays;
  const files = names.map((name) => readUserBytes(join(dirname(path), name), `${what}${path}: arrays `));
  // Read when a layer asks for them.
  const arrays = named<Tensor>();
  names.forEach((name, k) => {
    const own = orMisuse(() => parseArrays(files[k], name));
    for (const array of Object.keys(own))
      Object.defineProperty(arrays, array || parse(name).name, { enumerable: true, get: () => own[array] });
  });
  return {
    sha256: digestOf(new TextEncoder().encode(JSON.stringify(file)), ...files),
    isForeign: true,
    open: (pixels) => {
      const { network, unused } = orMisuse(() => networkOfArrays(file, arrays, pixels, path));
      const left = unused.length > 0 ? `; arrays that no layer takes: ${unused.join(", ")}` : "";
      return imported(network, `from arrays of ${names.join(", ")}${left}`);
    },
  };
};

/**
 * The network of a file: of this program, or by the name's ending ONNX (.onnx) or a layer file beside arrays (.yaml, .yml, .json).
 * @throws Misuse where it cannot be read.
 */
export const networkSource = (path: string, what: string): NetworkSource => {
  if (/\.(ya?ml|json)$/i.test(path)) return arraysSource(path, what);
  const bytes = readUserBytes(path, what);
  if (/\.onnx$/i.test(path)) return onnxSource(path, bytes);
  let model: Model | null = null;
  const own = (): Model => {
    model ??= orMisuse(() => parseNetwork(bytes, path));
    return model;
  };
  return { sha256: digestOf(bytes), isForeign: false, open: () => ({ model: own(), imported: null, ofFile: same }) };
};

const three = (x: number): string => Number(x.toPrecision(3)).toString();

/** An import in one sentence. */
const importText = ({ format, leftOut, compared }: ImportReport): string => {
  const { inputs, difference, largest, otherwise } = compared;
  return [
    `from ${format}${leftOut.length > 0 ? ` (${leftOut.join(", ")} at the end left out)` : ""}`,
    `on ${inputs} drawn images its outputs and the layers' differ by ${three(difference)} at most (largest output ${three(largest)})${otherwise > 0 || difference > 1e-3 * largest ? `, ${otherwise} of them are taken for another class: look before you trust it` : ""}`,
  ].join("; ");
};
