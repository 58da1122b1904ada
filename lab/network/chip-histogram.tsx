import { FigureFrame } from "../figures/figure-frame.tsx";
import { type Belonging, csvOf } from "../state/csv.ts";
import type { OpenedFile } from "../work/task.ts";
import { accuraciesOf, type Condition, KINDS, type Kind } from "./condition.ts";
import { CHIPS } from "./network-work.ts";

export type OpenedShown = Readonly<Partial<Record<Kind, OpenedFile>>>;

interface ChipHistogramProps {
  readonly condition: Condition | null;
  /** Whether it is of what is set. */
  readonly isFresh: boolean;
  readonly opened: OpenedShown;
  readonly belonging: Belonging;
}

const [WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, TOP] = [400, 230, 34, 24, 40, 12];
const BINS = 40;

/** Ends of the axis: all accuracies and clean lines, on whole twentieths of the wider range. */
const rangeOf = (values: readonly number[]): readonly [number, number] => {
  const [least, most] = [Math.min(...values, 0.99), Math.max(...values, 0)];
  const step = most - least > 0.2 ? 0.1 : most - least > 0.04 ? 0.05 : 0.01;
  return [Math.max(0, Math.floor((least - 0.002) / step) * step), Math.min(1, Math.ceil((most + 0.002) / step) * step)];
};

const percent = (share: number, digits: number): string => `${(100 * share).toFixed(digits)} %`;

/** Accuracies of chips, chip after chip, and what each network reaches without errors. */
export const ChipHistogram = ({ condition, isFresh, opened, belonging }: ChipHistogramProps) => {
  const found = KINDS.map((kind) => ({ kind, values: accuraciesOf(condition, kind), clean: opened[kind]?.clean }));
  const known = found.flatMap(({ values, clean }) => [...values, ...(clean === undefined ? [] : [clean])]);
  const [low, high] = rangeOf(known.length > 0 ? known : [0.9, 0.95]);
  const x = (accuracy: number): number => LEFT + ((accuracy - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  const counts = found.map(({ values }) => {
    const bins = new Array<number>(BINS).fill(0);
    for (const v of values) bins[Math.min(BINS - 1, Math.floor(((v - low) / (high - low)) * BINS))] += 1;
    return bins;
  });
  const most = Math.max(5, ...counts.flat());
  const y = (count: number): number => HEIGHT - BOTTOM - (count / most) * (HEIGHT - BOTTOM - TOP);
  const drawn = Math.max(...found.map(({ values }) => values.length));
  const ticks = Array.from({ length: 6 }, (_, i) => low + ((high - low) * i) / 5);
  const csv =
    isFresh && condition
      ? (): string =>
          csvOf(
            ["chip", ...KINDS],
            Array.from({ length: drawn }, (_, i) => [i, ...found.map(({ values }) => values[i] ?? null)]),
            belonging,
          )
      : null;
  return (
    <FigureFrame
      name="chips"
      title="Accuracy of chips"
      csv={csv}
      caption={
        <>
          {KINDS.filter((kind) => opened[kind]).map((kind) => (
            <span key={kind} class={`key ${kind}`}>
              {kind}
            </span>
          ))}
          {drawn} of {CHIPS} chips; each draws its wrong cells once, at the rates of this amplifier. Dashed: without
          errors.
        </>
      }
    >
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Histogram of the accuracy of ${drawn} chips`}
        class="bars"
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <path d={`M${x(tick)} ${TOP} V${HEIGHT - BOTTOM}`} stroke="var(--line)" />
            <text x={x(tick)} y={HEIGHT - BOTTOM + 15} text-anchor="middle" font-size="11" fill="var(--muted)">
              {percent(tick, high - low < 0.05 ? 1 : 0)}
            </text>
          </g>
        ))}
        <text x={WIDTH / 2} y={HEIGHT - 6} text-anchor="middle" font-size="11" fill="var(--muted)">
          test accuracy of a chip
        </text>
        <text
          x={10}
          y={HEIGHT / 2 - 14}
          text-anchor="middle"
          font-size="11"
          fill="var(--muted)"
          transform={`rotate(-90 10 ${HEIGHT / 2 - 14})`}
        >
          chips
        </text>
        <text x={LEFT - 6} y={TOP + 8} text-anchor="end" font-size="11" fill="var(--muted)">
          {most}
        </text>
        <text x={LEFT - 6} y={HEIGHT - BOTTOM} text-anchor="end" font-size="11" fill="var(--muted)">
          0
        </text>
        {found.map(({ kind, clean }, k) => (
          <g key={kind} fill={`var(--${kind})`} fill-opacity="0.55">
            {counts[k].map((count, b) =>
              count > 0 ? (
                <rect
                  key={b}
                  x={x(low + ((high - low) * b) / BINS)}
                  y={y(count)}
                  width={(WIDTH - LEFT - RIGHT) / BINS - 1}
                  height={y(0) - y(count)}
                />
              ) : null,
            )}
            {clean !== undefined && (
              <path
                d={`M${x(clean)} ${TOP} V${HEIGHT - BOTTOM}`}
                stroke={`var(--${kind})`}
                stroke-width="2"
                stroke-dasharray="5 4"
              />
            )}
          </g>
        ))}
      </svg>
    </FigureFrame>
  );
};
