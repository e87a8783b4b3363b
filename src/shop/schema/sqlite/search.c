/* SQLite's steps of the search index: terms, postings, columns, spellings, endings and synonyms (shop/index/). */
#include "shop/schema/endings.h"
#include "shop/schema/index_version.h"
#include "shop/schema/spellings.h"
#include "shop/schema/sqlite/steps.h"

/* clang-format off */
/* The search index (shop/index/postings.h, shop/index/doc_values.h): terms, postings, columns. Most of the
 * millions of terms are in a few products only. `search_terms_common` makes the few thousand others quick
 * to scan. */
const char sqlite_step_search[] =
    "CREATE TABLE search_state (next_term INTEGER NOT NULL) STRICT;"
    "INSERT INTO search_state VALUES (1);"
    "CREATE TABLE search_terms ("
    "  term TEXT PRIMARY KEY,"
    "  id INTEGER NOT NULL,"
    "  documents INTEGER NOT NULL CHECK (documents >= 0),"
    "  words INTEGER NOT NULL CHECK (words BETWEEN 0 AND documents),"
    "  titles INTEGER NOT NULL CHECK (titles BETWEEN 0 AND words)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX search_terms_common ON search_terms (term) WHERE documents >= 16;"
    "CREATE TABLE search_postings (key INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"
    "CREATE TABLE search_columns ("
    "  block INTEGER PRIMARY KEY,"
    "  prices BLOB NOT NULL,"
    "  categories BLOB NOT NULL,"
    "  lengths BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE search_names (block INTEGER PRIMARY KEY, names BLOB NOT NULL) STRICT;"
    "CREATE TABLE search_categories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;";

/* A term's counts include those of an import that is not published yet (shop/index/postings.h). What
 * published imports staged is added up. The counts of an import that was broken off are left out, because
 * it may have counted entries that it never wrote; its clean-up counts anew the terms that it has entries
 * of, and the others go here. */
const char sqlite_step_term_counts[] =
    "CREATE TABLE search_terms_new ("
    "  term TEXT PRIMARY KEY,"
    "  id INTEGER NOT NULL,"
    "  documents INTEGER NOT NULL CHECK (documents >= 0),"
    "  words INTEGER NOT NULL CHECK (words BETWEEN 0 AND documents),"
    "  titles INTEGER NOT NULL CHECK (titles BETWEEN 0 AND words)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO search_terms_new"
    "  SELECT term, id, documents + CASE WHEN staged_by <= published THEN staged_documents ELSE 0 END,"
    "    words + CASE WHEN staged_by <= published THEN staged_words ELSE 0 END,"
    "    titles + CASE WHEN staged_by <= published THEN staged_titles ELSE 0 END"
    "  FROM (SELECT t.*, c.published FROM search_terms AS t CROSS JOIN catalogue AS c)"
    "  WHERE documents > 0 OR staged_by <= published"
    "    OR EXISTS (SELECT 1 FROM search_postings WHERE key >= id << 24 AND key < (id + 1) << 24)"
    "  ORDER BY term;"
    "DROP TABLE search_terms;"
    "ALTER TABLE search_terms_new RENAME TO search_terms;"
    "CREATE INDEX search_terms_common ON search_terms (term) WHERE documents >= 16;";

/* How the index was made (index_version.h). An empty one is as this program makes it. */
const char sqlite_step_index_versions[] =
    "ALTER TABLE search_state ADD COLUMN version INTEGER NOT NULL DEFAULT 0;"
    "UPDATE search_state SET version = " INDEX_VERSION_SQL " WHERE NOT EXISTS (SELECT 1 FROM products);";

/* What the list of synonyms in `settings` says of a phrase (shop/synonyms/). */
const char sqlite_step_synonyms[] =
    "CREATE TABLE synonyms (phrase TEXT PRIMARY KEY, targets TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/* The index of spellings, which rare_spellings fills. */
const char sqlite_step_spellings[] =
    "CREATE TABLE search_spellings ("
    "  key TEXT NOT NULL,"
    "  term TEXT NOT NULL,"
    "  PRIMARY KEY (key, term)"
    ") STRICT, WITHOUT ROWID;";

/* The language of the shop's texts (shop/index/language.h). */
const char sqlite_step_languages[] = "ALTER TABLE search_state ADD COLUMN language TEXT NOT NULL DEFAULT 'en';";

/* Fewer keys of words that one product has (shop/schema/spellings.h), kept by triggers. Older shops have triggers for
 * those of all words. */
const char sqlite_step_rare_spellings[] =
    "DROP TRIGGER IF EXISTS search_terms_inserted;"
    "DROP TRIGGER IF EXISTS search_terms_gained;"
    "DROP TRIGGER IF EXISTS search_terms_lost;"
    "DROP TRIGGER IF EXISTS search_terms_deleted;"
    "DELETE FROM search_spellings;"
    "INSERT INTO search_spellings " SPELLING_KEYS(SPELT_TERMS) ";"
    "CREATE TRIGGER search_terms_inserted AFTER INSERT ON search_terms WHEN " HAS_KEYS("new")
    "  BEGIN INSERT INTO search_spellings " SPELLING_KEYS(SPELT_ROW("new")) "; END;"
    "CREATE TRIGGER search_terms_changed AFTER UPDATE OF words ON search_terms WHEN " CHANGES_KEYS " BEGIN"
    "  DELETE FROM search_spellings WHERE (key, term) IN (" SPELLING_KEYS(SPELT_ROW("old")) ");"
    "  INSERT INTO search_spellings " SPELLING_KEYS(SPELT_ROW("new")) "; END;"
    "CREATE TRIGGER search_terms_deleted AFTER DELETE ON search_terms WHEN " HAS_KEYS("old")
    "  BEGIN DELETE FROM search_spellings WHERE (key, term) IN (" SPELLING_KEYS(SPELT_ROW("old")) "); END;";

/* The index of endings, kept by triggers (shop/schema/endings.h). */
const char sqlite_step_endings[] =
    "CREATE TABLE search_endings ("
    "  ending TEXT NOT NULL,"
    "  term TEXT NOT NULL,"
    "  PRIMARY KEY (ending, term)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO search_endings " TERM_ENDINGS ";"
    "CREATE TRIGGER search_endings_inserted AFTER INSERT ON search_terms"
    "  WHEN " HAS_ENDING("new.term") " AND " COMPOUND_LANGUAGE
    "  BEGIN INSERT INTO search_endings VALUES (" ENDING("new.term") ", new.term); END;"
    "CREATE TRIGGER search_endings_deleted AFTER DELETE ON search_terms"
    "  WHEN " HAS_ENDING("old.term") " AND " COMPOUND_LANGUAGE
    "  BEGIN DELETE FROM search_endings WHERE ending = " ENDING("old.term") " AND term = old.term; END;";
