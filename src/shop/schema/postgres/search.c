/* PostgreSQL's steps of the search index, as SQLite's of the same names (sqlite/search.c). */
#include "shop/schema/endings.h"
#include "shop/schema/index_version.h"
#include "shop/schema/postgres/steps.h"
#include "shop/schema/spellings.h"

/* clang-format off */
const char postgres_step_search[] =
    "CREATE TABLE search_state (next_term bigint NOT NULL);"
    "INSERT INTO search_state VALUES (1);"
    "CREATE TABLE search_terms ("
    "  term text COLLATE \"C\" PRIMARY KEY,"
    "  id bigint NOT NULL,"
    "  documents bigint NOT NULL CHECK (documents >= 0),"
    "  words bigint NOT NULL CHECK (words BETWEEN 0 AND documents),"
    "  titles bigint NOT NULL CHECK (titles BETWEEN 0 AND words),"
    "  staged_by bigint NOT NULL DEFAULT 0,"
    "  staged_documents bigint NOT NULL DEFAULT 0,"
    "  staged_words bigint NOT NULL DEFAULT 0,"
    "  staged_titles bigint NOT NULL DEFAULT 0"
    ");"
    "CREATE INDEX search_terms_common ON search_terms (term) WHERE documents + staged_documents >= 16;"
    "CREATE TABLE search_postings (key bigint PRIMARY KEY, data bytea NOT NULL);"
    "CREATE TABLE search_columns ("
    "  block bigint PRIMARY KEY,"
    "  prices bytea NOT NULL,"
    "  categories bytea NOT NULL,"
    "  lengths bytea NOT NULL"
    ");"
    "CREATE TABLE search_names (block bigint PRIMARY KEY, names bytea NOT NULL);"
    "CREATE TABLE search_categories (id bigint PRIMARY KEY, name " TEXT " UNIQUE);";

const char postgres_step_term_counts[] =
    "UPDATE search_terms SET documents = documents + staged_documents, words = words + staged_words,"
    "  titles = titles + staged_titles WHERE staged_by > 0 AND staged_by <= (SELECT published FROM catalogue);"
    "DELETE FROM search_terms WHERE documents = 0"
    "  AND NOT EXISTS (SELECT 1 FROM search_postings WHERE key >= id << 24 AND key < (id + 1) << 24);"
    "DROP INDEX search_terms_common;"
    "ALTER TABLE search_terms DROP COLUMN staged_by, DROP COLUMN staged_documents,"
    "  DROP COLUMN staged_words, DROP COLUMN staged_titles;"
    "CREATE INDEX search_terms_common ON search_terms (term) WHERE documents >= 16;";

const char postgres_step_index_versions[] =
    "ALTER TABLE search_state ADD COLUMN version bigint NOT NULL DEFAULT 0;"
    "UPDATE search_state SET version = " INDEX_VERSION_SQL " WHERE NOT EXISTS (SELECT 1 FROM products);";

const char postgres_step_synonyms[] = "CREATE TABLE synonyms (phrase " TEXT " PRIMARY KEY, targets " TEXT ");";

const char postgres_step_spellings[] =
    "CREATE TABLE search_spellings ("
    "  key text COLLATE \"C\" NOT NULL,"
    "  term text COLLATE \"C\" NOT NULL,"
    "  PRIMARY KEY (key, term)"
    ");";

const char postgres_step_languages[] =
    "ALTER TABLE search_state ADD COLUMN language text COLLATE \"C\" NOT NULL DEFAULT 'en';";

const char postgres_step_rare_spellings[] =
    "DROP TRIGGER IF EXISTS search_terms_inserted ON search_terms;"
    "DROP TRIGGER IF EXISTS search_terms_changed ON search_terms;"
    "DROP TRIGGER IF EXISTS search_terms_deleted ON search_terms;"
    "DELETE FROM search_spellings;"
    "INSERT INTO search_spellings " SPELLING_KEYS_POSTGRES(SPELT_TERMS) ";"
    "CREATE OR REPLACE FUNCTION search_term_spelt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    "  IF tg_op <> 'INSERT' THEN"
    "    DELETE FROM search_spellings WHERE (key, term) IN (" SPELLING_KEYS_POSTGRES(SPELT_ROW("old")) ");"
    "  END IF;"
    "  IF tg_op <> 'DELETE' THEN"
    "    INSERT INTO search_spellings " SPELLING_KEYS_POSTGRES(SPELT_ROW("new")) ";"
    "  END IF;"
    "  RETURN NULL; END $$;"
    "CREATE TRIGGER search_terms_inserted AFTER INSERT ON search_terms FOR EACH ROW"
    "  WHEN (" HAS_KEYS_POSTGRES("new") ") EXECUTE FUNCTION search_term_spelt();"
    "CREATE TRIGGER search_terms_changed AFTER UPDATE OF words ON search_terms FOR EACH ROW"
    "  WHEN (" CHANGES_KEYS ") EXECUTE FUNCTION search_term_spelt();"
    "CREATE TRIGGER search_terms_deleted AFTER DELETE ON search_terms FOR EACH ROW"
    "  WHEN (" HAS_KEYS_POSTGRES("old") ") EXECUTE FUNCTION search_term_spelt();";

const char postgres_step_endings[] =
    "CREATE TABLE search_endings ("
    "  ending " TEXT ","
    "  term " TEXT ","
    "  PRIMARY KEY (ending, term)"
    ");"
    "INSERT INTO search_endings " TERM_ENDINGS_POSTGRES ";"
    "CREATE FUNCTION search_term_ending() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    "  IF NOT " COMPOUND_LANGUAGE " THEN RETURN NULL;"
    "  ELSIF tg_op = 'INSERT' THEN"
    "    INSERT INTO search_endings VALUES (" ENDING_POSTGRES("new.term") ", new.term);"
    "  ELSE"
    "    DELETE FROM search_endings WHERE ending = " ENDING_POSTGRES("old.term") " AND term = old.term;"
    "  END IF;"
    "  RETURN NULL; END $$;"
    "CREATE TRIGGER search_endings_inserted AFTER INSERT ON search_terms FOR EACH ROW"
    "  WHEN (" HAS_ENDING_POSTGRES("new.term") ") EXECUTE FUNCTION search_term_ending();"
    "CREATE TRIGGER search_endings_deleted AFTER DELETE ON search_terms FOR EACH ROW"
    "  WHEN (" HAS_ENDING_POSTGRES("old.term") ") EXECUTE FUNCTION search_term_ending();";
