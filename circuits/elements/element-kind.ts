import type { z } from "zod";
import type { VectorMath } from "#src/kernels/vector-math";
import type { Vector } from "#src/kernels/vector-program";
import type { Waveform } from "./waveform.ts";

/** Node names are free text; "0" is ground. */
export type Node = string;

/** What every element has; types of kinds that are not the program's begin with "own:". */
export interface AnyElement {
  readonly name: string;
  readonly type: string;
}

/** What every model has: the type of the elements that it is a model of. */
export interface AnyModel {
  readonly type: string;
}

/**
 * All that the program knows of a type of element: how a file writes it, what it joins, what is wrong with it, its part in the
 * circuit's equations in both engines, its noise, its SPICE. `ELEMENT_KINDS` lists the program's; a netlist may bring more.
 *
 * `M` is the model's record, null for elements without one.
 */
export interface ElementKind<E extends AnyElement = AnyElement, M extends AnyModel | null = AnyModel | null> {
  readonly type: E["type"];
  /** In a netlist file, beside name and type. */
  readonly shape: z.ZodRawShape;
  /** How a file may write its model; none where it has no model. */
  readonly models: readonly ModelShape<M>[];
  /** Places in a file, below an element or a model of this kind, where one of a few words decides what the rest is. */
  readonly words: readonly DecidingWord[];
  /** Terminals, in the order of its equations and of its SPICE line. */
  nodes(e: E): readonly Node[];
  /** Terminals between which current or charge can pass. */
  joins(e: E): readonly (readonly [Node, Node])[];
  /** What is wrong with it or its model by itself, in words; null: nothing. */
  fault(e: E): string | null;
  modelFault(model: M): string | null;
  readonly part: FlowPart<E, M> | ChargePart<E> | SourcePart<E>;
  readonly spice: SpiceForm<E, M>;
}

export interface ModelShape<M> {
  /** The model's `type` in a file. */
  readonly type: string;
  readonly shape: z.ZodRawShape;
  /** The model of what was read. */
  of(read: Readonly<Record<string, unknown>>): M;
}

export interface DecidingWord {
  readonly what: string;
  readonly of: "element" | "model";
  /** Keys below it. */
  readonly path: readonly string[];
  readonly known: readonly string[];
  /** The word in an element or model made in a program, that no file's shape has seen. */
  get(from: never): unknown;
}

/** Holds charge between its two terminals. */
export interface ChargePart<E> {
  readonly kind: "charge";
  /** [F] */
  farad(e: E): number;
}

/** Imposes a voltage between its two terminals, plus first, or a current from plus through itself to minus. */
export interface SourcePart<E> {
  readonly kind: "voltage" | "current";
  waveform(e: E): Waveform;
  /** The same source with another waveform. */
  withWaveform(e: E, waveform: Waveform): E;
}

/** A current that leaves one terminal's node and enters another's, or (null) none: what a state's node loses. */
export interface Flow {
  readonly from: number;
  readonly to: number | null;
}

/** Lets currents flow that follow its terminals' voltages. */
export interface FlowPart<E, M> {
  readonly kind: "flows";
  readonly terminals: number;
  readonly flows: readonly Flow[];
  /** Names of the numbers its equations need, in their order. */
  readonly coefficients: readonly string[];
  /** Writes the coefficients of one element at a temperature [K] to `out[at ...]`. */
  coefficientsInto(out: Float64Array, at: number, e: E, model: M, temperature: number): void;
  /**
   * Writes each flow's current [A] and its derivatives by all terminals' voltages [S] at `out`, 1 + terminals numbers a flow.
   * Terminal t is at `x[nodes[node + t]]` [V], the coefficients are at `c[at ...]`.
   */
  flowsInto(
    out: Float64Array,
    x: Float64Array,
    nodes: Int32Array,
    node: number,
    c: Float64Array,
    at: number,
    model: M,
  ): void;
  /** Whether its currents are not proportional to voltages: Newton's method then needs more than one step. */
  bends(model: M): boolean;
  /** Thermal noise: a conductance [S] between two terminals that makes it; or why there is none, in words. */
  readonly noise: FlowNoise<M> | { refused(name: string): string };
  /** Quantities in which instances of one circuit may differ. */
  readonly varies: Readonly<Partial<Record<VariedQuantity, VariedCoefficient>>>;
  /** The same equations for the batch engine, or why it leaves circuits with such an element to the scalar one. */
  readonly vector: VectorForm<M> | { readonly refused: string };
}

export interface FlowNoise<M> {
  readonly from: number;
  readonly to: number;
  conductance(v: Float64Array, c: Float64Array, at: number, model: M): number;
}

export type VariedQuantity = "resistance" | "thresholdShift" | "gainFactor";

export interface VariedCoefficient {
  /** Place among the coefficients, and what becomes of it. */
  readonly place: number;
  vary(coefficient: number, by: number): number;
  /** Slot of the vector form, and what becomes of it. */
  readonly slot: string;
  varySlot(slot: number, by: number): number;
}

/** A flow and its derivatives as vector terms; null: none by that terminal. */
export interface VectorFlow {
  readonly current: Vector;
  readonly by: readonly (Vector | null)[];
}

/**
 * Equations in V, ns, fF, uA and uS. A slot holds one value a lane: an element's own, or one that all elements of a model share.
 */
export interface VectorForm<M> {
  readonly own: readonly string[];
  readonly shared: readonly string[];
  /** What of an element is code and no data; elements of equal code have the same instructions. */
  code(c: Float64Array, at: number, model: M): string;
  /** Writes the slots of one element from its coefficients. */
  write(put: (slot: string, value: number) => void, c: Float64Array, at: number, model: M): void;
  emit(math: VectorMath, code: string, slot: (name: string) => Vector, v: readonly Vector[]): readonly VectorFlow[];
}

/** An element's line in a SPICE deck. */
export interface SpiceForm<E, M> {
  /** Letter that its name begins with in a deck. */
  readonly letter: string;
  /** What follows name and nodes. */
  text(e: E): string;
  /** Letter of the lines that it reads besides, and how; null where it is read as its subcircuit alone. */
  readonly reads: string | null;
  readonly read: ((line: SpiceElementLine) => E) | null;
  /** A subcircuit of the program's own that it is written as and read from. */
  readonly subcircuit: SpiceSubcircuit<E, M> | null;
  /** `.model` lines that it may be read with. */
  readonly cards: SpiceCards<M> | null;
}

export interface SpiceSubcircuit<E, M> {
  /** Its name is this and the model's. */
  readonly prefix: string;
  readonly nodes: number;
  /** Parameters that a call may give. */
  readonly options: readonly string[];
  /** @param kelvin Name of the deck's parameter that holds the temperature [K]. */
  lines(name: string, model: M, kelvin: string): readonly string[];
  /** The model of the plain numbers that a subcircuit sets; `missing` refuses it. */
  model(numbers: ReadonlyMap<string, number>, missing: (what: string) => never): M;
  element(name: string, model: string, nodes: readonly Node[], options: ReadonlyMap<string, number>): E;
}

export interface SpiceCards<M> {
  readonly types: readonly string[];
  readonly parameters: readonly string[];
  model(type: string, values: ReadonlyMap<string, number>, missing: (what: string) => never): M;
}

/** A line of a deck as a kind reads it; what does not fit is refused with the line's number. */
export interface SpiceElementLine {
  readonly name: string;
  /** Words behind the name. */
  readonly words: readonly string[];
  /** @throws where there are fewer words: "expected NAME `form`". */
  need(count: number, form: string): void;
  node(word: number): Node;
  value(text: string): number;
  waveform(from: number): Waveform;
  /** name=value words from here on, of these names alone. */
  options(from: number, ...names: string[]): ReadonlyMap<string, number>;
  /** The name of a model as it was defined. */
  model(word: number): string;
  refuse(word: string, why: string): never;
}
