"""Addresses of this app."""

from django.urls import path

from journeys.views import maps, personas, stages

app_name = "journeys"

urlpatterns = [
    path("", maps.journey_list, name="list"),
    path("new/", maps.journey_new, name="new"),
    path("<int:pk>/", maps.journey_detail, name="detail"),
    path("<int:pk>/edit/", maps.journey_edit, name="edit"),
    path("<int:pk>/archive/", maps.journey_archive, name="archive"),
    path("<int:pk>/restoration/", maps.journey_restore, name="restore"),
    path("<int:pk>/stages/", stages.stage_new, name="stage_new"),
    path("stages/<int:pk>/", stages.stage_edit, name="stage"),
    path("stages/<int:pk>/position/", stages.stage_move, name="stage_move"),
    path("stages/<int:pk>/deletion/", stages.stage_delete, name="stage_delete"),
    path("stages/<int:pk>/touchpoints/", stages.touchpoint_new, name="touchpoint_new"),
    path("touchpoints/<int:pk>/", stages.touchpoint_edit, name="touchpoint"),
    path(
        "touchpoints/<int:pk>/deletion/",
        stages.touchpoint_delete,
        name="touchpoint_delete",
    ),
    path("personas/", personas.persona_list, name="persona_list"),
    path("personas/new/", personas.persona_new, name="persona_new"),
    path("personas/<int:pk>/", personas.persona_detail, name="persona"),
    path("personas/<int:pk>/edit/", personas.persona_edit, name="persona_edit"),
    path("personas/<int:pk>/deletion/", personas.persona_delete, name="persona_delete"),
    path("visions/", personas.vision_list, name="vision_list"),
    path("visions/new/", personas.vision_new, name="vision_new"),
    path("visions/<int:pk>/", personas.vision_edit, name="vision"),
    path("visions/<int:pk>/deletion/", personas.vision_delete, name="vision_delete"),
]
