import { join } from "node:path";
import type { Command } from "commander";
import { checkWritable, writeUserFile } from "../../files/user-file.ts";
import { readConditions } from "../../fit/conditions/read-conditions.ts";
import { showQuantity } from "../../units/show.ts";
import { answer } from "../output.ts";

export const addConditions = (program: Command): void => {
  program
    .command("conditions")
    .description("make devices of a table of programming conditions: energies, medians and spreads of resistances")
    .argument(
      "<table>",
      "CSV with columns condition, set energy, reset energy, low median, low spread, high median, high spread",
    )
    .requiredOption("--out <dir>", "folder for a device file of each condition")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      '\nUnits stand in the head ("set energy (pJ)") or beside the values; spreads are standard deviations of ln R.\n\nExample:\n  rramlab conditions table.csv --out conditions\n  rramlab run programming-energy --set conditions=device --grid device=conditions/weak.json,conditions/strong.json',
    )
    .action(async (table: string, { out, json = false }: { out: string; json?: boolean }) => {
      const devices = await readConditions(table);
      const files = devices.map((device) => ({ device, file: join(out, `${device.name}.json`) }));
      for (const { file } of files) checkWritable(file, { reads: [table] });
      for (const { device, file } of files) writeUserFile(file, `${JSON.stringify(device, null, 2)}\n`);
      const grid = files.map(({ file }) => file).join(",");
      const told = files.map(({ device: { lrs, hrs, programming }, file }) => {
        const pair = (programming?.setEnergy ?? 0) + (programming?.resetEnergy ?? 0);
        return `${file}: ${showQuantity(lrs.medianResistance, "ohm")} and ${showQuantity(hrs.medianResistance, "ohm")}, ${showQuantity(Number(pair.toPrecision(4)), "J")} a pair`;
      });
      answer(
        json,
        { files: files.map(({ file, device }) => ({ file, device })) },
        [...told, `rramlab run programming-energy --set conditions=device --grid device=${grid}`].join("\n"),
      );
    });
};
