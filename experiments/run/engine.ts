import { createHash } from "node:crypto";
import { ENGINE_FUNCTIONS, engineSamples } from "#src/numerics/engine-arithmetic";
import type { Engine } from "../files/plan-shape.ts";

export const thisEngine = (): Engine => ({
  node: process.version,
  v8: process.versions.v8,
  architecture: process.arch,
});

let digests: Readonly<Record<string, string>> | undefined;

/** A digest of what each of the engine's functions gives over its grid. */
export const engineArithmetic = (): Readonly<Record<string, string>> => {
  digests ??= Object.fromEntries(
    ENGINE_FUNCTIONS.map((name) => [
      name,
      createHash("sha256")
        .update(new Uint8Array(engineSamples(name).buffer))
        .digest("hex")
        .slice(0, 16),
    ]),
  );
  return digests;
};

const shown = ({ node, architecture }: Engine): string => `Node ${node} (${architecture})`;

/** What must be said where a run goes on on another engine than it began on; null on the same. */
export const engineNote = (begun: Engine, arithmetic: Readonly<Record<string, string>>): string | null => {
  const here = thisEngine();
  const own = engineArithmetic();
  const other = ENGINE_FUNCTIONS.filter((name) => arithmetic[name] !== own[name]);
  if (other.length > 0)
    return `the run began on ${shown(begun)}, whose ${other.join(", ")} give other last digits than ${shown(here)}: results of both together may differ from those of either in their last digits`;
  return here.node === begun.node && here.architecture === begun.architecture
    ? null
    : `the run began on ${shown(begun)} and goes on on ${shown(here)}; their functions agree to the last digit on all that is compared`;
};
