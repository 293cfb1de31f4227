"""What stands on the example company's journey maps, stage by stage."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Notes:
    """The lanes of one stage; their names are those of `journeys.MapNote.Lane`."""

    actions: str = ""
    thoughts: str = ""
    emotion: str = ""
    pains: str = ""
    opportunities: str = ""


MAPS: Mapping[str, Mapping[str, Notes]] = {
    "A business trip": {
        "awareness": Notes(
            "A client asks for a meeting on Thursday.",
            "Can I be there and back in a day?",
            "In command",
            "Timetables of three airlines in three tabs",
            "Show door-to-door times, not only flights",
        ),
        "consideration": Notes(
            "Compares fares and times; asks what the travel rules allow.",
            "Which fare lets me change my mind?",
            "Sure of the price",
            "What a fare includes is told on the last page",
            "One line for each fare: bags, changes, lounge",
        ),
        "purchase": Notes(
            "Books on the phone between two meetings.",
            "Do not make me type my passport again.",
            "Done in a minute",
            "Payment fails and nobody says whether the seat is held",
            "Hold the seat for an hour, and say so",
        ),
        "use": Notes(
            "Checks in, drops a bag, works on board, waits for the bag.",
            "Am I going to be on time?",
            "Looked after",
            "Delays are announced late and without a reason\nBags come last",
            "Tell the reason and the next news by message",
        ),
        "service": Notes(
            "Calls when a flight is cancelled; asks for the receipt.",
            "Will somebody decide, or pass me on?",
            "Taken seriously",
            "Explains the same thing to two people",
            "Agents see the trip before they say hello",
        ),
        "loyalty": Notes(
            "Looks at the miles; hands in the expenses.",
            "Does it matter to them that I fly every week?",
            "Known",
            "Miles are missing and have to be claimed",
            "Add missing miles without being asked",
        ),
    },
    "A family holiday": {
        "awareness": Notes(
            "Sees friends' pictures from the beach.",
            "Could we afford that with four?",
            "Curious",
            "Offers show the price of one seat",
            "Prices for the whole family",
        ),
        "consideration": Notes(
            "Asks grandparents, reads reviews, counts school days.",
            "Will we sit together?",
            "At ease",
            "Rules about luggage and pushchairs are hard to find",
            "One page for families, in Chinese as well",
        ),
        "purchase": Notes(
            "Calls, because it is a lot of money.",
            "Let a person confirm it.",
            "In good hands",
            "Long wait on the line at weekends",
            "Call back at a time of their choice",
        ),
        "use": Notes(
            "Queues with two children; boards; keeps them busy.",
            "Please let them not run away.",
            "Helped without asking",
            "Families board last, though priority was promised",
            "A family lane from security to the gate",
        ),
        "service": Notes(
            "Writes in the chat about a lost toy or a broken suitcase.",
            "Does anybody here speak Chinese?",
            "Understood",
            "Answers come after the holiday is over",
            "Answer within the hour while they travel",
        ),
        "loyalty": Notes(
            "Tells other parents at school.",
            "Would we do it again?",
            "Proud of the choice",
            "Nobody asks how it was",
            "Ask once, a week after they are home",
        ),
    },
    "A corporate account": {
        "awareness": Notes(
            "The old contract ends; three airlines are invited.",
            "Who understands how we travel?",
            "Courted, not chased",
        ),
        "consideration": Notes(
            "Compares routes, discounts and service levels.",
            "What does it cost us when it goes wrong?",
            "Fairly treated",
            "Offers cannot be compared line by line",
            "Answer in the format of the tender",
        ),
        "purchase": Notes(
            "Signs; has travellers and cost centres set up.",
            "How long until the first of us can book?",
            "Guided",
            "Set-up takes weeks and names change",
            "A named person and a date for each step",
        ),
        "use": Notes(
            "Checks the monthly invoice against the bookings.",
            "Why does this not add up?",
            "In control",
            "Invoices that cannot be reconciled",
            "Cost centre on every line, and a file to load",
        ),
        "service": Notes(
            "Escalates for a traveller who is stranded.",
            "One person who answers, please.",
            "Backed up",
            "Has to chase for the outcome",
            "Tell the outcome before it is asked for",
        ),
        "loyalty": Notes(
            "Meets for the quarterly review.",
            "Did they do what we agreed on?",
            "Valued",
            "Slides about the airline, not about us",
            "Begin with last quarter's promises",
        ),
    },
}
