import type { Command } from "commander";
import { parseArrays, showSides, writeNpy } from "#src/exchange/index";
import { outputsOf, placeNetwork, showShape, sizeOf } from "#src/networks/index";
import { ownOf } from "#src/words/named";
import { networkSource } from "../../files/network-source.ts";
import { readUserBytes } from "../../files/read-file.ts";
import { checkWritable, writeUserFile } from "../../files/user-file.ts";
import { Misuse, orMisuse } from "../../misuse.ts";
import { answer } from "../output.ts";

interface PredictFlags {
  readonly inputs: string;
  readonly out: string;
  readonly json?: boolean;
}

export const addPredict = (program: Command): void => {
  program
    .command("predict")
    .description("a network's outputs, as numbers, for any inputs")
    .argument("<model>", "file of `rramlab train`, .onnx, or a layer file beside arrays (.yaml)")
    .requiredOption(
      "--inputs <file>",
      "FILE.npy, inputs x the input's shape: numbers as the first layer takes them; of a file of this program pixels 0 .. 255",
    )
    .requiredOption("--out <file>", "FILE.npy: inputs x outputs, before any softmax, 64-bit numbers")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab predict network.onnx --inputs x.npy --out y.npy")
    .action((path: string, { inputs: from, out, json = false }: PredictFlags) => {
      if (!/\.npy$/i.test(out))
        throw new Misuse(`--out ${out}: outputs are written as .npy (64-bit numbers); name it so.`);
      checkWritable(out, { reads: [path, from] });
      const { model, imported, ofFile } = networkSource(path, "model ").open("as they are");
      const { network } = model;
      const arrays = orMisuse(() => parseArrays(readUserBytes(from, "inputs "), from));
      const x = ownOf(arrays, "");
      if (!x) throw new Misuse(`--inputs ${from} holds several arrays; give an .npy file, which holds one.`);
      const size = sizeOf(network.input.shape);
      const [count] = x.shape;
      const shown = showShape(network.input.shape);
      if (x.shape.length < 1 || !(count > 0) || x.values.length !== count * size)
        throw new Misuse(
          `--inputs ${from} is of ${showSides(x.shape)}; ${path} takes ${shown}: expected inputs x ${shown}, ${size} numbers each.`,
        );
      const strange = x.values.findIndex((value) => !Number.isFinite(value));
      if (strange >= 0)
        throw new Misuse(
          `--inputs ${from} holds ${x.values[strange]} in input ${Math.floor(strange / size)}; expected numbers.`,
        );
      const values = outputsOf(network, ofFile(x).values);
      const placed = placeNetwork(network);
      const { channels, height, width } = placed[placed.length - 1].to;
      const shape = height === 1 && width === 1 ? [count, channels] : [count, channels, height, width];
      writeUserFile(out, writeNpy(values, shape));
      answer(
        json,
        { out, shape, imported },
        [
          `${count} inputs of ${shown}: ${out} (${showSides(shape)})`,
          imported
            ? "inputs were taken as numbers that its first layer takes, not as pixels"
            : "inputs were taken as pixels 0 .. 255, which this program's own files are of",
          ...(imported ? [imported] : []),
        ].join("\n"),
      );
    });
};
