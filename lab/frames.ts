import { useEffect, useState } from "preact/hooks";

interface Telling<T> {
  results(): T;
  listen(told: (results: T) => void): void;
}

/** Least time from one drawing to the next [ms]: a screen shows sixty a second. */
const APART = 16;

/** Results that come more often than the screen is drawn: the first at once, then the latest of each frame. */
export const useFrames = <T>(work: Telling<T>): T => {
  const [shown, setShown] = useState(work.results());
  useEffect(() => {
    let asked: ReturnType<typeof setTimeout> | undefined;
    let drawn = 0;
    const draw = (): void => {
      asked = undefined;
      drawn = performance.now();
      setShown(work.results());
    };
    work.listen(() => {
      asked ??= setTimeout(draw, Math.max(0, drawn + APART - performance.now()));
    });
    draw();
    return () => {
      clearTimeout(asked);
      work.listen(() => {});
    };
  }, [work]);
  return shown;
};
