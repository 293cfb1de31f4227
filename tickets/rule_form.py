"""The form of one rule in the draft."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.condition_words import reason_for
from customers.conditions import ConditionError, parse
from teams.models import Team, User
from tickets.models import Rule, SlaPolicy
from tickets.routing import WORKERS
from tickets.rule_drafts import DraftRule
from tickets.rule_fields import FIELDS

LONGEST_CONDITION = 50_000
MOST_TAGS = 20
LONGEST_TAG = 40


class PolicyChoice(forms.ModelChoiceField[SlaPolicy]):
    def label_from_instance(self, obj: SlaPolicy) -> str:
        return obj.label


class RuleForm(forms.Form):
    """What a rule is called, which answers it takes, and what it does with them."""

    name = forms.CharField(label=_("Name"), max_length=120)
    condition = forms.CharField(
        label=_("Which answers it takes"),
        required=False,
        max_length=LONGEST_CONDITION,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    team = forms.ModelChoiceField(
        Team.objects.serving().order_by("name"),
        label=_("Team"),
        required=False,
        empty_label=_("The team that owns the touchpoint"),
    )
    strategy = forms.ChoiceField(label=_("Goes to"), choices=Rule.Strategy.choices)
    skill = forms.CharField(
        label=_("Skill"),
        required=False,
        max_length=40,
        help_text=_("As it stands with the people who have it, for example: refunds."),
        widget=forms.TextInput(attrs={"list": "known-skills"}),
    )
    person = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Person"),
        required=False,
        empty_label=_("Choose…"),
    )
    priority = forms.ChoiceField(
        label=_("Priority"),
        required=False,
        choices=[("", _("By the customer’s tier")), *Rule.Priority.choices],
    )
    sla_policy = PolicyChoice(
        SlaPolicy.objects.order_by("name"), label=_("SLA policy"), empty_label=None
    )
    problem_type = forms.CharField(
        label=_("Problem type"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "known-types"}),
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=1_000,
        help_text=_("With commas between them."),
    )
    watchers = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Watchers"),
        required=False,
        help_text=_("They hear of each new ticket that they may see."),
        widget=forms.CheckboxSelectMultiple,
    )
    tells_lead = forms.BooleanField(label=_("Tell the team’s lead"), required=False)
    is_active = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, rule: DraftRule
    ) -> None:
        super().__init__(data, initial=_initial(rule))
        self.rule = rule
        workers = User.objects.filter(is_active=True, role__in=WORKERS)
        for name in ("person", "watchers"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = workers.order_by("name", "pk")

    def clean_condition(self) -> Any:
        words = self.cleaned_data["condition"].strip() or "{}"
        try:
            condition = json.loads(words)
            parse(condition, FIELDS)
        except ConditionError as error:
            raise forms.ValidationError(reason_for(error)) from error
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(
                _("This is not a condition in the written form.")
            ) from error
        return condition

    def clean_tags(self) -> tuple[str, ...]:
        words = self.cleaned_data["tags"].replace("，", ",").replace("、", ",")
        tags = tuple(dict.fromkeys(t.strip() for t in words.split(",") if t.strip()))
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            raise forms.ValidationError(
                _("At most %(most)d tags of at most %(longest)d characters each."),
                params={"most": MOST_TAGS, "longest": LONGEST_TAG},
            )
        return tags

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        strategy = given.get("strategy")
        if strategy == Rule.Strategy.SKILL and not given.get("skill"):
            self.add_error("skill", _("Say which skill is asked for."))
        if strategy == Rule.Strategy.PERSON and not given.get("person"):
            self.add_error("person", _("Choose the person."))
        return given

    def as_rule(self) -> DraftRule:
        """The rule as it was entered; what its strategy does not need is left out."""
        given = self.cleaned_data
        strategy = given["strategy"]
        asks_skill = strategy == Rule.Strategy.SKILL
        asks_person = strategy == Rule.Strategy.PERSON
        return DraftRule(
            key=self.rule.key,
            name=self._name_to_keep(given["name"]),
            condition=given["condition"],
            is_active=given["is_active"],
            team=given["team"].pk if given["team"] else None,
            strategy=strategy,
            skill=given["skill"].strip().lower() if asks_skill else "",
            person=given["person"].pk if asks_person else None,
            priority=given["priority"],
            sla_policy=given["sla_policy"].pk,
            problem_type=given["problem_type"],
            tags=given["tags"],
            watchers=tuple(sorted(user.pk for user in given["watchers"])),
            tells_lead=given["tells_lead"],
        )

    def _name_to_keep(self, name: str) -> str:
        """The names we ship are stored in English and shown in every language."""
        return self.rule.name if name == self.rule.label else name


def _initial(rule: DraftRule) -> dict[str, Any]:
    return {
        **rule.stored(),
        "name": rule.label if rule.name else "",
        "condition": json.dumps(rule.condition, ensure_ascii=False),
        "tags": ", ".join(rule.tags),
    }
