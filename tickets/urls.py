"""Addresses of this app: things are nouns, an act on a ticket is a sub-resource."""

from django.urls import path

from tickets.views import (
    board,
    bulk,
    case,
    closure,
    collisions,
    deadlines,
    department_tasks,
    desk,
    initiatives,
    ladder,
    macros,
    mails,
    merging,
    policies,
    recoveries,
    rehearsals,
    replies,
    root_causes,
    rules,
    saved_views,
    watching,
)

app_name = "tickets"

urlpatterns = [
    path("", desk.ticket_list, name="list"),
    path("export.csv", desk.export, name="export"),
    path("changes/", desk.changes, name="changes"),
    path("totals/", desk.totals, name="totals"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("bulk/<int:pk>/", bulk.result, name="bulk_result"),
    path("bulk/<int:pk>/undo/", bulk.undo_bulk, name="bulk_undo"),
    path("views/", saved_views.view_list, name="views"),
    path("views/new/", saved_views.new_view, name="view_new"),
    path("views/<int:pk>/deletion/", saved_views.delete_view, name="view_delete"),
    path("rules/", rules.rule_list, name="rules"),
    path("rules/new/", rules.rule_new, name="rule_new"),
    path("rules/draft/discarding/", rules.discarding, name="rules_discarding"),
    path("rules/rehearsals/", rehearsals.ask, name="rehearsals"),
    path("rules/rehearsals/<int:pk>/", rehearsals.detail, name="rehearsal"),
    path(
        "rules/rehearsals/<int:pk>/cancellation/",
        rehearsals.cancellation,
        name="rehearsal_cancellation",
    ),
    path("rules/publication/", rules.publication, name="rule_publication"),
    path("rules/<slug:key>/", rules.rule, name="rule"),
    path("rules/<slug:key>/activity/", rules.rule_activity, name="rule_activity"),
    path("rules/<slug:key>/position/", rules.rule_position, name="rule_position"),
    path("rules/<slug:key>/copy/", rules.rule_copy, name="rule_copy"),
    path("rules/<slug:key>/removal/", rules.rule_removal, name="rule_removal"),
    path("policies/", policies.policy_list, name="policies"),
    path("policies/new/", policies.new_policy, name="new_policy"),
    path("policies/<int:pk>/", policies.policy, name="policy"),
    path(
        "policies/<int:pk>/deletion/", policies.policy_deletion, name="policy_deletion"
    ),
    path("policies/<int:pk>/levels/", ladder.levels, name="levels"),
    path("policies/<int:pk>/levels/<int:percent>/", ladder.level, name="level"),
    path(
        "policies/<int:pk>/levels/<int:percent>/removal/",
        ladder.removal,
        name="level_removal",
    ),
    path("tasks/", department_tasks.task_list, name="tasks"),
    path("tasks/<int:pk>/", department_tasks.task, name="task"),
    *(
        path(
            f"tasks/<int:pk>/{noun}/",
            department_tasks.task_act,
            {"name": f"task_{noun}"},
            name=f"task_{noun}",
        )
        for noun in ("result", "assignment", "dropping")
    ),
    path("<int:number>/tasks/", case.act, {"name": "give_task"}, name="give_task"),
    path("board/", board.board, name="board"),
    path("board/<int:pk>/", board.person, name="board_person"),
    path("recoveries/", recoveries.recovery_list, name="recoveries"),
    path("recoveries/export.csv", recoveries.export, name="recoveries_export"),
    path("recoveries/budgets/", recoveries.budgets, name="recovery_budgets"),
    path("recoveries/<int:pk>/", recoveries.detail, name="recovery"),
    *(
        path(
            f"recoveries/<int:pk>/{act}/",
            recoveries.decide,
            {"act": act},
            name=f"recovery_{act}",
        )
        for act in ("approve", "refuse", "give", "withdraw")
    ),
    path("<int:number>/recoveries/", recoveries.ask, name="recovery_ask"),
    path("root-causes/", root_causes.cause_list, name="root_causes"),
    path("root-causes/new/", root_causes.cause_create, name="root_cause_create"),
    path("root-causes/<int:pk>/", root_causes.cause, name="root_cause"),
    path(
        "root-causes/<int:pk>/merge/", root_causes.cause_merge, name="root_cause_merge"
    ),
    path(
        "root-causes/<int:pk>/activity/",
        root_causes.cause_activity,
        name="root_cause_activity",
    ),
    path(
        "root-causes/<int:pk>/position/",
        root_causes.cause_position,
        name="root_cause_position",
    ),
    path(
        "root-causes/<int:pk>/deletion/",
        root_causes.cause_deletion,
        name="root_cause_deletion",
    ),
    path("<int:number>/", case.detail, name="detail"),
    path("<int:number>/colleagues/", collisions.colleagues, name="colleagues"),
    path("<int:number>/replies/", case.act, {"name": "reply"}, name="reply"),
    path("<int:number>/replies/preview/", replies.preview, name="reply_preview"),
    path(
        "<int:number>/messages/<int:pk>/sending/",
        replies.send_again,
        name="send_again",
    ),
    path("attachments/<uuid:pk>/", replies.download, name="attachment"),
    path("mail/", mails.mail_list, name="mails"),
    path("mail/<int:pk>/original/", mails.original, name="mail_original"),
    path("mail/<int:pk>/ticket/", mails.attach, name="mail_attach"),
    path("mail/<int:pk>/dismissal/", mails.dismiss, name="mail_dismiss"),
    path("<int:number>/contacts/", case.act, {"name": "contact"}, name="contact"),
    path(
        "<int:number>/resolution/", case.act, {"name": "resolution"}, name="resolution"
    ),
    path(
        "<int:number>/resolution/letter/", closure.letter_preview, name="letter_preview"
    ),
    path("<int:number>/reopening/", case.act, {"name": "reopening"}, name="reopening"),
    path(
        "<int:number>/assignment/", case.act, {"name": "assignment"}, name="assignment"
    ),
    path("<int:number>/deadlines/", deadlines.deadlines, name="deadlines"),
    path("<int:number>/pause/", case.act, {"name": "pause"}, name="pause"),
    path("<int:number>/pause/end/", case.act, {"name": "resume"}, name="resume"),
    path("<int:number>/priority/", case.act, {"name": "priority"}, name="priority"),
    path("<int:number>/notes/", case.act, {"name": "note"}, name="note"),
    path(
        "<int:number>/description/",
        case.act,
        {"name": "description"},
        name="description",
    ),
    path("<int:number>/people/", watching.people, name="people"),
    path("<int:number>/watchers/", watching.watchers, name="watchers"),
    path("<int:number>/merge/", merging.merge, name="merge"),
    path("<int:number>/unmerge/", merging.unmerge, name="unmerge"),
    path("<int:number>/split/", merging.split, name="split"),
    path("<int:number>/links/", merging.links, name="links"),
    path("<int:number>/links/new/", merging.link, name="link"),
    path("<int:number>/links/<int:pk>/removal/", merging.unlink, name="unlink"),
    path("<int:number>/macros/<int:pk>/", macros.macro_words, name="macro_words"),
    path("macros/", macros.macro_list, name="macros"),
    path("macros/new/", macros.macro, name="macro_new"),
    path("macros/<int:pk>/", macros.macro, name="macro"),
    path("macros/<int:pk>/deletion/", macros.macro_deletion, name="macro_deletion"),
]

# The customers' side: no sign-in, found by the token alone.
public_patterns = [path("c/<str:token>/", closure.outcome, name="outcome")]

# `/initiatives/`: the outer loop.
initiative_patterns = (
    [
        path("", initiatives.overview, name="overview"),
        path("new/", initiatives.create, name="create"),
        path("<int:pk>/", initiatives.detail, name="detail"),
        path("<int:pk>/edit/", initiatives.edit, name="edit"),
        path("<int:pk>/state/", initiatives.state, name="state"),
        path("<int:pk>/steps/", initiatives.actions, name="actions"),
        path("<int:pk>/steps/<int:action_pk>/", initiatives.action, name="action"),
        path("<int:pk>/decisions/", initiatives.decisions, name="decisions"),
        path("<int:pk>/letters/", initiatives.letters, name="letters"),
    ],
    "initiatives",
)
