import { z } from "zod";
import { named } from "#src/words/named";
import { suggestion } from "#src/words/suggestion";
import { unknownWord } from "./check-netlist.ts";
import { CONDUCTION_KINDS, ELEMENT_TYPES, type ElementModel, type Netlist } from "./netlist.ts";
import { WAVEFORM_KINDS } from "./waveform.ts";

const number = z.number();
const waveform = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("dc"), value: number }),
  z.strictObject({ kind: z.literal("pwl"), points: z.array(z.tuple([number, number])).min(1) }),
  z.strictObject({
    kind: z.literal("pulse"),
    low: number,
    high: number,
    delay: number.min(0),
    rise: number.min(0),
    fall: number.min(0),
    width: number.min(0),
    period: number.positive(),
  }),
  z.strictObject({
    kind: z.literal("sin"),
    offset: number,
    amplitude: number,
    frequency: number.positive(),
    delay: number.min(0).default(0),
  }),
]);
const name = z.string().min(1);
const node = z.string().min(1);
const pair = z.tuple([node, node]);
const element = z.discriminatedUnion("type", [
  z.strictObject({ name, type: z.literal("resistor"), nodes: pair, resistance: number }),
  z.strictObject({ name, type: z.literal("capacitor"), nodes: pair, capacitance: number }),
  z.strictObject({ name, type: z.literal("voltage"), nodes: pair, waveform }),
  z.strictObject({ name, type: z.literal("current"), nodes: pair, waveform }),
  z.strictObject({ name, type: z.literal("rram"), model: name, nodes: pair, resistance: number }),
  z.strictObject({ name, type: z.literal("filament"), model: name, nodes: z.tuple([node, node, node, node]) }),
  z.strictObject({
    name,
    type: z.literal("mosfet"),
    model: name,
    drain: node,
    gate: node,
    source: node,
    bulk: node,
    width: number,
    length: number,
  }),
]);
const ekv = {
  equations: z.literal("ekv"),
  vt0: number,
  n: number.positive(),
  nb: number.positive(),
  kp: number.positive(),
  sigma: number.min(0),
  theta: number.min(0),
  vc: number.positive().nullable(),
  lambda: number.min(0),
  kt: number,
  bex: number,
};
const filament = {
  oxideThickness: number.positive(),
  leastFilament: number.min(0),
  mostFilament: number.positive(),
  currentScale: number.positive(),
  referenceFilament: number.positive(),
  fieldVoltage: number.positive(),
  generationBarrier: number.positive(),
  recombinationBarrier: number.positive(),
  attemptVelocity: number.positive(),
  hopDistance: number.positive(),
  fieldFactor: number,
  fieldFactorSlope: number,
  thermalCapacitance: number.positive(),
  thermalTime: number.positive(),
};
const model = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("filament"), params: z.strictObject(filament) }),
  z.strictObject({ type: z.literal("nmos"), ...ekv }),
  z.strictObject({
    type: z.literal("pmos"),
    ...ekv,
    vt0: number.min(0, "a pMOS threshold is given as a positive magnitude"),
  }),
  z.strictObject({
    type: z.literal("rram"),
    conduction: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("ohmic") }),
      z.strictObject({ kind: z.literal("sinh"), fieldVoltage: number.positive() }),
    ]),
  }),
]);
const crossings = z.strictObject({ nodes: z.array(node).min(1), threshold: number, after: number.min(0) });
const analysis = z.strictObject({
  kind: z.literal("transient"),
  stop: number,
  times: z.array(number).optional(),
  crossings: crossings.optional(),
});
const schema = z.strictObject({
  title: z.string().default("untitled"),
  temperature: number,
  models: z.record(name, model).default({}),
  elements: z.array(element).min(1),
  initial: z.record(node, number).optional(),
  analysis: analysis.optional(),
  // The answer of a reference case: what it asks to be compared is what a run of it reports.
  expected: z
    .object({ senseStart: number, threshold: number, firstCrossing: z.record(node, z.unknown()) })
    .partial()
    .optional(),
});

/** An element by its name where it has one, the rest of the path as it is. */
const placeOf = (json: unknown, path: readonly PropertyKey[]): string => {
  const [list, index, ...rest] = path;
  const element =
    list === "elements" ? (json as { elements?: { name?: unknown }[] }).elements?.[Number(index)] : undefined;
  const shown = typeof element?.name === "string" ? [element.name, ...rest] : path;
  return shown.map(String).join(".") || "(top)";
};

/** What stands where one of a few words decides what the rest is. */
const WORDS: readonly (readonly [what: string, place: RegExp, known: readonly string[]])[] = [
  ["element type", /^elements\.\d+\.type$/, ELEMENT_TYPES],
  ["waveform", /^elements\.\d+\.waveform\.kind$/, WAVEFORM_KINDS],
  ["model type", /^models\..+\.type$/, ["nmos", "pmos", "rram", "filament"]],
  ["conduction", /^models\..+\.conduction\.kind$/, CONDUCTION_KINDS],
];

const valueAt = (json: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], json);

const wordsOf = (json: unknown, path: readonly PropertyKey[], message: string): string => {
  const place = path.map(String).join(".");
  const [what, , known] = WORDS.find(([, places]) => places.test(place)) ?? [];
  const word = valueAt(json, path);
  const unknown = what && known && typeof word === "string" ? unknownWord(what, word, known) : null;
  return (
    unknown?.replace(/\.$/, "") ??
    message.replace("Invalid input: ", "").replace(", received undefined", ", but it is missing")
  );
};

/** Keys that may stand at a place, where one that may not is likely mistyped. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(schema.shape),
  analysis: Object.keys(analysis.shape),
};

const issueText = (json: unknown, issue: z.core.$ZodIssue): string => {
  const place = placeOf(json, issue.path);
  if (issue.code !== "unrecognized_keys") return `${place}: ${wordsOf(json, issue.path, issue.message)}`;
  const known = KEYS[issue.path.join(".")];
  const found = issue.keys.map((key) => `unknown key "${key}".${known ? suggestion(key, known) : ""}`);
  return `${place}: ${found.join(" ")}${known ? ` Known: ${known.join(", ")}` : ""}`.replace(/\.$/, "");
};

export interface ParsedNetlist {
  readonly netlist: Netlist;
  readonly analysis: {
    readonly stop: number;
    readonly times: readonly number[] | null;
    readonly crossings: {
      readonly nodes: readonly string[];
      readonly threshold: number;
      readonly after: number;
    } | null;
  } | null;
}

/**
 * A netlist from JSON text's value (format: docs/transient.md).
 * @throws RangeError listing every entry that does not fit, with its place.
 */
export const parseNetlist = (json: unknown, where: string): ParsedNetlist => {
  // The schema passes over such a key in silence.
  for (const list of ["models", "initial"] as const)
    if (Object.hasOwn((json as { [list]?: object } | null)?.[list] ?? {}, "__proto__"))
      throw new RangeError(`${where}: not a netlist: ${list}: "__proto__" is no name; choose another.`);
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 3).map((i) => issueText(json, i));
    throw new RangeError(`${where}: not a netlist: ${issues.join("; ")}. docs/transient.md shows the format.`);
  }
  const { title, temperature, elements, models, initial, analysis, expected } = parsed.data;
  const netlist: Netlist = {
    title,
    temperature,
    elements,
    initial: initial ? named(Object.entries(initial)) : null,
    models: named<ElementModel>(
      Object.entries(models).map(([key, m]) => {
        if (m.type === "rram" || m.type === "filament") return [key, m];
        const { type, equations: _, vc, ...rest } = m;
        return [key, { type: "mosfet", params: { polarity: type, vc: vc ?? Number.POSITIVE_INFINITY, ...rest } }];
      }),
    ),
  };
  if (!analysis) return { netlist, analysis: null };
  const asked =
    expected?.firstCrossing && expected.threshold !== undefined && expected.senseStart !== undefined
      ? { nodes: Object.keys(expected.firstCrossing), threshold: expected.threshold, after: expected.senseStart }
      : null;
  return {
    netlist,
    analysis: { stop: analysis.stop, times: analysis.times ?? null, crossings: analysis.crossings ?? asked },
  };
};
