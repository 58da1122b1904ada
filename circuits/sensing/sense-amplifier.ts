import {
  type Corner,
  type Gate,
  type Mismatch,
  type MosfetDeviation,
  mismatchSigmas,
  type Role,
  type RramConduction,
  sampleMosfet,
  type Technology,
} from "#devices/index";
import { fold, type Key } from "#src/random/index";
import { capacitor } from "../elements/capacitor.ts";
import { cell, cellModel } from "../elements/cell.ts";
import { voltageSource } from "../elements/sources.ts";
import { dc, type Waveform } from "../elements/waveform.ts";
import type { Element, Netlist, Node } from "../netlist/netlist.ts";
import { placeTransistor, REFERENCE_WIDTHS, roleModels } from "../netlist/placed-elements.ts";
import { CELL_NODES, type ColumnPosition, columnLines } from "./sense-column.ts";

/**
 * A precharge sense amplifier (PCSA) reading one 2T2R cell: what was drawn, and the conditions it is operated at.
 *
 * SEN low precharges Q, Qb and, through the latch nMOS, both bit lines; SEN high lets both sides discharge through their
 * cell. The side of lower resistance falls first and the latch regenerates. Topology: Zhao et al., IEEE Trans. Magn. 45,
 * 3784 (2009), recalled; sizes and capacitances are this project's own, not a published design's.
 */
export interface SenseAmplifierDesign {
  readonly technology: Technology;
  readonly corner: Corner;
  /** [V] */
  readonly supply: number;
  /** [K] */
  readonly temperature: number;
  /** Drawn gate width of each role [m]. */
  readonly widths: Readonly<Record<Role, number>>;
  /** Wiring and load capacitance of each node beside the transistors' own [F]. */
  readonly capacitances: {
    readonly output: number;
    readonly bitLine: number;
    readonly cell: number;
    readonly sourceLine: number;
  };
  readonly timing: {
    /** Length of the precharge, from all nodes at 0 V [s]. */
    readonly precharge: number;
    /** Rise time of SEN [s]. */
    readonly edge: number;
  };
  readonly conduction: RramConduction;
  /** A sine on the supply alone [V, Hz], from the start of the precharge; none where left out or of amplitude 0. */
  readonly ripple?: { readonly amplitude: number; readonly frequency: number };
  /** The cell's place in a column with lines of its own; without it the cell sits at the amplifier. */
  readonly column?: ColumnPosition;
}

/** Sizes, capacitances and timing of the reference netlist (test/references, tables of docs/sense-window.md). */
export const REFERENCE_SIZING = {
  widths: REFERENCE_WIDTHS,
  capacitances: { output: 3e-15, bitLine: 20e-15, cell: 0.5e-15, sourceLine: 5e-15 },
  timing: { precharge: 50e-9, edge: 0.1e-9 },
  conduction: { kind: "ohmic" },
} as const satisfies Partial<SenseAmplifierDesign>;

/** A transistor by its role and its nodes. */
export interface Placed {
  readonly name: string;
  readonly role: Role;
  readonly drain: Node;
  readonly gate: Node;
  readonly source: Node;
  readonly bulk: Node;
}

const place = (name: string, role: Role, drain: Node, gate: Node, source: Node, bulk: Node): Placed => ({
  name,
  role,
  drain,
  gate,
  source,
  bulk,
});

/** Where the latch's nMOS have their sources: on the bit lines, unless something stands between. */
type LatchSources = readonly [left: Node, right: Node];
const ON_BIT_LINES: LatchSources = ["bl", "blb"];

const amplifierTransistors = (latchSources: LatchSources): readonly Placed[] => [
  place("MPC1", "precharge", "q", "sen", "vdd", "vdd"),
  place("MPC2", "precharge", "qb", "sen", "vdd", "vdd"),
  place("MPL1", "latchP", "q", "qb", "vdd", "vdd"),
  place("MPL2", "latchP", "qb", "q", "vdd", "vdd"),
  place("MNL1", "latchN", "q", "qb", latchSources[0], "0"),
  place("MNL2", "latchN", "qb", "q", latchSources[1], "0"),
  place("MF", "foot", "sl", "sen", "0", "0"),
];
const AMPLIFIER = amplifierTransistors(ON_BIT_LINES);
const accessTransistors = (sourceLine: Node): readonly Placed[] => [
  place("MA1", "access", "xl", "wl", sourceLine, "0"),
  place("MA2", "access", "xr", "wl", sourceLine, "0"),
];
const ACCESS = accessTransistors("sl");

const gateOf = (design: SenseAmplifierDesign, role: Role): Gate => ({
  width: design.widths[role],
  length: design.technology.gateLength,
});

/** A transistor with its own constant capacitances, `C` and its name before each. */
export const transistorElements = (
  design: SenseAmplifierDesign,
  { name, role, drain, gate, source, bulk }: Placed,
): Element[] => {
  const perMetre = design.technology.capacitances[role];
  const between = (of: string, a: Node, b: Node, farad: number): Element =>
    capacitor(`C${name}.${of}`, a, b, farad * design.widths[role]);
  return [
    placeTransistor(design, name, role, [drain, gate, source, bulk]),
    between("gd", gate, drain, perMetre.gateDrain),
    between("gs", gate, source, perMetre.gateSource),
    between("gb", gate, bulk, perMetre.gateBulk),
    between("db", drain, bulk, perMetre.drainBulk),
    between("sb", source, bulk, perMetre.sourceBulk),
  ];
};

const grounded = (name: string, node: Node, capacitance: number): Element => capacitor(name, node, "0", capacitance);

/** Lines that a cell hangs on. */
interface CellLines {
  readonly bl: Node;
  readonly blb: Node;
  readonly sl: Node;
}
const AT_AMPLIFIER: CellLines = { bl: "bl", blb: "blb", sl: "sl" };

/** The 2T2R cell: two resistive devices, each with its access transistor, between the bit lines and the source line. */
export const cell2T2R = (
  design: SenseAmplifierDesign,
  resistances: readonly [number, number],
  lines: CellLines = AT_AMPLIFIER,
): Element[] => [
  cell("RL", "cell", lines.bl, "xl", resistances[0]),
  cell("RR", "cell", lines.blb, "xr", resistances[1]),
  ...accessTransistors(lines.sl).flatMap((t) => transistorElements(design, t)),
  grounded("CXL", "xl", design.capacitances.cell),
  grounded("CXR", "xr", design.capacitances.cell),
];

/** The amplifier: precharge, cross-coupled latch, foot, and the capacitance of its nodes and bit lines. */
export const prechargeSenseAmplifier = (
  design: SenseAmplifierDesign,
  latchSources: LatchSources = ON_BIT_LINES,
): Element[] => [
  ...amplifierTransistors(latchSources).flatMap((t) => transistorElements(design, t)),
  grounded("CQ", "q", design.capacitances.output),
  grounded("CQB", "qb", design.capacitances.output),
  grounded("CBL", "bl", design.capacitances.bitLine),
  grounded("CBLB", "blb", design.capacitances.bitLine),
  grounded("CSL", "sl", design.capacitances.sourceLine),
];

const supplyWaveform = ({ supply, ripple }: SenseAmplifierDesign): Waveform =>
  ripple && ripple.amplitude > 0
    ? { kind: "sin", offset: supply, amplitude: ripple.amplitude, frequency: ripple.frequency, delay: 0 }
    : dc(supply);

/** One read as a netlist: amplifier, cell and supplies; SEN rises when the precharge ends. All nodes start at 0 V. */
export const senseNetlist = (
  design: SenseAmplifierDesign,
  resistances: readonly [number, number],
  latchSources: LatchSources = ON_BIT_LINES,
): Netlist => {
  const { supply, timing, technology, corner } = design;
  const roles: readonly Role[] = ["precharge", "latchP", "latchN", "access", "foot"];
  return {
    title: `2T2R cell read by a precharge sense amplifier, ${technology.name} ${corner}, ${supply} V`,
    temperature: design.temperature,
    models: { ...roleModels(design, roles), cell: cellModel(design.conduction) },
    elements: [
      voltageSource("VDD", "vdd", "0", supplyWaveform(design)),
      voltageSource("VWL", "wl", "0", dc(supply)),
      voltageSource("VSEN", "sen", "0", {
        kind: "pwl",
        points: [
          [timing.precharge, 0],
          [timing.precharge + timing.edge, supply],
        ],
      }),
      ...(design.column
        ? [...cell2T2R(design, resistances, CELL_NODES), ...columnLines(design, design.column)]
        : cell2T2R(design, resistances)),
      ...prechargeSenseAmplifier(design, latchSources),
    ],
    initial: { q: 0, qb: 0, bl: 0, blb: 0, xl: 0, xr: 0, sl: 0 },
  };
};

/** One amplifier as fabricated: local mismatch of each of its transistors and of its cell's access transistors. */
export type SenseAmplifierChip = Readonly<Record<string, MosfetDeviation>>;

const mismatchOf = (design: SenseAmplifierDesign, role: Role, scale: number): Mismatch => {
  const { polarity } = design.technology.transistors(design.corner, role).params;
  const { thresholdArea, gainArea, source } = design.technology.mismatch[polarity];
  return { thresholdArea: scale * thresholdArea, gainArea: scale * gainArea, source };
};

/** Draws the local mismatch of every transistor; `scale` multiplies both standard deviations (0: none). */
export const sampleSenseAmplifier = (design: SenseAmplifierDesign, scale: number, key: Key): SenseAmplifierChip => {
  const chip: Record<string, MosfetDeviation> = {};
  for (const { name, role } of [...AMPLIFIER, ...ACCESS])
    chip[name] = sampleMosfet(mismatchOf(design, role, scale), gateOf(design, role), fold(key, name));
  return chip;
};

/** A transistor of the read path, and how far its threshold and ln gain spread. */
export interface MismatchSigma {
  readonly name: string;
  readonly polarity: "nmos" | "pmos";
  /** A transistor of the cell: every synapse has its own, an amplifier serves a column. */
  readonly inCell: boolean;
  readonly threshold: number;
  readonly gain: number;
}

/** Standard deviations of every transistor, amplifier first; `scale` multiplies them. */
export const senseMismatch = (design: SenseAmplifierDesign, scale: number): readonly MismatchSigma[] =>
  [...AMPLIFIER, ...ACCESS].map(({ name, role }) => ({
    name,
    polarity: design.technology.transistors(design.corner, role).params.polarity,
    inCell: ACCESS.some((t) => t.name === name),
    ...mismatchSigmas(mismatchOf(design, role, scale), gateOf(design, role)),
  }));
