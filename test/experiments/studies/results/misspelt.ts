import { choice, defineExperiment } from "#src/montecarlo/index";
import { type Line, linesOf, sweptCurve } from "../../../../experiments/studies/results/index.ts";
import { NUMBERS, PARAMETERS, type Params, TABLE } from "./small-table.ts";

/** What the compiler has to refuse: a line of these that compiles is an error of `npm run types`. */
export const misspelt = (line: Line<Params, "accuracy">): void => {
  // @ts-expect-error no number of that name
  line.percent("acuracy");
  // @ts-expect-error no parameter of that name
  line.by("wieghts");
  // @ts-expect-error no parameter of that name
  line.at.wieghts;
  // @ts-expect-error no word of this choice
  line.at.weights === "ternery";
  // @ts-expect-error no axis of that name
  linesOf(TABLE, PARAMETERS, ["sead"]);
  // @ts-expect-error no number of that name
  TABLE.rows[0].numbers.acuracy;
  // @ts-expect-error a default that is none of the choices
  choice(["a", "b"], "c", "says", "source");
  // @ts-expect-error words cannot be swept
  sweptCurve("", line, "weights", (at) => at.over("accuracy"));
  defineExperiment({
    name: "misspelt",
    summary: "",
    module: "",
    parameters: PARAMETERS,
    // @ts-expect-error no parameter of that name
    axes: ["wieghts"],
    // @ts-expect-error no word of this choice
    grid: () => [{ weights: ["ternery"] }],
    trials: 1,
    block: 1,
    // @ts-expect-error the trial reports a number that is not declared here
    numbers: NUMBERS,
    trial: () => ({ numbers: { acuracy: 1 } }),
  });
};
