import { createHash } from "node:crypto";

const TYPED = { Float32Array, Float64Array, Int8Array, Int32Array, Uint8Array, Uint32Array } as const;
type TypedName = keyof typeof TYPED;

interface Encoded {
  readonly typedArray: TypedName;
  readonly base64: string;
}

/**
 * Plain data and typed arrays as JSON text, typed arrays in base64. The same value gives the same bytes on every host;
 * the engine's own structured clone does not (its encoding follows the representation in memory).
 *
 * @throws TypeError for a number that JSON cannot hold (NaN, infinity) outside a typed array.
 */
export const encodePart = (value: unknown): string =>
  JSON.stringify(value, (key, entry: unknown) => {
    if (ArrayBuffer.isView(entry)) {
      const typedArray = entry.constructor.name as TypedName;
      if (!Object.hasOwn(TYPED, typedArray))
        throw new TypeError(`part: ${key} is a ${typedArray}, which is not stored.`);
      return { typedArray, base64: Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength).toString("base64") };
    }
    if (typeof entry === "number" && !Number.isFinite(entry)) throw new TypeError(`part: ${key} is ${entry}.`);
    return entry;
  });

export const decodePart = (text: string): unknown =>
  JSON.parse(text, (_key, entry: unknown) => {
    if (typeof entry !== "object" || entry === null || !("typedArray" in entry)) return entry;
    const { typedArray, base64 } = entry as Encoded;
    if (!Object.hasOwn(TYPED, typedArray)) throw new TypeError(`"${typedArray}" is no kind of array that is stored`);
    const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
    return new TYPED[typedArray](bytes.buffer);
  });

const checksum = (text: string, of: string): string => createHash("sha256").update(`${of}\n${text}`).digest("hex");

/** A line of text, and one with its checksum and that of what it is of: a part of another run is none of this one. */
export const sealed = (text: string, of: string): string => `${text}\n${checksum(text, of)}\n`;

/** @throws Error where the text is not what was sealed. */
export const unsealed = (content: string, of: string): string => {
  const [text, sum, rest] = content.split("\n");
  if (rest !== "") throw new Error("it is cut short");
  if (sum !== checksum(text, of))
    throw new Error("it was changed, or is of another run: its checksum is not the one written");
  return text;
};
