import { type Document, parseDocument, visit } from "yaml";
import { Misuse } from "../misuse.ts";
import { readUserText } from "./read-file.ts";

/**
 * The content of a YAML file (JSON is YAML) that the user names.
 *
 * @param what What it is, for errors: "study ".
 * @param prepare What is done to the document before its content is taken.
 * @throws Misuse where it cannot be read, is no YAML, or has a key "__proto__".
 */
export const readUserYaml = (path: string, what: string, prepare: (document: Document) => void = () => {}): unknown => {
  const text = readUserText(path, what);
  try {
    const document = parseDocument(text);
    for (const error of document.errors) throw error;
    visit(document, {
      Scalar: (place, scalar) => {
        if (place === "key" && scalar.value === "__proto__") throw new Error('"__proto__" is no name for anything');
      },
    });
    prepare(document);
    return document.toJS();
  } catch (error) {
    throw new Misuse(`${what}${path} is no YAML: ${(error as Error).message.split("\n")[0]}`);
  }
};
