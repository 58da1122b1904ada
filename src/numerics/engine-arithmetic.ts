/**
 * Functions of the engine whose digits no standard fixes and results depend on: those of the sources, and those that an
 * expression may call. They give the same digits on every engine that is supported, as far as a grid can tell (a test
 * compares digests); `Math.pow` does not, and nothing uses it: see power.ts.
 */
export const ENGINE_FUNCTIONS = [
  "acos",
  "asin",
  "asinh",
  "atan",
  "cbrt",
  "cos",
  "cosh",
  "exp",
  "expm1",
  "hypot",
  "log",
  "log10",
  "log1p",
  "log2",
  "sin",
  "sinh",
  "tan",
  "tanh",
] as const satisfies readonly (keyof Math)[];

type EngineFunction = (typeof ENGINE_FUNCTIONS)[number];

/** Arguments an octave, and octaves: 2^-40 .. 2^12 of either sign. */
const [EACH, FIRST, LAST] = [32, -40, 11];

/** Arguments that need no function of the engine themselves: mantissas by the golden ratio's multiples. */
const argumentsOf = (): Float64Array => {
  const values: number[] = [];
  for (let octave = FIRST; octave <= LAST; octave++)
    for (let k = 0; k < EACH; k++) {
      const turn = 0.6180339887498949 * (1 + EACH * (octave - FIRST) + k);
      const x = (1 + (turn - Math.floor(turn))) * 2 ** octave;
      values.push(x, -x);
    }
  return Float64Array.from(values);
};

/** What this engine's function gives over the grid; 0 where it has no value, since a NaN has many bit patterns. */
export const engineSamples = (name: EngineFunction): Float64Array => {
  const x = argumentsOf();
  const f = Math[name] as (...values: number[]) => number;
  return x.map((value, i) => {
    const y = name === "hypot" ? f(value, x[(7 * i + 3) % x.length]) : f(value);
    return Number.isNaN(y) ? 0 : y;
  });
};
