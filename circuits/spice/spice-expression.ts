import { power } from "#src/numerics/power";

/** Factors behind a number; letters after them (a unit) are passed over, as SPICE does. "meg" goes before "m". */
const SUFFIXES: readonly (readonly [string, number])[] = [
  ["meg", 1e6],
  ["mil", 25.4e-6],
  ["t", 1e12],
  ["g", 1e9],
  ["k", 1e3],
  ["m", 1e-3],
  ["u", 1e-6],
  ["n", 1e-9],
  ["p", 1e-12],
  ["f", 1e-15],
];

const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([a-z]*)/i;

/** A SPICE number such as 10k, 20fF, 1.5meg or 3e-9, exact as far as its digits go; null where the word is none. */
export const spiceNumber = (word: string): number | null => {
  const match = NUMBER.exec(word);
  if (!match || match[0].length !== word.length) return null;
  const [, digits, letters] = match;
  const suffix = SUFFIXES.find(([name]) => letters.toLowerCase().startsWith(name));
  // Exponents add, so that 20f is the same number as 20e-15.
  return suffix && !digits.toLowerCase().includes("e")
    ? scaled(digits, suffix[1])
    : suffix
      ? Number(digits) * suffix[1]
      : Number(digits);
};

const scaled = (digits: string, factor: number): number => {
  const exponent = Math.log10(factor);
  return Number.isInteger(exponent) ? Number(`${digits}e${exponent}`) : Number(digits) * factor;
};

const FUNCTIONS: Readonly<Record<string, (...x: number[]) => number>> = {
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
  log: Math.log,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  min: Math.min,
  max: Math.max,
  pow: power,
  int: Math.trunc,
};
const TWO_ARGUMENTS = new Set(["min", "max", "pow"]);
/** Parentheses, signs and powers inside one another. */
const DEEPEST = 50;

/**
 * Value of an arithmetic expression over named parameters: + - * / ** ^, parentheses, numbers with SPICE's suffixes, and
 * the usual functions. Names do not depend on case.
 * @throws RangeError naming what was not understood.
 */
export const evaluateExpression = (text: string, parameters: Pick<ReadonlyMap<string, number>, "get">): number => {
  const tokens = text.match(/(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?[a-z]*|[a-z_][\w.]*|\*\*|[-+*/^(),]|\S/gi) ?? [];
  let at = 0;
  const refuse = (why: string): never => {
    throw new RangeError(`"${text}": ${why}`);
  };
  const expect = (token: string): void => {
    if (tokens[at] !== token)
      refuse(`expected ${token} ${tokens[at] === undefined ? "at its end" : `before ${tokens[at]}`}`);
    at++;
  };
  const sum = (depth: number): number => {
    let value = product(depth);
    while (tokens[at] === "+" || tokens[at] === "-")
      value = tokens[at++] === "+" ? value + product(depth) : value - product(depth);
    return value;
  };
  const product = (depth: number): number => {
    let value = signed(depth);
    while (tokens[at] === "*" || tokens[at] === "/")
      value = tokens[at++] === "*" ? value * signed(depth) : value / signed(depth);
    return value;
  };
  const signed = (depth: number): number => {
    if (depth > DEEPEST) refuse(`more than ${DEEPEST} levels deep`);
    if (tokens[at] === "-" || tokens[at] === "+") return tokens[at++] === "-" ? -signed(depth + 1) : signed(depth + 1);
    // From the left, as SPICE does: 2**3**2 is 64.
    let base = primary(depth);
    while (tokens[at] === "**" || tokens[at] === "^") {
      at++;
      base = power(base, exponent(depth + 1));
    }
    return base;
  };
  const exponent = (depth: number): number => {
    if (depth > DEEPEST) refuse(`more than ${DEEPEST} levels deep`);
    if (tokens[at] === "-" || tokens[at] === "+")
      return tokens[at++] === "-" ? -exponent(depth + 1) : exponent(depth + 1);
    return primary(depth);
  };
  const primary = (depth: number): number => {
    const token = tokens[at++];
    if (token === undefined) return refuse("it ends where a value is expected");
    if (token === "(") {
      const value = sum(depth + 1);
      expect(")");
      return value;
    }
    const number = spiceNumber(token);
    if (number !== null) return number;
    const name = token.toLowerCase();
    if (tokens[at] === "(" && Object.hasOwn(FUNCTIONS, name)) {
      at++;
      const values = [sum(depth + 1)];
      while (tokens[at] === ",") {
        at++;
        values.push(sum(depth + 1));
      }
      expect(")");
      const wanted = TWO_ARGUMENTS.has(name) ? 2 : 1;
      if (values.length !== wanted)
        refuse(`${name} takes ${wanted} value${wanted > 1 ? "s" : ""}, not ${values.length}`);
      return FUNCTIONS[name](...values);
    }
    const value = parameters.get(name);
    return value ?? refuse(`${token} is no number, parameter or function here`);
  };
  const value = sum(0);
  if (at < tokens.length) refuse(`${tokens[at]} is not expected there`);
  if (!Number.isFinite(value)) refuse(`its value is ${value}`);
  return value;
};
