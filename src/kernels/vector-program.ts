/** Four single-precision or two double-precision lanes in one 128-bit vector. */
export type Lanes = "f32x4" | "f64x2";

declare const vector: unique symbol;
/** A vector that a program computes: a handle, not a number to calculate with. */
export type Vector = number & { readonly [vector]: true };

type Unary = "neg" | "abs" | "sqrt" | "exponent" | "inverseCubeRootGuess";
type Binary = "add" | "sub" | "mul" | "div" | "pmin" | "pmax" | "lt" | "le" | "and" | "or" | "andNot";

export type Operation =
  | { readonly op: "constant"; readonly value: number }
  /** A slot of memory, as it was when the program began. */
  | { readonly op: "load"; readonly slot: number }
  | { readonly op: Unary; readonly a: Vector }
  | { readonly op: Binary; readonly a: Vector; readonly b: Vector }
  | { readonly op: "select"; readonly a: Vector; readonly b: Vector; readonly mask: Vector };

/**
 * A straight line of vector operations in single-assignment form, built term by term: equal terms are computed once,
 * and what is known (constants, zeros, ones) is folded away. All lanes go the same way; a comparison gives a mask.
 */
export interface VectorProgram {
  readonly lanes: Lanes;
  readonly operations: readonly Operation[];
  readonly stores: readonly { readonly slot: number; readonly value: Vector }[];
  constant(value: number): Vector;
  load(slot: number): Vector;
  /** Writes a slot when everything has been computed. */
  store(slot: number, value: Vector): void;
  add(a: Vector, b: Vector): Vector;
  sub(a: Vector, b: Vector): Vector;
  mul(a: Vector, b: Vector): Vector;
  div(a: Vector, b: Vector): Vector;
  neg(a: Vector): Vector;
  abs(a: Vector): Vector;
  sqrt(a: Vector): Vector;
  /** a where b is not greater, else b; NaN in b alone gives a. */
  min(a: Vector, b: Vector): Vector;
  max(a: Vector, b: Vector): Vector;
  /** All bits of a lane where a < b; none where either is NaN. */
  lt(a: Vector, b: Vector): Vector;
  le(a: Vector, b: Vector): Vector;
  and(a: Vector, b: Vector): Vector;
  or(a: Vector, b: Vector): Vector;
  /** a where b is not. */
  andNot(a: Vector, b: Vector): Vector;
  /** a where the mask is set, else b. */
  select(mask: Vector, a: Vector, b: Vector): Vector;
  /** 2^k from a number that holds k plus the exponent's bias in its lowest bits: those bits moved to the exponent. */
  exponent(a: Vector): Vector;
  /** x^(-1/3) of a positive x within 4 %, from a third of its bits. */
  inverseCubeRootGuess(a: Vector): Vector;
}

const COMMUTES: ReadonlySet<string> = new Set(["add", "mul", "and", "or"]);

/** An empty program. */
export const createVectorProgram = (lanes: Lanes): VectorProgram => {
  const operations: Operation[] = [];
  const known = new Map<string, Vector>();
  const stores: { slot: number; value: Vector }[] = [];
  const round = lanes === "f32x4" ? Math.fround : (x: number): number => x;

  const term = (key: string, operation: Operation): Vector => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = operations.length as Vector;
    operations.push(operation);
    known.set(key, made);
    return made;
  };
  const constant = (value: number): Vector => {
    const rounded = round(value);
    return term(`constant ${Object.is(rounded, -0) ? "-0" : rounded}`, { op: "constant", value: rounded });
  };
  const constantOf = (a: Vector): number | null => {
    const operation = operations[a];
    return operation.op === "constant" ? operation.value : null;
  };
  const negated = (a: Vector): Vector | null => {
    const operation = operations[a];
    return operation.op === "neg" ? operation.a : null;
  };
  const unary = (op: Unary, a: Vector): Vector => term(`${op} ${a}`, { op, a });
  const binary = (op: Binary, a: Vector, b: Vector): Vector => {
    const [x, y] = COMMUTES.has(op) && b < a ? [b, a] : [a, b];
    return term(`${op} ${x} ${y}`, { op, a: x, b: y });
  };
  const folded = (a: Vector, b: Vector, f: (x: number, y: number) => number): Vector | null => {
    const x = constantOf(a);
    const y = constantOf(b);
    return x === null || y === null ? null : constant(f(x, y));
  };

  const neg = (a: Vector): Vector => {
    const value = constantOf(a);
    return value !== null ? constant(-value) : (negated(a) ?? unary("neg", a));
  };
  const sub = (a: Vector, b: Vector): Vector => {
    const known = folded(a, b, (x, y) => x - y);
    if (known !== null) return known;
    if (constantOf(b) === 0) return a;
    if (constantOf(a) === 0) return neg(b);
    const positive = negated(b);
    return positive !== null ? add(a, positive) : binary("sub", a, b);
  };
  const add = (a: Vector, b: Vector): Vector => {
    const known = folded(a, b, (x, y) => x + y);
    if (known !== null) return known;
    if (constantOf(a) === 0) return b;
    if (constantOf(b) === 0) return a;
    const second = negated(b);
    if (second !== null) return sub(a, second);
    const first = negated(a);
    return first !== null ? sub(b, first) : binary("add", a, b);
  };
  const mul = (a: Vector, b: Vector): Vector => {
    const known = folded(a, b, (x, y) => x * y);
    if (known !== null) return known;
    for (const [x, y] of [
      [a, b],
      [b, a],
    ] as const) {
      const value = constantOf(x);
      if (value === 0 || value === 1) return value === 0 ? x : y;
      if (value === -1) return neg(y);
      const positive = negated(x);
      if (positive !== null) return neg(mul(positive, y));
    }
    return binary("mul", a, b);
  };

  return {
    lanes,
    operations,
    stores,
    constant,
    load: (slot) => term(`load ${slot}`, { op: "load", slot }),
    store: (slot, value) => {
      stores.push({ slot, value });
    },
    add,
    sub,
    mul,
    div: (a, b) => folded(a, b, (x, y) => x / y) ?? (constantOf(b) === 1 ? a : binary("div", a, b)),
    neg,
    abs: (a) => unary("abs", a),
    sqrt: (a) => unary("sqrt", a),
    min: (a, b) => binary("pmin", a, b),
    max: (a, b) => binary("pmax", a, b),
    lt: (a, b) => binary("lt", a, b),
    le: (a, b) => binary("le", a, b),
    and: (a, b) => binary("and", a, b),
    or: (a, b) => binary("or", a, b),
    andNot: (a, b) => binary("andNot", a, b),
    select: (mask, a, b) => (a === b ? a : term(`select ${mask} ${a} ${b}`, { op: "select", a, b, mask })),
    exponent: (a) => unary("exponent", a),
    inverseCubeRootGuess: (a) => unary("inverseCubeRootGuess", a),
  };
};
