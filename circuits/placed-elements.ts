import { type Corner, type Role, type Technology, transistorParams } from "#devices/index";
import type { Element, ElementModel, Node } from "./netlist.ts";

/** What transistors are drawn in: process, corner, and the width of each role [m]. */
export interface Drawn {
  readonly technology: Technology;
  readonly corner: Corner;
  readonly widths: Readonly<Record<Role, number>>;
}

/** The models of these roles, each called after its role. */
export const roleModels = (
  { technology, corner, widths }: Drawn,
  roles: readonly Role[],
): Record<string, ElementModel> =>
  Object.fromEntries(
    roles.map((role): [string, ElementModel] => [
      role,
      { type: "mosfet", params: transistorParams(technology, corner, role, widths[role]) },
    ]),
  );

/** A transistor of a role, as wide as the role is drawn. */
export const placeTransistor = (
  { technology, widths }: Drawn,
  name: string,
  role: Role,
  [drain, gate, source, bulk]: readonly [drain: Node, gate: Node, source: Node, bulk: Node],
): Element => ({
  name,
  type: "mosfet",
  model: role,
  drain,
  gate,
  source,
  bulk,
  width: widths[role],
  length: technology.gateLength,
});

export const placeCapacitor = (name: string, a: Node, b: Node, capacitance: number): Element => ({
  name,
  type: "capacitor",
  nodes: [a, b],
  capacitance,
});
