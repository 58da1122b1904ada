import type { Command, Option } from "commander";
import { Misuse } from "../misuse.ts";
import { studyNames } from "../registry.ts";
import { writeAnswer } from "./answer-channel.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** Commands that take the name of an experiment. */
const OF_EXPERIMENTS = ["run", "plan", "describe"];
/** Longest description that fits beside a word. */
const SAYS = 60;

interface Completed {
  readonly name: string;
  readonly says: string;
  readonly flags: readonly { readonly name: string; readonly says: string; readonly choices: readonly string[] }[];
  readonly words: readonly string[];
}

const completedOf = (command: Command, path: string): Completed[] => {
  const name = path ? `${path} ${command.name()}` : command.name();
  const flag = ({ long, description, argChoices, hidden }: Option) =>
    long && !hidden ? [{ name: long, says: description.slice(0, SAYS), choices: argChoices ?? [] }] : [];
  return [
    {
      name,
      says: command.description().slice(0, SAYS),
      flags: [...command.options.flatMap(flag), { name: "--help", says: "what it does, with an example", choices: [] }],
      words: [...command.commands.map((c) => c.name()), ...(OF_EXPERIMENTS.includes(name) ? studyNames() : [])],
    },
    ...command.commands.flatMap((c) => completedOf(c, name)),
  ];
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** What bash completes, and zsh by its own bridge: the flags and words of the command that was written. */
const bashScript = (commands: readonly Completed[]): string => {
  const top = commands.filter(({ name }) => !name.includes(" "));
  const cases = commands.map(
    ({ name, flags, words }) =>
      `    ${quoted(name)}) flags=${quoted(flags.map((f) => f.name).join(" "))} words=${quoted(words.join(" "))} ;;`,
  );
  const choices = [
    ...new Map(
      commands.flatMap(({ flags }) =>
        flags.filter((f) => f.choices.length > 0).map((f) => [f.name, f.choices] as const),
      ),
    ),
  ].map(([flag, of]) => `    ${flag}) COMPREPLY=($(compgen -W ${quoted(of.join(" "))} -- "$word")); return ;;`);
  return `# rramlab completion: eval "$(rramlab completion bash)"
_rramlab() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" flags="" words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ "\${COMP_WORDS[i]}" == -* ]] && break
    case " ${commands.map(({ name }) => name.replaceAll(" ", "/")).join(" ")} " in
      *" \${command:+$command/}\${COMP_WORDS[i]} "*) command="\${command:+$command/}\${COMP_WORDS[i]}" ;;
      *) break ;;
    esac
  done
  case "$before" in
${choices.join("\n")}
    --out|--device|--data|--module|--maps) compopt -o default; COMPREPLY=(); return ;;
  esac
  case "\${command//\\// }" in
    '') words=${quoted(top.map(({ name }) => name).join(" "))} flags='--help --version' ;;
${cases.join("\n")}
  esac
  compopt -o default
  if [[ "$word" == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$word")); else COMPREPLY=($(compgen -W "$words" -- "$word")); fi
}
complete -F _rramlab rramlab
`;
};

const fishScript = (commands: readonly Completed[]): string => {
  const lines = commands.flatMap(({ name, says, flags, words }) => {
    const parts = name.split(" ");
    const seen = parts.map((part) => `__fish_seen_subcommand_from ${part}`).join("; and ");
    return [
      ...(parts.length === 1 ? [`complete -c rramlab -n __fish_use_subcommand -a ${name} -d ${quoted(says)}`] : []),
      ...words.map((word) => `complete -c rramlab -n ${quoted(seen)} -a ${quoted(word)}`),
      ...flags.map(
        ({ name: flag, says: what, choices }) =>
          `complete -c rramlab -n ${quoted(seen)} -l ${flag.slice(2)} -d ${quoted(what)}${choices.length > 0 ? ` -xa ${quoted(choices.join(" "))}` : ""}`,
      ),
    ];
  });
  return `# rramlab completion: rramlab completion fish | source\n${lines.join("\n")}\n`;
};

/** Bash's completion by zsh's own bridge. */
const zshScript = (commands: readonly Completed[]): string =>
  `# rramlab completion: eval "$(rramlab completion zsh)"\nautoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(commands).replaceAll("  compopt -o default; ", "  ").replaceAll("  compopt -o default\n", "")}`;

export const addCompletion = (program: Command): void => {
  program
    .command("completion")
    .description("what a shell completes: bash, zsh or fish")
    .argument("<shell>", SHELLS.join(", "))
    .addHelpText("after", '\nExamples:\n  eval "$(rramlab completion bash)"\n  rramlab completion fish | source')
    .action((shell: string) => {
      const commands = program.commands.flatMap((command) => completedOf(command, ""));
      const script = { bash: bashScript, zsh: zshScript, fish: fishScript };
      if (!(shell === "bash" || shell === "zsh" || shell === "fish"))
        throw new Misuse(`completion ${shell}: expected one of ${SHELLS.join(", ")}.`);
      writeAnswer(script[shell](commands));
    });
};
