"""Names of columns seen in exports, for each field. A name alone never decides: the values must fit too."""

from collections.abc import Mapping

#: Folded (see :func:`folded_name`), best first.
_NAMES: Mapping[str, str] = {
    "id": (
        "caseenquiryid caseid uniquekey servicerequestnumber srnumber servicerequestid requestid ticketid reportid "
        "sourceid crimeid id iddeclaration iddemande iduniq idunique reference referencenumber reportref ref "
        "persistentid refnumber refno casereference caseref casenumber caseno reportnumber reportno requestnumber "
        "incidentnumber incidentid enquirynumber enquiryref enquiryid meldingsnummer meldingnummer sigid "
        "incidntnum incidentnum incnum casenum srnum complaintnumber complaintnum cmplntnum eventnumber callnumber "
        "servicerequestnum servicerequestsrnumber servicerequestno requestno srno reqid meldungsnr vorgangsnummer "
        "vorgangsnr ticketnummer ticketnr fallnummer anliegennummer referenznummer aktenzeichen zaaknummer referentie "
        "numerodemande numeroanomalie numero drno dckey pdid meldungsnummer caserefno case number"
    ),
    "category": (
        "categoryname type complainttype requesttype servicerequesttype servicename typeofservicerequest srtype "
        "srtypedesc srdescription issuetype incidenttype problemtype enquirytype servicetype problemcode category "
        "crimetype actinom subcategory reason requestdetails descriptor group subject subrubriek rubriek "
        "hoofdcategorie subcategorie categorie kategorie typedeclaration typedemande issue problem servicecode "
        "srtypecode primarytype offensedescription offensecodegroup offense offensetype offencetype ofnsdesc "
        "crmcddesc textgeneralcode incidentcategory nature natureofcall callnature calltype calltypetext "
        "finalcalltype typeofwaste wastetype typeofincident typeofissue typeofrequest typeofproblem problemcategory "
        "crimecategory servicecategory servicerequestcategory serviceissue typeanomalie typedanomalie soustype "
        "sousrubrique kategoriename meldungsart meldungstyp meldeart anliegen anliegenart themenbereich thema betreff "
        "soortmelding code"
    ),
    "text": (
        "text detail details description issuedescription title casetitle whatwasreported context "
        "comments message notes omschrijving meldingstekst beschreibung sachverhalt meldungstext meldetext nachricht "
        "bemerkung hinweis texte commentaire descriptif remarks comment narrative descriptor statusnotes "
        "resolutiondescription closurereason"
    ),
    "reported": (
        "reportedat reported opendt opened createddate creationdate datetimeinit ticketcreateddatetime "
        "ticketcreateddate requesteddatetime requestdatetime srcreatedate srcreationdate created createdat "
        "createdon datecreated confirmed datereported reporteddate reporteddatetime dateofreport daterptd rptdt "
        "datetimeopened dateopened opendate opendatetime requestdate daterequested datereceived receiveddate "
        "dateraised datelogged loggeddate datesubmitted submitteddate submitted serviceorderdate adddate "
        "enquirydate calldate calldatetime dispatchdatetime dispatchdate entrydate ddsdatecreation datecreation "
        "datumcreatie datummelding meldingsdatum aanmaakdatum ingangsdatum datumdeclaration datedeclaration datum "
        "servicerequestopentimestamp servicerequestopendate opentimestamp datetimeopen openedon openedat "
        "reportedon receivedon receiveddatetime createdtimestamp creationtimestamp loggedon dateentered "
        "datesubmittedon erstelltam erstellt erstellungsdatum meldedatum meldungsdatum gemeldetam eingangsdatum "
        "eingegangenam eingang erfasstam erfassungsdatum datedepot datesignalement datedusignalement aangemaakt "
        "aangemaaktop gemeldop datummeldung date epoch month timestamp"
    ),
    "occurred": (
        "occurredat occurred incidentdate incidentdatetime dateofincident eventdate happened occurrencedate "
        "offensedate occurredondate dateoccurred dateocc cmplntfrdt datumoverlast"
    ),
    "closed": (
        "closedat closeddt closed closeddate closedatetime closeddatetime completiondate datetimeclosed "
        "dateinvtdone ticketcloseddatetime ticketcloseddate fixed dateclosed datetimeresolved resolvedat "
        "resolveddate dateresolved completeddate datecompleted resolutiondate closedate closuredate dateofclosure "
        "srclosedate srcloseddate closedon datefermeture afgehandeld datumafgerond outcomedate datecancelled "
        "servicerequestclosedate servicerequestclosetimestamp closetimestamp closedtimestamp datecleared cleareddate "
        "clearedon dateremoved removeddate completedon completedat fixedat fixedon datefixed erledigtam erledigt "
        "abgeschlossenam abschlussdatum geschlossenam erledigungsdatum datecloture datedecloture dateresolution "
        "datumafgehandeld afgehandeldop afgerondop afgesloten"
    ),
    "due": (
        "targetdt duedate due datedue dueat targetdate prjcompletedate expecteddatetime expecteddate srduedate "
        "faelligam fälligam sladate sladuedate serviceduedate slatargetdate deadline expectedclosedate "
        "expectedcompletiondate estimatedcompletiondate"
    ),
    "updated": (
        "updated updateddatetime updatedat updateddate dateupdated datelastupdated lastupdated lastupdate "
        "lastupdateddate lastmodified lastmodifieddate modified modifieddate resolutionactionupdateddate "
        "lastmodifieddatetime updatedon statuschangedate laststatusdate datedernierstatut datederniermaj "
        "lastactivitydate mutatiedatum lastmodifiedtimestamp modifiedtimestamp statusdate geaendertam geändertam "
        "letzteaenderung letzteänderung aktualisiertam gewijzigdop"
    ),
    "status": (
        "casestatus status srstatus requeststatus servicerequeststatus serviceorderstatus ticketstatus "
        "currentstatus problemstate reportstatus state dernierstatut statut statusomschrijving meldingstatus "
        "outcomestatus lastoutcomecategory outcomecategory bearbeitungsstatus bearbeitungsstand etat état outcome"
    ),
    "lat": (
        "latitude lat loclat latitudecoordinate latitudewgs84 wgs84lat geolat gpslat breedtegraad breitengrad "
        "breite geobreite y"
    ),
    "lon": (
        "longitude long lon lng loclong loclon longitudecoordinate longitudewgs84 wgs84lon geolon geolong gpslon "
        "gpslong lengtegraad laengengrad längengrad laenge länge geolaenge geolänge x"
    ),
    "lat_lon": (
        "geocodedlocation geocodedcolumn location point geopoint2d geopoint latlon latlong latlng "
        "latitudelongitude longitudelatitude lonlat coordinates coords geolocation thegeom geom geometry geometrie "
        "wkt shape centroid"
    ),
    "easting": (
        "easting eastings xcoordinatestateplane stateplanexcoordinate xcoordinate xcoord coordx geox locx srx "
        "gisx pointx bngeasting osgbeasting osx rdx xrd ekoordinate rechtswert ostwert xkoordinate xcoordinaat "
        "rdxcoordinaat e x"
    ),
    "northing": (
        "northing northings ycoordinatestateplane stateplaneycoordinate ycoordinate ycoord coordy geoy locy sry "
        "gisy pointy bngnorthing osgbnorthing osy rdy yrd nkoordinate hochwert nordwert ykoordinate ycoordinaat "
        "rdycoordinaat n y"
    ),
    "address": (
        "address incidentaddress blockaddress hundredblock locationblock block fulladdress streetaddress "
        "servicerequestaddress requestaddress probaddress siteaddress location locationaddress srlocation "
        "incidentlocation locationdescription locationstreetname streetname street place locationname rue adresse "
        "adres straatnaam straat openbareruimte strasse straße anschrift standort ort lieu locatie adressezeile site"
    ),
    "area": (
        "areaname neighborhood neighbourhood neighborhooddistrict wardname ward borough area arrondissement "
        "arrondissementgeo district communityboard communityarea supervisordistrict councildistrict "
        "superneighborhood ncname nc stadsdeel buurt wijk stadtkreis kreis bezirk stadtbezirk ortsteil stadtteil "
        "quartier localarea electoralward division plz postleitzahl policedistrict policeprecinct lsoaname "
        "lsoacode parish locality incidentzip zip zipcode postcode first3charsofpostalcode postalcode city"
    ),
    "channel": (
        "source opendatachanneltype channel requestsource srsource methodreceiveddescription methodreceived "
        "methodofcontact contactmethod channeltype callertype devicetype siteused reportedas provenanceoriginale "
        "provenance origin bron eingangskanal meldekanal meldeweg kanal"
    ),
    "asset": (
        "asset assetid assetnumber assetref assetreference columnnumber columnref lampcolumnnumber lampcolumn "
        "lampnumber lampid polenumber poleid unitnumber unitid lightid lightnumber streetlightid equipmentid unit"
    ),
    "reporter": "reporter username reportername reporterid customerid callerid email reporteremail",
}
NAMES: Mapping[str, tuple[str, ...]] = {field: tuple(names.split()) for field, names in _NAMES.items()}


#: They tell how a report ended rather than what was reported: taken last, and to be checked.
ABOUT_THE_END = frozenset({"statusnotes", "resolutiondescription", "closurereason"})


#: A Shapefile keeps so many letters of a column's name.
_CUT_LETTERS = 10


def is_cut_name(folded: str, known: str) -> bool:
    """Tell whether a folded name is what a Shapefile keeps of a longer one."""
    return len(folded) == _CUT_LETTERS < len(known) and known.startswith(folded)


def folded_name(name: str) -> str:
    """Return a column name without case, space, dot, underscore and other marks."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
