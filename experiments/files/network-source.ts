import { createHash } from "node:crypto";
import { type ImportReport, importOnnx } from "#src/exchange/index";
import { type Model, type PixelMap, parseNetwork, parsePixels } from "#src/networks/index";
import { orMisuse } from "../misuse.ts";
import { readUserBytes } from "./read-file.ts";

/** A file that holds a network, whoever wrote it. */
export interface NetworkSource {
  readonly sha256: string;
  /** Whether another program wrote it: what a pixel is to the network is then the user's to say. */
  readonly isForeign: boolean;
  /** @param pixels Of another program's: what a pixel is to it. */
  open(pixels: PixelMap): OpenedNetwork;
}

/** A network, and what is to be said of how it came in. */
export interface OpenedNetwork {
  readonly model: Model;
  readonly report: ImportReport | null;
}

/** What a pixel is where nothing is said: 0 .. 1, as most tools that read images make it. */
export const DEFAULT_PIXELS = "0..1";

export const pixelsOf = (text: string): PixelMap => orMisuse(() => parsePixels(text));

/**
 * The network of a file: of this program, or ONNX by the name's ending.
 * @throws Misuse where it cannot be read.
 */
export const networkSource = (path: string, what: string): NetworkSource => {
  const bytes = readUserBytes(path, what);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (/\.onnx$/i.test(path)) {
    const open = (pixels: PixelMap): OpenedNetwork => {
      const { network, report } = orMisuse(() => importOnnx(bytes, pixels, path));
      return { model: { network, trained: null }, report };
    };
    return { sha256, isForeign: true, open };
  }
  let model: Model | null = null;
  const own = (): Model => {
    model ??= orMisuse(() => parseNetwork(bytes, path));
    return model;
  };
  return { sha256, isForeign: false, open: () => ({ model: own(), report: null }) };
};

const three = (x: number): string => Number(x.toPrecision(3)).toString();

/** An import in one sentence. */
export const importText = ({ format, leftOut, compared }: ImportReport): string => {
  const { inputs, difference, largest, otherwise } = compared;
  return [
    `from ${format}${leftOut.length > 0 ? ` (${leftOut.join(", ")} at the end left out)` : ""}`,
    `on ${inputs} drawn images its outputs and the layers' differ by ${three(difference)} at most (largest output ${three(largest)})${otherwise > 0 ? `, and ${otherwise} of them are taken for another class: look before you trust it` : ""}`,
  ].join("; ");
};
