import type { FilamentPhysics } from "#devices/index";
import type { Node } from "../element-kind.ts";

/** A device that switches; `length` and `temperature` are nodes that hold its state (filament-equations.ts). */
export interface Filament {
  readonly name: string;
  readonly type: "filament";
  readonly model: string;
  readonly nodes: readonly [plus: Node, minus: Node, length: Node, temperature: Node];
}

export interface FilamentModel {
  readonly type: "filament";
  readonly params: FilamentPhysics;
}

export const filamentModel = (params: FilamentPhysics): FilamentModel => ({ type: "filament", params });
