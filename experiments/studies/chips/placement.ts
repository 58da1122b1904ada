import type { LayerRecord } from "#src/networks/index";
import { suggestion } from "#src/words/suggestion";

/** How a network's weights are read. */
export const MODES = ["sense amplifiers", "whole chips", "given rates", "analog arrays"] as const;
export type Mode = (typeof MODES)[number];

/** Where a weighted layer is: in 2T2R cells, on analog arrays, or computed beside them. */
type Place = "2T2R" | "analog" | "digital";

export interface Placed {
  readonly layer: LayerRecord;
  readonly place: Place;
  /** Cells that hold each of its weights. */
  readonly copies: number;
}

interface Asked {
  readonly mode: Mode;
  /** Names of layers that stay digital, with commas or blanks between; "": none. */
  readonly digital: string;
  readonly others: "refused" | "digital";
  /** Cells that hold each weight of the layers `copied` (names; "": all that are in cells). */
  readonly copies: number;
  readonly copied: string;
}

/** Why 2T2R cells cannot hold a layer; null where they can. */
const refusal = ({ weights, digital }: LayerRecord): string | null =>
  digital ??
  (weights === "integer" ? "its weights are whole numbers of several bits, and a 2T2R cell has three states" : null);

/** Layers that a parameter names. */
const namedBy = (
  parameter: "digital" | "copied",
  text: string,
  layers: readonly LayerRecord[],
): ReadonlySet<string> => {
  const names = text.split(/[\s,]+/).filter((name) => name !== "");
  const known = layers.map(({ name }) => name);
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined)
    throw new RangeError(
      `${parameter}: no layer "${strange}" has weights; there are ${known.join(", ")}.${suggestion(strange, known)}`,
    );
  return new Set(names);
};

/**
 * Where each weighted layer goes.
 * @throws RangeError naming layers that have no place where others are refused, names that are no layer's, and networks with nothing on arrays.
 */
export const placeLayers = (layers: readonly LayerRecord[], asked: Asked): readonly Placed[] => {
  const kept = namedBy("digital", asked.digital, layers);
  const copied = namedBy("copied", asked.copied, layers);
  if (asked.copies % 2 === 0)
    throw new RangeError(
      `copies: ${asked.copies} cells a weight; expected an odd number, so that there is a majority.`,
    );
  const isAnalog = asked.mode === "analog arrays";
  const refused: string[] = [];
  const placed = layers.map((layer): Placed => {
    if (kept.has(layer.name)) return { layer, place: "digital", copies: 1 };
    if (isAnalog) return { layer, place: "analog", copies: 1 };
    const why = refusal(layer);
    const copies = copied.size === 0 || copied.has(layer.name) ? asked.copies : 1;
    if (why === null) return { layer, place: "2T2R", copies };
    refused.push(`"${layer.name}" (${why})`);
    return { layer, place: "digital", copies: 1 };
  });
  if (refused.length > 0 && asked.others === "refused")
    throw new RangeError(
      `network: 2T2R cells cannot hold ${refused.length === 1 ? "layer" : "layers"} ${refused.join(", ")}. others=digital computes such layers beside the cells, digital=NAMES those that are named; mode="analog arrays" holds any weights.`,
    );
  if (placed.every(({ place }) => place === "digital"))
    throw new RangeError(
      `network: no layer is on arrays, and nothing can be read wrong${isAnalog ? "" : '; mode="analog arrays" holds any weights'}.`,
    );
  return placed;
};
