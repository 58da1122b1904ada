import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { packageRoot } from "../run/code-hash.ts";

const COMMAND = /(^|[\s"'`(])rramlab (?=[a-z-])/gm;
const PAGE = /\bdocs\/[\w-]+\.(?:md|json)\b/g;

/**
 * What people are told to type or to read, as it works where they are: commands by npx where npm started this program, since a plain
 * `rramlab` may be on no path; pages below the package that they came with.
 */
export const asTyped = (text: string): string => {
  const event = process.env["npm_lifecycle_event"];
  const commands = event === "npx" || event === "start" ? text.replace(COMMAND, "$1npx rramlab ") : text;
  const root = packageRoot();
  const found = (page: string): string =>
    existsSync(join(root, page)) ? relative(process.cwd(), join(root, page)) : page;
  return commands.replace(PAGE, found);
};
