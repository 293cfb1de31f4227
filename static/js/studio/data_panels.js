// What belongs to no single page: quotas, variables and hidden fields.
import { condition } from "./conditions.js";
import { h } from "./dom.js";
import { draft } from "./draft.js";
import { choice, input, number } from "./fields.js";
import { newId } from "./ids.js";
import { endingChoices, withOwn } from "./page_panel.js";
import { parts } from "./parts.js";
import { say } from "./words.js";

const blank = (name) => structuredClone(draft.blanks.parts[name]);

export function quotasPanel() {
  return {
    heading: say("quotas"),
    acts: [],
    body: [
      h("p", { class: "text-secondary" }, say("quotas_hint")),
      parts(["quotas"], {
        label: say("quotas"), addLabel: say("add_quota"), numbered: say("quota"),
        make: () => ({ ...blank("quota"), id: newId("k"), name: say("quota"), ending: neutralEnding().id }),
        fieldsOf: (quota, own) => [
          input([...own, "name"], say("quota_name"), { id: `f-${own.join("-")}`, required: true, maxlength: 120 }),
          number([...own, "limit"], say("quota_limit"), { lowest: 1, highest: 10_000_000, isNeeded: true }),
          condition([...own, "when"], say("quota_when")),
          choice([...own, "ending"], say("quota_ending"), withOwn(endingChoices(), quota.ending)),
        ],
      }),
    ],
  };
}

// Whoever comes too late has not been let down.
function neutralEnding() {
  const { endings } = draft.document;
  return endings.find(({ group }) => !group) ?? endings.find(({ group }) => group === "passive") ?? endings.at(-1);
}

export function dataPanel() {
  return {
    heading: say("data"),
    acts: [],
    body: [
      h("p", { class: "text-secondary" }, say("variables_hint")),
      parts(["variables"], {
        label: say("variables"), addLabel: say("add_variable"), numbered: say("variable"),
        make: () => ({ ...blank("variable"), id: newId("v") }),
        fieldsOf: (variable, own, name) => variableFields(variable, own, name),
      }),
      h("p", { class: "text-secondary" }, say("hidden_hint")),
      parts(["hidden_fields"], {
        label: say("hidden_fields"), addLabel: say("add_hidden"), numbered: say("hidden_field"),
        make: () => ({ ...blank("hidden_field"), id: newId("h") }),
        fieldsOf: (field, own) => [named(own)],
      }),
    ],
  };
}

// The name is the id that texts and conditions use, so it is made of plain letters.
function named(own) {
  const pattern = "[a-z][a-z0-9_]{0,39}";
  return input([...own, "id"], say("name"), { id: `f-${own.join("-")}`, isLate: true, isQuiet: false, required: true, pattern, hint: say("name_hint") });
}

function variableFields(variable, own, name) {
  const isNumber = variable.kind === "number";
  const kind = choice([...own, "kind"], say("variable_kind"), ["number", "text"].map((one) => [one, say(`variable_${one}`)]));
  return [named(own), kind, value([...own, "initial"], say("initial"), isNumber), parts([...own, "steps"], {
    label: say("steps_of", { what: name }), addLabel: say("add_step"), numbered: say("step"),
    make: () => (isNumber ? blank("step") : { ...blank("step"), act: "set", value: "" }),
    fieldsOf: (step, way, words) => [
      condition([...way, "when"], say("when_of", { what: words })),
      isNumber && choice([...way, "act"], say("step_act"), ["add", "set"].map((one) => [one, say(`step_${one}`)])),
      value([...way, "value"], say("step_value"), isNumber),
    ].filter(Boolean),
  })];
}

function value(path, label, isNumber) {
  return isNumber ? number(path, label, { step: "any", isNeeded: true }) : input(path, label, { maxlength: 200 });
}
