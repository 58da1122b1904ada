import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { index, inFolder } from "../run-rramlab.ts";

const { place, scripted } = inFolder();

beforeAll(() => {
  writeFileSync(
    join(place.folder, "coin.mjs"),
    `import { defineExperiment, quantity, rate, uniform } from ${JSON.stringify(index)};
export const coin = defineExperiment({ name: "coin", summary: "A coin.", module: import.meta.url,
  parameters: { bias: quantity("1", 0.5, [0, 1], "chance of heads", "chosen") }, axes: ["bias"], trials: 100, block: 10,
  numbers: { heads: rate("heads") }, trial: (_context, { bias }, key) => ({ numbers: { heads: uniform(key) < bias ? 1 : 0 } }) });`,
  );
});
const COIN = 'const { coin } = await import("./coin.mjs");';

describe("a run in a script", () => {
  test("tells its progress, and gives its table", () => {
    const answer = scripted(`${COIN} const seen = [];
      const { table, out } = await lab.run(coin, { out: "told", workers: 1, set: { bias: 0.3 }, onProgress: (p) => seen.push(p) });
      const answer = { out, trials: table.rows[0].numbers.heads.trials, last: seen.at(-1) };`);
    expect(answer).toEqual({ out: "told", trials: 100, last: { phase: "running", done: 10, total: 10 } });
  });
  test("stops on a signal, says where, and goes on by resume to the bytes of one that was left alone", () => {
    const answer = scripted(`${COIN} const stop = new AbortController();
      const error = await lab.run(coin, { out: "stopped", workers: 1, trials: 5_000, signal: stop.signal, onProgress: () => stop.abort() }).catch((e) => e);
      const { table } = await lab.resume("stopped", { workers: 1 });
      const alone = await lab.run(coin, { out: "alone", workers: 1, trials: 5_000 });
      const answer = { name: error.name, message: error.message, same: JSON.stringify(lab.resultRows(table)) === JSON.stringify(lab.resultRows(alone.table)) };`);
    expect(answer).toEqual({ name: "Interrupted", message: expect.stringContaining('resume("stopped")'), same: true });
  });
  test("is refused what it does not take, in the library's words", () => {
    const calls = [
      [
        'lab.run("sense-errors")',
        'came "sense-errors". A study of the program by its name: await loadStudy("sense-errors")',
      ],
      ["lab.run(coin, { trails: 10 })", 'run has no option "trails". Did you mean "trials"?'],
      ["lab.run(coin, { set: { bais: 0.5 } })", 'unknown parameter "bais". Did you mean "bias"?'],
      ['lab.run(coin, { out: "told" })', 'out: "told" already holds a run. Continue it with await resume("told")'],
      ["lab.run(coin, { workers: 0 })", "workers is 0; expected 1 .. "],
    ] as const;
    const answer = scripted(`${COIN} const answer = [];
      for (const call of [${calls.map(([call]) => `() => ${call}`).join(", ")}]) answer.push(await call().then(() => "it ran", (e) => e.name + ": " + e.message));`);
    expect(answer).toEqual(calls.map(([, words]) => expect.stringContaining(words)));
    for (const message of answer as string[]) expect(message).not.toMatch(/--[a-z]/);
  });
  test("a study of the program is an experiment like any other", () => {
    const answer = scripted(`const study = await lab.loadStudy("sense-errors");
      const answer = [study.parameters.latchWidth.unit, await lab.loadStudy("nothing")];`);
    expect(answer).toEqual(["m", null]);
  });
});
