"""Fields of filters as they are drawn: like Django's own, and as safe."""

from django import forms

from teams.templatetags.quick_fields import labelled

HOSTILE = '"><script>alert(1)</script>'


class Narrowing(forms.Form):
    tag = forms.CharField(label=HOSTILE, required=False, max_length=40)
    place = forms.CharField(
        label="Place",
        required=False,
        widget=forms.Select(choices=[("", "All"), (HOSTILE, HOSTILE), ("n", "North")]),
    )
    day = forms.DateField(label="Day", required=False)
    paused = forms.BooleanField(label="Paused", required=False)


class TestAFilter:
    def test_shows_what_was_chosen(self) -> None:
        form = Narrowing({"place": "n", "tag": "vip", "paused": "on"})
        assert 'name="tag" value="vip"' in labelled(form["tag"])
        assert '<option value="n" selected>North</option>' in labelled(form["place"])
        assert labelled(form["place"]).count(" selected") == 1
        assert " checked" in labelled(form["paused"])
        assert " checked" not in labelled(Narrowing({})["paused"])

    def test_carries_nothing_into_the_page_that_is_no_text(self) -> None:
        form = Narrowing({"place": HOSTILE, "tag": HOSTILE})
        for name in form.fields:
            assert "<script" not in labelled(form[name])
        assert " selected>&quot;&gt;&lt;script&gt;" in labelled(form["place"])

    def test_names_its_control_and_what_is_wrong_with_it(self) -> None:
        drawn = labelled(Narrowing({"day": "2026-02-30"})["day"])
        assert '<label for="id_day"' in drawn
        assert 'aria-describedby="id_day_error" aria-invalid="true"' in drawn
        assert '<div id="id_day_error" class="invalid-feedback"><p>' in drawn
