import * as z from "zod";

/** What a schema found, in a line. */
export const faultText = (error: unknown): string =>
  error instanceof z.ZodError
    ? error.issues
        .slice(0, 3)
        .map((i) => `${i.path.join(".") || "(top)"}: ${i.message.replace("Invalid input: ", "")}`)
        .join("; ")
    : (error as Error).message;
