"""What the people of the sample city write down when they analyse a place: an answer to each question, by kind."""

from typing import Final

from problems.categories import Group
from problems.questions import Question

_Q = Question
ANALYSES: Final[dict[Group, dict[Question, str]]] = {
    Group.LIGHTING: {
        _Q.CAUSES: "Nobody: a cable joint from the seventies lets water in, and lamps fail one after another.",
        _Q.SUFFERS: "People walking home from the last bus; two of them said that they take the long way round.",
        _Q.PLACE: "Street lighting keeps the lamps, parks the trees that grow into them.",
        _Q.TRIED: "Single lamps were replaced four times in a year. Each time it held for some weeks.",
    },
    Group.PROPERTY: {
        _Q.CAUSES: "Young people from outside the street get in through the back; the youth team knows some of them.",
        _Q.SUFFERS: "The neighbours on both sides: water came through the shared wall after pipes were stolen.",
        _Q.PLACE: "A private owner who lives abroad. The council can serve a notice; a letting agent has a key.",
        _Q.TRIED: "Boarded up with wood in spring, opened again within a fortnight.",
    },
    Group.DISPUTES: {
        _Q.CAUSES: "Two households with opposite hours; one works nights.",
        _Q.SUFFERS: "Both, and the family below with a small child.",
        _Q.PLACE: "A housing association whose caretaker is there on weekdays until four.",
        _Q.TRIED: "Two warning letters. Nobody has talked with both sides at one table yet.",
    },
    Group.ANTISOCIAL: {
        _Q.CAUSES: "A group of eight to ten who meet after the shops close; outreach knows half of them by name.",
        _Q.SUFFERS: "Shop staff who lock up alone, and the flats above.",
        _Q.PLACE: "The parade belongs to one landlord. The back lane is dark and has two ways out.",
        _Q.TRIED: "Patrols for three weeks: quiet while they lasted, and back within days.",
    },
    Group.DAMAGE: {
        _Q.CAUSES: "Three tags again and again, mostly on the way home from school.",
        _Q.SUFFERS: "The bus shelter and the corner shop, which has paid for glass twice.",
        _Q.PLACE: "Highways keep the shelter; the wall is private and nobody has asked for leave to coat it.",
        _Q.TRIED: "Cleaned within a week each time. What is cleaned within a day stays clean for longer.",
    },
    Group.WASTE: {
        _Q.CAUSES: "Rubble from builders' vans after dark, and bulky waste of tenants who move out at a month's end.",
        _Q.SUFFERS: "Twelve houses whose only way to the bins leads past it.",
        _Q.PLACE: "Unclaimed strip between council land and the railway. A lay-by lets a van stop out of sight.",
        _Q.TRIED: "Cleared every week for a quarter; signs put up. It came back the same evening twice.",
    },
    Group.VEHICLES: {
        _Q.CAUSES: "Parents at school times, and a garage that leaves cars on the street.",
        _Q.SUFFERS: "Children at the crossing; a wheelchair user who has to go on the road.",
        _Q.PLACE: "Highways for the lines, parking for the tickets, the school for its gate times.",
        _Q.TRIED: "One week of tickets: better for two weeks.",
    },
    Group.OVERGROWTH: {
        _Q.CAUSES: "Nobody cuts: three gardens end at a path that no plan assigns to anyone.",
        _Q.SUFFERS: "Pupils and people with prams, who use the road in summer.",
        _Q.PLACE: "Owners up to the fence, parks beyond it.",
        _Q.TRIED: "Cut once in July, grown back by September.",
    },
    Group.OTHER: {
        _Q.CAUSES: "A broken drain under the footway, as far as can be seen from above.",
        _Q.SUFFERS: "Everybody who walks there after rain.",
        _Q.PLACE: "Highway maintenance.",
        _Q.TRIED: "Covers reset twice.",
    },
}
