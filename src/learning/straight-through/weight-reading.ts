import { type CellTable, checkErrors, forEachError, readCell, type WeightErrors } from "#src/networks/index";
import { isWeighted } from "#src/networks/layers";
import { geometryOf, type NetworkLayer, placeNetwork } from "#src/networks/network";
import { fold, type Key } from "#src/random/index";
import { keysOf, ownOf } from "#src/words/named";
import { trainingPlaces } from "./parameters.ts";
import type { NetworkDesign } from "./training-steps.ts";

/**
 * How a network in training reads its weights: each step with errors drawn anew, or from one chip's cells. By layer; one that is not
 * named is read as it is.
 */
export type WeightReading =
  | { readonly kind: "redrawn"; readonly errors: Readonly<Record<string, WeightErrors>> }
  | { readonly kind: "chip"; readonly cells: Readonly<Record<string, CellTable>> };

/** Writes the levels of a layer as they are read, in training's order; `key` is that of the step. */
export type LayerReader = (read: Float32Array, levels: Float32Array, key: Key) => void;

const redrawnReader =
  (places: Uint32Array, errors: WeightErrors, name: string): LayerReader =>
  (read, levels, key) => {
    read.set(levels);
    forEachError(
      places.length,
      (place) => levels[places[place]],
      errors,
      fold(key, name),
      (place, wrong) => {
        read[places[place]] = wrong;
      },
    );
  };

const chipReader =
  (places: Uint32Array, cells: CellTable): LayerReader =>
  (read, levels) => {
    for (let place = 0; place < places.length; place++) {
      const at = places[place];
      read[at] = readCell(cells, place, levels[at]);
    }
  };

/** How a layer is read; null: as it is. */
export const layerReader = (reading: WeightReading | null, at: NetworkLayer): LayerReader | null => {
  const { name } = at.layer;
  if (reading?.kind === "redrawn") {
    const errors = ownOf(reading.errors, name);
    return errors ? redrawnReader(trainingPlaces(at), errors, name) : null;
  }
  const cells = reading ? ownOf(reading.cells, name) : null;
  return cells ? chipReader(trainingPlaces(at), cells) : null;
};

/** @throws RangeError where a reading is of other layers or shapes than a network's, or its rates are no probabilities. */
export const checkReading = (design: NetworkDesign, reading: WeightReading): void => {
  const isRates = reading.kind === "redrawn";
  const what = isRates ? "errors" : "chip";
  const weighted = placeNetwork(design).filter(({ layer }) => isWeighted(layer));
  for (const name of keysOf(isRates ? reading.errors : reading.cells)) {
    const at = weighted.find(({ layer }) => layer.name === name);
    if (!at || !isWeighted(at.layer))
      throw new RangeError(
        `${what}: no layer "${name}" has weights; expected ${weighted.map(({ layer }) => layer.name).join(", ")}.`,
      );
    const { kind } = at.layer.weights;
    if (kind !== "binary" && kind !== "ternary")
      throw new RangeError(
        `${what}: layer "${name}" has ${kind} weights; cells of read errors hold binary and ternary ones.`,
      );
    if (isRates) {
      checkErrors(reading.errors[name]);
      continue;
    }
    const { groups, outputs, inputs } = geometryOf(at.layer, at.from);
    const { minus, zero, plus } = reading.cells[name];
    for (const cells of [minus, plus, ...(zero ? [zero] : [])])
      if (cells.length !== groups * outputs * inputs)
        throw new RangeError(
          `chip: layer "${name}" has ${groups * outputs} x ${inputs} = ${groups * outputs * inputs} weights, the chip ${cells.length} cells for it; expected as many.`,
        );
    if (kind === "ternary" && !zero)
      throw new RangeError(`chip: layer "${name}" is ternary; the chip does not say what a stored 0 is read as.`);
  }
};
