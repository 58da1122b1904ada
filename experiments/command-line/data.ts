import { existsSync } from "node:fs";
import type { Command } from "commander";
import { IDX_FILES, KNOWN_DATA_SETS } from "#src/datasets/registry";
import { idxFolder } from "../files/idx-folder.ts";
import { loadDataSet, md5, readIdxFile } from "../files/load-data-set.ts";
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
    .argument("<name or dir>", "mnist-10k, fashion-mnist, or a folder")
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
