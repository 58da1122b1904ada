import { PbfWriter } from "pbf";
import type { Tensor } from "../arrays/tensor.ts";
import type { Attribute, OnnxInput, OnnxModel, OnnxNode } from "./model.ts";
import { numberOfType } from "./read-model.ts";

/*
 * ONNX's messages by the numbers of their fields, as read-model.ts reads them. Tensors are written as bytes, little-endian.
 */

const [FLOAT, INT, STRING, TENSOR, INTS] = [1, 2, 3, 4, 7];

/** The intermediate representation that goes with operator set 13. */
const IR_VERSION = 7;

const bytesOf = ({ type, values }: Tensor): Uint8Array => {
  const typed = {
    float32: () => Float32Array.from(values),
    float64: () => values,
    int8: () => Int8Array.from(values),
    uint8: () => Uint8Array.from(values),
    bool: () => Uint8Array.from(values),
    int32: () => Int32Array.from(values),
    int64: () => BigInt64Array.from(values, BigInt),
  };
  if (!Object.hasOwn(typed, type)) throw new RangeError(`a tensor of ${type} is not written`);
  const array = typed[type as keyof typeof typed]();
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
};

const writeTensor = ({ name, tensor }: { readonly name: string; readonly tensor: Tensor }, pbf: PbfWriter): void => {
  pbf.writePackedVarint(1, [...tensor.shape]);
  pbf.writeVarintField(2, numberOfType(tensor.type));
  if (name !== "") pbf.writeStringField(8, name);
  pbf.writeBytesField(9, bytesOf(tensor));
};

const writeAttribute = ([name, attribute]: readonly [string, Attribute], pbf: PbfWriter): void => {
  const { kind, value } = attribute;
  pbf.writeStringField(1, name);
  if (kind === "whole") {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, INT);
  } else if (kind === "real") {
    pbf.writeFloatField(2, value);
    pbf.writeVarintField(20, FLOAT);
  } else if (kind === "numbers") {
    pbf.writePackedVarint(8, [...value]);
    pbf.writeVarintField(20, INTS);
  } else if (kind === "text") {
    pbf.writeBytesField(4, new TextEncoder().encode(value));
    pbf.writeVarintField(20, STRING);
  } else if (kind === "tensor") {
    pbf.writeMessage(5, writeTensor, { name: "", tensor: value });
    pbf.writeVarintField(20, TENSOR);
  } else throw new RangeError(`attribute "${name}" is ${value}, which is not written`);
};

const writeNode = (node: OnnxNode, pbf: PbfWriter): void => {
  for (const name of node.inputs) pbf.writeStringField(1, name);
  for (const name of node.outputs) pbf.writeStringField(2, name);
  pbf.writeStringField(3, node.name);
  pbf.writeStringField(4, node.operator);
  for (const attribute of Object.entries(node.attributes)) pbf.writeMessage(5, writeAttribute, attribute);
  if (node.domain !== "") pbf.writeStringField(7, node.domain);
};

/** A ValueInfoProto; an open side has a name. */
const writeValue = ({ name, type, shape }: OnnxInput, pbf: PbfWriter): void => {
  pbf.writeStringField(1, name);
  pbf.writeMessage(
    2,
    (_type, own) =>
      own.writeMessage(
        1,
        (_tensor, of) => {
          of.writeVarintField(1, numberOfType(type ?? "float32"));
          if (!shape) return;
          of.writeMessage(
            2,
            (sides, list) => {
              for (const side of sides)
                list.writeMessage(
                  1,
                  (n, dimension) => {
                    if (n === null) dimension.writeStringField(2, "batch");
                    else dimension.writeVarintField(1, n);
                  },
                  side,
                );
            },
            shape,
          );
        },
        null,
      ),
    null,
  );
};

/** What a graph gives, as its file declares it. */
export interface OnnxOutput {
  readonly name: string;
  readonly shape: readonly (number | null)[];
}

/** An ONNX file of a model. @param outputs The model's outputs, with their shapes. */
export const writeOnnx = (model: OnnxModel, outputs: readonly OnnxOutput[]): Uint8Array => {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, IR_VERSION);
  pbf.writeStringField(2, model.producer);
  pbf.writeMessage(
    7,
    (_graph, own) => {
      for (const node of model.nodes) own.writeMessage(1, writeNode, node);
      own.writeStringField(2, "network");
      for (const [name, tensor] of Object.entries(model.initializers))
        own.writeMessage(5, writeTensor, { name, tensor });
      for (const input of model.inputs) own.writeMessage(11, writeValue, input);
      for (const output of outputs) own.writeMessage(12, writeValue, { ...output, type: "float32" as const });
    },
    null,
  );
  for (const set of Object.entries(model.opsets))
    pbf.writeMessage(
      8,
      ([domain, version], own) => {
        own.writeStringField(1, domain);
        own.writeVarintField(2, version);
      },
      set,
    );
  return Uint8Array.from(pbf.finish());
};
