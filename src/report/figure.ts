export interface Axis {
  readonly label: string;
  /** Unit as it is printed; numbers are already in it. Empty for a pure number. */
  readonly unit: string;
  readonly scale: "linear" | "log";
}

/** One curve. `low` and `high` bound a 95 % interval at each point where they are given. */
export interface Series {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
  /** Where nothing was seen: what the value is below, at 95 %. Drawn as an open triangle that points down. */
  readonly below?: readonly (number | null)[];
  /** How the points are joined; "none": not at all. */
  readonly dash?: "solid" | "dash" | "dot" | "none";
  readonly marks: boolean;
}

/** A band of x in which something is possible: a window for the strobe. */
interface Band {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** One map of a figure: a value for each pair of places, and what is written there. */
interface HeatMap {
  readonly title: string;
  /** Shape y x x; null where there is nothing. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly texts: readonly (readonly string[])[];
  /** What fits into a place, where the texts do not: they are shown when it is pointed at. */
  readonly shorts?: readonly (readonly string[])[];
}

/** Maps over the same places with one scale of colours, set out in rows. */
export interface HeatMapFigure {
  readonly kind: "heat maps";
  readonly title: string;
  readonly caption: string;
  readonly x: { readonly label: string; readonly places: readonly string[] };
  readonly y: { readonly label: string; readonly places: readonly string[] };
  /** Colours: their range, in the unit of the values, and whether they follow the logarithm. */
  readonly colour: Axis & { readonly from: number; readonly to: number };
  readonly columns: number;
  readonly maps: readonly HeatMap[];
}

/** A figure as data: drawn by whoever shows it. */
export type Figure = CurveFigure | HeatMapFigure | BarFigure | DotFigure;

/** Figures that need the full bundle of plotly, too. */
export type AnyFigure = Figure | SurfaceFigure | ParallelFigure;

/** Maps as surfaces over their places, one at a time, chosen from a list. Drawn by the full bundle alone. */
export interface SurfaceFigure extends Omit<HeatMapFigure, "kind" | "columns"> {
  readonly kind: "surfaces";
}

/** Every point as a line over parallel axes, which a reader can narrow. Drawn by the full bundle alone. */
export interface ParallelFigure {
  readonly kind: "parallel coordinates";
  readonly title: string;
  readonly caption: string;
  /** A value a point; of an axis of words the place of its word. */
  readonly axes: readonly {
    readonly label: string;
    readonly words?: readonly string[];
    readonly values: readonly (number | null)[];
  }[];
}

/** Horizontal bars with intervals: for each name a group, a bar of each series. */
export interface BarFigure {
  readonly kind: "bars";
  readonly title: string;
  readonly caption: string;
  /** What is shown of the axis: intervals may reach beyond it. */
  readonly x: Axis & { readonly from: number; readonly to: number };
  readonly names: readonly string[];
  /** A value, low and high for each name; what is not finite is not drawn. */
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly number[];
    readonly low: readonly number[];
    readonly high: readonly number[];
  }[];
}

/** Values with intervals for each name, a row a name: what is compared over conditions, or against a parameter of words. */
export interface DotFigure {
  readonly kind: "dots";
  readonly title: string;
  readonly caption: string;
  readonly x: Axis;
  /** Where a line stands: no difference, say. */
  readonly reference?: number;
  readonly names: readonly string[];
  /** A value for each name, as of a curve. */
  readonly series: readonly (Pick<Series, "name" | "low" | "high" | "below"> & { readonly values: Series["y"] })[];
}

/** Curves over two axes. */
export interface CurveFigure {
  readonly kind?: "curves";
  readonly title: string;
  /** What is shown, on what, with which interval and seed: a sentence or two. */
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly bands?: readonly Band[];
}
