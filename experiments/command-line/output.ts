import cliProgress from "cli-progress";
import type { Summary } from "#src/montecarlo/index";
import { tableText, wrapped } from "#src/report/word-table";
import type { Progress } from "../run/execute.ts";
import { writeAnswer } from "./answer-channel.ts";
import { asTyped } from "./as-typed.ts";

const TERMINAL_WIDTH = 80;

/** Sentences are broken to the terminal's width under their indent; a table's row or a path is left whole. */
const fitted = (line: string): string[] => {
  const indent = /^ */.exec(line)?.[0] ?? "";
  const table = / {2,}/.test(line.trim());
  if (line.length <= TERMINAL_WIDTH || table) return [line];
  return wrapped(line.trim(), TERMINAL_WIDTH - indent.length - 2).map(
    (part, i) => `${indent}${i > 0 ? "  " : ""}${part}`,
  );
};

/** What a command answers: text for people on stdout, or one JSON document. */
export const answer = (json: boolean, document: unknown, text: string): void => {
  writeAnswer(json ? `${JSON.stringify(document)}\n` : `${asTyped(text).split("\n").flatMap(fitted).join("\n")}\n`);
};

export const summariesText = (summaries: readonly Summary[]): string => summaries.map((s) => tableText(s)).join("\n\n");

const clock = (seconds: number): string => {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
};

/** Draws progress on stderr: a bar with the time left on a terminal, a line at most every ten seconds elsewhere. */
export const progressDisplay = (): {
  show: (p: Omit<Progress, "phase"> & { readonly phase: string }) => void;
  end: () => void;
} => {
  const terminal = process.stderr.isTTY === true;
  const bar = new cliProgress.SingleBar(
    {
      format: "{phase} [{bar}] {shown}/{total}  {left} left",
      stream: process.stderr,
      barsize: 36,
      hideCursor: true,
      clearOnComplete: true,
    },
    cliProgress.Presets.legacy,
  );
  let phase = "";
  let began = 0;
  let firstDone = 0;
  let lastLine = 0;
  return {
    show: (p) => {
      const now = performance.now() / 1000;
      const shown = Number.isInteger(p.done) ? `${p.done}` : p.done.toFixed(2);
      if (p.phase !== phase) {
        if (phase && terminal) bar.stop();
        phase = p.phase;
        began = now;
        firstDone = p.done;
        lastLine = now;
        if (terminal) bar.start(p.total, p.done, { phase: phase.padEnd(9), shown, left: "?" });
      }
      const rate = (p.done - firstDone) / (now - began);
      const left = rate > 0 ? clock((p.total - p.done) / rate) : "?";
      if (terminal) bar.update(p.done, { phase: phase.padEnd(9), shown, left });
      else if (now - lastLine > 10) {
        lastLine = now;
        process.stderr.write(`${phase} ${shown}/${p.total}, ${left} left\n`);
      }
    },
    end: () => {
      if (phase && terminal) bar.stop();
    },
  };
};
