//! The fields of the index and their weights: one table.

use super::language::Language;
use super::words::{WordTokenizer, marked};
use crate::note::{Note, Prose};
use tantivy::TantivyDocument;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::{Field, IndexRecordOption, NumericOptions, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};

/// The name under which the index knows our tokenizer.
const TOKENIZER: &str = "words";

/// The name of the field that holds a note's key.
pub(crate) const KEY: &str = "key";

/// The name of the field that holds a note's language, where that is not English.
pub(crate) const LANGUAGE: &str = "language";

/// A text field: its name, how much a word in it weighs against one in the body, and the usual number of words in it, at which
/// its length neither raises nor lowers a note.
pub(crate) const TEXT_FIELDS: [(&str, f32, f32); 6] = [
    ("title", 2.5, 8.0),
    ("aliases", 2.5, 8.0),
    ("headings", 1.0, 20.0),
    ("tags", 1.0, 8.0),
    ("properties", 0.5, 10.0),
    ("body", 1.0, PASSAGE as f32 * 0.75),
];

/// Longer bodies are searched by passages of so many words.
pub(crate) const PASSAGE: u32 = 150;

/// How much the length of a field counts: b of BM25.
const LENGTH_COUNTS: f32 = 0.75;

/// A field as it counts in a score.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighted {
    pub field: Field,
    /// What a word in it weighs.
    pub weight: f32,
    /// How many words are usual in it; none where its length does not count.
    pub usual: Option<f32>,
    /// Longer ones count as no longer than this, in words.
    pub longest: u32,
}

impl Weighted {
    /// A field in which a word counts one, whatever the length.
    pub(crate) fn even(field: Field) -> Weighted {
        Weighted { field, weight: 1.0, usual: None, longest: u32::MAX }
    }

    /// What one occurrence counts, by the number that stands for a length in the index.
    pub(crate) fn shares(&self) -> [f32; 256] {
        std::array::from_fn(|id| {
            let length = FieldNormReader::id_to_fieldnorm(id as u8).min(self.longest) as f32;
            self.weight / self.usual.map_or(1.0, |usual| 1.0 - LENGTH_COUNTS + LENGTH_COUNTS * length / usual)
        })
    }
}

/// The fields of the index.
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    pub schema: Schema,
    /// The note's key: looked up to rank it, looked for to remove it.
    pub key: Field,
    /// The note's language, where that is not English.
    pub language: Field,
    /// The text fields with their weights, in the order of the table; the body is the last.
    pub texts: [Weighted; TEXT_FIELDS.len()],
}

impl Fields {
    pub(crate) fn new() -> Fields {
        let mut schema = Schema::builder();
        let key = schema.add_u64_field(KEY, NumericOptions::default().set_fast().set_indexed());
        let indexing =
            TextFieldIndexing::default().set_tokenizer(TOKENIZER).set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::default().set_indexing_options(indexing);
        // No text is stored: excerpts are read again from the few notes that an answer shows.
        let language = schema.add_text_field(LANGUAGE, STRING);
        let texts = TEXT_FIELDS.map(|(name, weight, usual)| {
            let field = schema.add_text_field(name, options.clone());
            Weighted { field, weight, usual: Some(usual), longest: u32::MAX }
        });
        Fields { schema: schema.build(), key, language, texts }
    }

    /// The text of the note itself.
    pub(crate) fn body(&self) -> Weighted {
        self.texts[TEXT_FIELDS.len() - 1]
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
        let language = Language::of(note, prose);
        language.iter().for_each(|language| document.add_text(self.language, language.code()));
        let [title, aliases, headings, tags, properties, body] = self.texts.map(|text| text.field);
        let mut add = |field, text: &str| document.add_text(field, marked(text, language));
        add(title, note.name());
        if note.path.stem() != note.name() {
            add(title, note.path.stem());
        }
        note.aliases.iter().for_each(|alias| add(aliases, alias));
        note.outline.headings.iter().for_each(|heading| add(headings, &heading.text));
        note.tags.iter().for_each(|tag| add(tags, &tag.name));
        for property in &note.properties {
            property.values.iter().for_each(|value| add(properties, value));
            property.utc().iter().for_each(|utc| add(properties, utc));
        }
        add(body, prose.text());
        document
    }
}
