import { useMemo } from "preact/hooks";
import type { Moments } from "#src/numerics/index";
import { ChoiceField } from "../controls/choice-field.tsx";
import { PageChoice } from "../controls/page-choice.tsx";
import { FigureFrame } from "../figures/figure-frame.tsx";
import { useParts } from "../figures/in-parts.ts";
import { useFrames } from "../frames.ts";
import { useHalves } from "../mean-halves.ts";
import { type LabState, PAGE_PARAMETERS, type PageValues, type ReadValues } from "../state/lab-parameters.ts";
import type { Crew } from "../work/crew.ts";
import { MapFigure } from "./map-figure.tsx";
import { EnergyTiles, type MeanShown, RatesPanel } from "./rates-panel.tsx";
import type { ReadResults, ReadWork } from "./read-work.ts";
import { Schematic } from "./schematic.tsx";
import { WaveformPlots } from "./waveform-plots.tsx";

interface ReadBenchProps {
  readonly state: LabState;
  readonly work: ReadWork;
  readonly crew: Crew;
  readonly onRead: (values: Partial<ReadValues>) => void;
  readonly onPage: (page: Partial<PageValues>) => void;
}

const MEANS = ["repeatedEnergy", "prechargeEnergy", "senseEnergy", "decisionTime"] as const;

const useMeans = ({ energies }: ReadResults, crew: Crew): Readonly<Record<string, MeanShown>> => {
  const means: Record<string, Moments> = {};
  for (const name of MEANS) {
    const tally = energies?.tallies[name];
    if (tally?.kind === "mean" && tally.moments.count > 0) means[name] = tally.moments;
  }
  const half = useHalves(crew, means, energies);
  return Object.fromEntries(Object.entries(means).map(([name, { mean }]) => [name, { mean, half: half(name) }]));
};

/** Bench one: one read of a 2T2R cell by its precharge sense amplifier. */
export const ReadBench = ({ state, work, crew, onRead, onPage }: ReadBenchProps) => {
  const results = useFrames(work);
  const { read, page } = state;
  const means = useMeans(results, crew);
  const parts = useParts(4);
  const { samples } = PAGE_PARAMETERS;
  // What has not changed is not looked at again: rates come sixty times a second.
  const { waveforms } = results;
  const belonging = useMemo(() => ({ values: read, seed: page.seed }), [read, page.seed]);
  const isOf = (setting: number): boolean => setting === results.settings;
  const isDrawn = isOf(results.waveformsOf);
  const plots = useMemo(
    () => (
      <WaveformPlots
        waveforms={waveforms}
        isFresh={isDrawn}
        belonging={belonging}
        onStrobe={(strobe) => onRead({ strobe })}
      />
    ),
    [waveforms, isDrawn, belonging, onRead],
  );
  const schematic = useMemo(
    () => <Schematic values={read} weight={page.weight} waveforms={waveforms} isFresh={isDrawn} />,
    [read, page.weight, waveforms, isDrawn],
  );
  const map = useMemo(
    () => (
      <MapFigure
        map={results.map}
        isFresh={results.isMapFresh}
        page={page}
        values={read}
        onPage={onPage}
        onRead={onRead}
      />
    ),
    [results.map, results.isMapFresh, page, read, onPage, onRead],
  );
  return (
    <div class="bench" id="bench-read" data-waveforms-of={results.waveformsOf} data-rates-of={results.ratesOf}>
      {parts > 0 ? plots : <div class="figure later" />}
      <div class="columns">
        <div>
          {parts > 1 && (
            <>
              <RatesPanel
                rates={results.rates}
                isFresh={isOf(results.ratesOf)}
                values={read}
                seed={page.seed}
                limit={Number(page.samples)}
              />
              <EnergyTiles means={means} samples={results.energies?.samples ?? 0} isFresh={isOf(results.energiesOf)} />
              <ChoiceField
                name="samples"
                label="Count up to"
                choices={samples.choices}
                write={(n) => `${n.replace(/\B(?=(\d{3})+$)/g, ",")} samples`}
                value={page.samples}
                says={samples.says}
                onChange={(next) => onPage({ samples: next })}
              />
            </>
          )}
        </div>
        {parts > 2 && (
          <FigureFrame
            name="schematic"
            title="The cell and its amplifier"
            caption="Voltages of the nominal read (medians, no mismatch) at the strobe; the fuller a node, the nearer to the supply."
          >
            <PageChoice
              name="weight"
              label="the cell holds"
              write={(w) => w.replace("-", "−")}
              page={page}
              onPage={onPage}
            />
            {schematic}
          </FigureFrame>
        )}
        {parts > 3 && map}
      </div>
    </div>
  );
};
