import type { DataSet } from "#src/datasets/labelled-images";
import type { NetworkDesign } from "#src/learning/index";
import { parseDesign, perceptronLayers } from "#src/networks/index";
import { readUserYaml } from "../../files/read-yaml.ts";
import { Misuse, orMisuse } from "../../misuse.ts";
import { designFor } from "../../studies/networks/network-parameters.ts";
import { vggFor } from "../../studies/networks/vgg-for.ts";

interface Asked {
  readonly layers: string;
  readonly weights: string;
  readonly activations: string;
}

const vgg = (filters: string, { weights, activations }: Asked, { name, train }: DataSet): NetworkDesign => {
  const count = Number(filters);
  if (!Number.isInteger(count) || count < 1 || count > 512)
    throw new Misuse(`--layers vgg:${filters}: expected vgg:F, F the channels of its first layer, 1 .. 512.`);
  const kind = weights as "float" | "binary" | "ternary";
  const activation = kind === "float" ? "relu" : (activations as "binary" | "ternary");
  return orMisuse(() => vggFor({ filters: count, weights: kind, activation }, train, name));
};

/**
 * The network that `--layers` asks for: widths, vgg:F, or a file of layers, which says weights and activations itself.
 * @throws Misuse for a text that is none of these, and for layers that do not chain.
 */
export const askedDesign = (asked: Asked, data: DataSet): NetworkDesign => {
  const { layers, weights, activations } = asked;
  if (layers.startsWith("vgg:")) return vgg(layers.slice(4), asked, data);
  if (/\.(json|ya?ml)$/i.test(layers)) return orMisuse(() => parseDesign(readUserYaml(layers, "layers "), layers));
  return orMisuse(() => perceptronLayers(designFor(layers, weights, activations)));
};
