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
