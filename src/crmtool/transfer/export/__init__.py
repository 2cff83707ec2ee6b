"""Files out: any records as CSV, TSV, JSON, NDJSON, XLSX, Markdown or HTML, complete and streamed.

``tables`` says what is written, ``formats`` which formats there are and what each carries. Rows go from the store to text without
becoming records on the way (``columns``, ``spelling``): a call for every value costs more than reading the row.
"""
