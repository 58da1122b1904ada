import { describe, expect, test } from "@jest/globals";
import { parquetReadObjects } from "hyparquet";
import { type Column, csvText, parquetBytes } from "#src/report/columns";
import type { Figure } from "#src/report/figure";
import { pageHtml } from "#src/report/page";
import { plotlyFigure } from "#src/report/plotly-figure";
import { tableText } from "#src/report/word-table";

const columns: Column[] = [
  { name: "corner, process", values: ["tt", 's"s', "f,f"] },
  { name: "rate", values: [0.1, null, 1e-9] },
];

test("csv quotes what needs it and leaves an absent number empty", () => {
  expect(csvText(columns)).toBe('"corner, process",rate\ntt,0.1\n"s""s",\n"f,f",1e-9\n');
});

test("parquet gives back words, numbers and nulls", async () => {
  const bytes = parquetBytes(columns);
  const rows = await parquetReadObjects({ file: bytes.buffer as ArrayBuffer });
  expect(rows).toEqual(columns[0].values.map((v, i) => ({ "corner, process": v, rate: columns[1].values[i] })));
});

describe("a page", () => {
  const figure: Figure = {
    title: "Rates </script>",
    caption: "95 % intervals & a seed",
    x: { label: "supply", unit: "V", scale: "linear" },
    y: { label: "rate", unit: "", scale: "log" },
    series: [
      {
        name: "a </script>",
        x: [1, 2],
        y: [0.5, null],
        low: [0.4, null],
        high: [0.7, Number.POSITIVE_INFINITY],
        marks: true,
      },
    ],
    bands: [{ from: 1, to: 2, label: "window" }],
  };
  const html = pageHtml(
    { title: "T <b>", summary: "S", tables: [], figures: [figure], notes: ["n"], details: [] },
    "/* plotly */",
  );
  test("escapes what it is given, in text and in scripts", () => {
    expect(html).toContain("T &lt;b&gt;");
    expect(html).toContain("95 % intervals &amp; a seed");
    expect(html.match(/<\/script>/g)).toHaveLength(2);
  });
  test("labels axes with units and draws intervals as distances from the estimate", () => {
    const { data, layout } = plotlyFigure(figure) as {
      data: { error_y: object }[];
      layout: { xaxis: { title: { text: string } }; shapes: object[] };
    };
    expect(layout.xaxis.title.text).toBe("supply (V)");
    expect(layout.shapes).toHaveLength(1);
    const { array, arrayminus } = data[0].error_y as { array: (number | null)[]; arrayminus: (number | null)[] };
    expect(array[0]).toBeCloseTo(0.2, 12);
    expect(arrayminus[0]).toBeCloseTo(0.1, 12);
    expect([array[1], arrayminus[1]]).toEqual([null, null]);
  });
});

test("a table as text aligns its columns and wraps its notes", () => {
  const text = tableText(
    {
      title: "T",
      columns: ["a", "bb"],
      rows: [
        ["long", "1"],
        ["x", "22"],
      ],
      notes: ["one two three"],
    },
    9,
  );
  expect(text).toBe("T\n\na     bb\n----  --\nlong  1\nx     22\n\none two\nthree");
});

describe("heat maps", () => {
  test("colour by the logarithm where asked, hold what is below the scale at its end, and leave gaps", () => {
    const { data, layout } = plotlyFigure({
      kind: "heat maps",
      title: "t",
      caption: "c",
      x: { label: "supply (V)", places: ["0.8", "1.0"] },
      y: { label: "degC", places: ["27"] },
      colour: { label: "errors", unit: "%", scale: "log", from: 0.1, to: 100 },
      columns: 2,
      maps: [
        { title: "one", values: [[0, 10]], texts: [["0", "10"]] },
        { title: "two", values: [[null, 100]], texts: [["", "100"]] },
      ],
    });
    const maps = data as {
      z: (number | null)[][];
      zmin: number;
      zmax: number;
      text: string[][];
      colorbar: { ticktext: string[] };
    }[];
    expect(maps[0].z).toEqual([[-1, 1]]);
    expect(maps[1].z).toEqual([[null, 2]]);
    expect([maps[0].zmin, maps[0].zmax]).toEqual([-1, 2]);
    expect(maps[0].colorbar.ticktext).toEqual(["0.1", "1", "10", "100"]);
    const { xaxis, xaxis2 } = layout as unknown as Record<string, { domain: [number, number] }>;
    expect(xaxis.domain[1]).toBeLessThan(xaxis2.domain[0]);
  });
});
