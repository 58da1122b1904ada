import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { TestEnvironment } from "jest-environment-node";

/** Takes what is written to a stream of this process while `work` runs. */
const captured = async (stream, work) => {
  const { write } = stream;
  let text = "";
  stream.write = (chunk, encoding, callback) => {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    (typeof encoding === "function" ? encoding : callback)?.();
    return true;
  };
  try {
    return { result: await work(), text: () => text };
  } finally {
    stream.write = write;
  }
};

/**
 * Node's environment with `runProgram`: the program's own entry in this process, in a folder, with captured streams. It is
 * loaded outside jest's modules, once for all test files, as Node loads it for a user.
 */
export default class ProgramEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.runProgram = async (folder, args) => {
      const entry = join(process.env.RRAMLAB_PACKAGE, "dist", "experiments", "command-line", "program.js");
      const { runProgram } = await import(pathToFileURL(entry).href);
      const before = process.cwd();
      process.chdir(folder);
      try {
        const out = await captured(process.stdout, () => captured(process.stderr, () => runProgram(args)));
        return { status: out.result.result, stdout: out.text(), stderr: out.result.text() };
      } finally {
        process.chdir(before);
      }
    };
  }
}
