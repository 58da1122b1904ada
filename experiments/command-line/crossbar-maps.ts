import { type CrossbarInput, cellCurrent, type NodeVoltages, type ParsedCrossbar } from "#circuits/index";
import type { HeatMapFigure } from "#src/report/figure";

/** Values are written into maps of at most so many rows and columns. */
const MOST_WRITTEN = 12;

/** What one input does to an array, as heat maps: row 0 on top, column 0 at the left. */
export const crossbarMaps = (
  { design, conductances, conduction }: ParsedCrossbar,
  input: CrossbarInput,
  nodes: NodeVoltages,
): HeatMapFigure[] => {
  const { rows, columns } = design;
  const { wordLines, bitLines } = nodes;
  const written = Math.max(rows, columns) <= MOST_WRITTEN;
  // Categories are drawn from the bottom up.
  const upwards = Array.from({ length: rows }, (_, i) => rows - 1 - i);
  const places = {
    x: { label: "column", places: Array.from({ length: columns }, (_, j) => String(j)) },
    y: { label: "row", places: upwards.map(String) },
  };
  const map = (title: string, values: Float64Array) => ({
    title,
    values: upwards.map((i) =>
      [...values.subarray(i * columns, (i + 1) * columns)].map((v) => (Number.isNaN(v) ? null : v)),
    ),
    texts: upwards.map((i) =>
      [...values.subarray(i * columns, (i + 1) * columns)].map((v) =>
        written && !Number.isNaN(v) ? String(Number(v.toPrecision(4))) : "",
      ),
    ),
  });
  const range = (values: readonly Float64Array[]) => {
    let [from, to] = [0, 0];
    for (const list of values)
      for (const v of list.filter(Number.isFinite)) {
        from = Math.min(from, v);
        to = Math.max(to, v);
      }
    return { from, to: to > from ? to : from + 1 };
  };
  const figure = (
    title: string,
    caption: string,
    label: string,
    unit: string,
    maps: readonly (readonly [string, Float64Array])[],
  ): HeatMapFigure => ({
    kind: "heat maps",
    title,
    caption,
    ...places,
    colour: { label, unit, scale: "linear", ...range(maps.map(([, values]) => values)) },
    columns: maps.length,
    maps: maps.map(([name, values]) => map(name, values)),
  });
  const out = new Float64Array(3);
  const current = cellCurrent(conduction);
  const cells = conductances.map((g, k) => {
    if (g === Number.POSITIVE_INFINITY) return Number.NaN;
    current(out, g, wordLines[k], bitLines[k], input.gates?.[Math.floor(k / columns)] ?? 0);
    return 1e6 * out[0];
  });
  return [
    figure("Node voltages", "Voltages of the nodes above and below every device.", "voltage", "V", [
      ["word lines", wordLines],
      ["bit lines", bitLines],
    ]),
    figure("Across the devices", "Difference of both nodes: what the lines leave of the inputs.", "voltage", "V", [
      ["devices", wordLines.map((v, k) => (conductances[k] === Number.POSITIVE_INFINITY ? 0 : v - bitLines[k]))],
    ]),
    figure(
      "Currents through the devices",
      "From word line to bit line; shorted devices are left blank.",
      "current",
      "uA",
      [["devices", cells]],
    ),
  ];
};
