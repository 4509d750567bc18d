"""Reports for people and for programs, of whatever was compared: a page, JUnit XML, Markdown. It knows no framework and no table."""
