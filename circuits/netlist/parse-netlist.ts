import * as z from "zod";
import { named } from "#src/words/named";
import { suggestion } from "#src/words/suggestion";
import type { ElementKind } from "../elements/element-kind.ts";
import { kindsWith, unknownWord } from "../elements/kinds.ts";
import type { Element, ElementModel, Netlist } from "./netlist.ts";

const number = z.number();
const name = z.string().min(1);
const node = z.string().min(1);

/** A union of shapes by their `type`. */
const byType = (shapes: readonly { readonly type: string; readonly shape: z.ZodRawShape }[]) => {
  const [first, ...rest] = shapes.map(({ type, shape }) => z.strictObject({ type: z.literal(type), ...shape }));
  return z.discriminatedUnion("type", [first, ...rest]);
};
const crossings = z.strictObject({ nodes: z.array(node).min(1), threshold: number, after: number.min(0) });
const analysis = z.strictObject({
  kind: z.literal("transient"),
  stop: number,
  times: z.array(number).optional(),
  crossings: crossings.optional(),
});
const schemaOf = (kinds: readonly ElementKind[]) =>
  z.strictObject({
    title: z.string().default("untitled"),
    temperature: number,
    models: z.record(name, byType(kinds.flatMap(({ models }) => models))).default({}),
    elements: z.array(byType(kinds.map(({ type, shape }) => ({ type, shape: { name, ...shape } })))).min(1),
    initial: z.record(node, number).optional(),
    analysis: analysis.optional(),
    // The answer of a reference case: what it asks to be compared is what a run of it reports.
    expected: z
      .object({ senseStart: number, threshold: number, firstCrossing: z.record(node, z.unknown()) })
      .partial()
      .optional(),
  });
const SCHEMA = schemaOf(kindsWith());

/** An element by its name where it has one, the rest of the path as it is. */
const placeOf = (json: unknown, path: readonly PropertyKey[]): string => {
  const [list, index, ...rest] = path;
  const element =
    list === "elements" ? (json as { elements?: { name?: unknown }[] }).elements?.[Number(index)] : undefined;
  const shown = typeof element?.name === "string" ? [element.name, ...rest] : path;
  return shown.map(String).join(".") || "(top)";
};

/** What stands where one of a few words decides what the rest is. */
const decidingWords = (kinds: readonly ElementKind[]) => [
  { what: "element type", list: "elements", path: "type", known: kinds.map(({ type }) => type) },
  {
    what: "model type",
    list: "models",
    path: "type",
    known: kinds.flatMap(({ models }) => models.map(({ type }) => type)),
  },
  ...kinds.flatMap(({ words }) =>
    words.map(({ what, of, path, known }) => ({ what, list: `${of}s`, path: path.join("."), known })),
  ),
];

const valueAt = (json: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], json);

const wordsOf = (
  kinds: readonly ElementKind[],
  json: unknown,
  path: readonly PropertyKey[],
  message: string,
): string => {
  const [list, , ...keys] = path.map(String);
  const found = decidingWords(kinds).find((word) => word.list === list && word.path === keys.join("."));
  const word = valueAt(json, path);
  const unknown = found && typeof word === "string" ? unknownWord(found.what, word, found.known) : null;
  return (
    unknown?.replace(/\.$/, "") ??
    message.replace("Invalid input: ", "").replace(", received undefined", ", but it is missing")
  );
};

/** Keys that may stand at a place, where one that may not is likely mistyped. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(SCHEMA.shape),
  analysis: Object.keys(analysis.shape),
};

const issueText = (kinds: readonly ElementKind[], json: unknown, issue: z.core.$ZodIssue): string => {
  const place = placeOf(json, issue.path);
  if (issue.code !== "unrecognized_keys") return `${place}: ${wordsOf(kinds, json, issue.path, issue.message)}`;
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
 * @param own Kinds of elements beside the program's.
 * @throws RangeError listing every entry that does not fit, with its place.
 */
export const parseNetlist = (json: unknown, where: string, own: readonly ElementKind[] = []): ParsedNetlist => {
  const kinds = kindsWith(own);
  // The schema passes over such a key in silence.
  for (const list of ["models", "initial"] as const)
    if (Object.hasOwn((json as { [list]?: object } | null)?.[list] ?? {}, "__proto__"))
      throw new RangeError(`${where}: not a netlist: ${list}: "__proto__" is no name; choose another.`);
  const parsed = (own.length === 0 ? SCHEMA : schemaOf(kinds)).safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 3).map((i) => issueText(kinds, json, i));
    throw new RangeError(`${where}: not a netlist: ${issues.join("; ")}. docs/transient.md shows the format.`);
  }
  const { title, temperature, elements, models, initial, analysis, expected } = parsed.data;
  const shapes = kinds.flatMap(({ models: of }) => of);
  const netlist: Netlist = {
    title,
    temperature,
    elements: elements as unknown as Element[],
    initial: initial ? named(Object.entries(initial)) : null,
    models: named<ElementModel>(
      Object.entries(models).map(([key, read]) => {
        const shape = shapes.find(({ type }) => type === read["type"]);
        return [key, shape?.of(read) as ElementModel];
      }),
    ),
    ...(own.length === 0 ? {} : { kinds: own }),
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
