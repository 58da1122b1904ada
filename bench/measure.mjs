import { spawnSync } from "node:child_process";
import { cpus, loadavg } from "node:os";

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** CPU seconds of one call, repeated until it has taken at least `least` seconds. */
export const cpuSeconds = (work, least = 0.2) => {
  let calls = 0;
  const before = process.cpuUsage();
  let used = 0;
  do {
    work();
    calls++;
    const { user, system } = process.cpuUsage(before);
    used = (user + system) / 1e6;
  } while (used < least);
  return used / calls;
};

/** Output of a peer program, or null where it is not there. */
export const peer = (command, args, input) => {
  const { status, stdout } = spawnSync(command, args, { input, encoding: "utf8" });
  return status === 0 ? stdout : null;
};

export const conditions = () =>
  `${cpus()[0].model}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}, CPU seconds of one thread, medians of interleaved rounds, ${new Date().toISOString().slice(0, 10)}`;

/** Ratio above 1 means ours is better; both in units where more is better. */
export const outcome = (name, unit, ours, theirs, runs, note = "") => ({
  name,
  unit,
  ours: Number(ours.toPrecision(4)),
  peer: theirs === null ? null : Number(theirs.toPrecision(4)),
  ratio: theirs === null ? null : Number((ours / theirs).toPrecision(3)),
  runs,
  conditions: conditions() + (note ? `; ${note}` : ""),
});

/** A table of text, as the program's own tables look. */
export const printTable = (head, rows) => {
  const widths = head.map((name, k) => Math.max(name.length, ...rows.map((row) => row[k].length)));
  const line = (cells) =>
    cells
      .map((cell, k) => cell.padEnd(widths[k]))
      .join("  ")
      .trimEnd();
  console.log([line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n"));
};
