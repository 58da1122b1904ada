import type { Command } from "commander";
import { tableText } from "#src/report/word-table";
import { loadStudy, studyNames } from "../registry.ts";
import { findExperiment } from "../run/load-experiment.ts";
import { shown, showQuantity } from "../units/show.ts";
import { answer } from "./output.ts";

export const addList = (program: Command): void => {
  program
    .command("list")
    .description("experiments, by name")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab list")
    .action(async ({ json = false }: { json?: boolean }) => {
      const studies = await Promise.all(studyNames().map((name) => loadStudy(name)));
      const entries = studies.flatMap((s) => (s ? [{ name: s.name, summary: s.summary }] : []));
      const text = entries.map((e) => `${e.name}\n    ${e.summary}`).join("\n");
      answer(json, entries, text);
    });
};

export const addDescribe = (program: Command): void => {
  program
    .command("describe")
    .description("an experiment's parameters: unit, default, range, meaning, source")
    .argument("<experiment>", "name, or a .js or .mjs module that exports one")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab describe sense-errors")
    .action(async (name: string, { json = false }: { json?: boolean }) => {
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
            ? p.choices.join(" ")
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
        ([key, p]) => `  ${key}: ${p.says}. Source: ${p.source}.`,
      );
      answer(json, document, [experiment.summary, "", tableText(table), "", ...meanings].join("\n"));
    });
};
