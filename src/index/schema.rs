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

/// The figures behind the weights, measured with `eval search --plain` on the Cranfield collection (1,400 abstracts of
/// aerodynamics, 225 questions) as notes with titles, and once more with half of the abstracts glued together ten by ten, so
/// that notes differ in length as a vault's do; then on the 218 judged queries of `tests/judged`. Mean nDCG@10 of each; the
/// chosen value is marked, and the others are changed alone.
///
/// | what | values | Cranfield | glued | our notes |
/// | --- | --- | --- | --- | --- |
/// | weight of title | 1, 1.5, 2, **2.5**, 3, 4 | .385 .390 .393 **.399** .399 .397 | .408 .411 .412 **.413** .412 .407 | .988 everywhere |
/// | weight of aliases | 1, **2.5**, 4 | – | – | .988 everywhere |
/// | weight of headings | 0, .5, **1**, 2 | – | – | .988 .988 **.988** .987 |
/// | weight of tags | 0, .5, **1**, 2 | – | – | .990 .988 **.988** .989 |
/// | weight of properties | 0, **.5**, 1 | – | – | .988 everywhere |
/// | usual words in a title | 4, **8**, 16 | .391 **.399** .395 | .411 **.413** .408 | .988 .988 .990 |
/// | usual words in a passage | 75, **112**, 150 | .399 **.399** .393 | .408 **.413** .411 | .985 **.988** .988 |
/// | words in a passage | 60, 100, **150**, 200, 300, whole notes | .385 .389 **.399** .394 .396 .396 | .396 .416 **.413** .409 .386 .288 | .990 .990 **.988** .988 .987 .980 |
/// | notes scored by passages | 0, 10, 25, **50**, 100, 200 | .392 .395 .399 **.399** .399 .399 | .343 .374 .408 **.413** .413 .413 | .984 .989 .988 **.988** .988 .988 |
/// | k₁ | 1.2, 1.5, **1.8**, 2.2 | .392 .393 **.399** .397 | .412 .413 **.413** .413 | .989 .988 **.988** .988 |
/// | b | .5, **.75**, .9 | .395 **.399** .396 | .413 **.413** .411 | .989 **.988** .988 |
/// | a word as written | 0, .1, **.2**, .3 | .390 .394 **.399** .394 | .408 .411 **.413** .409 | .985 .988 **.988** .988 |
/// | words side by side | 0, .15, **.3**, .45, .6 | .395 .396 **.399** .395 .393 | .408 .410 **.413** .413 .413 | .988 everywhere |
///
/// What did not pay: a word for how much a note is linked, at .02 to .4 of the logarithm of its backlinks (our notes .988 to
/// .981, and .857 to .744 on four words of a sentence each of 362 notes of an encyclopaedia), and the text of links to a note
/// as a field of it (.988 to .989, three queries of 218), which would make each note's index hang on all that link to it.
///
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
