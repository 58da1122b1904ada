import { showRate } from "#experiments/units/show";
import { type Cell, rateCell, type Tally } from "#src/montecarlo/index";
import { measured, withHalf } from "../controls/words.ts";
import { FigureFrame } from "../figures/figure-frame.tsx";
import { type Belonging, csvOf } from "../state/csv.ts";
import type { ReadValues } from "../state/lab-parameters.ts";
import type { Tallies } from "../work/task.ts";
import type { Sums } from "./growing-rates.ts";
import { ENERGY_SAMPLES } from "./read-work.ts";

const ROWS = [
  { name: "type1", label: "type 1", says: "±1 read as the other sign" },
  { name: "type2", label: "type 2", says: "±1 read as 0: too early" },
  { name: "type3", label: "type 3", says: "0 read as ±1: too late" },
  { name: "binaryFlip", label: "binary flip", says: "±1 read as the other sign by a binary network, undecided a coin" },
  { name: "invalidSigned", label: "invalid", says: "±1 read with both outputs low" },
] as const;

const WIDTH = 360;
const LEFT = 16;
const ROW = 34;
/** The axis: from one in a million to one. */
const DECADES = 6;
const place = (rate: number): number =>
  LEFT + (WIDTH - 2 * LEFT) * Math.max(0, 1 + Math.log10(Math.max(rate, 1e-12)) / DECADES);

const AXIS = [
  { rate: 1e-6, text: "0.0001 %", anchor: "start" },
  { rate: 1e-4, text: "0.01 %", anchor: "middle" },
  { rate: 1e-2, text: "1 %", anchor: "middle" },
  { rate: 1, text: "100 %", anchor: "end" },
] as const;

const rateTally = (tallies: Tallies, name: string): Extract<Tally, { kind: "rate" }> | null => {
  const tally = tallies[name];
  return tally?.kind === "rate" && tally.of > 0 ? tally : null;
};

/** Estimate and interval of a rate on a scale of decades. */
const Bar = ({ cell }: { cell: Cell | null }) => (
  <g>
    {Array.from({ length: DECADES + 1 }, (_, d) => (
      <path key={d} d={`M${place(10 ** (d - DECADES))} 2 V${ROW - 16}`} stroke="var(--line)" />
    ))}
    {cell && (
      <g>
        <path
          d={`M${place(cell.low)} 9 H${place(cell.high)}`}
          stroke="var(--accent)"
          stroke-width="5"
          stroke-opacity="0.45"
        />
        {cell.estimate > 0 && <circle cx={place(cell.estimate)} cy="9" r="4.5" fill="var(--accent)" />}
      </g>
    )}
  </g>
);

interface RatesPanelProps {
  /** Of what is set, or of what was set before. */
  readonly rates: Sums | null;
  readonly isFresh: boolean;
  readonly values: ReadValues;
  readonly seed: string;
  /** Samples after which nothing more is counted. */
  readonly limit: number;
}

const csvText = (rates: Sums, belonging: Belonging): string =>
  csvOf(
    ["number", "estimate", "low", "high", "of", "samples"],
    ROWS.flatMap(({ name }) => {
      const tally = rateTally(rates.tallies, name);
      if (!tally) return [];
      const { estimate, low, high } = rateCell(tally);
      return [[name, estimate, low, high, tally.of, rates.samples]];
    }),
    belonging,
  );

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

/** Error rates of one read with their Wilson intervals, which narrow while samples come. */
export const RatesPanel = (props: RatesPanelProps) => {
  const { rates, isFresh, limit } = props;
  const samples = isFresh ? (rates?.samples ?? 0) : 0;
  const shown = ROWS.map((row) => {
    const tally = rates ? rateTally(rates.tallies, row.name) : null;
    const cell = tally ? rateCell(tally) : null;
    return { ...row, tally, cell, told: cell ? showRate(cell) : "…" };
  }).filter(({ name, tally }) => name !== "invalidSigned" || (tally !== null && tally.events > 0));
  return (
    <FigureFrame
      name="rates"
      title="Errors of a read"
      csv={isFresh && rates ? () => csvText(rates, { values: props.values, seed: props.seed }) : null}
      caption={`95 % Wilson intervals, on a scale of decades. ${samples >= limit ? "All" : "Growing to"} ${grouped(limit)} samples, each an amplifier and a cell of its own that reads +1, −1 and 0.`}
    >
      <p class="samples" aria-live="off">
        <output id="samples" data-samples={samples}>
          {grouped(samples)}
        </output>{" "}
        samples
        {!isFresh && <span class="waited"> · counting; these settings take their time</span>}
      </p>
      <table class={`rates ${isFresh ? "" : "stale"}`}>
        <thead>
          <tr>
            <th scope="col">error</th>
            <th scope="col">% [95 % interval]</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ name, label, says, tally, told }) => {
            return (
              <tr key={name}>
                <th scope="row">
                  {label} <small>{says}</small>
                </th>
                <td id={`rate-${name}`} data-events={tally?.events ?? ""} data-of={tally?.of ?? ""}>
                  {told}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <svg
        viewBox={`0 0 ${WIDTH} ${ROW * ROWS.length + 14}`}
        role="img"
        aria-label={`Error rates in %: ${shown.map(({ label, told }) => `${label} ${told}`).join("; ")}`}
        class={`bars ${isFresh ? "" : "stale"}`}
      >
        {shown.map(({ name, label, cell }, i) => (
          <g key={name} transform={`translate(0 ${i * ROW + 12})`}>
            <text x={LEFT} y="0" fill="var(--muted)" font-size="11">
              {label}
            </text>
            <Bar cell={cell} />
          </g>
        ))}
        {AXIS.map(({ rate, text, anchor }) => (
          <text
            key={text}
            x={place(rate)}
            y={ROW * shown.length + 6}
            text-anchor={anchor}
            font-size="11"
            fill="var(--muted)"
          >
            {text}
          </text>
        ))}
      </svg>
    </FigureFrame>
  );
};

/** A mean with its interval, as far as it is known. */
export interface MeanShown {
  readonly mean: number;
  readonly half: number | null;
}

const meanText = (shown: MeanShown | null, unit: string, isDone: boolean): string => {
  if (!shown || !Number.isFinite(shown.mean)) return isDone ? "none by the strobe" : "…";
  return shown.half === null ? measured(shown.mean, unit) : withHalf(shown.mean, shown.half, unit);
};

/** Time and energy of a read. */
export const EnergyTiles = ({
  means,
  samples,
  isFresh,
}: {
  means: Readonly<Record<string, MeanShown>>;
  samples: number;
  isFresh: boolean;
}) => (
  <dl class={`tiles ${isFresh ? "" : "stale"}`}>
    {[
      ["repeatedEnergy", "energy of a repeated read", "J"],
      ["decisionTime", "decision of ±1", "s"],
      ["prechargeEnergy", "first read: precharge", "J"],
      ["senseEnergy", "first read: sense", "J"],
    ].map(([name, label, unit]) => (
      <div key={name}>
        <dt>{label}</dt>
        <dd id={`mean-${name}`}>{meanText(means[name] ?? null, unit, samples >= ENERGY_SAMPLES)}</dd>
      </div>
    ))}
    <p class="caption">
      Means and 95 % intervals over {samples} of {ENERGY_SAMPLES} samples and the three weights.
    </p>
  </dl>
);
