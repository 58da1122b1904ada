import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { ENGINE_FUNCTIONS } from "#src/numerics/engine-arithmetic";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Floors from the ground up: an import never points up. */
const FLOORS = ["src", "devices", "circuits", "experiments"];
/** The rooms of a folder, lowest first, folders and files alike: an import never points up, and nothing stands outside of them. */
const ROOMS: Readonly<Record<string, string>> = {
  src: "words random numerics kernels datasets networks exchange learning report montecarlo",
  devices: "temperature mosfet rram filament pulsed index",
  circuits: "elements netlist analyses batch sensing spice crossbar analog programming synapses index",
  experiments: "misuse own-module units files training fit studies registry run command-line index",
  "experiments/studies": "results sensing networks arrays chips rest adaptation papers learning spiking statistics",
};

const sources = FLOORS.flatMap((floor) =>
  readdirSync(join(root, floor), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.includes("assembly") && !name.includes("built"))
    .map((name) => join(floor, name)),
);

/** The page beside the house: it may see all floors, and none sees it. Its rooms, lowest first, folders and files alike. */
const LAB = "state work browser packed frames mean-halves controls figures read network tour page lab main".split(" ");
const lab = readdirSync(join(root, "lab"), { recursive: true, encoding: "utf8" })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => join("lab", name));

const assembly = readdirSync(join(root, "src/kernels/assembly"))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join("src/kernels/assembly", name));

/** A file's text without its comments. */
const codeOf = (file: string): string =>
  readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");

const importsOf = (file: string): string[] => {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((m) => m[1]);
};

/** The file of this project that an import names, or null for a package. */
const target = (file: string, specifier: string): string | null => {
  if (specifier.startsWith("#")) return `${specifier.slice(1).replace(/\.ts$/, "")}.ts`;
  return specifier.startsWith(".") ? relative(root, resolve(root, dirname(file), specifier)) : null;
};

const floorOf = (file: string): number => FLOORS.indexOf(file.split("/")[0]);

/** Place of a file's room among those of a folder above it; -1 where it is in none. */
const roomOf = (folder: string, file: string): number =>
  ROOMS[folder].split(" ").indexOf(file.slice(folder.length + 1).replace(/\.ts$|\/.*/, ""));

const edges = sources.flatMap((file) =>
  importsOf(file).flatMap((specifier) => {
    const to = target(file, specifier);
    return to ? [{ file, to }] : [];
  }),
);

describe("the house", () => {
  test("has files to look at, and finds their imports", () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(edges.length).toBeGreaterThan(100);
    expect(target("circuits/x.ts", "#src/random/index")).toBe("src/random/index.ts");
  });
  test("imports point down only, from floor to floor", () => {
    expect(edges.filter(({ file, to }) => floorOf(to) > floorOf(file))).toEqual([]);
  });
  test.each(Object.keys(ROOMS))("inside %s the rooms stand in their order", (folder) => {
    const within = (file: string): boolean => file.startsWith(`${folder}/`);
    expect(sources.filter((file) => within(file) && roomOf(folder, file) < 0)).toEqual([]);
    const inside = edges.filter(({ file, to }) => within(file) && within(to) && !to.includes("/built/"));
    const rooms = ROOMS[folder].split(" ").map((_, place) => place);
    expect(rooms.filter((place) => !sources.some((file) => within(file) && roomOf(folder, file) === place))).toEqual(
      [],
    );
    expect(inside.filter(({ file, to }) => roomOf(folder, to) > roomOf(folder, file))).toEqual([]);
  });
  test("the lab stands beside the house: no floor sees it, it sees no Node, and its rooms stand in their order", () => {
    expect(lab.length).toBeGreaterThan(30);
    expect(edges.filter(({ to }) => to.startsWith("lab/"))).toEqual([]);
    const room = (file: string): number => LAB.indexOf(file.slice("lab/".length).replace(/\.tsx?$|\/.*/, ""));
    expect(lab.filter((file) => room(file) < 0)).toEqual([]);
    const inside = lab.flatMap((file) =>
      importsOf(file).flatMap((specifier) => {
        const to = target(file, specifier);
        return to?.startsWith("lab/") ? [{ file, to }] : [];
      }),
    );
    expect(inside.length).toBeGreaterThan(50);
    expect(inside.filter(({ file, to }) => room(to) > room(file))).toEqual([]);
    const dice = /\bMath\.random\b|\bDate\b|from "node:|import\("node:|\bconsole\b/;
    expect(lab.filter((file) => dice.test(codeOf(file)))).toEqual([]);
  });
  test("there is no circle", () => {
    const next = new Map<string, string[]>();
    for (const { file, to } of edges) next.set(file, [...(next.get(file) ?? []), to]);
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) throw new Error(`circle: ${[...path.slice(path.indexOf(file)), file].join(" -> ")}`);
      if (done.has(file)) return;
      for (const to of next.get(file) ?? []) walk(to, [...path, file]);
      done.add(file);
    };
    for (const file of sources) walk(file, []);
  });
  test("below the experiments there are no dice, clocks, consoles, processes or Node modules", () => {
    const forbidden =
      /\bMath\.random\b|\bDate\.now\b|\bnew Date\(|\bperformance\b|\bcrypto\b|\bconsole\b|\bprocess\.|from "node:|import\("node:/;
    const found = sources.filter((file) => floorOf(file) < 3).filter((file) => forbidden.test(codeOf(file)));
    expect(found).toEqual([]);
  });
  test("no result depends on a function whose digits the engine may change", () => {
    // Exact by the standard of the language; and those whose digits a test compares.
    const exact =
      "abs ceil clz32 floor fround imul max min round sign sqrt trunc E LN2 LN10 PI SQRT2 SQRT1_2 LOG2E LOG10E";
    const known = new Set<string>([...exact.split(" "), ...ENGINE_FUNCTIONS]);
    const all = [...sources, ...assembly].map((file) => ({ file, code: codeOf(file) }));
    expect(all.length).toBeGreaterThan(sources.length);
    const used = all.flatMap(({ file, code }) =>
      [...code.matchAll(/\bMathf?\.(\w+)/g)].map((m) => ({ file, name: m[1] })),
    );
    expect(used.length).toBeGreaterThan(500);
    expect(used.filter(({ name }) => !known.has(name))).toEqual([]);
    // x ** 2 is x * x everywhere, and 2 to a whole power exact; x ** 3 already differs between Node 22 and 24.
    const powers = all.flatMap(({ file, code }) =>
      [...code.matchAll(/.{0,24} \*\*=? .{0,12}/g)].map(([text]) => ({ file, text })),
    );
    expect(powers.length).toBeGreaterThan(20);
    expect(powers.filter(({ text }) => !/ \*\* 2(?![\d.])|(?<![\w.])2 \*\* /.test(text))).toEqual([]);
  });
  test("no file is called after nothing in particular", () => {
    const vague = sources.filter((file) => /\/(utils?|helpers?|common|base|manager|types)\.ts$/.test(file));
    expect(vague).toEqual([]);
  });
});
