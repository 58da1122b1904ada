/** What a value of a network looks like: channels first, then rows, then columns; a vector is channels x 1 x 1. */
export interface ImageShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export const sizeOf = ({ channels, height, width }: ImageShape): number => channels * height * width;

export const showShape = ({ channels, height, width }: ImageShape): string =>
  height === 1 && width === 1 ? `${channels}` : `${channels} x ${height} x ${width}`;

export const sameShape = (a: ImageShape, b: ImageShape): boolean =>
  a.channels === b.channels && a.height === b.height && a.width === b.width;

/** Rows and columns. */
export type Pair = readonly [number, number];

/** A window that moves over an image: its size, its steps, and rows and columns of nothing added at each side. */
export interface Window {
  readonly size: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
}

/** Places of a window along one side: 0 or less where it does not fit. */
const placesAlong = (length: number, size: number, stride: number, padding: number): number =>
  Math.floor((length + 2 * padding - size) / stride) + 1;

/** Rows and columns of places of a window in an image; those of a window that does not fit are 0 or less. */
export const placesOf = ({ height, width }: ImageShape, { size, stride, padding }: Window): Pair => [
  placesAlong(height, size[0], stride[0], padding[0]),
  placesAlong(width, size[1], stride[1], padding[1]),
];
