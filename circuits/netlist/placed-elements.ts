import { type Corner, type Role, type Technology, transistorParams } from "#devices/index";
import { type Transistor, transistor, transistorModel } from "../elements/transistor/transistor.ts";
import type { ElementModel, Node } from "./netlist.ts";

/** What transistors are drawn in: process, corner, and the width of each role [m]. */
export interface Drawn {
  readonly technology: Technology;
  readonly corner: Corner;
  readonly widths: Readonly<Record<Role, number>>;
}

/** Widths [m] of the reference netlist of the sense amplifier (test/references, tables of docs/sense-window.md). */
export const REFERENCE_WIDTHS = {
  precharge: 0.84e-6,
  latchP: 0.84e-6,
  latchN: 0.84e-6,
  access: 1e-6,
  foot: 2e-6,
} as const satisfies Readonly<Record<Role, number>>;

/** The models of these roles, each called after its role. */
export const roleModels = (
  { technology, corner, widths }: Drawn,
  roles: readonly Role[],
): Record<string, ElementModel> =>
  Object.fromEntries(
    roles.map((role): [string, ElementModel] => [
      role,
      transistorModel(transistorParams(technology, corner, role, widths[role])),
    ]),
  );

/** A transistor of a role, as wide as the role is drawn. */
export const placeTransistor = (
  { technology, widths }: Drawn,
  name: string,
  role: Role,
  nodes: readonly [drain: Node, gate: Node, source: Node, bulk: Node],
): Transistor => transistor(name, role, nodes, { width: widths[role], length: technology.gateLength });
