"""Addresses of this app."""

from django.urls import path

from surveys.views import (
    answers,
    embed,
    exports,
    field,
    files,
    logic,
    look,
    preview,
    respond,
    results,
    share,
    sites,
    snippets,
    studio,
    translate,
    uploads,
    versions,
)

app_name = "surveys"

# Answered by the middleware `surveys.respondents`, before everything else.
respondent_pages = (
    ("/s/", embed.open_link),
    ("/i/", respond.personal_link),
    ("/s-assets/", look.asset),
    ("/embed.js", embed.embed_script),
)

urlpatterns = [
    path("", studio.survey_list, name="list"),
    path("new/", studio.create, name="create"),
    path("responses/<uuid:pk>/", answers.response, name="response"),
    path(
        "responses/<uuid:pk>/triage/", answers.response_triage, name="response_triage"
    ),
    path("responses/<uuid:pk>/files/<uuid:file>/", uploads.download, name="upload"),
    path("responses/<uuid:pk>/flags/", answers.response_flags, name="response_flags"),
    path("<int:pk>/", results.detail, name="detail"),
    path("<int:pk>/answers.csv", results.export, name="export"),
    path("<int:pk>/answers.xlsx", results.workbook, name="workbook"),
    path("<int:pk>/exports/", exports.export_list, name="exports"),
    path("<int:pk>/exports/<int:export>/", exports.export_detail, name="export_detail"),
    path(
        "<int:pk>/exports/<int:export>/again/",
        exports.export_again,
        name="export_again",
    ),
    path(
        "<int:pk>/exports/<int:export>/answers.xlsx",
        exports.export_file,
        name="export_file",
    ),
    path("<int:pk>/triage/", answers.triage_many, name="triage"),
    path("<int:pk>/triage/undo/", answers.triage_undo, name="triage_undo"),
    path("<int:pk>/begun/", answers.begun, name="begun"),
    path("<int:pk>/questions/", studio.edit, name="edit"),
    path("<int:pk>/preview/", preview.preview, name="preview"),
    path("<int:pk>/preview/page/", preview.preview_page, name="preview_page"),
    path("<int:pk>/draft/", studio.draft, name="draft"),
    path("<int:pk>/basics/", studio.basics, name="basics"),
    path("<int:pk>/deletion/", studio.discard, name="discard"),
    path("<int:pk>/lint/", logic.lint, name="lint"),
    path("<int:pk>/logic/", logic.logic, name="logic"),
    path("<int:pk>/publication/", field.publication, name="publish"),
    path("<int:pk>/pause/", field.pause, name="pause"),
    path("<int:pk>/resumption/", field.resumption, name="resume"),
    path("<int:pk>/closure/", field.closure, name="close"),
    path("import/", files.import_survey, name="import"),
    path("<int:pk>/import/", files.import_draft, name="import_draft"),
    path("<int:pk>/definition.json", files.definition, name="definition"),
    path("<int:pk>/versions/", versions.version_list, name="versions"),
    path("<int:pk>/versions/changes/", versions.changes, name="version_changes"),
    path(
        "<int:pk>/versions/<int:number>/restoration/",
        versions.restoration,
        name="restore",
    ),
    path("<int:pk>/translations/", translate.translate, name="translate"),
    path(
        "<int:pk>/translations/file/",
        translate.translations_in,
        name="translations_in",
    ),
    path(
        "<int:pk>/translations.csv",
        translate.translation_file,
        {"kind": "csv"},
        name="translations_csv",
    ),
    path(
        "<int:pk>/translations.xlf",
        translate.translation_file,
        {"kind": "xliff"},
        name="translations_xliff",
    ),
    path("<int:pk>/look/", look.look, name="look"),
    path("<int:pk>/pictures/", look.pictures, name="pictures"),
    path("<int:pk>/share/", share.share, name="share"),
    path("<int:pk>/website/", snippets.website, name="website"),
    path("<int:pk>/website/trial/", snippets.website_trial, name="website_trial"),
    path("<int:pk>/website/sample/", snippets.website_sample, name="website_sample"),
    path("<int:pk>/letter/", snippets.letter, name="letter"),
    path("<int:pk>/letter/page/", snippets.letter_preview, name="letter_preview"),
    path("<int:pk>/sheet/", snippets.sheet, name="sheet"),
    path("<int:pk>/qr.svg", share.qr_code, {"kind": "svg"}, name="qr_svg"),
    path("<int:pk>/qr.png", share.qr_code, {"kind": "png"}, name="qr_png"),
    path("<int:pk>/test-link/", share.test_link, name="test_link"),
    path("<int:pk>/invitations/", share.invitations, name="invitations"),
]

# Part of the settings: `/settings/sites/`.
site_patterns = (
    [
        path("", sites.site_list, name="list"),
        path("<int:pk>/removal/", sites.removal, name="removal"),
        path("<int:pk>/key/", sites.key, name="key"),
    ],
    "sites",
)
