import type { DataSet } from "#src/datasets/labelled-images";
import type { NetworkDesign } from "#src/learning/index";
import { parseDesign, perceptronLayers, TERNARY_ACTIVATION, vggNetwork } from "#src/networks/index";
import { readUserYaml } from "../../files/read-yaml.ts";
import { Misuse, orMisuse } from "../../misuse.ts";
import { designFor } from "../../studies/networks/network-parameters.ts";

interface Asked {
  readonly layers: string;
  readonly weights: string;
  readonly activations: string;
}

const vgg = (filters: string, { weights, activations }: Asked, { name, train }: DataSet): NetworkDesign => {
  const count = Number(filters);
  if (!Number.isInteger(count) || count < 1 || count > 512)
    throw new Misuse(`--layers vgg:${filters}: expected vgg:F, F the channels of its first layer, 1 .. 512.`);
  const { sides = [train.pixels] } = train;
  const [channels, height, width] = sides.length === 3 ? sides : [1, ...sides];
  if (width === undefined || Math.min(height, width) < 8)
    throw new Misuse(
      `--layers vgg:${filters}: images of ${name} are ${sides.join(" x ")}; it takes 8 rows and columns or more.`,
    );
  const kind = weights as "float" | "binary" | "ternary";
  const activation =
    kind === "float"
      ? { kind: "relu" as const }
      : activations === "ternary"
        ? TERNARY_ACTIVATION
        : { kind: "sign" as const };
  return vggNetwork({
    input: { channels, height, width },
    filters: count,
    weights: { kind },
    activation,
    classes: train.classes,
  });
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
