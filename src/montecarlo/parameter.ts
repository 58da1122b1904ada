/** A value of a parameter: SI number, or one of its words. */
export type Value = number | string;
export type Values = Readonly<Record<string, Value>>;

/** A parameter of an experiment as data: what it is, what it may be, and where its default comes from. */
export type Parameter =
  | {
      readonly kind: "quantity";
      /** SI unit of default, min and max; "1" for a pure number. */
      readonly unit: string;
      readonly default: number;
      readonly min: number;
      readonly max: number;
      readonly says: string;
      readonly source: string;
    }
  | {
      readonly kind: "integer";
      readonly unit: "1";
      readonly default: number;
      readonly min: number;
      readonly max: number;
      readonly says: string;
      readonly source: string;
    }
  | {
      readonly kind: "choice";
      readonly choices: readonly string[];
      readonly default: string;
      readonly says: string;
      readonly source: string;
    }
  /** Free text, or the name of something (`names`). */
  | {
      readonly kind: "text";
      /**
       * It names a data set, or the file of a network ("" is none), whose digest belongs to the plan; or a set of device statistics or
       * their file, whose content does.
       */
      readonly names?: "data set" | "network" | "device";
      readonly default: string;
      readonly says: string;
      readonly source: string;
    };

export type Parameters = Readonly<Record<string, Parameter>>;

/** The type of a parameter's value: a choice's is one of its words. */
export type ValueOf<P extends Parameter> = P extends { readonly choices: readonly (infer Choice extends string)[] }
  ? Choice
  : P extends { readonly kind: "quantity" | "integer" }
    ? number
    : string;

export type ValuesOf<P extends Parameters> = { readonly [name in keyof P]: ValueOf<P[name]> };

export const defaultsOf = <P extends Parameters>(parameters: P): ValuesOf<P> =>
  Object.fromEntries(Object.entries(parameters).map(([name, p]) => [name, p.default])) as ValuesOf<P>;

/**
 * What is wrong with a value, or null: wrong type, out of range (NaN is), no integer, not among the choices. Numbers are
 * shown in SI.
 */
export const faultOf = (name: string, parameter: Parameter, value: Value): string | null => {
  const { kind } = parameter;
  if (kind === "quantity" || kind === "integer") {
    if (typeof value !== "number") return `${name}: "${value}" is not a number`;
    const unit = parameter.unit === "1" ? "" : ` ${parameter.unit}`;
    if (!(value >= parameter.min && value <= parameter.max))
      return `${name}: ${value}${unit} is outside ${parameter.min} .. ${parameter.max}${unit}`;
    if (kind === "integer" && !Number.isInteger(value)) return `${name}: ${value} is not an integer`;
  }
  if (kind === "choice" && !parameter.choices.includes(value as string))
    return `${name}: "${value}" is not one of ${parameter.choices.join(", ")}`;
  return null;
};
