import { SpiceError } from "./spice-error.ts";
import type { SpiceLine } from "./spice-lines.ts";

/** A `.subckt` as it was written. */
export interface Subcircuit {
  readonly line: SpiceLine;
  readonly nodes: readonly string[];
  readonly defaults: readonly string[];
  readonly body: readonly SpiceLine[];
}

/** Lines outside subcircuits, and the subcircuits by their name in small letters. */
export const splitSubcircuits = (
  lines: readonly SpiceLine[],
): { top: SpiceLine[]; subcircuits: Map<string, Subcircuit> } => {
  const top: SpiceLine[] = [];
  const subcircuits = new Map<string, Subcircuit>();
  let open: { name: string; line: SpiceLine; body: SpiceLine[] } | null = null;
  for (const line of lines) {
    const head = line.words[0].toLowerCase();
    if (head === ".subckt") {
      if (open)
        throw new SpiceError(line.number, line.words[0], `inside .subckt ${open.name}: definitions do not nest here`);
      const name = line.words[1];
      if (name === undefined) throw new SpiceError(line.number, line.words[0], "expected .subckt name nodes");
      open = { name, line, body: [] };
    } else if (head === ".ends") {
      if (!open) throw new SpiceError(line.number, line.words[0], "no .subckt is open");
      const rest = open.line.words.slice(2).filter((w) => !/^params:$/i.test(w));
      subcircuits.set(open.name.toLowerCase(), {
        line: open.line,
        nodes: rest.filter((w) => !w.includes("=")),
        defaults: rest.filter((w) => w.includes("=")),
        body: open.body,
      });
      open = null;
    } else (open ? open.body : top).push(line);
  }
  if (open) throw new SpiceError(open.line.number, open.name, "this .subckt has no .ends");
  return { top, subcircuits };
};
