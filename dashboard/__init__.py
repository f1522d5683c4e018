"""What people see: the Streamlit pages, the map, the routes and the command line."""
