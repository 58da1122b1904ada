import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import UPlot from "uplot";
import { inTurn } from "./in-turn.ts";
import { colour } from "./theme.ts";
import { useSurroundings } from "./use-surroundings.ts";

export interface Curve {
  readonly label: string;
  /** A colour of the theme. */
  readonly colour: string;
  readonly width: number;
  readonly opacity?: number;
  readonly dash?: readonly number[];
  /** Marks at its points. */
  readonly points?: boolean;
}

export interface CurvePlotProps {
  readonly label: string;
  readonly height: number;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
  /** x, then a list a curve. */
  readonly data: readonly ArrayLike<number | null>[];
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  /** Two curves, by their places, between which a band is filled, and its colour. */
  readonly bands?: readonly { readonly of: readonly [number, number]; readonly colour: string }[];
  /** Drawn above the curves: `place` gives a value's distance from the left [px]. */
  readonly overlay?: (
    place: (x: number) => number,
    valueAt: (px: number) => number,
    width: number,
  ) => ComponentChildren;
  /** Told the canvas, for pictures. */
  readonly canvas?: (canvas: HTMLCanvasElement) => void;
}

const FONT = "12px system-ui, sans-serif";
const LEFT = 60;
const RIGHT = 12;

/** Where a value stands on a plot of this canvas, in CSS pixels from its left. */
export const placeOn = (canvas: HTMLCanvasElement, [low, high]: readonly [number, number], x: number): number =>
  LEFT + ((x - low) / (high - low)) * (canvas.width / (window.devicePixelRatio || 1) - LEFT - RIGHT);

const faded = (name: string, opacity: number): string =>
  opacity === 1 ? colour(name) : `color-mix(in srgb, ${colour(name)} ${100 * opacity}%, transparent)`;

/** @param latest What is drawn now: ranges are asked for at every redraw. */
const optionsOf = (latest: () => CurvePlotProps, width: number): UPlot.Options => {
  const props = latest();
  const axis = { stroke: colour("muted"), font: FONT, labelFont: FONT, grid: { stroke: colour("line"), width: 1 } };
  return {
    width,
    height: props.height,
    padding: [8, RIGHT, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [...latest().xRange] },
      y: { range: () => [...latest().yRange] },
    },
    axes: [
      { ...axis, label: props.xLabel, labelSize: 18, size: 34, ticks: { stroke: colour("line") } },
      { ...axis, label: props.yLabel, labelSize: 16, size: LEFT - 16, ticks: { stroke: colour("line") } },
    ],
    series: [
      {},
      ...props.curves.map(
        ({ label, colour: name, width: line, opacity = 1, dash, points = false }): UPlot.Series => ({
          label,
          stroke: faded(name, opacity),
          width: line,
          points: { show: points, size: 6, fill: colour(name) },
          ...(dash ? { dash: [...dash] } : {}),
        }),
      ),
    ],
    bands: (props.bands ?? []).map(({ of, colour: name }) => ({ series: [...of], fill: faded(name, 0.15) })),
  };
};

/** Curves on a canvas by uPlot, redrawn as their data change. */
export const CurvePlot = (props: CurvePlotProps) => {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const { width, theme } = useSurroundings(place);
  const shape = JSON.stringify([width, theme, props.curves, props.xLabel, props.yLabel, props.height]);
  const latest = useRef(props);
  latest.current = props;
  useLayoutEffect(() => {
    if (width === 0) return;
    let current = true;
    inTurn(() => {
      if (!current || !place.current) return;
      const own = latest.current;
      const made = new UPlot(
        optionsOf(() => latest.current, width),
        own.data as unknown as UPlot.AlignedData,
        place.current,
      );
      plot.current = made;
      made.ctx.canvas.setAttribute("role", "img");
      made.ctx.canvas.setAttribute("aria-label", own.label);
      own.canvas?.(made.ctx.canvas);
    });
    return () => {
      current = false;
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);
  useLayoutEffect(() => {
    inTurn(() => {
      plot.current?.setData(latest.current.data as unknown as UPlot.AlignedData);
      plot.current?.ctx.canvas.setAttribute("aria-label", latest.current.label);
    });
  }, [props.data]);
  const inner = Math.max(1, width - LEFT - RIGHT);
  const [low, high] = props.xRange;
  return (
    <div class="plot" style={{ height: `${props.height}px` }}>
      <div ref={place} class="plot-canvas" />
      {width > 0 && props.overlay && (
        <div class="plot-over" style={{ left: `${LEFT}px`, width: `${inner}px` }}>
          {props.overlay(
            (x) => ((x - low) / (high - low)) * inner,
            (px) => low + (px / inner) * (high - low),
            inner,
          )}
        </div>
      )}
    </div>
  );
};
