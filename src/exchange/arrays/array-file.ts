import { unzipSync } from "fflate";
import { storedTensors } from "#src/networks/safetensors";
import { named } from "#src/words/named";
import { parseNpy } from "./npy.ts";
import { type ElementType, elementsOf, type Tensor } from "./tensor.ts";
import { crc32, zipChecksums } from "./zip-checksums.ts";

/** Safetensors' names of types. */
const TYPES: Readonly<Record<string, ElementType>> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U64: "uint64",
  U32: "uint32",
  U16: "uint16",
  U8: "uint8",
  BOOL: "bool",
};

/** Most bytes that an archive's arrays take when unpacked. */
const MOST_UNPACKED = 2 ** 30;

/** A record whose arrays are read when they are asked for: those that nobody wants take no memory. */
const readWhenAsked = (entries: readonly (readonly [string, () => Tensor])[]): Readonly<Record<string, Tensor>> => {
  const record = named<Tensor>();
  for (const [name, read] of entries) {
    let found: Tensor | null = null;
    const get = (): Tensor => {
      found ??= read();
      return found;
    };
    Object.defineProperty(record, name, { enumerable: true, get });
  }
  return record;
};

const arraysOfZip = (file: Uint8Array, where: string): (readonly [string, () => Tensor])[] => {
  let total = 0;
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(file, {
      filter: ({ name, originalSize }) => {
        if (!name.endsWith(".npy")) return false;
        total += originalSize;
        if (total > MOST_UNPACKED) throw new RangeError(`its arrays take more than ${MOST_UNPACKED} bytes`);
        return true;
      },
    });
  } catch (error) {
    throw new RangeError(`${where}: not an .npz file that can be read: ${(error as Error).message}; is it truncated?`);
  }
  const sums = zipChecksums(file);
  const found = Object.entries(entries).map(([name, bytes]) => {
    const read = (): Tensor => {
      if (sums.get(name) !== crc32(bytes))
        throw new RangeError(`${where}: ${name} does not have its checksum; is it corrupt?`);
      return parseNpy(bytes, `${where}: ${name}`);
    };
    return [name.slice(0, -".npy".length), read] as const;
  });
  if (found.length === 0)
    throw new RangeError(
      `${where}: a ZIP archive without an .npy in it; .npz files of NumPy are read. Of a .pt file of PyTorch write the tensors as safetensors or by numpy.savez.`,
    );
  return found;
};

/**
 * Arrays by name: of an .npz file, of an .npy file (under the name ""), or of a safetensors file, told apart by how they begin.
 * @throws RangeError where the bytes are none of these.
 */
export const parseArrays = (file: Uint8Array, where: string): Readonly<Record<string, Tensor>> => {
  if (file[0] === 0x50 && file[1] === 0x4b) return readWhenAsked(arraysOfZip(file, where));
  if (file[0] === 0x93 && file[1] === 0x4e) return named([["", parseNpy(file, where)]]);
  const stored = Object.entries(storedTensors(file, where).tensors);
  return readWhenAsked(
    stored.map(([name, { dtype, shape, bytes }]) => {
      const read = (): Tensor => {
        const type = TYPES[dtype];
        if (type === undefined)
          throw new RangeError(`${where}: tensor ${name} is ${dtype}; ${Object.keys(TYPES).join(", ")} are read.`);
        return { type, shape, values: elementsOf(bytes, type) };
      };
      return [name, read] as const;
    }),
  );
};
