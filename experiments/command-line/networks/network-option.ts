import { networkSource, type OpenedNetwork, pixelsOf } from "../../files/network-source.ts";
import { Misuse } from "../../misuse.ts";

/** The flag that says what a pixel is. */
export const PIXELS_FLAG = [
  "--pixels <map>",
  "what a pixel is to a network of another program: 0..1, -1..1, 0..255, or mean/deviation (default: 0..1, or what a layer file says)",
] as const;

/**
 * The network of a file.
 *
 * @param pixels What a pixel is to a network that another program wrote, where the user says it.
 */
export const readModel = (path: string, pixels: string | undefined): OpenedNetwork => {
  const source = networkSource(path, "model ");
  if (pixels !== undefined && !source.isForeign)
    throw new Misuse(
      `--pixels ${pixels}: model ${path} is a file of this program and says itself what a pixel is to it.`,
    );
  return source.open(pixelsOf(pixels ?? ""));
};
