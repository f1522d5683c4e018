"""Which readers of maps may be used: those of GeoPackages and Shapefiles, and no others.

Many of the others open further files or addresses that a file names.
"""

from typing import Final

#: MEM holds what others compute; it opens no file.
ALLOWED_DRIVERS: Final = frozenset({"GPKG", "ESRI Shapefile", "MEM", "Memory"})
#: What the reading library would have besides. More of them in a later version are found at the start of a child.
SKIPPED_DRIVERS: Final = (
    "VRT", "OGR_VRT", "HTTP", "WMS", "WCS", "WMTS", "GDALG", "PCIDSK", "PDS4", "VICAR", "PDF",
    "MBTiles", "EEDA", "OGCAPI", "MapInfo File", "LVBAG", "S57", "DGN", "CSV", "GML", "GMLAS", "GPX", "LIBKML", "KML",
    "GeoJSON", "GeoJSONSeq", "ESRIJSON", "TopoJSON", "OGR_GMT", "SQLite", "WAsP", "OpenFileGDB", "DXF", "CAD",
    "FlatGeobuf", "GeoRSS", "VFK", "PGDUMP", "PostgreSQL", "MySQL", "ODBC", "MSSQLSpatial", "OSM", "GPSBabel",
    "OGR_PDS", "WFS", "OAPIF", "EDIGEO", "Idrisi", "XLS", "ODS", "XLSX", "Elasticsearch", "Carto", "AmigoCloud", "SXF",
    "Selafin", "JML", "PLSCENES", "CSW", "VDV", "MVT", "NGW", "MapML", "GTFS", "PMTiles", "JSONFG", "MiraMonVector",
    "ADBC", "Arrow", "Parquet", "AVCBin", "AVCE00", "AIVector", "Interlis 1", "Interlis 2", "NAS", "TIGER", "UK .NTF",
    "SOSI", "HANA", "MongoDBv3",
)  # fmt: skip
