import type { LabState, ReadName } from "./lab-parameters.ts";
import { READ_DEFAULTS } from "./lab-parameters.ts";

/** A word of a command line, quoted for a POSIX shell where it has to be. */
const quoted = (word: string): string => (/^[\w.,:=/+@%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

const settings = ({ read, device }: LabState, leftOut: readonly ReadName[]): string[] =>
  (Object.keys(read) as ReadName[]).flatMap((name) => {
    const value = read[name];
    if (leftOut.includes(name) || value === READ_DEFAULTS[name]) return [];
    return name === "device" && value === device?.file ? ["--device", value] : ["--set", `${name}=${value}`];
  });

const command = (words: readonly string[]): string => ["npx", "rramlab", "run", ...words].map(quoted).join(" ");

const seedOf = (seed: string): string[] => ["--seed", seed];

/** The run whose error rates are those of the page after so many samples. */
export const readCommand = (state: LabState, samples: number): string =>
  command([
    "sense-errors",
    "--set",
    `supply=${state.read.supply}`,
    ...settings(state, ["supply"]),
    ...["--trials", String(samples)],
    ...seedOf(state.page.seed),
  ]);

/** The run whose accuracies are those of the page's shipped networks after so many chips. */
export const networkCommand = (state: LabState, chips: number): string =>
  command([
    "ternary-versus-binary",
    ...["--set", "network=models/digits-ternary.safetensors"],
    ...["--set", "binaryNetwork=models/digits-binary.safetensors"],
    ...["--grid", `supply=${state.read.supply}`],
    ...settings(state, ["supply"]),
    ...["--trials", String(chips)],
    ...seedOf(state.page.seed),
  ]);

/** The run whose accuracies are those of a network of the user's own, of this file, after so many chips. */
export const ownNetworkCommand = (state: LabState, file: string, chips: number): string =>
  command([
    "network-on-chips",
    ...["--set", `network=${file}`],
    ...["--grid", `supply=${state.read.supply}`],
    ...settings(state, ["supply"]),
    ...(state.page.strobes === "best" ? ["--set", "strobes=best"] : []),
    ...["--trials", String(chips)],
    ...seedOf(state.page.seed),
  ]);
