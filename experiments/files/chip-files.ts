import type { CellTable } from "#src/networks/index";
import { parseSafetensors } from "#src/networks/safetensors";
import { named } from "#src/words/named";
import { Misuse, orMisuse } from "../misuse.ts";
import { readUserBytes } from "./read-file.ts";

const SUFFIX = ".cells";
const FORMAT =
  "a chip's file is of safetensors, an I8 tensor LAYER.cells for each layer: what each cell is read as (-1, 0, 1) where -1, 0 and 1 (of binary weights -1 and 1) are stored, of shape 3 (2) x outputs x inputs, as LAYER.weight has its weights";

/**
 * What the cells of a chip are read as, layer by layer, from a file: a chip that was measured, say.
 * @throws Misuse where it is no such file.
 */
export const readChipFile = (path: string): Readonly<Record<string, CellTable>> => {
  const bytes = readUserBytes(path, "chip ");
  const { tensors } = orMisuse(() => parseSafetensors(bytes, `chip ${path}`));
  const refuse = (what: string): never => {
    throw new Misuse(`chip ${path}: ${what}; ${FORMAT}.`);
  };
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
  if (layers.length === 0) refuse("it has no tensors");
  return named(layers);
};
