import type { Command } from "commander";
import { describeNetwork } from "#src/networks/index";
import { checkWritable } from "../../files/user-file.ts";
import { checkNetworkName, writeUserNetwork } from "../../files/write-network.ts";
import { packageVersion } from "../../run/code-hash.ts";
import { answer } from "../output.ts";
import { PIXELS_FLAG, readModel } from "./network-option.ts";

interface ConvertFlags {
  readonly out: string;
  readonly pixels?: string;
  readonly json?: boolean;
}

export const addConvert = (program: Command): void => {
  program
    .command("convert")
    .description("write a network in another format")
    .argument("<model>", "file of `rramlab train`, .onnx, or a layer file beside arrays (.yaml)")
    .requiredOption("--out <file>", "FILE.safetensors (of this program) or FILE.onnx (QONNX; its input is pixel / 255)")
    .option(...PIXELS_FLAG)
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  rramlab convert network.onnx --pixels 0.1307/0.3081 --out network.safetensors\n  rramlab convert tnn.safetensors --out tnn.onnx",
    )
    .action((path: string, { out, pixels, json = false }: ConvertFlags) => {
      checkNetworkName(out);
      checkWritable(out, { reads: [path] });
      const { model, imported } = readModel(path, pixels);
      writeUserNetwork(out, model, `rramlab ${packageVersion()}`);
      const described = describeNetwork(model.network);
      answer(json, { out, described, imported }, [`${described}: ${out}`, ...(imported ? [imported] : [])].join("\n"));
    });
};
