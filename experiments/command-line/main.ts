#!/usr/bin/env node
import { DONE, FAILED, runProgram } from "./program.ts";

// A reader that closes the pipe early (head, less) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? DONE : FAILED);
});

process.exitCode = await runProgram(process.argv.slice(2));
