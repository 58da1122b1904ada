import type { LabelledImages } from "#src/datasets/labelled-images";
import { countOf, isFloating, showSides, type Tensor } from "./arrays/tensor.ts";

/** More channels than colours and an opacity has no image whose channels come last. */
const MOST_CHANNELS = 4;

/** Sides of an image, channels first, and whether they come last in the array. */
const sidesOf = ([, ...sides]: readonly number[]): { readonly sides: readonly number[]; readonly turned: boolean } => {
  const [first, , last] = sides;
  const turned = sides.length === 3 && last <= MOST_CHANNELS && first > MOST_CHANNELS;
  return turned ? { sides: [last, ...sides.slice(0, 2)], turned } : { sides, turned };
};

/** Whether numbers are shares k / 255, up to single precision's rounding. */
const areShares = (values: Float64Array): boolean =>
  values.every((x) => x >= 0 && x <= 1 && Math.abs(255 * x - Math.round(255 * x)) < 1e-4);

/** Pixels 0 .. 255 of an array: bytes, whole numbers of that range, or shares of 255. */
const pixelsOf = ({ type, values }: Tensor, where: string): Uint8Array => {
  const at = values.findIndex((x) => !Number.isFinite(x));
  if (at >= 0) throw new RangeError(`${where}: holds ${values[at]} at ${at}; expected numbers.`);
  if (type === "bool" || (isFloating(type) && areShares(values)))
    return Uint8Array.from(values, (x) => Math.round(255 * x));
  if (values.every((x) => Number.isInteger(x) && x >= 0 && x <= 255)) return Uint8Array.from(values);
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  throw new RangeError(
    `${where}: numbers from ${low} to ${high}; pixels are whole numbers 0 .. 255, or shares k / 255 from 0 to 1. Give images before they are normalised; "rramlab predict" takes any numbers.`,
  );
};

/** @throws RangeError for labels that are no list of small whole numbers. */
const labelsOf = ({ shape, values }: Tensor, count: number, where: string): Uint8Array => {
  if (values.length !== count || countOf(shape.slice(1)) !== 1)
    throw new RangeError(
      `${where}: labels are of ${showSides(shape)}, and there are ${count} images; expected one number an image.`,
    );
  const at = values.findIndex((x) => !Number.isInteger(x) || x < 0 || x > 255);
  if (at >= 0) throw new RangeError(`${where}: label ${values[at]} of image ${at}; expected whole numbers 0 .. 255.`);
  return Uint8Array.from(values);
};

/**
 * Images with their classes from arrays: images x their sides, where colours may come last, and a label an image.
 * @throws RangeError naming the array that is of another kind.
 */
export const labelledArrays = (images: Tensor, labels: Tensor, where: string): LabelledImages => {
  const [count] = images.shape;
  if (images.shape.length < 2 || !(countOf(images.shape) > 0) || images.shape.length > 4)
    throw new RangeError(
      `${where}: images are of ${showSides(images.shape)}; expected images x pixels, or x rows x columns, with channels or without.`,
    );
  const { sides, turned } = sidesOf(images.shape);
  const found = pixelsOf(images, `${where}: images`);
  const size = countOf(sides);
  const plane = size / sides[0];
  const pixels = turned ? new Uint8Array(found.length) : found;
  if (turned)
    for (let k = 0; k < found.length; k++) {
      const [image, rest] = [Math.floor(k / size), k % size];
      pixels[image * size + (rest % sides[0]) * plane + Math.floor(rest / sides[0])] = found[k];
    }
  const own = labelsOf(labels, count, `${where}: labels`);
  const classes = own.reduce((most, label) => Math.max(most, label), 0) + 1;
  return { count, pixels: size, sides, classes, images: pixels, labels: own };
};
