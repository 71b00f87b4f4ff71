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

/// So many of the index's words are as many as a passage holds: most words have a stem besides.
pub(crate) const PASSAGE_TERMS: u32 = PASSAGE * 4 / 3;

/// How long a whole body may count, in words of the index: a longer one is not held to be worse.
const LONGEST_BODY: u32 = 4 * PASSAGE;

/// How much the length of a field counts: b of BM25.
const LENGTH_COUNTS: f32 = 0.75;

/// A field as it counts in a score.
#[derive(Clone, Debug)]
pub(crate) struct Weighted {
    pub field: Field,
    /// What one occurrence counts, by the number that stands for the field's length in the index.
    pub shares: Box<[f32; 256]>,
}

impl Weighted {
    /// A field in which a word counts one, whatever the length.
    pub(crate) fn even(field: Field) -> Weighted {
        Weighted { field, shares: Box::new([1.0; 256]) }
    }

    /// A field in which a word of one of the usual length counts `weight`; one that is longer than `longest` words counts as
    /// no longer than that.
    fn new(field: Field, weight: f32, usual: f32, longest: u32) -> Weighted {
        let share = |id| {
            let length = FieldNormReader::id_to_fieldnorm(id as u8).min(longest) as f32;
            weight / (1.0 - LENGTH_COUNTS + LENGTH_COUNTS * length / usual)
        };
        Weighted { field, shares: Box::new(std::array::from_fn(share)) }
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
    /// The body where it is searched by passages, none of which is longer than another.
    pub passages: Weighted,
    /// The text fields, each word counting the same.
    pub even: [Weighted; TEXT_FIELDS.len()],
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
        let [title, aliases, headings, tags, properties, body] =
            TEXT_FIELDS.map(|(name, ..)| schema.add_text_field(name, options.clone()));
        let fields = [title, aliases, headings, tags, properties, body];
        let weighted = |at: usize, longest| Weighted::new(fields[at], TEXT_FIELDS[at].1, TEXT_FIELDS[at].2, longest);
        Fields {
            schema: schema.build(),
            key,
            language,
            texts: std::array::from_fn(|at| weighted(at, LONGEST_BODY)),
            passages: weighted(TEXT_FIELDS.len() - 1, PASSAGE_TERMS),
            even: fields.map(Weighted::even),
        }
    }

    /// The fields that say what a note is called.
    pub(crate) fn names(&self) -> &[Weighted] {
        &self.texts[..2]
    }

    /// The text of the note itself.
    pub(crate) fn body(&self) -> &Weighted {
        &self.texts[TEXT_FIELDS.len() - 1]
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
        let [title, aliases, headings, tags, properties, body] = self.texts.each_ref().map(|text| text.field);
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
