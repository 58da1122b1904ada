import type { CellTable } from "#src/networks/index";
import { parseSafetensors } from "#src/networks/safetensors";
import { named } from "#src/words/named";
import { Misuse, orMisuse } from "../misuse.ts";
import { readUserBytes } from "./read-file.ts";

const SUFFIX = ".cells";
const FORMAT =
  "a chip's file is of safetensors, an I8 tensor LAYER.cells for each layer: what each cell is read as (-1, 0, 1) where -1, 0 and 1 (of binary weights -1 and 1) are stored, of shape 3 (2) x outputs x inputs, as LAYER.weight has its weights";

/** A layer that a chip must have cells for. */
export interface ExpectedCells {
  readonly layer: string;
  readonly outputs: number;
  readonly inputs: number;
  readonly states: 2 | 3;
}

/**
 * What the cells of a chip are read as, layer by layer, from a file: a chip that was measured, say.
 * @throws Misuse where it is no such file, or is one of other layers or shapes.
 */
export const readChipFile = (path: string, expected: readonly ExpectedCells[]): Readonly<Record<string, CellTable>> => {
  const bytes = readUserBytes(path, "chip ");
  const { tensors } = orMisuse(() => parseSafetensors(bytes, `chip ${path}`));
  const refuse = (what: string): never => {
    throw new Misuse(`chip ${path}: ${what}; ${FORMAT}.`);
  };
  const shapes = new Map(Object.entries(tensors).map(([name, { shape }]) => [name, shape] as const));
  const layers = Object.entries(tensors).map(([name, { shape, data }]) => {
    if (!name.endsWith(SUFFIX)) return refuse(`tensor ${name} is no layer's cells`);
    if (!(data instanceof Int8Array)) return refuse(`tensor ${name} is F32`);
    const states = shape[0];
    if (states !== 2 && states !== 3) return refuse(`tensor ${name} is ${shape.join(" x ")}`);
    const strange = data.findIndex((value) => Math.abs(value) > 1);
    if (strange >= 0) return refuse(`tensor ${name} holds ${data[strange]}, number ${strange + 1} of it`);
    const count = data.length / states;
    const of = (state: number): Int8Array => data.slice(state * count, (state + 1) * count);
    const table: CellTable = { minus: of(0), zero: states === 3 ? of(1) : null, plus: of(states - 1) };
    return [name.slice(0, -SUFFIX.length), table] as const;
  });
  for (const { layer, outputs, inputs, states } of expected) {
    const shape = shapes.get(`${layer}${SUFFIX}`);
    const wanted = [states, outputs, inputs].join(" x ");
    if (!shape) refuse(`it has no tensor ${layer}${SUFFIX}; the network needs one of ${wanted}`);
    else if (shape.slice(0, 3).join(" x ") !== wanted || shape.length !== 3)
      refuse(`tensor ${layer}${SUFFIX} is ${shape.join(" x ")}; the network needs ${wanted}`);
  }
  return named(layers);
};
