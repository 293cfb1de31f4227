"""Which answers become tickets, and whose: the draft of the rules and its publication."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from customers.condition_words import editor_words
from customers.conditions import Fields
from teams.access import StaffRequest, requires
from teams.models import User
from teams.roles import Ability
from tickets import rule_drafts
from tickets.models import Rehearsal, Rule, SlaPolicy
from tickets.rule_differences import differences, is_changed
from tickets.rule_drafts import DraftRule, RefusedChange, StaleDraft
from tickets.rule_fields import CATALOGUE
from tickets.rule_form import RuleForm
from tickets.rule_names import Known, known
from tickets.rule_problems import Problem, problems_of
from tickets.rule_publication import publish
from tickets.rule_sentences import actions_of, sentence_for

FORM_METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class _Line:
    """One rule on the page; `news` is "new" or "changed" against those in force."""

    rule: DraftRule
    sentence: str
    actions: list[str]
    problems: list[Problem]
    news: str


@requires(Ability.EDIT_RULES)
@require_safe
def rule_list(request: StaffRequest) -> HttpResponse:
    draft = rule_drafts.the_draft()
    context = {
        "draft": draft,
        "revision": rule_drafts.current_revision(),
        "lines": _lines(rule_drafts.rules_of(draft), known()),
    }
    return render(request, "tickets/rules.html", context)


@requires(Ability.EDIT_RULES)
@require_http_methods(FORM_METHODS)
def rule_new(request: StaffRequest) -> HttpResponse:
    policy = SlaPolicy.objects.order_by("pk").first()
    key = request.POST.get("key", "")
    new = DraftRule(
        key=key if key.startswith(rule_drafts.NEW) else rule_drafts.new_key(),
        name="",
        condition={"all": [{"field": "nps", "op": "lte", "value": 6}]},
        sla_policy=policy.pk if policy else None,
    )
    return _edit(request, new, is_new=True)


@requires(Ability.EDIT_RULES)
@require_http_methods(FORM_METHODS)
def rule(request: StaffRequest, key: str) -> HttpResponse:
    return _edit(request, _rule_in_draft(key), is_new=False)


@requires(Ability.EDIT_RULES)
@require_POST
def rule_activity(request: StaffRequest, key: str) -> HttpResponse:
    _rule_in_draft(key)
    on = request.POST.get("on") == "1"
    with _Told(request) as at:
        rule_drafts.switch(
            key, on=on, revision=_revision(request), by=request.user, at=at
        )
    return redirect("tickets:rules")


@requires(Ability.EDIT_RULES)
@require_POST
def rule_position(request: StaffRequest, key: str) -> HttpResponse:
    _rule_in_draft(key)
    up = request.POST.get("direction") == "up"
    with _Told(request) as at:
        rule_drafts.move(
            key, up=up, revision=_revision(request), by=request.user, at=at
        )
    return redirect("tickets:rules")


@requires(Ability.EDIT_RULES)
@require_POST
def rule_copy(request: StaffRequest, key: str) -> HttpResponse:
    _rule_in_draft(key)
    with _Told(request) as at:
        new = rule_drafts.copy(key, revision=_revision(request), by=request.user, at=at)
        messages.success(
            request, _("The copy stands below, switched off. Say what it is for.")
        )
        return redirect("tickets:rule", new)
    return redirect("tickets:rules")


@requires(Ability.EDIT_RULES)
@require_POST
def rule_removal(request: StaffRequest, key: str) -> HttpResponse:
    gone = _rule_in_draft(key)
    with _Told(request) as at:
        rule_drafts.remove(key, revision=_revision(request), by=request.user, at=at)
        messages.success(
            request,
            _("“%(name)s” is removed from the draft.") % {"name": gone.label},
        )
    return redirect("tickets:rules")


@requires(Ability.EDIT_RULES)
@require_http_methods(FORM_METHODS)
def discarding(request: StaffRequest) -> HttpResponse:
    """Ask, and then drop the draft: the rules in force stay as they are."""
    draft = rule_drafts.the_draft()
    if draft is None:
        return redirect("tickets:rules")
    if request.method == "POST":
        with _Told(request) as at:
            rule_drafts.discard(revision=_revision(request), by=request.user, at=at)
            messages.success(request, _("The draft is discarded."))
        return redirect("tickets:rules")
    found = differences(
        rule_drafts.rules_in_force(), rule_drafts.rules_of(draft), known()
    )
    context = {"draft": draft, "differences": found}
    return render(request, "tickets/rules_discard.html", context)


@requires(Ability.EDIT_RULES)
@require_http_methods(FORM_METHODS)
def publication(request: StaffRequest) -> HttpResponse:
    """What would change, and the button that does it."""
    draft = rule_drafts.the_draft()
    if draft is None:
        return redirect("tickets:rules")
    rules, names = rule_drafts.rules_of(draft), known()
    problems = [
        (each, problem)
        for each in rules
        for problem in problems_of(rules, names)[each.key]
        if each.is_active or problem.is_bad
    ]
    is_confirmed = not problems or request.POST.get("anyway") == "1"
    if request.method == "POST" and is_confirmed:
        with _Told(request) as at:
            publish(revision=_revision(request), by=request.user, at=at)
            messages.success(request, _("The rules are in force from now on."))
            return redirect("tickets:rules")
        return redirect("tickets:rule_publication")
    context = {
        "draft": draft,
        "differences": differences(rule_drafts.rules_in_force(), rules, names),
        "problems": problems,
        "is_bad": any(problem.is_bad for _rule, problem in problems),
        "is_unconfirmed": request.method == "POST" and not is_confirmed,
        "rehearsal": _rehearsed(draft.revision, request.user),
    }
    return render(request, "tickets/rules_publish.html", context)


class _Told:
    """The instant of a change; why it was refused is said on the next page."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __enter__(self) -> datetime:
        return timezone.now()

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        if isinstance(error, StaleDraft | RefusedChange):
            messages.error(self.request, str(error))
            return True
        return False


def _edit(request: StaffRequest, edited: DraftRule, *, is_new: bool) -> HttpResponse:
    form = RuleForm(request.POST or None, rule=edited)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            rule_drafts.save(
                form.as_rule(),
                revision=_revision(request),
                by=request.user,
                at=timezone.now(),
            )
        except StaleDraft as error:
            # What was typed stays on the page; saving again is then meant.
            problem = str(error)
        else:
            messages.success(
                request, _("Saved in the draft. It counts once you publish it.")
            )
            return redirect("tickets:rules")
    names = known()
    context = {
        "rule": edited,
        "is_new": is_new,
        "form": form,
        "problem": problem,
        "problems": [] if is_new else _problems(edited, names),
        "sentence": sentence_for(edited, names.fields),
        "revision": rule_drafts.current_revision(),
        "editor": {"fields": _offered(names.fields), "words": editor_words()},
        "skills": sorted({s for p in names.people.values() for s in p.skills}),
        "types": _known_types(),
    }
    return render(request, "tickets/rule.html", context)


def _lines(rules: list[DraftRule], names: Known) -> list[_Line]:
    before = {rule.key: rule for rule in rule_drafts.rules_in_force()}
    problems = problems_of(rules, names)
    return [
        _Line(
            rule,
            sentence_for(rule, names.fields),
            actions_of(rule, names),
            problems[rule.key],
            _news(before.get(rule.key), rule),
        )
        for rule in rules
    ]


def _news(before: DraftRule | None, rule: DraftRule) -> str:
    if before is None:
        return "new"
    return "changed" if is_changed(before, rule) else ""


def _problems(edited: DraftRule, names: Known) -> list[Problem]:
    rules = rule_drafts.rules_of(rule_drafts.the_draft())
    return problems_of(rules, names).get(edited.key, [])


def _rule_in_draft(key: str) -> DraftRule:
    rules = rule_drafts.rules_of(rule_drafts.the_draft())
    found = rule_drafts.find_rule(rules, key)
    if found is None:
        raise Http404
    return found


def _revision(request: HttpRequest) -> int:
    seen = request.POST.get("revision", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1


def _offered(fields: Fields) -> list[dict[str, object]]:
    """The catalogue as condition_editor.js takes it."""
    return [
        {
            "key": key,
            "label": str(field.label),
            "kind": str(field.kind),
            "choices": [[one, str(label)] for one, label in field.choices.items()],
            "group": str(CATALOGUE[key].group),
            "least": field.least,
            "most": field.most,
        }
        for key, field in fields.items()
    ]


def _known_types() -> list[str]:
    used = Rule.objects.exclude(problem_type="").order_by("problem_type")
    return list(used.values_list("problem_type", flat=True).distinct())


def _rehearsed(revision: int, user: User) -> Rehearsal | None:
    mine = Rehearsal.objects.filter(revision=revision, asked_by=user)
    return mine.order_by("-pk").first()
