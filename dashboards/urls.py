"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, path

from dashboards.views import (
    alert_rules,
    alerts,
    annotations,
    board_tiles,
    boards,
    closed_loop,
    comments,
    compare,
    drivers,
    explore,
    exports,
    fresh,
    groups,
    kpis,
    maths,
    permalinks,
    reach,
    reports,
    schedules,
    shared,
    targets,
    value,
    why,
)

app_name = "dashboards"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", kpis.kpis, name="kpis"),
    path("maths/<slug:key>/", maths.maths, name="maths"),
    path("rows/<slug:key>/", maths.rows, name="rows"),
    path("targets/", targets.targets, name="targets"),
    path("closed-loop/", closed_loop.closed_loop, name="closed_loop"),
    path("value/", value.value, name="value"),
    path("value/scenarios/", value.scenario_new, name="scenario_new"),
    path(
        "value/scenarios/<int:pk>/deletion/",
        value.scenario_deletion,
        name="scenario_deletion",
    ),
    path("reach/", reach.reach, name="reach"),
    path("fresh/", fresh.stamp, name="fresh"),
    path("boards/", boards.board_list, name="boards"),
    path("boards/new/", boards.board_new, name="board_new"),
    path("boards/<int:pk>/", boards.board, name="board"),
    path("boards/<int:pk>/wall/", boards.wall, name="board_wall"),
    path("boards/<int:pk>/settings/", boards.board_settings, name="board_settings"),
    path("boards/<int:pk>/selection/", boards.board_selection, name="board_selection"),
    path("boards/<int:pk>/copy/", boards.board_copy, name="board_copy"),
    path("boards/<int:pk>/deletion/", boards.board_deletion, name="board_deletion"),
    path(
        "boards/<int:pk>/restoration/",
        boards.board_restoration,
        name="board_restoration",
    ),
    path("boards/<int:pk>/edit/", board_tiles.board_edit, name="board_edit"),
    path(
        "boards/<int:pk>/arrangement/",
        board_tiles.board_arrangement,
        name="board_arrangement",
    ),
    path(
        "boards/<int:pk>/undo/",
        board_tiles.board_step,
        {"steps": -1},
        name="board_undo",
    ),
    path(
        "boards/<int:pk>/redo/", board_tiles.board_step, {"steps": 1}, name="board_redo"
    ),
    path(
        "boards/<int:pk>/tiles/new/<slug:kind>/", board_tiles.tile_new, name="tile_new"
    ),
    path("boards/<int:pk>/tiles/<uuid:tile_id>/", board_tiles.tile, name="tile"),
    path(
        "boards/<int:pk>/tiles/<uuid:tile_id>/copy/",
        board_tiles.tile_copy,
        name="tile_copy",
    ),
    path(
        "boards/<int:pk>/tiles/<uuid:tile_id>/removal/",
        board_tiles.tile_removal,
        name="tile_removal",
    ),
    path("by/<slug:dimension>/", kpis.by_dimension, name="by_dimension"),
    path("drivers/", drivers.drivers, name="drivers"),
    path("drivers/runs/", drivers.run, name="driver_run"),
    path(
        "drivers/runs/<int:pk>/cancellation/",
        drivers.cancellation,
        name="driver_cancellation",
    ),
    path("comments/", comments.comments, name="comments"),
    path("comments/corrections/", comments.corrections, name="corrections"),
    path("comments/corrections/new/", comments.correction, name="correction"),
    path(
        "comments/corrections/<int:pk>/undoing/",
        comments.correction_undoing,
        name="correction_undoing",
    ),
    path("segments/", groups.groups, name="segments"),
    path("segments/saved/", groups.segment_list, name="segment_list"),
    path("segments/saved/new/", groups.segment_new, name="segment_new"),
    path(
        "segments/saved/<int:pk>/deletion/",
        groups.segment_deletion,
        name="segment_deletion",
    ),
    path("annotations/", annotations.annotation_list, name="annotations"),
    path("annotations/new/", annotations.annotation, name="annotation_new"),
    path("annotations/<int:pk>/", annotations.annotation, name="annotation"),
    path(
        "annotations/<int:pk>/deletion/",
        annotations.annotation_deletion,
        name="annotation_deletion",
    ),
    path("reports/", reports.reports, name="reports"),
    path("reports/links/new/", reports.new_link, name="new_link"),
    path(
        "reports/links/<int:pk>/revocation/",
        reports.link_revocation,
        name="link_revocation",
    ),
    path("reports/schedules/new/", schedules.new_schedule, name="new_schedule"),
    path("reports/schedules/<int:pk>/", schedules.schedule, name="schedule"),
    path(
        "reports/schedules/<int:pk>/pause/",
        schedules.schedule_pause,
        name="schedule_pause",
    ),
    path(
        "reports/schedules/<int:pk>/letter/",
        schedules.schedule_letter,
        name="schedule_letter",
    ),
    path(
        "reports/schedules/<int:pk>/removal/",
        schedules.schedule_removal,
        name="schedule_removal",
    ),
    path("reports/export/", exports.export, name="export"),
    path("reports/files/<int:pk>/", exports.report_file, name="report_file"),
    path(
        "reports/files/<int:pk>/again/",
        exports.report_file_again,
        name="report_file_again",
    ),
    path(
        "reports/files/<int:pk>/file/",
        exports.report_file_download,
        name="report_file_download",
    ),
    path("alerts/", alerts.alert_list, name="alerts"),
    path("alerts/<int:pk>/", alerts.detail, name="alert"),
    path(
        "alerts/<int:pk>/acknowledgement/",
        alerts.acknowledgement,
        name="alert_acknowledgement",
    ),
    path("alerts/<int:pk>/snooze/", alerts.snooze, name="alert_snooze"),
    path("alerts/<int:pk>/initiative/", alerts.initiative, name="alert_initiative"),
    path("alerts/rules/", alert_rules.rule_list, name="alert_rules"),
    path("alerts/rules/new/", alert_rules.rule, name="alert_rule_new"),
    path("alerts/rules/simulation/", alert_rules.simulation, name="alert_simulation"),
    path("alerts/rules/<int:pk>/", alert_rules.rule, name="alert_rule"),
    path("alerts/rules/<int:pk>/state/", alert_rules.state, name="alert_rule_state"),
    path(
        "alerts/rules/<int:pk>/deletion/",
        alert_rules.deletion,
        name="alert_rule_deletion",
    ),
    path("explore/", explore.explore, name="explore"),
    path("why/", why.why, name="why"),
    path("compare/", compare.compare, name="compare"),
    path("kept/", permalinks.kept_list, name="kept_list"),
    path("kept/new/", permalinks.keep, name="keep"),
    path("kept/<str:token>/", permalinks.kept, name="kept"),
]

# At the root: for people without a sign-in.
public_patterns = [
    path("d/leave/<str:token>/", schedules.leave, name="leave_report"),
    path("d/<str:token>/", shared.shared, name="shared_dashboard"),
]
