import { colour } from "./theme.ts";

/** Lets the user keep a file. */
export const save = (name: string, blob: Blob): void => {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken the file's bytes by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
};

/** A drawing as a file of its own: the theme's colours by their values, on the page's ground. */
export const svgText = (svg: SVGSVGElement): string => {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.setAttribute("style", `background:${colour("ground")};font-family:sans-serif`);
  return copy.outerHTML.replace(/var\(--([\w-]+)\)/g, (_, name: string) => colour(name));
};

interface Panel {
  readonly canvas: HTMLCanvasElement;
  readonly title?: string;
  /** A line across it, in CSS pixels from its left. */
  readonly mark?: number;
}

/** Canvases side by side as a picture of their own: with a title, what is said of them and a title each, on the page's ground. */
export const picture = (title: string, said: string, panels: readonly Panel[]): HTMLCanvasElement => {
  const ratio = window.devicePixelRatio || 1;
  const head = 62;
  const made = document.createElement("canvas");
  const context = made.getContext("2d");
  if (!context) return made;
  const widths = panels.map(({ canvas }) => canvas.width / ratio);
  const write = (text: string, x: number, y: number, name: string, font: string): void => {
    context.fillStyle = colour(name);
    context.font = font;
    context.fillText(text, x, y);
  };
  context.font = "12px sans-serif";
  const wide = Math.max(
    widths.reduce((sum, w) => sum + w, 0),
    context.measureText(said).width + 16,
  );
  made.width = Math.ceil(wide * ratio);
  made.height = Math.ceil((head + Math.max(...panels.map(({ canvas }) => canvas.height / ratio))) * ratio);
  context.scale(ratio, ratio);
  context.fillStyle = colour("ground");
  context.fillRect(0, 0, made.width, made.height);
  write(title, 8, 18, "ink", "600 14px sans-serif");
  write(said, 8, 36, "muted", "12px sans-serif");
  let left = 0;
  panels.forEach(({ canvas, title: own = "", mark }, i) => {
    write(own, left + 8, 56, "ink", "12px sans-serif");
    context.drawImage(canvas, left, head, widths[i], canvas.height / ratio);
    if (mark !== undefined) {
      context.fillStyle = colour("ink");
      context.fillRect(left + mark - 1, head + 8, 2, canvas.height / ratio - 60);
    }
    left += widths[i];
  });
  return made;
};
