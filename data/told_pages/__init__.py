"""The files of “You said, we did”: a page for a browser and a PDF, in the public share profile."""
