import { useEffect, useRef } from "preact/hooks";
import { STEPS } from "./steps.ts";

interface TourProps {
  readonly step: number;
  readonly onStep: (step: number | null) => void;
}

/** Five steps, each with what it sets. */
export const Tour = ({ step, onStep }: TourProps) => {
  const { title, says, at } = STEPS[step];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    const seen = document.getElementById(at);
    seen?.classList.add("looked-at");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    seen?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    return () => seen?.classList.remove("looked-at");
  }, [step]);
  return (
    <aside class="tour" aria-label="Tour">
      <h2 ref={heading} tabIndex={-1}>
        {step + 1} of {STEPS.length}: {title}
      </h2>
      <p>{says}</p>
      <div class="tour-steps">
        <button type="button" disabled={step === 0} onClick={() => onStep(step - 1)}>
          Back
        </button>
        {step + 1 < STEPS.length ? (
          <button type="button" class="main" onClick={() => onStep(step + 1)}>
            Next
          </button>
        ) : (
          <button type="button" class="main" onClick={() => onStep(null)}>
            Explore
          </button>
        )}
        <button type="button" class="quiet" onClick={() => onStep(null)}>
          Close
        </button>
      </div>
    </aside>
  );
};
