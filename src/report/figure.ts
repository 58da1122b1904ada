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
  readonly dash?: "solid" | "dash" | "dot";
  readonly marks: boolean;
}

/** A band of x in which something is possible: a window for the strobe. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** A figure as data: drawn by whoever shows it. */
export interface Figure {
  readonly title: string;
  /** What is shown, on what, with which interval and seed: a sentence or two. */
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly bands?: readonly Band[];
}
