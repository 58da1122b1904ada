import { useEffect, useMemo, useState } from "preact/hooks";
import type { Moments } from "#src/numerics/index";
import { ChoiceField, ChoiceRow } from "../controls/choice-field.tsx";
import { FigureFrame } from "../figures/figure-frame.tsx";
import { useParts } from "../figures/in-parts.ts";
import { useFrames } from "../frames.ts";
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

/** Means with intervals, which the crew works out: quantiles of t are no small thing. */
const useMeans = (results: ReadResults, crew: Crew): Readonly<Record<string, MeanShown>> => {
  const [halves, setHalves] = useState<Readonly<Record<string, number>>>({});
  const { energies } = results;
  const moments = MEANS.map((name): Moments | null => {
    const tally = energies?.tallies[name];
    return tally?.kind === "mean" && tally.moments.count > 0 ? tally.moments : null;
  });
  useEffect(() => {
    let current = true;
    const known = MEANS.flatMap((name, i) => (moments[i] ? [{ name, moments: moments[i] }] : []));
    if (known.length === 0) return;
    crew
      .ask({ kind: "means", moments: known.map((m) => m.moments) })
      .then((intervals) => {
        if (current)
          setHalves(Object.fromEntries(known.map(({ name }, i) => [name, intervals[i].high - intervals[i].estimate])));
      })
      .catch(() => {});
    return () => {
      current = false;
    };
  }, [energies]);
  return Object.fromEntries(
    MEANS.flatMap((name, i) => {
      const own = moments[i];
      return own ? [[name, { mean: own.mean, half: halves[name] ?? null }]] : [];
    }),
  );
};

/** Bench one: one read of a 2T2R cell by its precharge sense amplifier. */
export const ReadBench = ({ state, work, crew, onRead, onPage }: ReadBenchProps) => {
  const results = useFrames(work);
  const { read, page } = state;
  const means = useMeans(results, crew);
  const parts = useParts(4);
  const { samples, weight } = PAGE_PARAMETERS;
  // What has not changed is not looked at again: rates come sixty times a second.
  const { waveforms } = results;
  const plots = useMemo(
    () => <WaveformPlots waveforms={waveforms} strobe={read.strobe} onStrobe={(strobe) => onRead({ strobe })} />,
    [waveforms, read.strobe, onRead],
  );
  const schematic = useMemo(
    () => <Schematic values={read} weight={page.weight} waveforms={waveforms} />,
    [read, page.weight, waveforms],
  );
  const map = useMemo(
    () => <MapFigure map={results.map} page={page} values={read} onPage={onPage} onRead={onRead} />,
    [results.map, page, read, onPage, onRead],
  );
  return (
    <div class="bench" id="bench-read" data-waveforms-of={results.waveformsOf} data-rates-of={results.ratesOf}>
      {parts > 0 ? plots : <div class="figure later" />}
      <div class="columns">
        <div>
          {parts > 1 && (
            <>
              <RatesPanel rates={results.rates} values={read} seed={page.seed} limit={Number(page.samples)} />
              <EnergyTiles means={means} samples={results.energies?.samples ?? 0} />
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
            <ChoiceRow
              name="weight"
              label="the cell holds"
              choices={weight.choices}
              write={(w) => w.replace("-", "−")}
              value={page.weight}
              says={weight.says}
              onChange={(next) => onPage({ weight: next })}
            />
            {schematic}
          </FigureFrame>
        )}
        {parts > 3 && map}
      </div>
    </div>
  );
};
