import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { save, svgText } from "./save.ts";

interface FigureFrameProps {
  readonly name: string;
  readonly title: string;
  readonly caption?: ComponentChildren;
  /** The figure's numbers as CSV; null: there are none yet of what is set. */
  readonly csv?: (() => string) | null;
  /** The figure as a picture, where it is drawn on a canvas; one in SVG is found in the frame. */
  readonly png?: () => HTMLCanvasElement | null;
  readonly children: ComponentChildren;
}

/** A figure with its title, what it says, and its numbers and picture to take away. */
export const FigureFrame = ({ name, title, caption, csv, png, children }: FigureFrameProps) => {
  const frame = useRef<HTMLDivElement>(null);
  const hasNumbers = csv !== undefined;
  const saveSvg = (): void => {
    const svg = frame.current?.querySelector("svg");
    if (svg) save(`${name}.svg`, new Blob([svgText(svg)], { type: "image/svg+xml" }));
  };
  const savePng = (): void => {
    png?.()?.toBlob((blob) => {
      if (blob) save(`${name}.png`, blob);
    }, "image/png");
  };
  const saveCsv = (): void => {
    if (csv) save(`${name}.csv`, new Blob([csv()], { type: "text/csv" }));
  };
  return (
    <section class="figure" id={`figure-${name}`} aria-label={title}>
      <header>
        <h3>{title}</h3>
        <div class="take">
          {hasNumbers && (
            <button type="button" disabled={!csv} onClick={saveCsv} aria-label={`${title}: numbers as CSV`}>
              CSV
            </button>
          )}
          <button
            type="button"
            onClick={png ? savePng : saveSvg}
            aria-label={`${title}: picture as ${png ? "PNG" : "SVG"}`}
          >
            {png ? "PNG" : "SVG"}
          </button>
        </div>
      </header>
      <div class="drawing" ref={frame}>
        {children}
      </div>
      {caption && <p class="caption">{caption}</p>}
    </section>
  );
};
