import { useRef } from "preact/hooks";
import { words } from "../controls/words.ts";
import { READ_PARAMETERS } from "../state/lab-parameters.ts";

interface StrobeLineProps {
  readonly strobe: number;
  readonly place: (seconds: number) => number;
  readonly timeAt: (px: number) => number;
  readonly width: number;
  readonly weight: string;
  readonly onChange: (strobe: number) => void;
}

const { min, max } = READ_PARAMETERS.strobe;
/** A step of the keyboard, as a share of the strobe. */
const STEP = 0.05;

/** When the outputs are looked at: a line to drag, or to move with the arrow keys. */
export const StrobeLine = ({ strobe, place, timeAt, width, weight, onChange }: StrobeLineProps) => {
  const line = useRef<HTMLDivElement>(null);
  const set = (seconds: number): void => onChange(Math.min(max, Math.max(min, Number(seconds.toPrecision(3)))));
  const toPointer = (event: PointerEvent): void => {
    const area = line.current?.parentElement?.getBoundingClientRect();
    if (area) set(timeAt(Math.min(width, Math.max(0, event.clientX - area.left))));
  };
  return (
    <div
      ref={line}
      class="strobe"
      role="slider"
      tabIndex={0}
      aria-label={`Strobe, on the reads of ${weight}`}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={strobe}
      aria-valuetext={words(strobe, "s")}
      style={{ left: `${Math.min(width, Math.max(0, place(strobe)))}px` }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
        event.currentTarget.focus();
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) toPointer(event);
      }}
      onKeyDown={(event) => {
        const by = { ArrowLeft: 1 - STEP, ArrowDown: 1 - STEP, ArrowRight: 1 + STEP, ArrowUp: 1 + STEP }[event.key];
        if (!by) return;
        event.preventDefault();
        set(strobe * by);
      }}
    >
      <span>{words(strobe, "s")}</span>
    </div>
  );
};
