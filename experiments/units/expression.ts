import type { MathJsInstance, MathNode, Unit } from "mathjs";
import { power } from "#src/numerics/power";

/** Names that a study file defines, and what they stand for. */
export type Scope = Readonly<Record<string, number | Unit>>;

interface Mathematics {
  readonly parse: (expression: string) => MathNode;
  readonly library: MathJsInstance;
}

let loaded: Mathematics | undefined;

const DISABLED = [
  "import",
  "createUnit",
  "evaluate",
  "parse",
  "simplify",
  "derivative",
  "reviver",
  "compile",
  "config",
];

type Make = (name: string, dependencies: readonly string[], create: (scope: Scoped) => unknown) => never;
type Scoped = { readonly typed: (name: string, signatures: object) => unknown };
type Made = ((scope: Scoped) => { readonly signatures: object }) & { readonly dependencies: readonly string[] };

/** mathjs, loaded when there is something to parse: it takes half a second. */
export const mathematics = async (): Promise<Mathematics> => {
  if (loaded) return loaded;
  const { all, create, factory } = await import("mathjs");
  const make = factory as unknown as Make;
  /** A function of mathjs with its signature of two numbers replaced: for units and all else that is made of it, too. */
  const ofNumbers = (name: string, made: unknown, own: (x: number, y: number) => number) => {
    const { dependencies } = made as Made;
    return make(name, dependencies, (scope) =>
      scope.typed(name, { ...(made as Made)(scope).signatures, "number,number": own }),
    );
  };
  const finite = (value: number, text: string): number => {
    if (Number.isFinite(value)) return value;
    throw new Error(`${text} is no finite number`);
  };
  // mathjs' own powers and roots are the engine's, whose last digits differ between its versions.
  const library = create(
    {
      ...all,
      createPow: ofNumbers("pow", all["createPow"], (x, y) => finite(power(x, y), `${x}^${y}`)),
      createNthRoot: ofNumbers("nthRoot", all["createNthRoot"], (x, n) =>
        finite(x < 0 && Math.abs(n % 2) === 1 ? -power(-x, 1 / n) : power(x, 1 / n), `nthRoot(${x}, ${n})`),
      ),
    },
    {},
  ) as MathJsInstance;
  const parse = library.parse.bind(library) as Mathematics["parse"];
  const disabled = (name: string) => (): never => {
    throw new Error(`function ${name} is disabled`);
  };
  // What mathjs' security notes ask for before text from outside is evaluated.
  library.import(Object.fromEntries(DISABLED.map((name) => [name, disabled(name)])), { override: true });
  loaded = { parse, library };
  return loaded;
};

/** What an expression may call: arithmetic of numbers and quantities, nothing that makes matrices, text or functions. */
const FUNCTIONS = new Set(
  "abs acos asin atan cbrt ceil cos cosh exp expm1 floor hypot log log10 log1p log2 max min nthRoot pow round sign sin sinh sqrt square tan tanh".split(
    " ",
  ),
);
const OPERATORS = new Set(["+", "-", "*", "/", "^", "%", "to", "in"]);
const LONGEST = 500;

/** What in the expression is not arithmetic of numbers, units and names, or null. */
const forbiddenIn = (node: MathNode): string | null => {
  const inside = (nodes: readonly MathNode[]): string | null => {
    for (const child of nodes) {
      const found = forbiddenIn(child);
      if (found) return found;
    }
    return null;
  };
  const n = node as MathNode & { fn?: { name?: string } | string; op?: string; args?: MathNode[]; content?: MathNode };
  switch (n.type) {
    case "ConstantNode":
      return typeof (n as unknown as { value: unknown }).value === "number" ? null : "text and truth values";
    case "SymbolNode":
      return null;
    case "ParenthesisNode":
      return inside([n.content as MathNode]);
    case "OperatorNode":
      return OPERATORS.has(n.op ?? "") ? inside(n.args ?? []) : `operator ${n.op}`;
    case "FunctionNode": {
      const name = typeof n.fn === "string" ? n.fn : (n.fn?.name ?? "");
      if (DISABLED.includes(name)) return `function ${name} (disabled)`;
      return FUNCTIONS.has(name) ? inside(n.args ?? []) : `function ${name || "(unnamed)"}`;
    }
    default:
      return n.type.replace(/Node$/, "").toLowerCase();
  }
};

/**
 * The value of an expression: a number or a quantity with its unit. Only arithmetic is evaluated: constants, units, names of
 * the scope, + - * / ^ %, conversions, parentheses and elementary functions. Whatever else parses (assignments, functions,
 * matrices, ranges, property access, text) is refused before anything is evaluated.
 *
 * @throws Error saying what cannot be read or is not allowed.
 */
export const evaluateExpression = async (text: string, scope: Scope = {}): Promise<unknown> => {
  const { parse } = await mathematics();
  if (text.length > LONGEST) throw new Error(`${text.length} characters; at most ${LONGEST}`);
  const node = parse(text);
  const forbidden = forbiddenIn(node);
  if (forbidden) throw new Error(`${forbidden} is not arithmetic`);
  return node.compile().evaluate(new Map(Object.entries(scope)));
};

/**
 * The values of a study's definitions, each of which may use those above it.
 * @throws Error naming the definition that is wrong.
 */
export const evaluateDefinitions = async (definitions: Readonly<Record<string, string>>): Promise<Scope> => {
  const { library } = await mathematics();
  const scope: Record<string, number | Unit> = {};
  for (const [name, text] of Object.entries(definitions)) {
    const refuse = (why: string): never => {
      throw new Error(`define ${name}: ${why}`);
    };
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) refuse("a name is letters, digits and _, and begins with no digit");
    if (isTaken(library, name)) refuse("this name is a unit, a constant or a function already; choose another");
    try {
      const value = await evaluateExpression(text, scope);
      if (typeof value !== "number" && library.typeOf(value) !== "Unit") refuse(`"${text}" is no quantity`);
      scope[name] = value as number | Unit;
    } catch (error) {
      const { message } = error as Error;
      refuse(
        message.startsWith("define ")
          ? message.slice(`define ${name}: `.length)
          : `"${text}" cannot be read (${message})`,
      );
    }
  }
  return scope;
};

const isTaken = (library: MathJsInstance, name: string): boolean => {
  if (Object.hasOwn(library, name) || name in Object.prototype) return true;
  try {
    library.unit(1, name);
    return true;
  } catch {
    return false;
  }
};
