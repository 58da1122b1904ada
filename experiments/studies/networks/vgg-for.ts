import type { LabelledImages } from "#src/datasets/labelled-images";
import type { NetworkDesign } from "#src/learning/index";
import { TERNARY_ACTIVATION, vggNetwork } from "#src/networks/index";

const ACTIVATIONS = { binary: { kind: "sign" }, ternary: TERNARY_ACTIVATION, relu: { kind: "relu" } } as const;

/** Rows and columns that three pools of two by two leave something of. */
const LEAST_SIDE = 8;

interface AskedVgg {
  readonly filters: number;
  readonly weights: "binary" | "ternary" | "float";
  readonly activation: keyof typeof ACTIVATIONS;
}

/**
 * The network of Laborieux et al. for images of a set.
 *
 * @param data The set's name, for errors.
 * @throws RangeError for images without rows and columns, or too few of them.
 */
export const vggFor = (
  { filters, weights, activation }: AskedVgg,
  { sides: known, pixels, classes }: LabelledImages,
  data: string,
): NetworkDesign => {
  const sides = known ?? [pixels];
  const [channels, height, width] = sides.length === 3 ? sides : [1, ...sides];
  if (width === undefined || Math.min(height, width) < LEAST_SIDE)
    throw new RangeError(
      `data: images of "${data}" are ${sides.join(" x ")}; a VGG takes ${LEAST_SIDE} rows and columns or more.`,
    );
  return vggNetwork({
    input: { channels, height, width },
    filters,
    weights: { kind: weights },
    activation: ACTIVATIONS[activation],
    classes,
  });
};
