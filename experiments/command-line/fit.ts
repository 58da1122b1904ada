import { basename } from "node:path";
import { type Command, Option } from "commander";
import { LOG_FAMILIES, type LogFamily } from "#src/numerics/log-fits";
import { pageHtml } from "#src/report/page";
import { tableText, wrapped } from "#src/report/word-table";
import { checkWritable, writeUserFile } from "../files/user-file.ts";
import { fitDevice } from "../fit/fit-device.ts";
import { fitFigures, fitTables } from "../fit/fit-report.ts";
import { plotlySource } from "../run/plotly-source.ts";
import { answer } from "./output.ts";

interface FitFlags {
  readonly condition?: string;
  readonly family: LogFamily | "mixture" | "best";
  readonly name?: string;
  readonly skipBad?: boolean;
  readonly seed: string;
  readonly out?: string;
  readonly json?: boolean;
}

const TITLE = "Fit of ";
/** Whether a text is a device that was fitted to this file before. */
const isFitOf =
  (file: string) =>
  (text: string): boolean => {
    try {
      return String(JSON.parse(text).source).startsWith(`${basename(file)} (sha256 `);
    } catch {
      return false;
    }
  };

export const addFit = (program: Command): void => {
  program
    .command("fit")
    .description("fit your measured resistances and write the device file that every experiment takes")
    .argument(
      "<file.csv>",
      "columns state, resistance with its unit in the header; condition and device, where there are",
    )
    .option("--condition <name>", "which condition of the file")
    .addOption(
      new Option(
        "--family <family>",
        "distribution of both states; best: lognormal, unless another is better by 10 in BIC",
      )
        .choices(["best", "lognormal", "weibull", "mixture"])
        .default("best"),
    )
    .option("--name <text>", "the device's name (default: the file's)")
    .option("--skip-bad", "leave out rows that cannot be used, and say which")
    .option("--seed <text>", "of the bootstrap behind p", "rramlab")
    .option("--out <file.json>", "device file (default: the CSV's name with .json); a report goes beside it, .html")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      "\nExample:\n  rramlab fit resistances.csv --condition 55uA --out mine.json\n  rramlab run sense-errors --device mine.json",
    )
    .action(async (file: string, flags: FitFlags) => {
      const out = flags.out ?? `${file.replace(/\.csv$/i, "")}.json`;
      const page = `${out.replace(/\.json$/i, "")}.html`;
      checkWritable(out, { reads: [file], named: flags.out !== undefined, isOurs: isFitOf(file) });
      checkWritable(page, { reads: [file, out], named: false, isOurs: (text) => text.includes(`<title>${TITLE}`) });
      const family = flags.family === "mixture" ? LOG_FAMILIES[2] : flags.family;
      const fitted = await fitDevice(file, {
        condition: flags.condition ?? null,
        family: family === "best" ? null : family,
        name: flags.name ?? null,
        skip: flags.skipBad ?? false,
        seed: flags.seed,
      });
      const tables = fitTables(fitted);
      writeUserFile(out, `${JSON.stringify(fitted.device, null, 2)}\n`);
      writeUserFile(
        page,
        pageHtml(
          {
            title: `${TITLE}${fitted.device.name}`,
            summary: `${fitted.device.source}. Seed "${flags.seed}".`,
            tables,
            figures: fitFigures(fitted),
            notes: fitted.notes,
            details: [],
          },
          plotlySource("small"),
        ),
      );
      const { device, states, chosen, notes } = fitted;
      const document = {
        out,
        report: page,
        device,
        notes,
        fits: Object.fromEntries(
          (["lrs", "hrs"] as const).map((state) => [
            state,
            { count: states[state].sorted.length, chosen: chosen[state], families: states[state].families },
          ]),
        ),
      };
      const text = [
        ...tables.map((t) => tableText(t)),
        ...notes.map((note) => wrapped(note, 80).join("\n")),
        `Device: ${out}\nReport: ${page}`,
      ].join("\n\n");
      answer(flags.json ?? false, document, text);
    });
};
