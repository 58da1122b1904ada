import { PbfReader } from "pbf";
import { named, ownOf } from "#src/words/named";
import {
  brainFloat,
  countOf,
  type ElementType,
  elementsOf,
  halfPrecision,
  MOST_ELEMENTS,
  showSides,
  type Tensor,
  WIDTHS,
} from "../arrays/tensor.ts";
import { located } from "../located.ts";
import type { Attribute, OnnxInput, OnnxModel, OnnxNode } from "./model.ts";

/*
 * ONNX's messages (github.com/onnx/onnx, onnx.proto3) by the numbers of their fields. A message within a message is read from bytes of
 * its own, so that no length leads beyond what contains it; graphs within graphs are not entered, so that nothing here recurs.
 */

const fail = (why: string): never => {
  throw new RangeError(why);
};

/** The bytes of a field that has a length. */
const bytesOf = (pbf: PbfReader): Uint8Array => {
  const length = pbf.readVarint();
  if (!(length >= 0 && pbf.pos + length <= pbf.length))
    fail(`a field of ${length} bytes where ${pbf.length - pbf.pos} are left; is it truncated?`);
  const bytes = pbf.buf.subarray(pbf.pos, pbf.pos + length);
  pbf.pos += length;
  return bytes;
};

const WITH_LENGTH = 2;

/** Reads a message field by field. */
const messageIn = (bytes: Uint8Array, field: (tag: number, pbf: PbfReader) => void): void => {
  const pbf = new PbfReader(bytes);
  for (let tag = pbf.nextField(); tag !== 0; tag = pbf.nextField()) {
    field(tag, pbf);
    if (pbf.pos > pbf.length) fail(`field ${tag} ends beyond its message; is it truncated?`);
  }
  if (pbf.pos > pbf.length) fail("a field ends beyond its message; is it truncated?");
};

const decoder = new TextDecoder();

const textOf = (pbf: PbfReader): string => decoder.decode(lengthy(pbf));

/** The bytes of a field that must have a length. */
const lengthy = (pbf: PbfReader): Uint8Array => {
  if (pbf.type !== WITH_LENGTH) fail(`a field of wire type ${pbf.type} where one with a length belongs`);
  return bytesOf(pbf);
};

/** Numbers of a repeated field: many at once, or one. */
const numbersOf = (pbf: PbfReader, into: number[], read: (pbf: PbfReader) => number): void => {
  if (pbf.type !== WITH_LENGTH) {
    into.push(read(pbf));
    return;
  }
  const own = new PbfReader(bytesOf(pbf));
  while (own.pos < own.length) into.push(read(own));
  if (own.pos > own.length) fail("a list of numbers ends beyond its field; is it truncated?");
};

const signed = (pbf: PbfReader): number => pbf.readVarint(true);
const single = (pbf: PbfReader): number => pbf.readFloat();
const double = (pbf: PbfReader): number => pbf.readDouble();

/** TensorProto's data types by number. */
const TYPES: readonly (ElementType | null)[] = [
  null,
  "float32",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "int32",
  "int64",
  null,
  "bool",
  "float16",
  "float64",
  "uint32",
  "uint64",
  null,
  null,
  "bfloat16",
];
const NAMES_OF_OTHERS: Readonly<Record<number, string>> = {
  8: "strings",
  14: "complex numbers",
  15: "complex numbers",
  21: "4-bit numbers",
  22: "4-bit numbers",
};

export const typeOf = (number: number, where: string): ElementType =>
  TYPES[number] ??
  fail(`${where} holds ${NAMES_OF_OTHERS[number] ?? `elements of type ${number}`}; numbers of 8 to 64 bits are read.`);

export const numberOfType = (type: ElementType): number => TYPES.indexOf(type);

const tensorIn = (bytes: Uint8Array): { readonly name: string; readonly tensor: Tensor } => {
  let [name, type, raw, isElsewhere]: [string, number, Uint8Array | null, boolean] = ["", 0, null, false];
  const shape: number[] = [];
  const [floats, integers, doubles]: [number[], number[], number[]] = [[], [], []];
  messageIn(bytes, (tag, pbf) => {
    if (tag === 1) numbersOf(pbf, shape, signed);
    else if (tag === 2) type = pbf.readVarint();
    else if (tag === 4) numbersOf(pbf, floats, single);
    else if (tag === 5 || tag === 7) numbersOf(pbf, integers, signed);
    else if (tag === 11) numbersOf(pbf, integers, (of) => of.readVarint());
    else if (tag === 8) name = textOf(pbf);
    else if (tag === 9) raw = lengthy(pbf);
    else if (tag === 10) numbersOf(pbf, doubles, double);
    else if (tag === 13 || (tag === 14 && pbf.readVarint() === 1)) isElsewhere = true;
  });
  const where = `tensor "${name}"`;
  if (isElsewhere)
    fail(
      `${where} lies in a file of its own; save the model as one file (onnx.save with save_as_external_data=False).`,
    );
  const element = typeOf(type, where);
  const count = countOf(shape);
  if (shape.some((n) => n < 0) || !(count <= MOST_ELEMENTS))
    fail(`${where} of ${showSides(shape)}; expected sides from 0, and at most ${MOST_ELEMENTS} elements.`);
  const values = raw ? rawValues(raw, element, where) : listedValues(element, { floats, integers, doubles });
  if (values.length !== count) fail(`${where} of ${showSides(shape)} holds ${values.length} numbers; is it truncated?`);
  return { name, tensor: { type: element, shape, values } };
};

const rawValues = (raw: Uint8Array, type: ElementType, where: string): Float64Array => {
  if (raw.length % WIDTHS[type] !== 0) fail(`${where} holds ${raw.length} bytes of ${type}; is it truncated?`);
  return elementsOf(raw, type);
};

const listedValues = (
  type: ElementType,
  { floats, integers, doubles }: { floats: number[]; integers: number[]; doubles: number[] },
): Float64Array => {
  if (type === "float32") return Float64Array.from(floats);
  if (type === "float64") return Float64Array.from(doubles);
  if (type === "float16") return Float64Array.from(integers, halfPrecision);
  return type === "bfloat16" ? Float64Array.from(integers, brainFloat) : Float64Array.from(integers);
};

const attributeIn = (bytes: Uint8Array): { readonly name: string; readonly attribute: Attribute } => {
  let name = "";
  let kind = 0;
  const [numbers, whole]: [number[], number[]] = [[], []];
  let found: Attribute | null = null;
  messageIn(bytes, (tag, pbf) => {
    if (tag === 1) name = textOf(pbf);
    else if (tag === 2) found = { kind: "real", value: pbf.readFloat() };
    else if (tag === 3) found = { kind: "whole", value: pbf.readVarint(true) };
    else if (tag === 4) found = { kind: "text", value: textOf(pbf) };
    else if (tag === 5) found = { kind: "tensor", value: tensorIn(lengthy(pbf)).tensor };
    else if (tag === 6 || tag === 11) found = { kind: "other", value: "a graph within the graph" };
    else if (tag === 7) numbersOf(pbf, numbers, single);
    else if (tag === 8) numbersOf(pbf, whole, signed);
    else if (tag === 9 || tag === 10) found = { kind: "other", value: "a list" };
    else if (tag === 20) kind = pbf.readVarint();
    else if (tag === 21) found = { kind: "other", value: "an attribute of a function" };
  });
  // What is zero is not written at all: the type says what it is.
  const [FLOAT, INT, STRING] = [1, 2, 3];
  if (found) return { name, attribute: found };
  if (numbers.length > 0 || whole.length > 0)
    return { name, attribute: { kind: "numbers", value: [...numbers, ...whole] } };
  if (kind === FLOAT || kind === INT) return { name, attribute: { kind: kind === INT ? "whole" : "real", value: 0 } };
  return { name, attribute: kind === STRING ? { kind: "text", value: "" } : { kind: "numbers", value: [] } };
};

const nodeIn = (bytes: Uint8Array): OnnxNode => {
  let [name, operator, domain] = ["", "", ""];
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const attributes = named<Attribute>();
  messageIn(bytes, (tag, pbf) => {
    if (tag === 1) inputs.push(textOf(pbf));
    else if (tag === 2) outputs.push(textOf(pbf));
    else if (tag === 3) name = textOf(pbf);
    else if (tag === 4) operator = textOf(pbf);
    else if (tag === 5) {
      const { name: of, attribute } = attributeIn(lengthy(pbf));
      attributes[of] = attribute;
    } else if (tag === 7) domain = textOf(pbf);
  });
  return { name, operator, domain: domain === "ai.onnx" ? "" : domain, inputs, outputs, attributes };
};

/** Sides of a TypeProto's tensor; a side that has a name, or none, is null. */
const inputIn = (bytes: Uint8Array): OnnxInput => {
  let [name, type, shape]: [string, number, (number | null)[] | null] = ["", 0, null];
  const sideIn = (of: Uint8Array): number | null => {
    let side: number | null = null;
    messageIn(of, (tag, pbf) => {
      if (tag === 1) side = pbf.readVarint(true);
    });
    return side;
  };
  const tensorTypeIn = (of: Uint8Array): void =>
    messageIn(of, (tag, pbf) => {
      if (tag === 1) type = pbf.readVarint();
      else if (tag === 2) {
        const sides: (number | null)[] = [];
        messageIn(lengthy(pbf), (side, own) => {
          if (side === 1) sides.push(sideIn(lengthy(own)));
        });
        shape = sides;
      }
    });
  messageIn(bytes, (tag, pbf) => {
    if (tag === 1) name = textOf(pbf);
    else if (tag === 2)
      messageIn(lengthy(pbf), (kind, own) => {
        if (kind === 1) tensorTypeIn(lengthy(own));
      });
  });
  return { name, type: TYPES[type] ?? null, shape };
};

const graphIn = (bytes: Uint8Array) => {
  const nodes: OnnxNode[] = [];
  const initializers = named<Tensor>();
  const inputs: OnnxInput[] = [];
  const outputs: string[] = [];
  messageIn(bytes, (tag, pbf) => {
    if (tag === 1) nodes.push(nodeIn(lengthy(pbf)));
    else if (tag === 5) {
      const { name, tensor } = tensorIn(lengthy(pbf));
      initializers[name] = tensor;
    } else if (tag === 11) inputs.push(inputIn(lengthy(pbf)));
    else if (tag === 12) outputs.push(inputIn(lengthy(pbf)).name);
    else if (tag === 15) fail("sparse tensors are not read; save dense ones.");
  });
  return { nodes, initializers, inputs: inputs.filter(({ name }) => !ownOf(initializers, name)), outputs };
};

/**
 * The model of an ONNX file.
 * @throws RangeError where the bytes are none, lengths lead beyond the file, or tensors are not whole.
 */
export const readOnnx = (file: Uint8Array, where: string): OnnxModel => {
  let producer = "";
  const opsets = named<number>();
  let graph: ReturnType<typeof graphIn> | null = null;
  located(`${where}: not an ONNX file that can be read`, () =>
    messageIn(file, (tag, pbf) => {
      if (tag === 2) producer = textOf(pbf);
      else if (tag === 7) graph = graphIn(lengthy(pbf));
      else if (tag === 8) {
        let [domain, version] = ["", 0];
        messageIn(lengthy(pbf), (field, own) => {
          if (field === 1) domain = textOf(own);
          else if (field === 2) version = own.readVarint();
        });
        opsets[domain === "ai.onnx" ? "" : domain] = version;
      } else if (tag === 25) fail("it has functions of its own, which are not entered; inline them (onnx.inliner).");
    }),
  );
  const found = graph as ReturnType<typeof graphIn> | null;
  if (!found || found.nodes.length === 0)
    throw new RangeError(`${where}: not an ONNX file: ${found ? "its graph has no nodes" : "it holds no graph"}.`);
  return { producer, opsets, ...found };
};
