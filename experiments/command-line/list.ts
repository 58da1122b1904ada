import type { Command } from "commander";
import { layerFileJsonSchema } from "#src/exchange/index";
import type { AnyExperiment } from "#src/montecarlo/index";
import { tableText } from "#src/report/word-table";
import { Misuse } from "../misuse.ts";
import { loadStudy, studyNames } from "../registry.ts";
import { findExperiment } from "../run/load-experiment.ts";
import { shown, showQuantity } from "../units/show.ts";
import { writeAnswer } from "./answer-channel.ts";
import { describeNetworkFile, isNetworkFile } from "./networks/describe-network.ts";
import { answer } from "./output.ts";
import { studyJsonSchema } from "./study-schema.ts";

const allStudies = async (): Promise<AnyExperiment[]> =>
  (await Promise.all(studyNames().map((name) => loadStudy(name)))).filter((s) => s !== null);

/** Widest list of choices that a table of eighty columns takes. */
const WIDEST = 28;
const listed = (choices: readonly string[]): boolean =>
  choices.join(" ").length <= WIDEST && !choices.some((c) => c.includes(" "));

export const addList = (program: Command): void => {
  program
    .command("list")
    .description("experiments, by name")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab list")
    .action(async ({ json = false }: { json?: boolean }) => {
      const entries = (await allStudies()).map(({ name, summary }) => ({ name, summary }));
      const text = entries.map((e) => `${e.name}\n    ${e.summary}`).join("\n");
      answer(json, entries, text);
    });
};

interface DescribeFlags {
  readonly schema?: boolean;
  readonly layersSchema?: boolean;
  readonly array: string;
  readonly json?: boolean;
}

export const addDescribe = (program: Command): void => {
  program
    .command("describe")
    .description("an experiment's parameters: unit, default, range, meaning, source; or a network's layers")
    .argument("[what]", "an experiment's name, a .js or .mjs module that exports one, or the file of a network")
    .option("--schema", "JSON Schema of study files instead, with the parameters of this experiment, or of all")
    .option("--layers-schema", "JSON Schema of layer files (docs/networks-elsewhere.md) instead")
    .option("--array <size>", "of a network: rows x columns of weights that an array holds", "128x128")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      "\nExamples:\n  rramlab describe sense-errors\n  rramlab describe network.onnx\n  rramlab describe --schema > study.schema.json",
    )
    .action(
      async (
        name: string | undefined,
        { schema = false, layersSchema = false, array, json = false }: DescribeFlags,
      ) => {
        if (layersSchema) {
          writeAnswer(`${JSON.stringify(layerFileJsonSchema(), null, 2)}\n`);
          return;
        }
        if (schema) {
          const named = name === undefined ? await allStudies() : [(await findExperiment(name)).experiment];
          writeAnswer(`${JSON.stringify(studyJsonSchema(named), null, 2)}\n`);
          return;
        }
        if (name === undefined) throw new Misuse('which experiment? "rramlab list" names them; --schema needs none.');
        if (isNetworkFile(name)) {
          describeNetworkFile(name, array, json);
          return;
        }
        const { experiment } = await findExperiment(name);
        const parameters = Object.fromEntries(
          Object.entries(experiment.parameters).map(([key, p]) => [
            key,
            p.kind === "quantity" || p.kind === "integer"
              ? { unit: p.unit, default: p.default, min: p.min, max: p.max, says: p.says, source: p.source }
              : {
                  unit: null,
                  default: p.default,
                  min: null,
                  max: null,
                  ...(p.kind === "choice" ? { choices: p.choices } : {}),
                  says: p.says,
                  source: p.source,
                },
          ]),
        );
        const document = {
          name: experiment.name,
          summary: experiment.summary,
          parameters,
          axes: experiment.axes,
          numbers: experiment.numbers,
          trials: experiment.trials,
        };
        const rows = Object.entries(experiment.parameters).map(([key, p]) => {
          const range =
            p.kind === "choice"
              ? listed(p.choices)
                ? p.choices.join(" ")
                : `${p.choices.length} choices, below`
              : p.kind === "text"
                ? ""
                : `${showQuantity(p.min, p.unit)} .. ${showQuantity(p.max, p.unit)}`;
          return [`${key}${experiment.axes.includes(key) ? " *" : ""}`, shown(p, p.default), range];
        });
        const table = {
          title: experiment.name,
          columns: ["parameter", "default", "range"],
          rows,
          notes: ["* can span a grid (--grid)."],
        };
        const meanings = Object.entries(experiment.parameters).map(
          ([key, p]) =>
            `  ${key}: ${p.says}${p.kind === "choice" && !listed(p.choices) ? `: ${p.choices.join("; ")}` : ""}. Source: ${p.source}.`,
        );
        answer(json, document, [experiment.summary, "", tableText(table), "", ...meanings].join("\n"));
      },
    );
};
