import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { onTheme } from "./theme.ts";

/** What a drawing on a canvas depends on beside its data: the width of its place [px], 0 before it is known, and how often the theme has changed. */
export const useSurroundings = (
  place: RefObject<HTMLElement | null>,
): { readonly width: number; readonly theme: number } => {
  const [width, setWidth] = useState(0);
  const [theme, setTheme] = useState(0);
  useEffect(() => onTheme(() => setTheme((n) => n + 1)), []);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { width, theme };
};
