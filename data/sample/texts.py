"""What residents of the sample city write: invented sentences for every leaf of the taxonomy.

Each leaf has openings and details; a report is one opening, sometimes followed by a detail. No
name, number or address of a person is ever part of a text.
"""

import numpy as np
import numpy.typing as npt

_Pair = tuple[tuple[str, ...], tuple[str, ...]]

_TEXTS: dict[str, _Pair] = {
    "LGT-OUT": (
        ("Street light is out", "Lamp not working", "Two lights in a row are dark", "Light flickers and goes off",
         "Light is on all day and off at night", "Lamp has been off since the weekend"),
        ("The path is pitch black", "Reported before and still dark", "Right by the crossing", "By the school gate",
         "Older neighbours are afraid to walk here"),
    ),
    "LGT-DAMAGE": (
        ("Lamp post was hit by a car and leans over the pavement", "Cover at the foot of the lamp is missing",
         "Wires are showing at the lamp post", "Lamp head hangs down"),
        ("Children play here", "It moves in the wind", "Taped up last month, the tape is gone"),
    ),
    "LGT-DARK": (
        ("The alley has no lighting at all", "Very dark between the two lamps", "The underpass is badly lit",
         "Trees hide the light along the footpath"),
        ("People cross the road to avoid it", "Someone was followed here", "Worst after the shops close"),
    ),
    "PRP-OPEN": (
        ("Back door of the empty house stands open", "Boards were pulled off the windows",
         "People go in and out of the closed building", "The gate to the old works is unlocked"),
        ("Children get in", "Lights seen inside at night", "Boarded up twice already"),
    ),
    "PRP-EMPTY": (
        ("House has stood empty for over a year", "Derelict building, slates are falling", "Shop is falling apart",
         "Roof of the empty house has a hole"),
        ("Damp is coming through to next door", "Pigeons nest inside", "Post piles up behind the door"),
    ),
    "PRP-LAND": (
        ("Neglected plot full of weeds and rubble", "Vacant land is used as a tip",
         "The garden of the empty house is a jungle", "Fence is down and the land is overgrown"),
        ("Rats run from it", "Nobody seems to own it", "It was cleared once and grew back"),
    ),
    "PRP-ENTRY": (
        ("Main door of the flats does not lock", "Entry phone is broken and the door stays open",
         "Gate of the car park is off its hinges", "Lock of the bin store was forced"),
        ("Strangers sleep on the stairs", "Reported to the landlord twice", "Parcels go missing"),
    ),
    "DSP-NOISE": (
        ("Loud music until the early hours", "Party again next door", "Drilling and hammering late at night",
         "Bass through the wall every evening", "Shouting and banging doors after midnight"),
        ("Third time this month", "Nobody could sleep", "It starts when the pub closes", "Asked them politely, no use"),
    ),
    "DSP-NEIGH": (
        ("Argument over the shared drive", "Neighbour blocks the side gate", "Row about the boundary fence",
         "Abuse over the garden wall", "Bins are thrown about between two houses"),
        ("It is getting worse", "Both sides have complained", "We would accept mediation"),
    ),
    "DSP-ANIMAL": (
        ("Dog barks for hours every day", "Dogs run loose and chase people", "Dog mess all along the path",
         "Cockerel crows from four in the morning"),
        ("Owner does not answer the door", "A child was knocked over", "Every single day"),
    ),
    "ASB-GROUP": (
        ("Group of youths shouting at passers-by", "Large group gathers by the shops", "Fireworks thrown at cars",
         "Crowd on bikes intimidates people", "Stones thrown at windows"),
        ("Happens most evenings", "Staff are afraid to close up", "They leave when a patrol comes and return later"),
    ),
    "ASB-SUBST": (
        ("Needles left in the doorway", "Street drinking on the benches", "Open drug dealing by the garages",
         "Bottles and cans all over the steps", "Strong smell of cannabis on the stairs"),
        ("Every afternoon", "Next to the playground", "Cars stop for a minute and leave"),
    ),
    "ASB-ROUGH": (
        ("Somebody is sleeping in the shop doorway", "Tent under the bridge", "Person asleep in the stairwell",
         "Bedding in the underpass"),
        ("They looked unwell", "It is very cold tonight", "They said they would accept help"),
    ),
    "ASB-VEHICLE": (
        ("Cars race along here at night", "Off-road bikes tear up the grass", "Mopeds on the pavement",
         "Cars meet in the car park and rev their engines"),
        ("Someone will be killed", "Most nights after ten", "No lights, no plates"),
    ),
    "DMG-GRAF": (
        ("Graffiti on the wall", "Tags on the shutters", "Offensive words sprayed on the bus shelter",
         "Fly-posters all over the junction box", "New paint on the underpass walls"),
        ("Cleaned last week and back again", "Same tag as round the corner", "Can be seen from the main road"),
    ),
    "DMG-VAND": (
        ("Bus shelter glass is smashed", "Bench was set on fire", "Play equipment is broken", "Road sign is torn down",
         "Planters were tipped over"),
        ("Glass all over the pavement", "Second time this year", "It happened at the weekend"),
    ),
    "WST-DUMP": (
        ("Mattress and sofa dumped on the verge", "Black bags left beside the bank", "Builder's rubble in the lay-by",
         "Fridge dumped in the alley", "Pile of tyres by the garages", "Van seen tipping waste"),
        ("It grows every day", "Foxes tear the bags open", "Blocks the footpath", "Same place as last month"),
    ),
    "WST-LITTER": (
        ("Bin is overflowing", "Litter all over the pavement", "Rats seen around the bins", "Takeaway boxes everywhere",
         "Broken glass on the path"),
        ("Not emptied for two weeks", "Gulls spread it about", "After every market day"),
    ),
    "VEH-ABAND": (
        ("Car with flat tyres has not moved for months", "Burnt-out moped", "Van without plates left on the verge",
         "Car with broken windows, looks abandoned"),
        ("No tax", "Children climb on it", "It takes up two spaces"),
    ),
    "VEH-PARK": (
        ("Cars parked across the dropped kerb", "Lorry blocks the junction", "Parents park on the zigzags",
         "Pavement blocked, wheelchair cannot pass", "Delivery vans double-park"),
        ("Every school day", "An ambulance could not get through", "Worst on match days"),
    ),
    "VIS-VEG": (
        ("Hedge covers half the pavement", "Branches hide the road sign", "Cannot see oncoming traffic for the bushes",
         "Brambles across the footpath", "Tree covers the street light"),
        ("Pushchairs have to use the road", "Not cut all summer", "Thorns at eye height"),
    ),
    "OTH-OTHER": (
        ("Drain cover is loose", "Water runs down the road", "Strange smell near the substation",
         "Trolleys left in the stream", "Not sure who to tell about this"),
        ("Please pass this on", "It has been like this for days", "Somebody could trip"),
    ),
}  # fmt: skip

LEAVES = tuple(_TEXTS)


def text_for(leaf: str, draw: npt.NDArray[np.float64]) -> str:
    """Return a resident's words for ``leaf``; ``draw`` (3,) uniform numbers in [0, 1) choose them."""
    openings, details = _TEXTS[leaf]
    first = openings[int(draw[0] * len(openings))]
    if draw[1] < 0.45:
        return f"{first}."
    return f"{first}. {details[int(draw[2] * len(details))]}."
