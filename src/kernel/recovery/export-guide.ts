/** Lies beside the tables of every export, so that whoever finds the folder can read it without us. */
export const exportGuide = `Everything that Guanxi held at one moment, for reading with other programs and for moving elsewhere.

manifest.json   what this is: release, moment, migrations, every table with its columns, types, primary key, rows and checksums
tables/         one text file for each table, named schema.table.tsv
files/          files that were uploaded, as they came

The text files: UTF-8, one row a line, the first line holds the names of the columns, values separated by tabs.
  \\N is "no value"; \\t \\n \\r \\\\ inside a value stand for tab, line feed, carriage return and backslash.
  Instants are in UTC with their offset. Whole numbers of money are in minor units (cents, fen) beside their currency.
  Documents are JSON. Bytes are hexadecimal after \\\\x. Lists are written {one,two}.
This is the text format of PostgreSQL's COPY, which MySQL (LOAD DATA) and ClickHouse (TabSeparatedWithNames) read too:
  DuckDB   select * from read_csv('tables/parties.party.tsv', delim='\\t', header=true, nullstr='\\N', quote='', escape='');
  Python   pandas.read_csv('tables/parties.party.tsv', sep='\\t', na_values='\\\\N', keep_default_na=False, quoting=3)

Start with parties.party (people and firms), parties.identifier (how they are found), events.event (what happened, kind and
payload), ledger.posting and ledger.lot (points and money owed), catalogue.product. Tables join on party_id.

Back into Guanxi, on any database: guanxi restore <this folder>
There are people's data in here. Keep it as you would keep the database.
`
