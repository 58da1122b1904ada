import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  compileCircuit,
  parseNetlist,
  rcLadder,
  ringOscillator,
  runSpice,
  sky130,
  sramRead,
  transient,
  transientBatch,
  writeSpice,
} from "../../../index.ts";

/*
 * Netlists and decks with something wrong in them: each gives an answer, a failure as a value, or a RangeError in words,
 * and stays within its bound of steps. Ten thousand in all with `npm run test:slow`, a fifth of them always.
 */
const RUNS = process.env["RRAMLAB_SLOW"] ? 5000 : 1000;
const conditions = { technology: sky130, corner: "tt", supply: 1, temperature: 300.15 } as const;
const golden = JSON.parse(readFileSync(new URL("../../references/pcsa/case00.json", import.meta.url), "utf8"));
const { expected: _, ...amplifier } = golden;
const bases: readonly unknown[] = [
  amplifier,
  { ...JSON.parse(JSON.stringify(rcLadder(3, 1e3, 1e-15))), analysis: { kind: "transient", stop: 2e-9 } },
];

/** Every path to a value inside a JSON document. */
const pathsOf = (json: unknown, prefix: readonly (string | number)[] = []): (readonly (string | number)[])[] => {
  if (typeof json !== "object" || json === null) return [prefix];
  const entries = Array.isArray(json) ? json.map((v, i) => [i, v] as const) : Object.entries(json);
  return [
    ...(prefix.length > 0 ? [prefix] : []),
    ...entries.flatMap(([key, value]) => pathsOf(value, [...prefix, key])),
  ];
};

const STRANGE: readonly unknown[] = [
  ...[0, -1, 1, 1e-300, 1e300, -1e-9, 1e9, 0.5, 1e-15, 4e-7, 12],
  ...["", "0", "q", "vdd", "dc", "pwl", "mosfet", "rram", "__proto__", "constructor", "NaN", " "],
  ...[null, true, [], {}, [[0, 0]], [0], { kind: "dc" }, { kind: "pwl", points: [] }],
];

const mutate = (json: unknown, path: readonly (string | number)[], how: number): unknown => {
  const copy = structuredClone(json) as Record<string | number, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path[path.length - 1];
  if (how < STRANGE.length) at[last] = structuredClone(STRANGE[how]);
  else if (how === STRANGE.length) delete at[last];
  else if (Array.isArray(at)) at.push(structuredClone(at[last as number]));
  else if (typeof at[last] === "number") at[last] = -(at[last] as number) * 1e3;
  return copy;
};

// One matcher for all values: a matcher each took most of this file's time.
const finite = (values: Iterable<number>): void => {
  expect([...values].filter((v) => !Number.isFinite(v))).toEqual([]);
};

/** What may be thrown: words for a person, from a RangeError. */
const told = (error: unknown): void => {
  if (!(error instanceof RangeError)) throw error;
  const { message } = error as RangeError;
  expect(message.length).toBeGreaterThan(8);
  expect(message).not.toMatch(/undefined|NaN is|Invalid array length|call stack|\[object/);
};

describe("mutated netlists", () => {
  const solve = (json: unknown, batch: boolean): void => {
    const { netlist, analysis } = parseNetlist(json, "mutated");
    const circuit = compileCircuit(netlist);
    const stop = analysis?.stop ?? 1e-9;
    const times = analysis?.times?.filter((t) => t <= stop) ?? [stop];
    const single = transient(circuit, { stop, times, tolerance: 1e-3, mostSteps: 300 });
    if (single.ok) for (const v of Object.values(single.voltages)) finite(v);
    else expect(Number.isFinite(single.time)).toBe(true);
    if (!batch) return;
    const nodes = circuit.nodes.slice(0, 2);
    const many = transientBatch(circuit, { count: 2 }, { stop, times, tolerance: 1e-3, nodes, mostSteps: 300 });
    for (const node of nodes)
      for (let i = 0; i < 2; i++)
        if (many.outcomes[i] > 0) finite(many.voltages[node].subarray(i * times.length, (i + 1) * times.length));
    expect(many.failures.length).toBe([...many.outcomes].filter((o) => o === 0).length);
  };
  test(`${RUNS} of them`, () => {
    let number = 0;
    let answered = 0;
    const base = fc.constantFrom(...bases.map((json) => ({ json, paths: pathsOf(json) })));
    const mutation = fc.record({
      base,
      where: fc.nat(),
      how: fc.nat(STRANGE.length + 1),
      again: fc.nat(3),
      second: fc.nat(),
    });
    fc.assert(
      fc.property(mutation, ({ base: { json, paths }, where, how, again, second }) => {
        let mutated = mutate(json, paths[where % paths.length], how);
        if (again === 0) {
          const left = pathsOf(mutated);
          mutated = mutate(mutated, left[second % left.length], (how * 7) % (STRANGE.length + 2));
        }
        try {
          solve(mutated, number++ % 25 === 0);
          answered++;
        } catch (error) {
          told(error);
        }
      }),
      { numRuns: RUNS, seed: 20261121, endOnFailure: true },
    );
    expect(answered).toBeGreaterThan(RUNS / 10);
  });
});

describe("mutated decks", () => {
  const decks = [
    writeSpice(sramRead(conditions), {
      stop: 2e-9,
      lines: [".meas tran t TRIG v(wl) VAL=0.5 RISE=1 TARG v(bl) VAL=0.8 FALL=1"],
    }),
    writeSpice(ringOscillator(conditions, 3), { stop: 1e-9, lines: [".meas tran p FIND v(n0) WHEN v(n1)=0.5"] }),
    "rc\n.param r=1k c={2*r*1f}\n.subckt cell a b params: k=2\nR1 a m {k*r}\nR2 m b 1k\n.ends\nV1 in 0 PULSE(0 1 1n 10p 10p 2n 5n)\nX1 in out cell k=3\nC1 out 0 {c}\n.tran 10p 4n\n.op\n.dc V1 0 1 0.5\n.step param r list 1k 2k\n.meas tran w WHEN v(out)=0.5\n.end",
  ].map((deck) => deck.split("\n").map((line) => line.split(/(?<=[ =(){}])|(?=[ =(){}])/)));
  const WORDS = [
    "",
    "0",
    "-1",
    "1e300",
    "{",
    "}",
    "(",
    ")",
    "=",
    "'",
    "v(",
    "1meg",
    "{1/0}",
    "{((((1",
    ".subckt",
    ".ends",
    ".tran",
    ".step",
    "PULSE(",
    "PWL(",
    "gnd",
    "__proto__",
    "+",
    "*",
    ";",
    "\u0000",
    "1n",
    "uic",
  ];
  test(`${RUNS} of them`, () => {
    let answered = 0;
    const mutation = fc.record({
      deck: fc.constantFrom(...decks),
      line: fc.nat(),
      word: fc.nat(),
      how: fc.nat(WORDS.length + 3),
      times: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(mutation, ({ deck, line, word, how, times }) => {
        const lines = deck.map((words) => [...words]);
        for (let k = 0; k < times; k++) {
          const at = lines[(line * (k + 1)) % lines.length];
          const place = (word * (k + 3)) % Math.max(1, at.length);
          if (how < WORDS.length) at[place] = WORDS[how];
          else if (how === WORDS.length) at.splice(place, 1);
          else if (how === WORDS.length + 1) at.splice(place, 0, ...at.slice(place, place + 3));
          else if (how === WORDS.length + 2) lines.splice((line * (k + 1)) % lines.length, 1);
          else lines.push([...at]);
          if (lines.length === 0) lines.push([""]);
        }
        try {
          for (const run of runSpice(lines.map((words) => words.join("")).join("\n"), {
            tolerance: 1e-3,
            mostSteps: 100,
          })) {
            if (run.operatingPoint?.ok) finite(Object.values(run.operatingPoint.voltages));
            if (run.transient?.ok) for (const v of Object.values(run.transient.voltages)) finite(v);
          }
          answered++;
        } catch (error) {
          told(error);
        }
      }),
      { numRuns: RUNS, seed: 20261121, endOnFailure: true },
    );
    expect(answered).toBeGreaterThan(RUNS / 10);
  });
});
