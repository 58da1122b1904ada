import { closest } from "fastest-levenshtein";
import { checkErrors, NO_ERRORS, type WeightErrors } from "#src/networks/index";
import { named, ownOf } from "#src/words/named";
import { suggestion } from "#src/words/suggestion";
import { Misuse, orMisuse } from "../../misuse.ts";
import type { LayerErrors } from "../../studies/networks/evaluator.ts";
import { parseQuantity } from "../../units/parse.ts";

/**
 * `--errors`: rates of all layers, and those given for one ("conv1:type1=0.01"), which are all that befalls it; of the layers that a
 * network has.
 */
export const parseErrors = async (text: string | undefined): Promise<(layers: readonly string[]) => LayerErrors> => {
  const all: Record<string, number> = { ...NO_ERRORS };
  const own = named<Record<string, number>>();
  const given = new Set<string>();
  for (const part of text?.split(",") ?? []) {
    const colon = part.lastIndexOf(":");
    const layer = colon < 0 ? null : part.slice(0, colon).trim();
    const [said, value = "", ...more] = part
      .slice(colon + 1)
      .split("=")
      .map((s) => s.trim());
    // A binary weight has one error, which is the other sign.
    const name = said === "flip" ? "type1" : said;
    if (!Object.hasOwn(all, name))
      throw new Misuse(
        `--errors ${part}: expected type1 (flip, of binary weights), type2 or type3 with a probability, e.g. type1=0.01,type3=0.05. Did you mean "${closest(name, Object.keys(all))}"?`,
      );
    if (more.length > 0)
      throw new Misuse(`--errors ${part}: expected ${name} with one probability, e.g. ${name}=0.01.`);
    const once = layer === null ? name : `${layer}:${name}`;
    if (given.has(once)) throw new Misuse(`--errors: ${once} is given twice.`);
    given.add(once);
    const rate = await parseQuantity(value, "1", `--errors ${once}`);
    if (layer === null) all[name] = rate;
    else {
      own[layer] ??= { ...NO_ERRORS };
      own[layer][name] = rate;
    }
  }
  const checked = ({ type1, type2, type3 }: Record<string, number>): WeightErrors => {
    const errors = { type1, type2, type3 };
    orMisuse(() => checkErrors(errors));
    return errors;
  };
  const everywhere = checked(all);
  const byLayer = named(Object.entries(own).map(([layer, errors]) => [layer, checked(errors)] as const));
  return (layers) => {
    const strange = Object.keys(byLayer).find((layer) => !layers.includes(layer));
    if (strange !== undefined)
      throw new Misuse(
        `--errors ${strange}: no layer "${strange}" has weights; expected ${layers.join(", ")}.${suggestion(strange, layers)}`,
      );
    return (layer) => ownOf(byLayer, layer) ?? everywhere;
  };
};
