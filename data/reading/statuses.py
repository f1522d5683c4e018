"""The words with which feeds say where a report stands, in Fixpoint's nine states."""

from functools import lru_cache

from problems.categories import folded
from problems.reasons import Reason
from problems.reports import ReportStatus

_WORDS: dict[ReportStatus, str] = {
    ReportStatus.NEW: (
        "new|open|opened|reopened|submitted|received|reported|registered|unconfirmed|unspecified|not started|"
        "active|to be opened|open case|case open|created|logged|gemeld|heropend|nieuw|ontvangen|nouvelle|nouveau|"
        "ouvert|ouverte|offen|neu|gemeldet|eingegangen"
    ),
    ReportStatus.ACKNOWLEDGED: (
        "acknowledged|assigned|confirmed|investigating|under investigation|pending|in review|under review|triaged|"
        "action scheduled|scheduled|planned|email sent|awaiting court outcome|status update unavailable|"
        "court result unavailable|suspect charged|suspect charged as part of another case|accepted|initiated|"
        "forward|forwarded|ingepland|in afwachting van behandeling|acceptée|transmise|urgente|in prüfung|"
        "in prufung|weitergeleitet|zugewiesen|angenommen|doorgestuurd|toegewezen"
    ),
    ReportStatus.IN_PROGRESS: (
        "in progress|started|work in progress|dispatched|on site|in process|in behandeling|prise en charge|"
        "en cours|en cours de traitement|in arbeit|in bearbeitung|in uitvoering|work order created|"
        "crew dispatched|under way|ongoing"
    ),
    ReportStatus.RESOLVED: (
        "resolved|closed|completed|complete|done|finished|archived|fixed|fixed council|fixed user|verified|"
        "local resolution|offender given a caution|offender given a drugs possession warning|"
        "offender given penalty notice|resol|close|case closed|closed case|solved|cleared|removed|collected|"
        "repaired|service completed|afgehandeld|opgelost|afgerond|gesloten|gereed|terminée|terminé|clos|clôturé|"
        "clôturée|résolu|résolue|traité|traitée|erledigt|gelöst|geschlossen|abgeschlossen|behoben"
    ),
    ReportStatus.NO_ACTION: (
        "no action|no further action|unable to fix|closed no action|action to be taken by another organisation|"
        "unable to prosecute suspect|investigation complete no suspect identified|"
        "further investigation is not in the public interest|formal action is not in the public interest|"
        "further action is not in the public interest|closed incomplete|refused|refusée|rejected|declined|rejeté|"
        "rejetée|abgelehnt|afgewezen|geen actie"
    ),
    ReportStatus.NOT_OURS: (
        "not ours|not responsible|not council responsibility|internal referral|referred|referred out"
    ),
    ReportStatus.DUPLICATE: (
        "duplicate|closed duplicate|open dup|completed dup|dup|duplicated|duplicate closed|duplicate open"
    ),
    ReportStatus.WITHDRAWN: (
        "withdrawn|cancelled|canceled|hidden|invalid|void|cancel|canc|geannuleerd|ingetrokken|annulée|annulé|storniert"
    ),
}
_KNOWN = {folded(word): status for status, words in _WORDS.items() for word in words.split("|")}
#: What a feed says when it claims more than that the matter is closed.
_FIXED = frozenset({"fixed", "fixed council", "fixed user", "verified"})


def known_status(word: str) -> ReportStatus | None:
    """Return the state that a feed's word means, or None for a word that is not known."""
    return _KNOWN.get(folded(word))


@lru_cache(maxsize=1_000)
def read_status(word: str, *, closed: bool) -> tuple[ReportStatus, str]:
    """Return (state, resolution) of a feed's status word.

    A bare “closed” becomes resolved with the resolution “unspecified”; nothing a feed says makes a
    report verified. Without a word, or with an unknown one, the closing date decides.
    """
    status = known_status(word)
    if status is None:
        status = ReportStatus.RESOLVED if closed else ReportStatus.NEW
    if status is ReportStatus.RESOLVED:
        return status, str(Reason.FIXED if folded(word) in _FIXED else Reason.UNSPECIFIED)
    return status, str(Reason.UNSPECIFIED) if status is ReportStatus.NO_ACTION else ""
