import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Digits } from "../work/task.ts";
import type { OpenedShown } from "./chip-histogram.tsx";
import { type Condition, KINDS } from "./condition.ts";

interface DigitVerdictsProps {
  readonly digits: Digits;
  readonly condition: Condition | null;
  readonly opened: OpenedShown;
  readonly chip: number;
  readonly onChip: (chip: number) => void;
}

const SIDE = 28;
/** Digits that are drawn. */
const MOST = 36;

const Digit = ({ pixels, label }: { pixels: Uint8Array; label: string }) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(SIDE, SIDE);
    pixels.forEach((p, i) => {
      image.data.set([255 - p, 255 - p, 255 - p, 255], 4 * i);
    });
    context.putImageData(image, 0, 0);
  }, [pixels]);
  return <canvas ref={canvas} width={SIDE} height={SIDE} role="img" aria-label={label} />;
};

/** What one chip gets wrong: digits that a network of it takes for others, with the verdicts. */
export const DigitVerdicts = ({ digits, condition, opened, chip, onChip }: DigitVerdictsProps) => {
  const { images, labels, count } = digits;
  const kinds = KINDS.filter((kind) => opened[kind]);
  const classes = kinds.map((kind) => condition?.chips[kind][chip]?.classes);
  const drawn = Math.min(...kinds.map((kind) => condition?.chips[kind].length ?? 0));
  // Chips come in many a second, and what one of them got wrong stays.
  const shown = useMemo(() => {
    const errors = (of: Uint8Array | undefined): number =>
      of ? of.reduce((sum, verdict, i) => sum + (verdict === labels[i] ? 0 : 1), 0) : Number.NaN;
    /** Wrong on this chip, though right without its errors: what the chip is to blame for. */
    const blamed = Array.from({ length: count }, (_, i) => i).filter((i) =>
      kinds.some((kind, k) => {
        const own = classes[k];
        return own !== undefined && own[i] !== labels[i] && opened[kind]?.cleanClasses[i] === labels[i];
      }),
    );
    return (
      <>
        <p class="caption">
          {kinds.map((kind, k) => (
            <span key={kind} class={`key ${kind}`}>
              {kind}:{" "}
              {classes[k]
                ? `${errors(classes[k])} of ${count} wrong, ${errors(opened[kind]?.cleanClasses)} without errors`
                : "…"}
            </span>
          ))}{" "}
          Below: those that a network without errors gets right, {Math.min(MOST, blamed.length)} of {blamed.length}.
        </p>
        <div class="digits">
          {blamed.slice(0, MOST).map((i) => (
            <figure key={i}>
              <Digit pixels={images.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE)} label={`a ${labels[i]}`} />
              <figcaption>
                {kinds.map((kind, k) => (
                  <span key={kind} class={classes[k]?.[i] === labels[i] ? `${kind} right` : `${kind} wrong`}>
                    {classes[k]?.[i] ?? "…"}
                  </span>
                ))}
              </figcaption>
            </figure>
          ))}
        </div>
      </>
    );
  }, [digits, opened, ...(classes.length === 1 ? [classes[0], null] : classes)]);
  return (
    <section class="figure" id="figure-digits" aria-label="Digits that this chip gets wrong">
      <header>
        <h3>What chip {chip} gets wrong</h3>
        <div class="take">
          <button type="button" disabled={chip === 0} onClick={() => onChip(chip - 1)} aria-label="Chip before">
            ←
          </button>
          <button type="button" disabled={chip + 1 >= drawn} onClick={() => onChip(chip + 1)} aria-label="Next chip">
            →
          </button>
        </div>
      </header>
      {shown}
    </section>
  );
};
