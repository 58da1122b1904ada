import { Command, CommanderError } from "commander";
import { oneLine } from "#src/words/one-line";
import { expectDevices } from "../files/device-files.ts";
import { StorageFailed } from "../files/write-file.ts";
import { Misuse } from "../misuse.ts";
import { packageVersion } from "../run/code-hash.ts";
import { SlurmFailed } from "../run/slurm.ts";
import { Interrupted, WorkerDied } from "../run/worker-pool.ts";
import { writeAnswer } from "./answer-channel.ts";
import { Answered } from "./answered.ts";
import { asTyped } from "./as-typed.ts";
import { addCompletion } from "./completion.ts";
import { addCrossbar } from "./crossbar.ts";
import { addData } from "./data.ts";
import { addConditions } from "./fit/conditions.ts";
import { addFit } from "./fit/fit.ts";
import { addLab } from "./lab.ts";
import { addDescribe, addList } from "./list.ts";
import { addConvert } from "./networks/convert.ts";
import { addEvaluate } from "./networks/evaluate.ts";
import { addPredict } from "./networks/predict.ts";
import { addTrain } from "./networks/train.ts";
import { addPlan, addReport, addResume, addRun } from "./run.ts";
import { addSample } from "./sample.ts";
import { addMerge, addShard, addSubmit } from "./shards.ts";
import { SolveFailed } from "./solve-failed.ts";
import { addSpice } from "./spice.ts";
import { addTransient } from "./transient.ts";

const DONE = 0;
export const FAILED = 1;
const MISUSED = 2;

const COMMANDS = [
  addList,
  addDescribe,
  addRun,
  addPlan,
  addResume,
  addShard,
  addSubmit,
  addMerge,
  addReport,
  addLab,
  addFit,
  addConditions,
  addSample,
  addTransient,
  addCrossbar,
  addSpice,
  addTrain,
  addEvaluate,
  addPredict,
  addConvert,
  addData,
  addCompletion,
];

/** What was meant by an argument that a run does not take: a parameter as a flag, or a setting without its flag. */
const meantOf = (message: string, args: readonly string[]): string => {
  if (!["run", "plan"].includes(args[0])) return "";
  const [, flag] = /unknown option '--([A-Za-z]\w*)(?:=[^']*)?'/.exec(message) ?? [];
  if (flag) {
    const at = args.findIndex((word) => word === `--${flag}` || word.startsWith(`--${flag}=`));
    const [, inline] = /=(.*)$/.exec(args[at]) ?? [];
    const value = inline ?? args[at + 1];
    return ` A parameter is given with --set: --set ${flag}=${value === undefined || value.startsWith("--") ? "VALUE" : value}`;
  }
  if (!message.includes("too many arguments")) return "";
  const setting = args
    .slice(1)
    .find((word, i) => /^[A-Za-z]\w*=/.test(word) && !/^--(set|grid|vary|precision)$/.test(args[i]));
  return setting ? ` A parameter is given with --set: --set ${setting}` : "";
};

/** What is wrong with a command, and what was meant. */
const told = (message: string, args: readonly string[]): string => {
  const meant = meantOf(message, args);
  if (!meant) return message;
  return `${message.replace(/ \(Did you mean .*\)$/, "").replace(/\.$/, "")}.${meant} ("rramlab describe ${args[1]}" names them).`;
};

const commandLine = (args: readonly string[]): Command => {
  const program = new Command("rramlab")
    .description("From a filament's resistance to a network's accuracy: RRAM in-memory-computing circuit simulation")
    .version(packageVersion())
    .showSuggestionAfterError(true);
  for (const add of COMMANDS) add(program);
  for (const command of [program, ...program.commands, ...program.commands.flatMap((c) => c.commands)])
    command.exitOverride().configureOutput({
      writeOut: (text) => writeAnswer(asTyped(text)),
      outputError: (text, write) => write(`${asTyped(told(oneLine(text), args))}\n`),
    });
  return program;
};

const exitCodeOf = (error: unknown, args: readonly string[]): number => {
  const wantsJson = args.includes("--json");
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return DONE;
    if (wantsJson) writeAnswer(`${JSON.stringify({ ok: false, error: oneLine(error.message) })}\n`);
    return MISUSED;
  }
  const message = oneLine(error instanceof Error ? error.message : String(error));
  if (wantsJson && !(error instanceof Answered)) writeAnswer(`${JSON.stringify({ ok: false, error: message })}\n`);
  process.stderr.write(asTyped(`rramlab: ${message}\n`));
  // What is neither misuse, a stop nor a named failure is a fault of the program: its place helps to mend it.
  const known = [Misuse, Interrupted, StorageFailed, Answered, WorkerDied, SlurmFailed, SolveFailed].some(
    (kind) => error instanceof kind,
  );
  if (!known && error instanceof Error && process.env["RRAMLAB_DEBUG"]) process.stderr.write(`${error.stack}\n`);
  return error instanceof Misuse ? MISUSED : FAILED;
};

/** Runs the command line with these arguments (without node and the program's own name); answers the exit code. */
export const runProgram = async (args: readonly string[]): Promise<number> => {
  // Until a run says what its devices are, names that are no sets are files.
  expectDevices([]);
  try {
    await commandLine(args).parseAsync([...args], { from: "user" });
    return DONE;
  } catch (error) {
    return exitCodeOf(error, args);
  }
};
