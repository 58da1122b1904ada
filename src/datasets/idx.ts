/**
 * Reads an IDX file of unsigned bytes (the format of MNIST: 0, 0, type 0x08, number of dimensions, big-endian sizes,
 * values).
 *
 * @throws RangeError saying what is wrong with the file: too short, another type, wrong length.
 */
export const parseIdx = (
  bytes: Uint8Array,
  where: string,
): { readonly shape: readonly number[]; readonly values: Uint8Array } => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8)
    throw new RangeError(`${where}: ${bytes.length} bytes; an IDX file has at least 8. Is it truncated?`);
  const magic = view.getUint32(0);
  const dimensions = magic & 0xff;
  if (magic >>> 8 !== 0x08 || dimensions < 1 || dimensions > 4)
    throw new RangeError(
      `${where}: starts with 0x${magic.toString(16).padStart(8, "0")}; an IDX file of unsigned bytes starts with 0x0000080N, N dimensions. Is it corrupt, or compressed?`,
    );
  const header = 4 + 4 * dimensions;
  if (bytes.length < header) throw new RangeError(`${where}: ends inside its header; is it truncated?`);
  const shape = Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d));
  const expected = shape.reduce((a, b) => a * b, 1);
  const present = bytes.length - header;
  if (present !== expected)
    throw new RangeError(
      `${where}: holds ${present} values; its header says ${shape.join(" x ")} = ${expected}. The file is ${present < expected ? "truncated" : "too long"}; fetch it again.`,
    );
  return { shape, values: bytes.subarray(header) };
};
