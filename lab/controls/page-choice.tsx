import { PAGE_PARAMETERS, type PageName, type PageValues } from "../state/lab-parameters.ts";
import { ChoiceRow } from "./choice-field.tsx";

type ChoiceName = {
  [N in PageName]: (typeof PAGE_PARAMETERS)[N] extends { readonly kind: "choice" } ? N : never;
}[PageName];

interface PageChoiceProps<N extends ChoiceName> {
  readonly name: N;
  readonly label: string;
  /** How a choice is written, where not as it is. */
  readonly write?: (choice: string) => string;
  readonly page: PageValues;
  readonly onPage: (page: Partial<PageValues>) => void;
}

/** A choice of the page's own, side by side. */
export const PageChoice = <N extends ChoiceName>({ name, label, write = String, page, onPage }: PageChoiceProps<N>) => (
  <ChoiceRow<string>
    name={name}
    label={label}
    choices={PAGE_PARAMETERS[name].choices}
    write={write}
    value={page[name]}
    says={PAGE_PARAMETERS[name].says}
    onChange={(choice) => onPage({ [name]: choice })}
  />
);
