import {
  describeNetwork,
  multiplicationsIn,
  type Network,
  shownLayers,
  showShape,
  tilesFor,
  weightsIn,
} from "#src/networks/index";
import { tableText } from "#src/report/word-table";
import { Misuse } from "../../misuse.ts";
import { parseCount } from "../arguments.ts";
import { answer } from "../output.ts";
import { readModel } from "./network-option.ts";

/** Whether what is to be described is a network's file. */
export const isNetworkFile = (name: string): boolean => /\.(onnx|safetensors|npz|npy|ya?ml|json)$/i.test(name);

/** "128x64": rows and columns. */
const parseArray = (text: string): readonly [number, number] => {
  const sides = text.split("x");
  if (sides.length !== 2) throw new Misuse(`--array ${text}: expected rows and columns, like 128x128.`);
  return [parseCount("--array", sides[0], 1), parseCount("--array", sides[1], 1)];
};

const counted = (n: number): string => n.toLocaleString("en");
const share = (x: number): string => `${(100 * x).toFixed(0)} %`;

/** The network in a few words, with the shape of its input. */
const titleOf = (network: Network): string => {
  const [described, shape] = [describeNetwork(network), showShape(network.input.shape)];
  return described.startsWith(shape) ? described : `${described}, input ${shape}`;
};

/** Prints a network's layers: shapes, levels, zeros, multiplications, pairs of cells and arrays that they take. */
export const describeNetworkFile = (path: string, array: string, json: boolean): void => {
  const [rows, columns] = parseArray(array);
  const { model, imported } = readModel(path, undefined);
  const { network, trained } = model;
  const layers = shownLayers(network).map(({ weighted, ...layer }) => ({
    ...layer,
    ...(weighted && {
      zeros: weighted.zeros,
      weights: weightsIn(weighted),
      multiplications: multiplicationsIn(weighted),
      pairs: weighted.weights === "binary" || weighted.weights === "ternary" ? weightsIn(weighted) : null,
      tiles: tilesFor(weighted, rows, columns),
      digital: weighted.digital,
    }),
  }));
  type Shown = (typeof layers)[number];
  const cell =
    (of: (layer: Shown & { readonly weights: number }) => string | number | null) =>
    (layer: Shown): string => {
      if (layer.weights === undefined) return "";
      const found = of(layer as Shown & { readonly weights: number });
      return found === null ? "-" : typeof found === "number" ? counted(found) : found;
    };
  const columnsOf: readonly (readonly [string, (layer: Shown) => string])[] = [
    ["layer", ({ name }) => name],
    ["kind", ({ kind }) => kind],
    ["gives", ({ gives }) => gives],
    ["levels", ({ levels }) => levels],
    ["zeros", cell(({ zeros, pairs }) => (pairs === null ? "" : share(zeros ?? 0)))],
    ["products", cell(({ multiplications }) => multiplications ?? 0)],
    ["pairs", cell(({ pairs }) => pairs ?? null)],
    ["tiles", cell(({ tiles }) => tiles ?? 0)],
  ];
  const beside = layers.filter(({ digital }) => digital);
  const table = {
    title: titleOf(network),
    columns: columnsOf.map(([head]) => head),
    rows: layers.map((layer) => columnsOf.map(([, of]) => of(layer))),
    notes: [
      `Products: of a weight and an input, for one image. Pairs: 2T2R cells that hold the weights. Tiles: arrays of ${rows} x ${columns} weights.`,
      ...(beside.length > 0
        ? [
            `Cells of levels cannot hold ${beside.map(({ name, digital }) => `"${name}" (${digital})`).join(", ")}; analog arrays can.`,
          ]
        : []),
    ],
  };
  const said = [imported, trained && `trained on ${trained.dataSet}, seed "${trained.seed}", ${trained.epochs} epochs`];
  answer(
    json,
    { described: describeNetwork(network), input: network.input, layers, array: { rows, columns }, imported, trained },
    [tableText(table), ...said.filter(Boolean)].join("\n"),
  );
};
