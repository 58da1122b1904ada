import { useMemo, useRef } from "preact/hooks";
import { settingWords } from "../controls/words.ts";
import { type Curve, CurvePlot, placeOn } from "../figures/curve-plot.tsx";
import { FigureFrame } from "../figures/figure-frame.tsx";
import { picture } from "../figures/save.ts";
import { type Belonging, csvOf } from "../state/csv.ts";
import { READ_DEFAULTS } from "../state/lab-parameters.ts";
import type { Waveforms } from "../work/task.ts";
import { WEIGHT_ORDER, type WeightName } from "./nominal-at.ts";
import { DRAWN } from "./read-work.ts";
import { StrobeLine } from "./strobe-line.tsx";

interface WaveformPlotsProps {
  readonly waveforms: Waveforms | null;
  /** Whether they are of what is set. */
  readonly isFresh: boolean;
  readonly belonging: Belonging;
  readonly onStrobe: (strobe: number) => void;
}

const UNITS = [
  { above: 1e-6, factor: 1e6, unit: "µs" },
  { above: 0, factor: 1e9, unit: "ns" },
];

const CURVES: readonly Curve[] = [
  ...Array.from({ length: DRAWN }, (_, i) => ({ label: `Q ${i}`, colour: "q", width: 1, opacity: 0.35 })),
  ...Array.from({ length: DRAWN }, (_, i) => ({ label: `Qb ${i}`, colour: "qb", width: 1, opacity: 0.35 })),
  { label: "Qb nominal", colour: "qb", width: 2 },
  { label: "Q nominal", colour: "q", width: 2, dash: [8, 5] },
  { label: "half the supply", colour: "muted", width: 1, dash: [4, 4] },
];

const EMPTY: readonly ArrayLike<number>[] = [[], ...CURVES.map(() => [])];

const SAYS: Readonly<Record<WeightName, string>> = {
  "+1": "+1: low | high, Q falls first",
  "-1": "−1: high | low, Qb falls first",
  "0": "0: high | high, both droop, then one is chosen",
};

/** Lists of one weight's plot: times, then every curve. */
const dataOf = ({ times, q, qb, nominal, supply }: Waveforms, weight: number, factor: number) => {
  const n = times.length;
  const read = (of: Float64Array, sample: number): Float64Array =>
    of.subarray((3 * sample + weight) * n, (3 * sample + weight + 1) * n);
  const each = (of: Float64Array): Float64Array[] => Array.from({ length: DRAWN }, (_, i) => read(of, i));
  return [
    times.map((t) => t * factor),
    ...each(q),
    ...each(qb),
    read(nominal["qb"], 0),
    read(nominal["q"], 0),
    new Float64Array(n).fill(supply / 2),
  ];
};

const csvText = ({ times, q, qb }: Waveforms, belonging: Belonging): string => {
  const reads = WEIGHT_ORDER.flatMap((weight, w) =>
    Array.from({ length: DRAWN }, (_, sample) => ({
      name: `${weight} ${sample}`,
      start: (3 * sample + w) * times.length,
    })),
  );
  return csvOf(
    ["time_s", ...reads.flatMap(({ name }) => [`Q ${name}`, `Qb ${name}`])],
    Array.from(times, (t, i) => [t, ...reads.flatMap(({ start }) => [q[start + i], qb[start + i]])]),
    belonging,
  );
};

/** Q and Qb of a few dozen samples of each weight, with the strobe as a line to drag. */
export const WaveformPlots = ({ waveforms, isFresh, belonging, onStrobe }: WaveformPlotsProps) => {
  const { strobe } = belonging.values;
  const canvases = useRef<HTMLCanvasElement[]>([]);
  const until = waveforms ? waveforms.times[waveforms.times.length - 1] : 20e-9;
  const from = waveforms ? waveforms.times[0] : 0;
  const supply = waveforms?.supply ?? READ_DEFAULTS.supply;
  const { factor, unit } = UNITS.find(({ above }) => until > above) ?? UNITS[1];
  const data = useMemo(
    () => WEIGHT_ORDER.map((_, w) => (waveforms ? dataOf(waveforms, w, factor) : EMPTY)),
    [waveforms, factor],
  );
  return (
    <FigureFrame
      name="waveforms"
      title="Reads in time"
      csv={isFresh && waveforms ? () => csvText(waveforms, belonging) : null}
      png={() =>
        picture(
          "Reads in time: Q blue, Qb orange, the strobe",
          settingWords(belonging),
          canvases.current.map((canvas, w) => ({
            canvas,
            title: SAYS[WEIGHT_ORDER[w]],
            mark: placeOn(canvas, [from, until], strobe),
          })),
        )
      }
      caption={
        <>
          <span class="key q">Q</span> <span class="key qb">Qb</span> of {DRAWN} samples a weight, their own cells and
          mismatch; thick: medians, no mismatch, with which a zero's sides stay alike; dashed: half the supply. Drag the
          strobe, or move it with arrow keys.
        </>
      }
    >
      <div class={`waveforms ${isFresh ? "" : "stale"}`}>
        {WEIGHT_ORDER.map((weight, w) => (
          <div key={weight}>
            <h4>{SAYS[weight]}</h4>
            <CurvePlot
              label={`Outputs of ${DRAWN} reads of ${weight}`}
              height={190}
              xLabel={`after SEN rises [${unit}]`}
              yLabel="[V]"
              curves={CURVES}
              data={data[w]}
              xRange={[from * factor, until * factor]}
              yRange={[-0.05 * supply, 1.15 * supply]}
              canvas={(canvas) => {
                canvases.current[w] = canvas;
              }}
              overlay={(place, timeAt, width) => (
                <StrobeLine
                  strobe={strobe}
                  place={(seconds) => place(seconds * factor)}
                  timeAt={(px) => timeAt(px) / factor}
                  width={width}
                  weight={weight}
                  onChange={onStrobe}
                />
              )}
            />
          </div>
        ))}
      </div>
    </FigureFrame>
  );
};
