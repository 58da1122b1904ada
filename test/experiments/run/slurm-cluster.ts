import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";

const found = (command: string): boolean => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;

/** Why no cluster can be started here, with the cure, or null. */
export const slurmMissing = (): string | null => {
  if (!["sbatch", "slurmd", "slurmctld", "munged"].every(found))
    return "Slurm is not installed: apt install slurm-wlm munge";
  return userInfo().uid === 0 ? null : "Slurm's daemons need root: run the tests as root";
};

const wait = (milliseconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
};

/** What `ask` gives once it is not null; an error after `seconds`. */
export const eventually = <T>(what: string, seconds: number, ask: () => T | null): T => {
  for (let waited = 0; waited < 1000 * seconds; waited += 100) {
    const answer = ask();
    if (answer !== null) return answer;
    wait(100);
  }
  throw new Error(`${what} did not happen within ${seconds} s`);
};

/** A Slurm of several one-processor nodes on this machine, without cgroups, database or system services. */
export interface Cluster {
  readonly environment: Readonly<Record<string, string>>;
  readonly slurm: (command: string, ...args: string[]) => string;
  /** Processes of a node: its daemon, and of each task on it a step daemon, its shell and what that runs. */
  readonly processes: (node: string) => readonly number[];
  /** Kills a node's daemon and all that runs on it, as a power cut does. */
  readonly killNode: (node: string) => number;
  readonly startNode: (node: string) => void;
  readonly stop: () => void;
}

// Ports of this run alone, so that two clusters on a machine do not meet.
const PORT = 20_000 + (process.pid % 20_000);

export const startCluster = (folder: string, nodes: number): Cluster => {
  const at = (...names: string[]): string => join(folder, ...names);
  const [host] = hostname().split(".");
  for (const name of ["state", "log", "munge"]) mkdirSync(at(name), { recursive: true });
  writeFileSync(at("munge.key"), execFileSync("head", ["-c", "1024", "/dev/urandom"]), { mode: 0o600 });
  const socket = at("munge", "socket");
  execFileSync("munged", [
    "--force",
    `--key-file=${at("munge.key")}`,
    `--socket=${socket}`,
    `--pid-file=${at("munge", "munged.pid")}`,
    `--log-file=${at("munge", "munged.log")}`,
    `--seed-file=${at("munge", "munged.seed")}`,
  ]);
  const names = Array.from({ length: nodes }, (_, i) => `n${i + 1}`);
  const settings = {
    ClusterName: "rramlab",
    SlurmctldHost: `${host}(127.0.0.1)`,
    SlurmUser: "root",
    SlurmctldPort: PORT,
    AuthType: "auth/munge",
    AuthInfo: `socket=${socket}`,
    CredType: "cred/munge",
    StateSaveLocation: at("state"),
    SlurmctldPidFile: at("slurmctld.pid"),
    SlurmctldLogFile: at("log", "slurmctld.log"),
    SlurmdSpoolDir: at("spool.%n"),
    SlurmdPidFile: at("slurmd.%n.pid"),
    SlurmdLogFile: at("log", "slurmd.%n.log"),
    SlurmdParameters: "config_overrides",
    ProctrackType: "proctrack/linuxproc",
    TaskPlugin: "task/none",
    AccountingStorageType: "accounting_storage/none",
    SelectType: "select/cons_tres",
    SelectTypeParameters: "CR_CPU",
    SchedulerParameters: "sched_interval=1,sched_min_interval=10000,batch_sched_delay=0",
    ReturnToService: 2,
    SlurmdTimeout: 10,
    KillWait: 2,
    MpiDefault: "none",
    JobRequeue: 1,
  };
  writeFileSync(
    at("slurm.conf"),
    [
      ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
      ...names.map(
        (n, i) =>
          `NodeName=${n} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${PORT + 1 + i} CPUs=1 RealMemory=1000 State=UNKNOWN`,
      ),
      `PartitionName=mc Nodes=n[1-${nodes}] Default=YES MaxTime=INFINITE State=UP`,
      "",
    ].join("\n"),
  );
  const environment = { SLURM_CONF: at("slurm.conf") };
  const slurm = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { encoding: "utf8", env: { ...process.env, ...environment } }).trim();
  const startNode = (node: string): void => {
    mkdirSync(at(`spool.${node}`), { recursive: true });
    slurm("slurmd", "-N", node, "-f", at("slurm.conf"));
  };
  slurm("slurmctld", "-c", "-f", at("slurm.conf"));
  for (const node of names) startNode(node);
  eventually("an idle cluster", 600, () =>
    slurm("sinfo", "--noheader", "--format=%t")
      .split("\n")
      .every((t) => t.trim() === "idle")
      ? true
      : null,
  );

  const table = (): { pid: number; parent: number; words: string }[] =>
    execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((line) => {
        const [pid, parent, ...words] = line.trim().split(/\s+/);
        return { pid: Number(pid), parent: Number(parent), words: words.join(" ") };
      });
  const below = (pid: number, all: ReturnType<typeof table>): number[] => [
    pid,
    ...all.filter((p) => p.parent === pid).flatMap((p) => below(p.pid, all)),
  ];
  const kill = (pids: readonly number[], signal: NodeJS.Signals): void => {
    for (const pid of pids)
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended by itself.
      }
  };
  const pidIn = (file: string): number => Number(readFileSync(file, "utf8"));
  const processes = (node: string): number[] => {
    const all = table();
    // A step daemon carries its node's name; it outlives the node's daemon, which is not its parent.
    const steps = all.filter((p) => p.words.startsWith("slurmstepd") && stepNode(p.pid) === node);
    return [pidIn(at(`slurmd.${node}.pid`)), ...steps.flatMap((p) => below(p.pid, all))];
  };
  return {
    environment,
    slurm,
    startNode,
    processes,
    killNode: (node) => {
      const doomed = processes(node);
      kill(doomed, "SIGKILL");
      return doomed.length;
    },
    stop: () => {
      for (const node of names)
        try {
          kill([pidIn(at(`slurmd.${node}.pid`))], "SIGKILL");
        } catch {
          // It was killed, and left no file.
        }
      kill([pidIn(at("slurmctld.pid")), pidIn(at("munge", "munged.pid"))], "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
  // The task below a step daemon knows its node.
  function stepNode(pid: number): string | null {
    for (const child of below(pid, table()).slice(1))
      try {
        const environ = readFileSync(`/proc/${child}/environ`, "utf8").split("\0");
        const line = environ.find((entry) => entry.startsWith("SLURMD_NODENAME="));
        if (line) return line.slice("SLURMD_NODENAME=".length);
      } catch {
        // It has ended meanwhile.
      }
    return null;
  }
};
