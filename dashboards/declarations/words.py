"""Words that several declarations share."""

from django.utils.translation import gettext_lazy as _

BY_ANSWER_DAY = _("by the day the answer arrived")
BY_COHORT = _("by the day the answer that opened the ticket arrived")
BY_SENDING = _("by the day the invitation was sent")
BY_OCCURRENCE = _("by the day it happened")
BY_PERIOD = _("over the whole period")
NOW = _("at this moment")

ADJUSTED_WALD = _("adjusted Wald")
WILSON = _("Wilson")
STUDENT = _("Student's t, of the mean")
ORDER = _("places of the sorted values (binomial)")
A_COUNT = _("none, it is a count")
NOT_DEFINED = _("none, it is made of several estimates")
