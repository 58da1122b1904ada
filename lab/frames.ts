import { useEffect, useState } from "preact/hooks";

interface Telling<T> {
  results(): T;
  listen(told: (results: T) => void): void;
}

/** Results that come more often than the screen is drawn: the latest of each frame. */
export const useFrames = <T>(work: Telling<T>): T => {
  const [shown, setShown] = useState(work.results());
  useEffect(() => {
    let asked = 0;
    work.listen(() => {
      if (asked) return;
      asked = requestAnimationFrame(() => {
        asked = 0;
        setShown(work.results());
      });
    });
    setShown(work.results());
    return () => {
      cancelAnimationFrame(asked);
      work.listen(() => {});
    };
  }, [work]);
  return shown;
};
