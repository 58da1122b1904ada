import { render } from "preact";
import { missingOf, workersOf } from "./browser.ts";
import { pause } from "./figures/in-turn.ts";
import { Lab } from "./lab.tsx";
import { packed } from "./packed.ts";
import type { Shipped } from "./page/use-networks.ts";
import { createCrew } from "./work/crew.ts";

const root = document.getElementById("lab") as HTMLElement;

/** The page's text where it cannot work: never a blank one. */
const say = (sentence: string): void => {
  root.textContent = sentence;
};

const shipped = async (): Promise<Shipped | null> => {
  const [digits, labels, binary, ternary] = await Promise.all(["digits", "labels", "binary", "ternary"].map(packed));
  if (!digits || !labels || !binary || !ternary) return null;
  const network = (kind: "binary" | "ternary", bytes: Uint8Array) => ({
    id: kind,
    name: `digits-${kind}.safetensors`,
    bytes,
  });
  return {
    digits: { count: labels.length, images: digits, labels },
    networks: { binary: network("binary", binary), ternary: network("ternary", ternary) },
  };
};

const begin = async (): Promise<void> => {
  const missing = missingOf();
  if (missing) {
    say(missing);
    return;
  }
  await pause();
  const script = await packed("worker");
  if (!script) throw new Error("its worker is not in it; build it again");
  // A blob is a worker's only source that needs no server, so that the page works from a folder.
  const address = URL.createObjectURL(new Blob([script as Uint8Array<ArrayBuffer>], { type: "text/javascript" }));
  const faults: string[] = [];
  let told = (sentence: string): void => {
    faults.push(sentence);
  };
  const workers = workersOf(navigator.hardwareConcurrency);
  const crew = createCrew(
    () => new Worker(address),
    workers,
    (sentence) => told(sentence),
    () => performance.now() / 1000,
  );
  await pause();
  root.textContent = "";
  render(
    <Lab
      crew={crew}
      shipped={shipped}
      workers={workers}
      onFault={(tell) => {
        told = tell;
        for (const sentence of faults) tell(sentence);
      }}
    />,
    root,
  );
};

begin().catch((error: Error) => say(`The lab cannot start in this browser: ${error.message}.`));
