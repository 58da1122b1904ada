import type { Layer } from "./layers.ts";
import { type Network, placeNetwork } from "./network.ts";
import { parseLayers } from "./network-file.ts";
import { parsePixels } from "./pixels.ts";

type Entries = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Entries =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const pair = (value: unknown): unknown => (typeof value === "number" ? [value, value] : value);

/** An entry as network files have it: a word is a layer of that kind, a number both sides of a window, names are its kind and number. */
const whole = (entry: unknown, names: Map<string, number>): unknown => {
  const own = typeof entry === "string" ? { kind: entry } : entry;
  if (!isRecord(own) || typeof own["kind"] !== "string") return own;
  const { kind } = own;
  const number = (names.get(kind) ?? 0) + 1;
  names.set(kind, number);
  const isPool = kind === "maxPool" || kind === "averagePool";
  const sided: Record<string, unknown> = {};
  if (kind === "conv2d" || isPool)
    for (const side of ["size", "stride", "padding"]) if (side in own) sided[side] = pair(own[side]);
  if (isPool && !("stride" in own)) sided["stride"] = pair(own["size"]);
  if (kind === "batchNorm" && !("epsilon" in own)) sided["epsilon"] = 1e-5;
  const weights = own["weights"];
  return {
    name: `${kind}${number}`,
    ...own,
    ...sided,
    ...(typeof weights === "string" ? { weights: { kind: weights } } : {}),
  };
};

/**
 * The layers of a network that is to be trained, as a file has them (docs/networks.md):
 * `{ input: [channels, rows, columns] or a number, pixels: "0..1", layers: [{ kind, ... } or a word, ...] }`.
 *
 * @throws RangeError naming the layer that is wrong, or whose shape does not chain.
 */
export const parseDesign = (content: unknown, where: string): Pick<Network, "input" | "layers"> => {
  const refuse = (what: string): never => {
    throw new RangeError(`${where}: ${what}`);
  };
  if (!isRecord(content)) return refuse("no network; expected input and layers.");
  const strange = Object.keys(content).find((name) => !["input", "pixels", "layers"].includes(name));
  if (strange !== undefined) refuse(`"${strange}" is not known; expected input, pixels and layers.`);
  const { input, pixels = "0..1", layers } = content;
  const sides = typeof input === "number" ? [input] : input;
  if (
    !Array.isArray(sides) ||
    sides.length < 1 ||
    sides.length > 3 ||
    !sides.every((n) => Number.isInteger(n) && n > 0)
  )
    return refuse(
      `input ${JSON.stringify(input)}; expected a number, [channels, columns] or [channels, rows, columns].`,
    );
  const [channels, ...rest] = sides as number[];
  const [height, width] = rest.length === 2 ? rest : [1, rest[0] ?? 1];
  if (typeof pixels !== "string") return refuse(`pixels ${JSON.stringify(pixels)}; expected a text like "0..1".`);
  const { scale, offset } = parsePixels(pixels);
  if (scale.length !== 1)
    refuse(`pixels "${pixels}" differ by channel; expected one range, or one mean and deviation.`);
  if (!Array.isArray(layers) || layers.length === 0) return refuse("no layers; expected one or more.");
  const names = new Map<string, number>();
  const parsed: readonly Layer[] = parseLayers(
    layers.map((entry) => whole(entry, names)),
    where,
  );
  const design = {
    input: { shape: { channels, height, width }, scale: scale[0], offset: offset[0], quantizer: null },
    layers: parsed,
  };
  try {
    placeNetwork(design);
  } catch (error) {
    refuse((error as Error).message.replace(/^network: /, ""));
  }
  return design;
};
