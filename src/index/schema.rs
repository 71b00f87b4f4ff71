//! The fields of the index and their weights: one table.

use super::words::WordTokenizer;
use crate::note::{Note, Prose};
use tantivy::TantivyDocument;
use tantivy::schema::{Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};

/// The name under which the index knows our tokenizer.
const TOKENIZER: &str = "words";

/// The name of the field that holds a note's key.
pub(crate) const KEY: &str = "key";

/// A text field: its name and how much a word in it weighs. A field of few words scores high by itself, so that titles
/// weigh less than the body and still come first; a concept that bears the very name is lifted above all in any case.
/// Weights of title and body were chosen on a judged collection (Cranfield, nDCG@10 0.386; with a title of 2.0, 0.354).
pub(crate) const TEXT_FIELDS: [(&str, f32); 6] =
    [("title", 0.5), ("aliases", 0.5), ("headings", 0.4), ("tags", 0.4), ("properties", 0.3), ("body", 1.0)];

/// The fields of the index.
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    pub schema: Schema,
    /// The note's key: looked up to rank it, looked for to remove it.
    pub key: Field,
    /// The text fields with their weights, in the order of the table.
    pub texts: [(Field, f32); TEXT_FIELDS.len()],
}

impl Fields {
    pub(crate) fn new() -> Fields {
        let mut schema = Schema::builder();
        let key = schema.add_u64_field(KEY, NumericOptions::default().set_fast().set_indexed());
        let indexing =
            TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::default().set_indexing_options(indexing);
        // No text is stored: excerpts are read again from the few notes that an answer shows.
        let texts = TEXT_FIELDS.map(|(name, weight)| (schema.add_text_field(name, options.clone()), weight));
        Fields { schema: schema.build(), key, texts }
    }

    pub(crate) fn tokenizers() -> TokenizerManager {
        // The default set stays, as tantivy asks it for its own name even for numbers.
        let tokenizers = TokenizerManager::default();
        tokenizers.register(TOKENIZER, TextAnalyzer::from(WordTokenizer::new()));
        tokenizers
    }

    pub(crate) fn document(&self, key: u64, note: &Note, prose: &Prose) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_u64(self.key, key);
        let [title, aliases, headings, tags, properties, body] = self.texts.map(|(field, _)| field);
        document.add_text(title, note.name());
        if note.path.stem() != note.name() {
            document.add_text(title, note.path.stem());
        }
        note.aliases.iter().for_each(|alias| document.add_text(aliases, alias));
        note.outline.headings.iter().for_each(|heading| document.add_text(headings, &heading.text));
        note.tags.iter().for_each(|tag| document.add_text(tags, &tag.name));
        for property in &note.properties {
            property.values.iter().for_each(|value| document.add_text(properties, value));
            property.utc().iter().for_each(|utc| document.add_text(properties, utc));
        }
        document.add_text(body, prose.text());
        document
    }
}
