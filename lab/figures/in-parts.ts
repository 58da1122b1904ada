import { useEffect, useState } from "preact/hooks";
import { inTurn } from "./in-turn.ts";

/** How many of a page's parts are drawn so far, one more in each task until all are: a page that draws all at once answers nobody meanwhile. */
export const useParts = (all: number): number => {
  const [drawn, setDrawn] = useState(0);
  useEffect(() => {
    if (drawn < all) inTurn(() => setDrawn(drawn + 1));
  }, [drawn, all]);
  return drawn;
};
