"""Rows as the exports of cities write them, made up in the layout of each, with what is to be recognised in them."""

# ruff: noqa: E501 - a row of a table is one line

from data.reading.questions import EPSG, NO_PLACE

LONDON, NEW_YORK = "Europe/London", "America/New_York"

#: Time zone, table, the expected mapping, and what is asked.
CITIES: dict[str, tuple[str, str, dict[str, str | None], tuple[str, ...]]] = {
    "Los Angeles": (
        "America/Los_Angeles",
        """
SRNumber|CreatedDate|UpdatedDate|ActionTaken|Owner|RequestType|Status|RequestSource|Anonymous|ServiceDate|ClosedDate|Address|Latitude|Longitude|Location|CD|NCName
1-1523590871|12/31/2019 11:26:00 PM|01/14/2020 07:52:00 AM|SR Created|BOS|Graffiti Removal|Closed|Self Service|N|01/14/2020 12:00:00 AM|01/14/2020 07:51:00 AM|6001 N BEACHWOOD DR, 90038|34.0982|-118.3209|(34.0982, -118.3209)|4|HOLLYWOOD
1-1523576655|12/31/2019 09:27:00 PM|01/04/2020 09:17:00 AM|SR Created|BOS|Bulky Items|Closed|Call|Y|01/04/2020 12:00:00 AM|01/04/2020 09:17:00 AM|16935 W CHATSWORTH ST, 91344|34.2570|-118.4995|(34.2570, -118.4995)|12|GRANADA HILLS
""",
        {
            "id": "SRNumber",
            "category": "RequestType",
            "reported": "CreatedDate",
            "updated": "UpdatedDate",
            "closed": "ClosedDate",
            "status": "Status",
            "lat": "Latitude",
            "lon": "Longitude",
            "address": "Address",
            "area": "NCName",
            "channel": "RequestSource",
        },
        (),
    ),
    "Austin": (
        "America/Chicago",
        """
Service Request (SR) Number|SR Description|Method Received Description|SR Status|Status Change Date|Created Date|Last Update Date|Close Date|SR Location|Street Number|Zip Code|State Plane X Coordinate|State Plane Y Coordinate|Latitude Coordinate|Longitude Coordinate|(Latitude.Longitude)|Council District|Map Page
20-00012345|Graffiti Abatement|Phone|Closed|01/16/2020 10:12:00 AM|01/13/2020 09:01:00 AM|01/16/2020 10:12:00 AM|01/16/2020 10:12:00 AM|1200 E 11TH ST, AUSTIN, TX|1200|78702|3117955.5|10071763.1|30.26998|-97.72697|(30.26998, -97.72697)|1|MJ22
20-00012399|Injured / Sick Animal|Phone|Open|01/14/2020 10:12:00 AM|01/14/2020 09:01:00 AM|01/14/2020 10:12:00 AM||2500 S 1ST ST, AUSTIN, TX|2500|78704|3109000.25|10062000.5|30.24314|-97.75610|(30.24314, -97.75610)|9|MH20
""",
        {
            "category": "SR Description",
            "reported": "Created Date",
            "updated": "Status Change Date",
            "closed": "Close Date",
            "status": "SR Status",
            "lat": "Latitude Coordinate",
            "lon": "Longitude Coordinate",
            "address": "SR Location",
            "area": "Council District",
            "channel": "Method Received Description",
        },
        (),
    ),
    "Houston": (
        "America/Chicago",
        """
CASE NUMBER|SR LOCATION|COUNTY|DISTRICT|NEIGHBORHOOD|DEPARTMENT|SR TYPE|QUEUE|SLA|STATUS|SR CREATE DATE|DUE DATE|DATE CLOSED|OVERDUE|Title|x|y|LATITUDE|LONGITUDE|Channel Type
13205566-101001234567|7500 BELLFORT, HOUSTON TX 77061|HARRIS|I|GOLFCREST|PWE|Street Hazard|PWE_ROW|10|Closed|2018-01-31 08:16:00|2018-02-10 08:16:00|2018-02-02 09:00:00|-8.1|Street Hazard|3149331.5|13808912.1|29.66533|-95.28330|Voice In
13205567-101001234599|1 MAIN ST, HOUSTON TX 77002|HARRIS|H|DOWNTOWN|SWM|Missed Garbage Pickup|SWM_A|3|Open|2018-01-31 08:17:00|2018-02-03 08:17:00|NULL|1|Missed Garbage Pickup|3121000.1|13842000.7|29.76501|-95.35949|WEB
""",
        {
            "id": "CASE NUMBER",
            "category": "SR TYPE",
            "reported": "SR CREATE DATE",
            "due": "DUE DATE",
            "closed": "DATE CLOSED",
            "status": "STATUS",
            "lat": "LATITUDE",
            "lon": "LONGITUDE",
            "address": "SR LOCATION",
            "area": "NEIGHBORHOOD",
            "channel": "Channel Type",
        },
        (),
    ),
    "San Francisco": (
        "America/Los_Angeles",
        """
CaseID|Opened|Closed|Updated|Status|Status Notes|Responsible Agency|Category|Request Type|Request Details|Address|Supervisor District|Neighborhood|Point|Source|Media URL
322571|07/01/2008 12:02:00 AM|07/17/2008 02:17:03 PM|07/17/2008 02:17:03 PM|Closed|Case Resolved|DPW|Graffiti Private|Not_Offensive|Building_commercial|500 Grant Ave, SAN FRANCISCO, CA|3|Chinatown|(37.790957, -122.405472)|Voice In|
322572|07/01/2008 12:05:00 AM|07/21/2008 05:33:00 AM|07/21/2008 05:33:00 AM|Closed||DPW|Streetlights|Streetlight - Light_Burnt_Out|Light burnt out|1 Market St, SAN FRANCISCO, CA|6|SoMa|(37.793893, -122.395037)|Web|
""",
        {
            "id": "CaseID",
            "category": "Category",
            "reported": "Opened",
            "closed": "Closed",
            "updated": "Updated",
            "status": "Status",
            "lat_lon": "Point",
            "address": "Address",
            "area": "Neighborhood",
            "channel": "Source",
        },
        (),
    ),
    "Philadelphia": (
        NEW_YORK,
        """
cartodb_id|the_geom|objectid|service_request_id|status|status_notes|service_name|service_code|agency_responsible|requested_datetime|updated_datetime|expected_datetime|address|zipcode|lat|lon
1|0101000020E6100000F4FDD478E9C652C02B8716D9CEF74340|1|13268086|Closed|Issue Resolved|Graffiti Removal|SR-CL01|Community Life|2020-01-31 13:30:41+00|2020-02-03 12:11:04+00|2020-02-07 13:30:41+00|1400 S BROAD ST|19146|39.93306|-75.10800
2||2|13268099|Open||Illegal Dumping|SR-ST02|Streets|2020-01-31 13:31:41+00|2020-01-31 13:31:41+00|2020-02-07 13:30:41+00|2300 N 5TH ST|19133|39.98765|-75.14001
""",
        {
            "id": "service_request_id",
            "category": "service_name",
            "reported": "requested_datetime",
            "updated": "updated_datetime",
            "due": "expected_datetime",
            "status": "status",
            "lat": "lat",
            "lon": "lon",
            "address": "address",
            "area": "zipcode",
        },
        (),
    ),
    "Cincinnati": (
        NEW_YORK,
        """
SR_NUMBER|SR_STATUS|SR_TYPE|SR_TYPE_DESC|PRIORITY|DEPT_NAME|ADDRESS|DATE_CREATED|DATE_STATUS_CHANGE|DATE_CLOSED|LATITUDE|LONGITUDE|NEIGHBORHOOD
SR21000001|CLOSED|LITR-PRV|Litter, private property|STANDARD|CITY MANAGER|1101 VINE ST|2021 Jan 01 08:00:21 AM|2021 Jan 04|2021 Jan 04|39.10712|-84.51546|DOWNTOWN
SR21000002|OPEN|GRFITI|Graffiti, removal|STANDARD|PUBLIC SERVICES|3200 READING RD|2021 Jan 13 09:12:44 AM|2021 Jan 14|2021 Jan 13|39.13455|-84.49731|AVONDALE
""",
        {
            "id": "SR_NUMBER",
            "category": "SR_TYPE_DESC",
            "reported": "DATE_CREATED",
            "status": "SR_STATUS",
            "lat": "LATITUDE",
        },
        (),
    ),
    "Kansas City": (
        "America/Chicago",
        """
CASE ID|SOURCE|DEPARTMENT|WORK GROUP|REQUEST TYPE|CATEGORY|TYPE|DETAIL|CREATION DATE|CREATION TIME|STATUS|CLOSED DATE|STREET ADDRESS|ZIP CODE|NEIGHBORHOOD|COUNCIL DISTRICT|POLICE DISTRICT|PARCEL ID NO|LATITUDE|LONGITUDE|CASE URL
2015000001|PHONE|NHS|NHS-Neighborhood|Trash|Trash / Recycling|Illegal Dumping|All|01/13/2015|08:10 AM|RESOL|01/20/2015|100 MAIN ST|64105|River Market|4|Central|123456|39.10985|-94.58307|http://x/1
2015000002|WEB|PW|PW-Lights|Lighting|Lights / Signals|Streetlight out|All|01/14/2015|09:20 AM|OPEN||1800 VINE ST|64108|18th and Vine|3|East|123457|39.09164|-94.56201|http://x/2
""",
        {
            "id": "CASE ID",
            "category": "TYPE",
            "reported": "CREATION DATE",
            "reported_time": "CREATION TIME",
            "closed": "CLOSED DATE",
            "status": "STATUS",
            "address": "STREET ADDRESS",
            "area": "NEIGHBORHOOD",
            "channel": "SOURCE",
        },
        (),
    ),
    "Toronto": (
        "America/Toronto",
        """
Creation Date|Status|First 3 Chars of Postal Code|Intersection Street 1|Intersection Street 2|Ward|Service Request Type|Division|Section
2019-01-01 00:30:48.0000000|Completed|M6N|||York South-Weston (05)|Property Standards|Municipal Licensing & Standards|District Enforcement
2019-01-01 00:34:21.0000000|In-progress|Intersection|King St|Bay St|Spadina-Fort York (10)|Illegal Dumping|Transportation Services|Road Operations
""",
        {"category": "Service Request Type", "reported": "Creation Date", "status": "Status", "area": "Ward"},
        (NO_PLACE,),
    ),
    "Montreal": (
        "America/Toronto",
        """
ID_UNIQUE|NATURE|ACTI_NOM|TYPE_LIEU_INTERV|RUE|ARRONDISSEMENT|DDS_DATE_CREATION|PROVENANCE_ORIGINALE|UNITE_RESP_PARENT|LOC_LONG|LOC_LAT|LOC_X|LOC_Y|DERNIER_STATUT|DATE_DERNIER_STATUT
5200001|Requete|Nid-de-poule|Adresse|rue Sherbrooke|Rosemont|2022-04-12T08:53:21|Téléphone|Rosemont|-73.58|45.548|298000.5|5045000.1|Terminée|2022-04-20T08:00:00
5200002|Plainte|Graffiti|Adresse|rue Ontario|Ville-Marie|2022-04-13T09:12:01|Courriel|Ville-Marie|-73.555|45.525|299900.2|5042500.7|Acceptée|2022-04-14T10:00:00
""",
        {
            "id": "ID_UNIQUE",
            "category": "ACTI_NOM",
            "reported": "DDS_DATE_CREATION",
            "updated": "DATE_DERNIER_STATUT",
            "status": "DERNIER_STATUT",
            "lat": "LOC_LAT",
            "lon": "LOC_LONG",
            "address": "RUE",
            "area": "ARRONDISSEMENT",
            "channel": "PROVENANCE_ORIGINALE",
        },
        (),
    ),
    "Leeds fly-tipping": (
        LONDON,
        """
Reference|Date Reported|Ward|Waste Type|Land Type|Easting|Northing
FT001|13/01/2016|Armley|Other household waste|Highway|427711|433913
FT002|14/01/2016|Harehills|Tyres|Back alley|432310|434890
""",
        {"id": "Reference", "reported": "Date Reported", "easting": "Easting", "northing": "Northing", "area": "Ward"},
        (),
    ),
    "police.uk": (
        LONDON,
        """
Crime ID|Month|Reported by|Falls within|Longitude|Latitude|Location|LSOA code|LSOA name|Crime type|Last outcome category|Context
|2022-01|Avon and Somerset Constabulary|Avon and Somerset Constabulary|-2.515072|51.419357|On or near Stockwood Hill|E01014399|Bath 001A|Anti-social behaviour||
9d1a|2022-01|Avon and Somerset Constabulary|Avon and Somerset Constabulary|-2.511571|51.414895|On or near Orchard Close|E01014399|Bath 001A|Criminal damage and arson|Unable to prosecute suspect|
""",
        {
            "category": "Crime type",
            "reported": "Month",
            "status": "Last outcome category",
            "lat": "Latitude",
            "lon": "Longitude",
            "address": "Location",
            "area": "LSOA name",
        },
        (),
    ),
    "FixMyStreet": (
        LONDON,
        """
Report ID|Title|Detail|User Name|Category|Subcategory|Created|Confirmed|Acknowledged|Fixed|Closed|Status|Latitude|Longitude|Query|Ward|Easting|Northing|Report URL|Device Type|Site Used|Reported As
1001|Lamp is out|The lamp by the school has been out since Monday|A B|Street lighting||2022-01-13T10:00:00|2022-01-13T10:05:00|2022-01-14T09:00:00|||acknowledged|51.752|-1.2577|OX1 1AA|Carfax|451331|206228|http://x/1001|desktop|fixmystreet.com|
1002|Mattress|A mattress was left in the lane|C D|Flytipping||2022-01-14T10:00:00|2022-01-14T10:05:00||2022-01-16T09:00:00||fixed - council|51.749|-1.2400|OX4 1AA|St Mary's|452556|205906|http://x/1002|mobile|council|
""",
        {
            "id": "Report ID",
            "category": "Category",
            "text": "Detail",
            "reported": "Created",
            "status": "Status",
            "lat": "Latitude",
            "lon": "Longitude",
            "area": "Ward",
            "channel": "Device Type",
            "reporter": "User Name",
        },
        (),
    ),
    "Zurich": (
        "Europe/Zurich",
        """
objectid|service_request_id|service_code|status|detail|service_notice|requested_datetime|updated_datetime|agency_sent_datetime|title|description|service_name|interface_used|e|n
1|4031|Abfall|fixed - council|Sack liegt da|Wird geholt|2013-03-14T08:06:10|2013-03-15T09:00:00|2013-03-14T09:00:00|Sack|Abfall|Abfall/Sammelstelle|Web|2683254.1|1248123.9
2|4032|Graffiti|confirmed|Schmiererei an der Wand||2013-03-15T08:06:10|2013-03-15T09:00:00|2013-03-15T09:00:00|Wand|Graffiti|Graffiti|iPhone|2681900.4|1247500.2
""",
        {
            "id": "service_request_id",
            "category": "service_name",
            "reported": "requested_datetime",
            "easting": "e",
            "northing": "n",
            "status": "status",
        },
        (),
    ),
    "Amsterdam": (
        "Europe/Amsterdam",
        """
meldingsnummer|datum_melding|hoofdcategorie|subrubriek|omschrijving|meldingstatus|datum_afgerond|stadsdeel|buurt|straatnaam|lengtegraad|breedtegraad
SIG-1|2022-01-13 10:00:00|Afval|Grofvuil|Er ligt al dagen een bank|Afgehandeld|2022-01-15 10:00:00|Centrum|Jordaan|Prinsengracht|4,8836|52,3754
SIG-2|2022-01-14 11:00:00|Wegen|Graffiti|Er is op de muur gespoten|Gemeld||West|Oud-West|Kinkerstraat|4,8702|52,3668
""",
        {
            "id": "meldingsnummer",
            "category": "subrubriek",
            "text": "omschrijving",
            "reported": "datum_melding",
            "closed": "datum_afgerond",
            "status": "meldingstatus",
            "lat": "breedtegraad",
            "lon": "lengtegraad",
            "address": "straatnaam",
            "area": "stadsdeel",
        },
        (),
    ),
    "New Orleans": (
        "America/Chicago",
        """
ticket_id|issue_type|ticket_created_date_time|ticket_closed_date_time|ticket_status|issue_description|street_address|neighborhood_district|latitude|longitude
2016-1|Street Light|2016-01-13T10:00:00.000|2016-01-20T10:00:00.000|Closed|Street Light Out|100 CANAL ST|FRENCH QUARTER|529924|3685391
2016-2|Illegal Dumping|2016-01-14T10:00:00.000||Open|Tires on the corner|900 DESIRE ST|BYWATER|535120|3691230
""",
        {
            "id": "ticket_id",
            "category": "issue_type",
            "reported": "ticket_created_date_time",
            "closed": "ticket_closed_date_time",
            "status": "ticket_status",
            "northing": "latitude",
            "easting": "longitude",
            "address": "street_address",
        },
        (EPSG,),
    ),
    "San Francisco police": (
        "America/Los_Angeles",
        """
IncidntNum|Category|Descript|DayOfWeek|Date|Time|PdDistrict|Resolution|Address|X|Y|Location|PdId
150000464|VANDALISM|GRAFFITI|Friday|05/29/2015|23:40|MISSION|NONE|19TH ST / FOLSOM ST|-122.4159|37.7604|(37.7604, -122.4159)|15000046465016
150000420|NON-CRIMINAL|AIDED CASE|Friday|05/29/2015|09:36|INGLESIDE|NONE|4900 Block of MISSION ST|-122.4386|37.7196|(37.7196, -122.4386)|15000042064020
""",
        {
            "id": "IncidntNum",
            "category": "Category",
            "reported": "Date",
            "reported_time": "Time",
            "lat": "Y",
            "lon": "X",
            "address": "Address",
        },
        (),
    ),
    "Los Angeles police": (
        "America/Los_Angeles",
        """
DR_NO|Date Rptd|DATE OCC|TIME OCC|AREA|AREA NAME|Crm Cd|Crm Cd Desc|Mocodes|Premis Cd|Premis Desc|Status|Status Desc|LOCATION|Cross Street|LAT|LON
211500001|04/21/2021 12:00:00 AM|11/07/2020 12:00:00 AM|0845|15|N Hollywood|745|VANDALISM - MISDEAMEANOR|0377|501|SINGLE FAMILY DWELLING|IC|Invest Cont|7800 BEEMAN AV||34.2124|-118.4092
201500002|10/21/2020 12:00:00 AM|10/18/2020 12:00:00 AM|5|15|N Hollywood|354|THEFT OF IDENTITY|0416|102|SIDEWALK|AA|Adult Arrest|ATOLL AV|N GAULT|34.1993|-118.4203
""",
        {
            "id": "DR_NO",
            "category": "Crm Cd Desc",
            "reported": "Date Rptd",
            "reported_time": None,
            "occurred": "DATE OCC",
            "lat": "LAT",
            "lon": "LON",
            "address": "LOCATION",
            "area": "AREA NAME",
        },
        (),
    ),
    "Los Angeles police calls": (
        "America/Los_Angeles",
        """
incident_number|area_occ|rpt_dist|dispatch_date|dispatch_time|call_type_code|call_type_text
PD26050400001001|Southeast|1836|2026-05-04|08:12:00|415|415 DISTURBANCE
PD26050400001002|Southeast|1836|2026-05-05|22:40:00|594|594 VANDALISM
""",
        {
            "id": "incident_number",
            "category": "call_type_text",
            "reported": "dispatch_date",
            "reported_time": "dispatch_time",
        },
        (NO_PLACE,),
    ),
    "Washington": (
        NEW_YORK,
        """
SERVICEREQUESTID|SERVICEPRIORITY|SERVICECODE|SERVICECODEDESCRIPTION|SERVICETYPECODE|SERVICETYPECODEDESCRIPTION|SERVICEORDERDATE|SERVICEORDERSTATUS|INSPECTIONDATE|RESOLUTION|RESOLUTIONDATE|SERVICEDUEDATE|ADDDATE|LASTMODIFIEDDATE|SITEADDRESS|LATITUDE|LONGITUDE|ZIPCODE|WARD|ANC
16-00000001|Standard|S0311|Rodent Inspection and Treatment|DEPAHEAL|DOH- Department Of Health|2016-10-29 15:09:22.000|Closed|2017-01-12 19:00:00.000|Closed, issue resolved|2017-01-12 19:00:16.000|2016-11-18 22:00:00.000|2016-10-29 15:09:22.000|2017-01-12 19:00:16.000|1727 3RD STREET N|38.9137|-77.0017|20002|5|5E
16-00000002|Standard|S0276|Parking Meter Repair|TRAOP001|Transportation|2016-11-02 17:51:20.000|In-Progress|NULL|NA|NULL|2016-11-09 18:51:00.000|2016-11-02 17:51:20.000|2017-01-12 21:28:17.000|19TH STREET NW AND R STREET NW|38.9126|-77.0434|NULL|2|NA
""",
        {
            "id": "SERVICEREQUESTID",
            "category": "SERVICECODEDESCRIPTION",
            "reported": "SERVICEORDERDATE",
            "closed": "RESOLUTIONDATE",
            "due": "SERVICEDUEDATE",
            "updated": "LASTMODIFIEDDATE",
            "status": "SERVICEORDERSTATUS",
            "lat": "LATITUDE",
            "lon": "LONGITUDE",
            "address": "SITEADDRESS",
            "area": "WARD",
        },
        (),
    ),
    "Boston police": (
        NEW_YORK,
        """
INCIDENT_NUMBER|OFFENSE_CODE|OFFENSE_CODE_GROUP|OFFENSE_DESCRIPTION|DISTRICT|REPORTING_AREA|SHOOTING|OCCURRED_ON_DATE|YEAR|MONTH|DAY_OF_WEEK|HOUR|UCR_PART|STREET|Lat|Long|Location
230000001|3115||INVESTIGATE PERSON|B3| |0|2023-01-27 22:44:00+00|2023|1|Friday   |22||FAVRE ST|42.2716|-71.0995|(42.2716, -71.0995)
230000002|3301||VERBAL DISPUTE|B2|316|0|2023-01-17 20:21:00+00|2023|1|Tuesday  |20||HAROLD ST|42.3125|-71.0928|(42.3125, -71.0928)
""",
        {
            "id": "INCIDENT_NUMBER",
            "category": "OFFENSE_DESCRIPTION",
            "reported": "OCCURRED_ON_DATE",
            "occurred": None,
            "lat": "Lat",
            "lon": "Long",
            "address": "STREET",
            "area": "DISTRICT",
        },
        (),
    ),
    "Chicago police": (
        "America/Chicago",
        """
ID|Case Number|Date|Block|IUCR|Primary Type|Description|Location Description|Arrest|Domestic|Beat|District|Ward|X Coordinate|Y Coordinate|Year|Updated On|Latitude|Longitude|Location
11700001|JC280003|05/31/2019 11:55:00 PM|052XX W HURON ST|143A|WEAPONS VIOLATION|UNLAWFUL POSS OF HANDGUN|STREET|true|false|1524|015|37|||2019|06/07/2019 04:05:48 PM|||
11700002|JC280009|05/31/2019 11:53:00 PM|002XX S DEARBORN ST|0460|CRIMINAL DAMAGE|TO PROPERTY|CTA PLATFORM|false|false|0113|001|42|1176338|1900241|2019|06/07/2019 04:05:48 PM|41.8816|-87.6298|(41.8816, -87.6298)
""",
        {
            "id": "ID",
            "category": "Primary Type",
            "text": "Description",
            "reported": "Date",
            "updated": "Updated On",
            "lat": "Latitude",
            "lon": "Longitude",
            "address": "Block",
            "area": "Ward",
        },
        (),
    ),
    "Philadelphia police": (
        NEW_YORK,
        """
the_geom|cartodb_id|objectid|dc_dist|psa|dispatch_date_time|dispatch_date|dispatch_time|hour|dc_key|location_block|ucr_general|text_general_code|point_x|point_y|lat|lng
0101000020E6100000F8EEE23F15CB52C0EE0F10A3D2F64340|1|340|01|1|2015-12-17 07:26:00|2015-12-17|07:26:00|7|201501000051|1800 BLOCK S CHADWICK ST|1400|Vandalism/Criminal Mischief|-75.17317197|39.92830313|39.92830313|-75.17317197
0101000020E6100000F8EEE23F15CB52C0EE0F10A3D2F64340|2|341|01|1|2015-12-18 17:26:00|2015-12-18|17:26:00|17|201501000052|1800 BLOCK S CHADWICK ST|600|Thefts|-75.17317197|39.92830313|39.92830313|-75.17317197
""",
        {
            "id": "dc_key",
            "category": "text_general_code",
            "reported": "dispatch_date_time",
            "reported_time": None,
            "lat": "lat",
            "lon": "lng",
            "address": "location_block",
        },
        (),
    ),
    "Leeds with thousands": (
        LONDON,
        """
Reference|Date Reported|Ward|Waste Type|Easting|Northing
FT001|13 Jan 2016|Armley|Tyres|427,711|433,913
FT002|14 Jan 2016|Harehills|Tyres|432,310|434,890
""",
        {"id": "Reference", "reported": "Date Reported", "easting": "Easting", "northing": "Northing", "area": "Ward"},
        (),
    ),
}
