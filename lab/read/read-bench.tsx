import { useEffect, useState } from "preact/hooks";
import type { Moments } from "#src/numerics/index";
import { ChoiceField, ChoiceRow } from "../controls/choice-field.tsx";
import { FigureFrame } from "../figures/figure-frame.tsx";
import { type LabState, PAGE_PARAMETERS, type PageValues, type ReadValues } from "../state/lab-parameters.ts";
import type { Crew } from "../work/crew.ts";
import { MapFigure } from "./map-figure.tsx";
import { EnergyTiles, type MeanShown, RatesPanel } from "./rates-panel.tsx";
import type { ReadResults } from "./read-work.ts";
import { Schematic } from "./schematic.tsx";
import { WaveformPlots } from "./waveform-plots.tsx";

interface ReadBenchProps {
  readonly state: LabState;
  readonly results: ReadResults;
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
  const shown = (i: number): MeanShown | null => {
    const m = moments[i];
    return m ? { mean: m.mean, half: halves[MEANS[i]] ?? null } : null;
  };
  const [repeated, precharge, sense, decision] = MEANS.map((_, i) => shown(i));
  return {
    ...(repeated ? { repeatedEnergy: repeated } : {}),
    ...(precharge && sense ? { firstEnergy: { mean: precharge.mean + sense.mean, half: null } } : {}),
    ...(decision ? { decisionTime: decision } : {}),
  };
};

/** Bench one: one read of a 2T2R cell by its precharge sense amplifier. */
export const ReadBench = ({ state, results, crew, onRead, onPage }: ReadBenchProps) => {
  const { read, page } = state;
  const means = useMeans(results, crew);
  const { samples, weight } = PAGE_PARAMETERS;
  return (
    <div class="bench" id="bench-read">
      <WaveformPlots
        waveforms={results.waveforms}
        supply={read.supply}
        strobe={read.strobe}
        onStrobe={(strobe) => onRead({ strobe })}
      />
      <div class="columns">
        <div>
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
        </div>
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
          <Schematic values={read} weight={page.weight} waveforms={results.waveforms} />
        </FigureFrame>
        <MapFigure map={results.map} page={page} values={read} onPage={onPage} onRead={onRead} />
      </div>
    </div>
  );
};
