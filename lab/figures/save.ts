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

/** Canvases one under another with a title above, on the page's ground. */
export const titledPicture = (title: string, canvases: readonly HTMLCanvasElement[]): HTMLCanvasElement => {
  const ratio = window.devicePixelRatio || 1;
  const head = 28 * ratio;
  const picture = document.createElement("canvas");
  picture.width = Math.max(...canvases.map(({ width }) => width));
  picture.height = head + canvases.reduce((sum, { height }) => sum + height, 0);
  const context = picture.getContext("2d");
  if (!context) return picture;
  context.fillStyle = colour("ground");
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = colour("ink");
  context.font = `600 ${14 * ratio}px sans-serif`;
  context.fillText(title, 8 * ratio, 19 * ratio);
  let top = head;
  for (const canvas of canvases) {
    context.drawImage(canvas, 0, top);
    top += canvas.height;
  }
  return picture;
};
