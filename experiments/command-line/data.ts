import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { BEAT_CLASSES } from "#src/datasets/beats";
import { IDX_FILES, KNOWN_DATA_SETS } from "#src/datasets/registry";
import { BEAT_FILES, makeBeatFiles } from "../files/beat-files.ts";
import { idxFolder } from "../files/idx-folder.ts";
import { loadDataSet, md5, readIdxFile } from "../files/load-data-set.ts";
import { checkWritable } from "../files/user-file.ts";
import { Misuse } from "../misuse.ts";
import { answer } from "./output.ts";

export const addData = (program: Command): void => {
  const data = program.command("data").description("data sets: where they come from, checksums, licence");
  data
    .command("list")
    .description("data sets the program knows")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab data list")
    .action(({ json = false }: { json?: boolean }) => {
      const text = KNOWN_DATA_SETS.map(
        (d) =>
          `${d.name}\n    ${d.says}\n    source: ${d.source}\n    licence: ${d.licence}\n    get it: ${d.getByHand}`,
      ).join("\n");
      answer(json, KNOWN_DATA_SETS, text);
    });
  data
    .command("verify")
    .description("check a data set: by name, or a folder of IDX files against the official checksums")
    .argument("<name or dir>", "a name of `rramlab data list`, or a folder")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab data verify ~/mnist")
    .action((which: string, { json = false }: { json?: boolean }) => {
      const set = loadDataSet(which);
      const official = KNOWN_DATA_SETS.find((d) => d.name === "mnist")?.md5 ?? {};
      const files = existsSync(which)
        ? Object.entries(idxFolder(which)).map(([kind, file]) => {
            const sum = md5(readIdxFile(file));
            return { file, md5: sum, official: sum === official[IDX_FILES[kind as keyof typeof IDX_FILES]] };
          })
        : [];
      const document = {
        name: set.name,
        train: set.train.count,
        test: set.test.count,
        pixels: set.train.pixels,
        classes: set.train.classes,
        files,
      };
      answer(
        json,
        document,
        [
          `${set.name}: ${set.train.count} training and ${set.test.count} test images of ${set.train.pixels} pixels, ${set.train.classes} classes`,
          ...files.map(
            (f) => `  ${f.file}  md5 ${f.md5}  ${f.official ? "official MNIST" : "not the official MNIST bytes"}`,
          ),
        ].join("\n"),
      );
    });
  data
    .command("beats")
    .description("make heart beats of PhysioNet's MIT-BIH records: two files, to train on and to test with")
    .argument("<records>", "folder of mitdb 1.0.0: 100.hea, 100.dat, 100.atr, ...")
    .requiredOption("--out <dir>", "folder for the two files, then given as --data")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab data beats ~/mitdb --out beats")
    .action((records: string, { out, json = false }: { out: string; json?: boolean }) => {
      for (const file of Object.values(BEAT_FILES)) checkWritable(join(out, file));
      const made = makeBeatFiles(records, out);
      const files = (["train", "test"] as const).map((which) => {
        const { count, labels } = made[which];
        const classes = BEAT_CLASSES.map((_, label) => labels.filter((own) => own === label).length);
        return { file: join(out, BEAT_FILES[which]), beats: count, classes };
      });
      answer(
        json,
        { files },
        files
          .map(
            ({ file, beats, classes }) =>
              `${file}: ${beats} beats, ${BEAT_CLASSES.map((name, label) => `${classes[label]} ${name}`).join(", ")}`,
          )
          .join("\n"),
      );
    });
  data
    .command("fetch")
    .description("how to get a data set")
    .argument("<name>", "a name of `rramlab data list`")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", "\nExample:\n  rramlab data fetch mnist")
    .action((name: string, { json = false }: { json?: boolean }) => {
      const known = KNOWN_DATA_SETS.find((d) => d.name === name);
      if (!known)
        throw new Misuse(`unknown data set "${name}". Known: ${KNOWN_DATA_SETS.map((d) => d.name).join(", ")}.`);
      answer(
        json,
        { name, fetched: false, byHand: known.getByHand, md5: known.md5 },
        `${name} is not downloaded by this program. By hand: ${known.getByHand}.`,
      );
    });
};
