#!/usr/bin/env node
import { keepOutputForAnswers } from "./answer-channel.ts";
import { FAILED, runProgram } from "./program.ts";

// A reader that closes the pipe early (head, less) changes nothing: what was to be done is done, and fails or not.
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") return;
  process.stderr.write(`rramlab: the answer cannot be written (${code}): is the disk full?\n`);
  process.exit(FAILED);
});
// Nor does one of the logs that goes away.
process.stderr.on("error", () => {});
keepOutputForAnswers();

process.exitCode = await runProgram(process.argv.slice(2));
