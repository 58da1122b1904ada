import { gunzipSync } from "node:zlib";
import type { XzReadableStream } from "xz-decompress";
import { Misuse } from "../../misuse.ts";

/** Most bytes that a compressed file may hold. */
const MOST_BYTES = 2 ** 29 - 1024;

const startsWith = (bytes: Buffer, ...magic: readonly number[]): boolean => magic.every((b, i) => bytes[i] === b);

export const isParquet = (bytes: Buffer): boolean => bytes.subarray(0, 4).toString("latin1") === "PAR1";

const unpackXz = async (bytes: Buffer): Promise<Buffer> => {
  const packed = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new Uint8Array(bytes));
      controller.close();
    },
  });
  // A CommonJS module, whatever its types say; loaded where there is something to unpack.
  const { default: xz } = (await import("xz-decompress")) as unknown as {
    readonly default: { readonly XzReadableStream: typeof XzReadableStream };
  };
  const pieces: Uint8Array[] = [];
  let total = 0;
  const reader = new xz.XzReadableStream(packed as never).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(pieces, total);
    // The stream's memory is used again for its next piece.
    pieces.push(Uint8Array.from(value));
    total += value.length;
    if (total > MOST_BYTES) throw new RangeError(`more than ${MOST_BYTES} bytes unpacked`);
  }
};

/** A file's bytes, unpacked where they are gzip or xz by their first bytes. @throws Misuse where they cannot be. */
export const decompressed = async (file: string, bytes: Buffer): Promise<Buffer> => {
  try {
    if (startsWith(bytes, 0x1f, 0x8b)) return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
    if (startsWith(bytes, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)) return await unpackXz(bytes);
    return bytes;
  } catch (error) {
    throw new Misuse(`${file} cannot be unpacked: ${(error as Error).message}.`);
  }
};

/** A parquet file's columns and rows as text. @throws Misuse where it is none, or packed in a way that is not read. */
export const parquetRecords = async (file: string, bytes: Buffer): Promise<string[][]> => {
  try {
    const { parquetReadObjects } = await import("hyparquet");
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const rows = await parquetReadObjects({ file: buffer });
    const names = Object.keys(rows[0] ?? {});
    return [names, ...rows.map((row) => names.map((name) => String(row[name] ?? "")))];
  } catch (error) {
    throw new Misuse(`${file} cannot be read as parquet (plain or snappy): ${(error as Error).message}.`);
  }
};
