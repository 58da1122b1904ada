import { countOf, type ElementType, elementsOf, limited, showSides, type Tensor, WIDTHS } from "./tensor.ts";

/*
 * NumPy's format (numpy.lib.format): the magic, a version, the length of a header, the header as a literal of a Python dictionary, and
 * the elements.
 */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const TYPES: Readonly<Record<string, ElementType>> = {
  f2: "float16",
  f4: "float32",
  f8: "float64",
  i1: "int8",
  u1: "uint8",
  b1: "bool",
  i2: "int16",
  u2: "uint16",
  i4: "int32",
  u4: "uint32",
  i8: "int64",
  u8: "uint64",
};

/** Elements that are stored column by column, row by row. */
const rowMajor = (values: Float64Array, shape: readonly number[]): Float64Array => {
  const found = new Float64Array(values.length);
  const strides = shape.map((_, k) => countOf(shape.slice(0, k)));
  const at = shape.map(() => 0);
  for (let e = 0; e < values.length; e++) {
    found[e] = values[at.reduce((sum, index, k) => sum + index * strides[k], 0)];
    for (let k = shape.length - 1; k >= 0 && ++at[k] === shape[k]; k--) at[k] = 0;
  }
  return found;
};

/** @throws RangeError where the bytes are no .npy file of numbers. */
export const parseNpy = (file: Uint8Array, where: string): Tensor => {
  const refuse = (why: string): never => {
    throw new RangeError(`${where}: not an .npy file that can be read: ${why}${why.endsWith("?") ? "" : "."}`);
  };
  if (!MAGIC.every((byte, k) => file[k] === byte)) refuse("it does not begin as one");
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 12) refuse("it ends inside its header");
  const [start, length] = file[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  if (start + length > file.length) refuse("it ends inside its header");
  const header = new TextDecoder("latin1").decode(file.subarray(start, start + length));
  const [, described] = /'descr':\s*'([^']*)'/.exec(header) ?? [];
  const [, order] = /'fortran_order':\s*(True|False)/.exec(header) ?? [];
  const [, sides] = /'shape':\s*\(([\d,\s]*)\)/.exec(header) ?? [];
  if (described === undefined || order === undefined || sides === undefined)
    return refuse("its elements are no plain numbers (records and objects are not read; save an array of one type)");
  const type = /^[<>|=][fiub]\d$/.test(described) ? TYPES[described.slice(1)] : undefined;
  if (type === undefined)
    return refuse(
      `its elements are of type "${described}"; numbers of 8 to 64 bits are read${described.includes("O") ? " (allow_pickle=False refuses such arrays where they are written)" : ""}`,
    );
  const shape = sides
    .split(",")
    .map((side) => side.trim())
    .filter((side) => side !== "")
    .map(Number);
  limited(shape);
  const bytes = file.subarray(start + length);
  if (bytes.length !== countOf(shape) * WIDTHS[type])
    refuse(
      `${showSides(shape)} of ${type} take ${countOf(shape) * WIDTHS[type]} bytes, and ${bytes.length} are there; is it truncated?`,
    );
  const values = elementsOf(bytes, type, described[0] !== ">");
  return { type, shape, values: order === "True" ? rowMajor(values, shape) : values };
};

/** An .npy file of numbers in double precision. */
export const writeNpy = (values: Float64Array, shape: readonly number[]): Uint8Array => {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${sides}), }`;
  // The elements begin at a multiple of 64 bytes.
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10;
  const file = new Uint8Array(10 + length + values.byteLength);
  file.set([...MAGIC, 1, 0, length % 256, length >> 8]);
  file.set(new TextEncoder().encode(`${header.padEnd(length - 1)}\n`), 10);
  const view = new DataView(file.buffer);
  values.forEach((value, k) => {
    view.setFloat64(10 + length + 8 * k, value, true);
  });
  return file;
};
