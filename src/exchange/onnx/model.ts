import type { ElementType, Tensor } from "../arrays/tensor.ts";

/** An attribute of a node; `other`: what networks here have no use for, a graph within the graph among them. */
export type Attribute =
  | { readonly kind: "real" | "whole"; readonly value: number }
  | { readonly kind: "numbers"; readonly value: readonly number[] }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "tensor"; readonly value: Tensor }
  | { readonly kind: "other"; readonly value: string };

/** A node of a graph. Inputs that are left out have the name "". */
export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** What a graph takes: sides that are names, not numbers, are null. */
export interface OnnxInput {
  readonly name: string;
  readonly type: ElementType | null;
  readonly shape: readonly (number | null)[] | null;
}

/** An ONNX file. */
export interface OnnxModel {
  readonly producer: string;
  /** Version of each domain's operators; the standard one is "". */
  readonly opsets: Readonly<Record<string, number>>;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: Readonly<Record<string, Tensor>>;
  /** Inputs that no initializer gives. */
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
}

/** A node as errors name it. */
export const nodeText = (node: OnnxNode, number: number): string =>
  `node ${number + 1}${node.name ? ` "${node.name}"` : ""} (${node.domain ? `${node.domain}.` : ""}${node.operator})`;

/** Names of the values that an output needs. */
export const neededFor = (model: OnnxModel, output: string): ReadonlySet<string> => {
  const makers = new Map<string, OnnxNode[]>();
  for (const node of model.nodes)
    for (const name of node.outputs) makers.set(name, [...(makers.get(name) ?? []), node]);
  const needed = new Set([output]);
  // A set is walked while it grows.
  for (const name of needed)
    for (const input of makers.get(name)?.flatMap(({ inputs }) => inputs) ?? []) needed.add(input);
  return needed;
};
