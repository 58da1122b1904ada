import { plotlyBars } from "./bars.ts";
import { plotlyCurves } from "./curves.ts";
import { plotlyDots } from "./dots.ts";
import type { AnyFigure } from "./figure.ts";
import { plotlyHeatMaps } from "./heat-maps.ts";
import { plotlyParallel } from "./parallel.ts";
import { plotlySurfaces } from "./surfaces.ts";

/** A figure as plotly's data and layout. */
export const plotlyFigure = (figure: AnyFigure): { data: object[]; layout: object } => {
  switch (figure.kind) {
    case "heat maps":
      return plotlyHeatMaps(figure);
    case "bars":
      return plotlyBars(figure);
    case "dots":
      return plotlyDots(figure);
    case "surfaces":
      return plotlySurfaces(figure);
    case "parallel coordinates":
      return plotlyParallel(figure);
    default:
      return plotlyCurves(figure);
  }
};
