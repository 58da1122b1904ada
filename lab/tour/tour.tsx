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
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let seen: HTMLElement | null = null;
    // A bench that was not open yet is drawn in parts.
    const look = (): void => {
      seen = document.getElementById(at);
      if (!seen) return;
      clearInterval(looking);
      seen.classList.add("looked-at");
      seen.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    };
    const looking = setInterval(look, 100);
    look();
    return () => {
      clearInterval(looking);
      seen?.classList.remove("looked-at");
    };
  }, [step]);
  useEffect(() => {
    const leave = (event: KeyboardEvent): void => {
      if (event.key === "Escape") onStep(null);
    };
    addEventListener("keydown", leave);
    return () => removeEventListener("keydown", leave);
  }, [onStep]);
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
