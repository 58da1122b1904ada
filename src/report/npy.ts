/** Length of the header that `npyHeader` writes [bytes]: data begin there in every file, whatever its shape. */
export const NPY_HEADER = 128;

/**
 * Header of a NumPy array file of 64-bit floats in row-major order, format 1.0 (numpy.lib.format), padded with blanks
 * to NPY_HEADER bytes.
 */
export const npyHeader = (shape: readonly number[]): Uint8Array => {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${extents}), }`;
  const length = NPY_HEADER - 10;
  if (text.length >= length) throw new RangeError(`npyHeader: shape ${shape.join(" x ")} has too many dimensions.`);
  const bytes = new Uint8Array(NPY_HEADER).fill(0x20);
  bytes.set([0x93, ...[..."NUMPY"].map((c) => c.charCodeAt(0)), 1, 0, length & 0xff, length >> 8]);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[NPY_HEADER - 1] = 0x0a;
  return bytes;
};

/** A NumPy array file of these values, row-major; little-endian as every engine that runs this is. */
export const npyBytes = (values: Float64Array, shape: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(NPY_HEADER + values.byteLength);
  bytes.set(npyHeader(shape));
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), NPY_HEADER);
  return bytes;
};
