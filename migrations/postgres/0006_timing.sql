-- Parts of the settings that are one document each, by name. What a document leaves out is as it comes.
CREATE TABLE settings_documents (
    name     TEXT  PRIMARY KEY,
    document JSONB NOT NULL
);
