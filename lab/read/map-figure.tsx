import { useLayoutEffect, useRef } from "preact/hooks";
import { wilson } from "#src/numerics/wilson";
import { PageChoice } from "../controls/page-choice.tsx";
import { settingWords } from "../controls/words.ts";
import { FigureFrame } from "../figures/figure-frame.tsx";
import { picture } from "../figures/save.ts";
import { useSurroundings } from "../figures/use-surroundings.ts";
import { type Belonging, csvOf } from "../state/csv.ts";
import { PAGE_PARAMETERS, type PageValues, type ReadValues } from "../state/lab-parameters.ts";
import { drawMap, mapArea } from "./draw-map.ts";
import { rowsOf, type ShmooMap, SUPPLIES, shownError } from "./shmoo-grid.ts";

interface MapFigureProps {
  readonly map: ShmooMap | null;
  readonly isFresh: boolean;
  readonly page: PageValues;
  readonly values: ReadValues;
  readonly onPage: (page: Partial<PageValues>) => void;
  readonly onRead: (values: Partial<ReadValues>) => void;
}

const HEIGHT = 340;

/** Reads that a cell's rate is of. */
const readsOf = (shown: PageValues["shown"], samples: number): number =>
  Math.max(1, samples * (shown === "misread" ? 3 : shown === "type 3" ? 1 : 2));

const csvText = (map: ShmooMap, belonging: Belonging): string => {
  const rows = rowsOf(map.axis);
  const errors = PAGE_PARAMETERS.shown.choices;
  return csvOf(
    ["supply_V", map.axis === "strobe" ? "strobe_s" : "temperature_K", ...errors, "reads of each sign", "reads of 0"],
    map.cells.flatMap((column, c) =>
      column.flatMap((counts, r) =>
        counts
          ? [
              [
                SUPPLIES[c],
                rows[r],
                ...errors.map((error) => shownError(counts, error)),
                counts.signed.of / 2,
                counts.zero.of,
              ],
            ]
          : [],
      ),
    ),
    belonging,
    ["supply", map.axis],
  );
};

/** Errors over supply and strobe, or supply and temperature, coarse first; a click sets the point. */
export const MapFigure = ({ map, isFresh, page, values, onPage, onRead }: MapFigureProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const { width, theme } = useSurroundings(place);
  const row = page.map === "strobe" ? values.strobe : values.temperature;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !canvas.current || width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(width * ratio), Math.round(HEIGHT * ratio)];
    if (canvas.current.width !== w || canvas.current.height !== h) {
      canvas.current.width = w;
      canvas.current.height = h;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const own = map?.axis === page.map ? map : { axis: page.map, cells: [], samples: 0 };
    drawMap(context, width, HEIGHT, own, page.shown, { supply: values.supply, row });
  }, [map, page.map, page.shown, values.supply, row, width, theme]);
  const set = (event: MouseEvent): void => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box) return;
    const area = mapArea(box.width, HEIGHT);
    const rows = rowsOf(page.map);
    const c = Math.floor(((event.clientX - box.left - area.left) / area.width) * SUPPLIES.length);
    const r = Math.floor((1 - (event.clientY - box.top - area.top) / area.height) * rows.length);
    if (c < 0 || r < 0 || c >= SUPPLIES.length || r >= rows.length) return;
    onRead({ supply: SUPPLIES[c], ...(page.map === "strobe" ? { strobe: rows[r] } : { temperature: rows[r] }) });
  };
  const samples = isFresh && map?.axis === page.map ? map.samples : 0;
  const other = page.map === "strobe" ? "strobe" : "temperature";
  return (
    <FigureFrame
      name="map"
      title={`Errors over supply and ${other}`}
      csv={isFresh && map ? () => csvText(map, { values, seed: page.seed }) : null}
      png={() =>
        canvas.current
          ? picture(`${page.shown} over supply and ${other}`, settingWords({ values, seed: page.seed }), [
              { canvas: canvas.current },
            ])
          : null
      }
      caption={`${samples} of 192 samples a cell so far; coarse first.${
        page.shown === "misread" ? " Misread: of weights that are +1, −1 and 0 alike." : ""
      } Where none is wrong, up to ${(100 * wilson(0, readsOf(page.shown, samples)).high).toPrecision(1)} % may be (95 %). The ring is what is set: click to set another point.`}
    >
      <div class="rows">
        <PageChoice name="map" label="supply against" page={page} onPage={onPage} />
        <PageChoice name="shown" label="error" page={page} onPage={onPage} />
      </div>
      <div ref={place}>
        <canvas
          ref={canvas}
          class={`map ${isFresh ? "" : "stale"}`}
          role="img"
          aria-label={`Map of ${page.shown} over supply and ${other}, as numbers by CSV`}
          style={{ height: `${HEIGHT}px` }}
          onClick={set}
        />
      </div>
    </FigureFrame>
  );
};
