import { useMemo, useRef } from "preact/hooks";
import { settingWords } from "../controls/words.ts";
import { CurvePlot } from "../figures/curve-plot.tsx";
import { FigureFrame } from "../figures/figure-frame.tsx";
import { picture } from "../figures/save.ts";
import { type Belonging, csvOf } from "../state/csv.ts";
import type { OpenedShown } from "./chip-histogram.tsx";
import { accuraciesOf, type Condition, KINDS, type Kind } from "./condition.ts";
import { SWEEP, SWEEP_CHIPS } from "./network-work.ts";

interface SupplySweepProps {
  readonly sweep: readonly (Condition | null)[];
  readonly opened: OpenedShown;
  readonly belonging: Belonging;
}

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, v) => sum + v, 0) / values.length;
const least = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.min(...values));
const most = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.max(...values));
const percent = (share: number | null): number | null => (share === null ? null : 100 * share);

/** Mean accuracy over the supply, drawn as chips come in; bands from the worst chip to the best. */
export const SupplySweep = ({ sweep, opened, belonging }: SupplySweepProps) => {
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const kinds = KINDS.filter((kind) => opened[kind]);
  const chips = (kind: Kind): number[][] => sweep.map((condition) => accuraciesOf(condition, kind));
  const data = useMemo(
    () => [
      SWEEP,
      ...kinds.flatMap((kind) => {
        const own = chips(kind);
        const clean = opened[kind]?.clean ?? null;
        return [
          own.map((c) => percent(meanOf(c))),
          own.map((c) => percent(most(c))),
          own.map((c) => percent(least(c))),
          SWEEP.map(() => percent(clean)),
        ];
      }),
    ],
    [sweep, opened],
  );
  const done = sweep.reduce((sum, c) => sum + Math.max(0, ...kinds.map((kind) => accuraciesOf(c, kind).length)), 0);
  const csv = (): string =>
    csvOf(
      ["supply_V", ...kinds.flatMap((kind) => [`${kind}_mean`, `${kind}_worst`, `${kind}_best`, `${kind}_chips`])],
      SWEEP.map((v, i) => [
        v,
        ...kinds.flatMap((kind) => {
          const own = chips(kind)[i];
          return [meanOf(own), least(own), most(own), own.length];
        }),
      ]),
      belonging,
      ["supply"],
    );
  return (
    <FigureFrame
      name="sweep"
      title="Accuracy over supply"
      csv={csv}
      png={() =>
        canvas.current
          ? picture(
              "Accuracy over supply: binary orange, ternary blue; bands from worst to best; dashed: without errors",
              settingWords(belonging),
              [{ canvas: canvas.current }],
            )
          : null
      }
      caption={`Means of ${SWEEP_CHIPS} chips a supply, bands from the worst to the best; ${done} of ${SWEEP.length * SWEEP_CHIPS} so far. Dashed: without errors.`}
    >
      <CurvePlot
        label={`Accuracy over supply of ${kinds.join(" and ")}`}
        height={240}
        xLabel="supply [V]"
        yLabel="accuracy [%]"
        curves={kinds.flatMap((kind) => [
          {
            label: kind,
            colour: kind,
            width: kind === "binary" ? 5 : 2,
            opacity: kind === "binary" ? 0.6 : 1,
            points: true,
          },
          { label: `${kind}, best`, colour: kind, width: 0 },
          { label: `${kind}, worst`, colour: kind, width: 0 },
          { label: `${kind}, clean`, colour: kind, width: 1, dash: [5, 4], opacity: 0.8 },
        ])}
        bands={kinds.map((kind, k) => ({ of: [2 + 4 * k, 3 + 4 * k] as const, colour: kind }))}
        data={data}
        xRange={[SWEEP[0] - 0.02, SWEEP[SWEEP.length - 1] + 0.02]}
        yRange={[0, 100]}
        canvas={(made) => {
          canvas.current = made;
        }}
        overlay={(place, _valueAt, width) => (
          <div class="marker" style={{ left: `${Math.min(width, Math.max(0, place(belonging.values.supply)))}px` }} />
        )}
      />
    </FigureFrame>
  );
};
