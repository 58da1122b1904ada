/*
 * Of the ZIP format (PKWARE, APPNOTE): the directory at the end names every entry with its checksum, CRC-32 of the unpacked bytes. The
 * library that unpacks does not compare them.
 */

const [END, ENTRY] = [0x06054b50, 0x02014b50];

/** Checksums by entry. Empty where the bytes hold no directory. */
export const zipChecksums = (file: Uint8Array): ReadonlyMap<string, number> => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const sums = new Map<string, number>();
  let end = file.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) return sums;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0 && at + 46 <= file.length; left--) {
    if (view.getUint32(at, true) !== ENTRY) break;
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    sums.set(new TextDecoder().decode(file.subarray(at + 46, at + 46 + name)), view.getUint32(at + 16, true));
    at += 46 + name + extra + comment;
  }
  return sums;
};

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

export const crc32 = (bytes: Uint8Array): number => {
  let c = 0xffffffff;
  for (const byte of bytes) c = TABLE[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
};
