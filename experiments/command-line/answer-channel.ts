type Write = (text: string) => void;

let write: Write = (text) => {
  process.stdout.write(text);
};

/** Writes a part of a command's answer. */
export const writeAnswer: Write = (text) => write(text);

/**
 * Keeps standard output for the answer alone: whatever else writes there, a user's module or what it imports, goes with the
 * logs, so that an answer in JSON is one document.
 */
export const keepOutputForAnswers = (): void => {
  const { stdout, stderr } = process;
  const own = stdout.write.bind(stdout);
  write = (text) => {
    own(text);
  };
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  Object.assign(console, { log: console.error, info: console.error, debug: console.error });
};
