/** What elements of a foreign array are. */
export type ElementType =
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "bool";

/** An array from elsewhere, in row-major order. Whatever its elements are, they are held in double precision. */
export interface Tensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

export const countOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const showSides = (shape: readonly number[]): string => (shape.length === 0 ? "a number" : shape.join(" x "));

/** Most elements of a tensor. */
export const MOST_ELEMENTS = 2 ** 26;

/** A shape that can be held. @throws RangeError where it has too many elements, or sides that are none. */
export const limited = (shape: readonly number[]): number[] => {
  if (!shape.every((n) => Number.isInteger(n) && n >= 0) || !(countOf(shape) <= MOST_ELEMENTS))
    throw new RangeError(
      `a tensor of ${showSides(shape)}; whole sides, and at most ${MOST_ELEMENTS} elements, are known`,
    );
  return [...shape];
};

export const scalar = (value: number, type: ElementType = "float32"): Tensor => ({
  type,
  shape: [],
  values: Float64Array.of(value),
});

export const isFloating = (type: ElementType): boolean =>
  type === "float16" || type === "bfloat16" || type === "float32" || type === "float64";

/** Bytes of an element. */
export const WIDTHS: Readonly<Record<ElementType, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  bool: 1,
};

/** A number of IEEE 754's half precision: sign, 5 bits of exponent, 10 of fraction. */
export const halfPrecision = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};

/** The upper half of a number in single precision. */
export const brainFloat = (bits: number): number => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits * 65536);
  return view.getFloat32(0);
};

const reader = (view: DataView, type: ElementType, little: boolean): ((at: number) => number) => {
  switch (type) {
    case "float16":
      return (at) => halfPrecision(view.getUint16(at, little));
    case "bfloat16":
      return (at) => brainFloat(view.getUint16(at, little));
    case "float32":
      return (at) => view.getFloat32(at, little);
    case "float64":
      return (at) => view.getFloat64(at, little);
    case "int8":
      return (at) => view.getInt8(at);
    case "uint8":
      return (at) => view.getUint8(at);
    case "bool":
      return (at) => (view.getUint8(at) === 0 ? 0 : 1);
    case "int16":
      return (at) => view.getInt16(at, little);
    case "uint16":
      return (at) => view.getUint16(at, little);
    case "int32":
      return (at) => view.getInt32(at, little);
    case "uint32":
      return (at) => view.getUint32(at, little);
    case "int64":
      return (at) => Number(view.getBigInt64(at, little));
    case "uint64":
      return (at) => Number(view.getBigUint64(at, little));
  }
};

/** The elements that bytes hold. */
export const elementsOf = (bytes: Uint8Array, type: ElementType, little = true): Float64Array => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = reader(view, type, little);
  const width = WIDTHS[type];
  return Float64Array.from({ length: bytes.length / width }, (_, k) => read(k * width));
};
