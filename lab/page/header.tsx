import { PAGE_PARAMETERS, type PageValues } from "../state/lab-parameters.ts";

interface HeaderProps {
  readonly page: PageValues;
  readonly onPage: (page: Partial<PageValues>) => void;
  readonly onTour: () => void;
  readonly onLink: () => void;
  readonly onCommand: () => void;
  readonly onStart: () => void;
}

const NAMES: Readonly<Record<PageValues["bench"], string>> = { read: "1 · the read", network: "2 · the network" };

/** Which bench is shown, and what leaves the page. */
export const Header = ({ page, onPage, onTour, onLink, onCommand, onStart }: HeaderProps) => (
  <header class="top">
    <h1>
      rramlab <span>the lab</span>
    </h1>
    <nav aria-label="Benches">
      {PAGE_PARAMETERS.bench.choices.map((bench) => (
        <button
          type="button"
          key={bench}
          id={`open-${bench}`}
          aria-pressed={bench === page.bench}
          onClick={() => onPage({ bench })}
        >
          {NAMES[bench]}
        </button>
      ))}
    </nav>
    <div class="actions">
      <label class="seed">
        seed{" "}
        <input
          id="seed"
          type="text"
          value={page.seed}
          maxLength={200}
          title={PAGE_PARAMETERS.seed.says}
          onChange={(event) => onPage({ seed: event.currentTarget.value })}
        />
      </label>
      <button type="button" id="tour" onClick={onTour}>
        Tour
      </button>
      <button type="button" id="copy-link" onClick={onLink}>
        Copy link
      </button>
      <button type="button" id="copy-command" onClick={onCommand}>
        Copy as command
      </button>
      <button type="button" id="start-over" onClick={onStart}>
        Start over
      </button>
    </div>
  </header>
);
