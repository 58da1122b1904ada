import type { Command } from "commander";
import { layerFileJsonSchema } from "#src/exchange/index";
import type { AnyExperiment, Value } from "#src/montecarlo/index";
import { tableText } from "#src/report/word-table";
import { Misuse } from "../misuse.ts";
import { durationOf, loadStudy, studyGroups, studyNames } from "../registry.ts";
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
    .description("experiments, by what is studied")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab list")
    .action(async ({ json = false }: { json?: boolean }) => {
      const studies = new Map((await allStudies()).map((study) => [study.name, study]));
      const groups = studyGroups().map(({ title, names }) => ({
        title,
        entries: names.flatMap((name) => {
          const study = studies.get(name);
          if (!study) return [];
          const quick = study.quick !== undefined || study.quickTrials !== undefined;
          return [{ name, summary: study.summary, group: title, takes: durationOf(name), quick }];
        }),
      }));
      const line = ({ name, summary, takes, quick }: (typeof groups)[number]["entries"][number]): string =>
        `  ${name} (${takes}${quick ? ", --quick" : ""})\n      ${summary}`;
      const text = groups.map(({ title, entries }) => [title, ...entries.map(line)].join("\n")).join("\n\n");
      const note =
        'In parentheses: how long it takes as it is, on two cores; --quick: it has a version of a minute or less. "rramlab describe NAME" tells its parameters, "rramlab run NAME" runs it.';
      answer(
        json,
        groups.flatMap(({ entries }) => entries),
        `${text}\n\n${note}`,
      );
    });
};

interface DescribeFlags {
  readonly schema?: boolean;
  readonly layersSchema?: boolean;
  readonly array: string;
  readonly json?: boolean;
}

/** The points that are computed where no grid is asked for. */
const ownGrid = (experiment: AnyExperiment): readonly Readonly<Record<string, readonly Value[]>>[] =>
  experiment.grid?.(Object.fromEntries(Object.entries(experiment.parameters).map(([key, p]) => [key, p.default]))) ??
  [];

/** Values that a list of eighty columns takes. */
const FEW = 8;

/** What a run of it computes, gives and takes, and how it is asked for. */
const aboutRuns = (experiment: AnyExperiment, asked: string): string[] => {
  const { parameters, numbers, trials, quick, quickTrials } = experiment;
  const values = (axis: string, all: readonly Value[]): string =>
    all.length <= FEW
      ? all.map((v) => shown(parameters[axis], v)).join(", ")
      : `${shown(parameters[axis], all[0])} .. ${shown(parameters[axis], all[all.length - 1])} (${all.length} values)`;
  const points = ownGrid(experiment).map((axes) =>
    Object.entries(axes)
      .map(([axis, all]) => `${axis} ${values(axis, all)}`)
      .join("; "),
  );
  const takes = durationOf(experiment.name);
  const small = [
    ...Object.entries(quick ?? {}).map(([name, v]) => `${name} ${shown(parameters[name], v)}`),
    ...(quickTrials === undefined ? [] : [`${quickTrials} ${quickTrials === 1 ? "trial" : "trials"}`]),
  ];
  const [[axis, own] = [experiment.axes[0], []]] = Object.entries(ownGrid(experiment)[0] ?? {});
  const example = own.slice(0, 2).map((v) => shown(parameters[axis], v).replaceAll(" ", ""));
  return [
    `  ${trials} ${trials === 1 ? "trial" : "trials"} a point${takes ? `; takes ${takes} on two cores` : ""}.`,
    ...(points.length > 0 ? [`  Points without --grid: ${points.join(" | ")}.`] : ["  One point without --grid."]),
    ...(small.length > 0 ? [`  --quick: ${small.join(", ")}.`] : []),
    "  Gives, each with its interval (columns of results.csv):",
    ...Object.entries(numbers).map(
      ([name, spec]) =>
        `    ${name}${spec.kind === "mean" && spec.unit !== "1" ? ` [${spec.unit}]` : ""}: ${spec.says}`,
    ),
    `  Example: rramlab run ${asked}${axis && example.length > 0 ? ` --grid ${/[ ;()]/.test(example.join("")) ? `"${axis}=${example.join(",")}"` : `${axis}=${example.join(",")}`}` : ""}${trials > 1 ? ` --trials ${Math.max(1, Math.round(trials / 2))}` : ""}`,
  ];
};

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
          grid: ownGrid(experiment),
          quick: experiment.quick ?? null,
          quickTrials: experiment.quickTrials ?? null,
          takes: durationOf(experiment.name),
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
        answer(
          json,
          document,
          [experiment.summary, "", ...aboutRuns(experiment, name), "", tableText(table), "", ...meanings].join("\n"),
        );
      },
    );
};
