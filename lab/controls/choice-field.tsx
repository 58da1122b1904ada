interface ChoiceFieldProps<C extends string> {
  readonly name: string;
  readonly label: string;
  readonly choices: readonly C[];
  /** How a choice is written, where not as it is. */
  readonly write?: (choice: C) => string;
  readonly value: C;
  readonly says: string;
  readonly onChange: (value: C) => void;
}

/** One of several words from a list. */
export const ChoiceField = <C extends string>(props: ChoiceFieldProps<C>) => {
  const { name, label, choices, write = String, value, says, onChange } = props;
  return (
    <div class="control choice" title={says}>
      <label for={`set-${name}`}>{label}</label>
      <select id={`set-${name}`} value={value} onChange={(event) => onChange(event.currentTarget.value as C)}>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {write(choice)}
          </option>
        ))}
      </select>
    </div>
  );
};

/** One of a few words, side by side. */
export const ChoiceRow = <C extends string>({
  name,
  label,
  choices,
  write = String,
  value,
  says,
  onChange,
}: ChoiceFieldProps<C>) => (
  <fieldset class="choice-row" title={says}>
    <legend>{label}</legend>
    {choices.map((choice) => (
      <label key={choice} class={choice === value ? "chosen" : ""}>
        <input
          type="radio"
          name={`set-${name}`}
          value={choice}
          checked={choice === value}
          onChange={() => onChange(choice)}
        />
        {write(choice)}
      </label>
    ))}
  </fieldset>
);
