import { named, parseJson } from "#src/words/named";

/*
 * The safetensors format (github.com/huggingface/safetensors): eight bytes with the header's length, little-endian; a
 * JSON header of tensors with dtype, shape and byte offsets; then the data. `__metadata__` maps strings to strings.
 */

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int8Array;
}

interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const writeSafetensors = ({ metadata, tensors }: TensorFile): Uint8Array => {
  const header = named<unknown>([["__metadata__", metadata]]);
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const end = offset + data.byteLength;
    header[name] = { dtype: data instanceof Float32Array ? "F32" : "I8", shape, data_offsets: [offset, end] };
    offset = end;
  }
  // Padded with spaces so that the data start at a multiple of eight, as the reference writer does.
  const text = JSON.stringify(header);
  const encoded = new TextEncoder().encode(text);
  const length = Math.ceil(encoded.length / 8) * 8;
  const file = new Uint8Array(8 + length + offset).fill(0x20, 8, 8 + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(encoded, 8);
  let at = 8 + length;
  for (const { data } of Object.values(tensors)) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
};

/** A tensor as its bytes, of whatever type. */
interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Bytes of an element of each type. */
const WIDTHS = new Map([
  ...["F64", "I64", "U64"].map((type) => [type, 8] as const),
  ...["F32", "I32", "U32"].map((type) => [type, 4] as const),
  ...["F16", "BF16", "I16", "U16"].map((type) => [type, 2] as const),
  ...["I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2"].map((type) => [type, 1] as const),
]);

/** The tensors of a safetensors file, of all types. @throws RangeError where the bytes are none. */
export const storedTensors = (
  file: Uint8Array,
  where: string,
): { readonly metadata: TensorFile["metadata"]; readonly tensors: Readonly<Record<string, StoredTensor>> } => {
  const refuse = (why: string): never => {
    throw new RangeError(`${where}: not a safetensors file: ${why}`);
  };
  if (file[0] === 0x50 && file[1] === 0x4b)
    refuse(
      "it is a ZIP archive, as .npz files of NumPy and .pt files of PyTorch are. A layer file beside an .npz says which array is what (docs/networks-elsewhere.md)",
    );
  if (file[0] === 0x93 && file[1] === 0x4e)
    refuse("it is an .npy file of NumPy. A layer file beside it says which array is what (docs/networks-elsewhere.md)");
  if (file.length < 8) refuse(`${file.length} bytes`);
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (!(length > 0 && 8 + length <= file.length))
    refuse(`its header of ${length} bytes does not fit; is it truncated?`);
  let header: unknown = null;
  try {
    header = parseJson(new TextDecoder().decode(file.subarray(8, 8 + length)));
  } catch {
    refuse("its header is no JSON");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) refuse("its header is no record");
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, unknown>;
  if (typeof metadata !== "object" || metadata === null) refuse("its __metadata__ is no record");
  const tensors = named<StoredTensor>();
  for (const [name, entry] of Object.entries(entries)) {
    if (typeof entry !== "object" || entry === null) refuse(`tensor ${name} is ${JSON.stringify(entry)}`);
    const {
      dtype,
      shape,
      data_offsets: offsets,
    } = entry as { dtype: string; shape: number[]; data_offsets: [number, number] };
    const width = WIDTHS.get(dtype);
    if (width === undefined)
      throw new RangeError(
        `${where}: a safetensors file, but its tensor ${name} is ${typeof dtype === "string" ? dtype : JSON.stringify(dtype)}; ${[...WIDTHS.keys()].join(", ")} are known.`,
      );
    const whole = (list: unknown): boolean =>
      Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
    if (!whole(shape) || !whole(offsets) || offsets.length !== 2)
      refuse(`tensor ${name} has no shape or offsets of whole numbers`);
    // A copy of its own memory: the slice of a Node Buffer would be a view into a larger one.
    const bytes = Uint8Array.from(file.subarray(8 + length + offsets[0], 8 + length + offsets[1]));
    if (bytes.length !== sizeOf(shape) * width)
      refuse(`tensor ${name} of shape ${shape.join(" x ")} holds ${bytes.length} bytes; is it truncated?`);
    tensors[name] = { dtype, shape, bytes };
  }
  return { metadata: metadata as Record<string, string>, tensors };
};

/** @throws RangeError where the bytes are no safetensors file of F32 and I8 tensors. */
export const parseSafetensors = (file: Uint8Array, where: string): TensorFile => {
  const { metadata, tensors } = storedTensors(file, where);
  const numbers = Object.entries(tensors).map(([name, { dtype, shape, bytes }]): [string, Tensor] => {
    const { buffer } = bytes;
    if (dtype === "F32") return [name, { shape, data: new Float32Array(buffer) }];
    if (dtype === "I8") return [name, { shape, data: new Int8Array(buffer) }];
    throw new RangeError(`${where}: a safetensors file, but its tensor ${name} is ${dtype}; F32 and I8 are read.`);
  });
  return { metadata, tensors: named(numbers) };
};
