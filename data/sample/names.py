"""Invented names for the sample city: streets, parks, wards, beats and neighbourhoods.

Nothing here is taken from a gazetteer: the names are combinations of ordinary English words.
"""

import numpy as np

CITY_NAME = "Fernwick"
RIVER_NAME = "River Fern"
TOWN_HALL = "Town Hall, Market Place"

RADIAL_NAMES = ("Northgate", "Wolds Road", "Eastgate", "Harbour Road", "Priory Road", "Westgate", "Moor Road")
SOUTH_ROAD_NAMES = ("Southgate", "Ferry Road", "Station Road", "Brickworks Road")
HIGH_STREET = "High Street"
INNER_RING = ("Corn Street", "Castle Street", "Bridge Street", "Silver Street")
OUTER_RING = ("Ring Road North", "Ring Road East", "Ring Road South", "Ring Road West")

PARKS = ("Alderman's Park", "The Common", "Fernside Meadow", "Priory Gardens", "Windmill Field", "Kiln Wood", "Lea")
WARDS = ("Abbey", "Bridge", "Castle", "Fernside", "Kilnworth", "Meadows", "Northfield", "Southmoor")
BEATS = ("Central", "North Fernwick", "East Fernwick", "South Bank", "West Fernwick")
NEIGHBOURHOODS = (
    "Old Town", "The Shambles", "Harbour Quarter", "St Wilfred's", "Northfield", "Upper Wolds", "Cranmer Green",
    "Eastholme", "Ropewalk", "Ferrymoor", "Brickworks", "Kilnworth", "Station Quarter", "South Bank", "Willowbank",
    "Priory", "Westholme", "Moorend", "Mill Hill", "Lea Park", "Tanner's Row", "Hopfield", "Goosegate", "Larkfield",
)  # fmt: skip

_STEMS = (
    "Acorn", "Albion", "Alder", "Almond", "Anchor", "Apple", "Arden", "Ashby", "Aspen", "Aviary", "Baker", "Balmoral",
    "Bank", "Barley", "Barn", "Beacon", "Beech", "Bell", "Birch", "Blackthorn", "Bluebell", "Bracken", "Bramble",
    "Brewer", "Briar", "Brook", "Broom", "Buttercup", "Cairn", "Campion", "Canal", "Cedar", "Chandler", "Chapel",
    "Cherry", "Chestnut", "Clement", "Clifton", "Clover", "Coleridge", "Cooper", "Copper", "Copse", "Cornflower",
    "Cowslip", "Cross", "Curlew", "Dairy", "Dale", "Damson", "Dell", "Dove", "Drover", "Elder", "Elm", "Falcon",
    "Farrier", "Fell", "Fern", "Field", "Finch", "Fletcher", "Forge", "Foundry", "Foxglove", "Fuller", "Garnet",
    "Glebe", "Gorse", "Grange", "Granby", "Gravel", "Grove", "Hadrian", "Harebell", "Harvest", "Hawthorn", "Hazel",
    "Heath", "Hedge", "Heron", "Hill", "Holly", "Hornbeam", "Ivy", "Jasmine", "Jubilee", "Juniper", "Kestrel",
    "Kingfisher", "Laburnum", "Lark", "Laurel", "Lavender", "Lilac", "Lime", "Linden", "Linnet", "Lister", "Magnolia",
    "Mallard", "Maltings", "Maple", "Marigold", "Marsh", "Mason", "Mercer", "Mill", "Mulberry", "Myrtle", "Nettle",
    "Oak", "Orchard", "Osprey", "Paddock", "Pear", "Peel", "Pippin", "Plover", "Plum", "Poplar", "Potter", "Primrose",
    "Quarry", "Quince", "Rectory", "Redwing", "Reed", "Robin", "Rosemary", "Rowan", "Rushy", "Saddler", "Sandy",
    "Sedge", "Shepherd", "Sorrel", "Spinney", "Spruce", "Stable", "Starling", "Stone", "Swallow", "Swan", "Swift",
    "Sycamore", "Tanner", "Teasel", "Thatcher", "Thistle", "Thorn", "Thyme", "Tollgate", "Turner", "Union", "Vine",
    "Violet", "Wagtail", "Walnut", "Warren", "Waverley", "Weaver", "Wellington", "Wheat", "Wheeler", "Whin",
    "Willow", "Winchester", "Windmill", "Woodpecker", "Wren", "Yarrow", "Yew",
)  # fmt: skip
_RESIDENTIAL = (
    "Street", "Road", "Avenue", "Close", "Terrace", "Crescent", "Drive", "Grove", "Gardens", "Way", "Place", "Walk",
    "Rise", "Court",
)  # fmt: skip
_SECONDARY = ("Road", "Lane", "Hill", "Street", "Way")


def street_names(count: int, *, secondary: bool, taken: set[str], rng: np.random.Generator) -> list[str]:
    """Return ``count`` street names that are not in ``taken``, and add them to it.

    Raises
    ------
    ValueError
        When there are not enough combinations left.
    """
    ends = _SECONDARY if secondary else _RESIDENTIAL
    combinations = [f"{stem} {end}" for stem in _STEMS for end in ends]
    free = [name for name in combinations if name not in taken and len(set(name.split())) == 2]
    if len(free) < count:
        raise ValueError(f"{count} street names asked for, {len(free)} left")
    chosen = [free[i] for i in rng.permutation(len(free))[:count]]
    taken.update(chosen)
    return chosen
