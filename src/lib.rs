//! **resonote** is a knowledge-graph engine for linked notes: it reads a folder of wiki-linked markdown, ties it into a
//! concept graph, indexes its text, and answers from the terminal which concepts speak of something, how two hang together
//! and by which sentences, and what is wrong.
//!
//! # The house
//!
//! Rooms in reading order; stairs only go down.
//!
//! - [`cellar`], under the house: columns of numbers and texts that keep, in memory or in a file of checked blocks.
//! - [`note`], the ground floor: what one note says. Text in, value out; it knows no disk and no other note, and never
//!   fails. Every way of writing a link is read here.
//! - [`vault`], the first floor: many notes, and whom a link means. The only room that reads notes from disk; what it finds
//!   it lays down in columns, and brings them up to date.
//! - [`graph`] and [`index`], the second floor: concepts and the links between them (petgraph), full text (tantivy). The
//!   two never meet.
//! - [`model`], beside them: what a concept does when it runs. Equations to series; it knows no vault, no graph, no disk.
//! - [`snapshot`]: one moment of a vault with all that follows from it, kept in the user's cache folder between questions.
//! - [`answer`], the third floor: one file for each question, plain data out.
//! - [`render`], the fourth: answers to text or JSON, and numbers to pictures.
//! - [`cli`], the roof: arguments to questions, answers to streams, errors to exit codes.
//!
//! ```text
//! folder --vault--> changed notes --> columns --+--> graph --+--> Snapshot --answer--> Answer --render--> text | JSON | SVG
//!                         |                     |            |       |  ^        |  ^
//!                         +---- text, names ----+--> index --+     cache on disk |  +-- Run --+
//!                                                                                +-- fences --> model
//! ```
//!
//! # What is true everywhere, mostly by absence
//!
//! - Nothing writes to a note but the terminal's face, when a person says so; and nothing but a face knows streams,
//!   environment or the clock.
//! - A **problem** is something wrong in somebody's note: collected, shown, never in the way. An **error** stops an answer.
//! - A vault keeps what joins its notes and what is asked of all of them. What one note says besides, its text above all, is
//!   read again from the few notes that an answer shows.
//! - What is kept is a cache: it may be deleted at any time, and nothing that happens to it gives a wrong answer. Bringing it
//!   up to date gives the same bytes as making it anew.
//! - A question that changes nothing costs the comparison of the files, and what it looks at.
//! - A model reaches nothing outside of itself: no file, no network, no clock, no loop. Its size and its work are bounded by
//!   counts, and which bound ended a run is said. Only `run` and `check` run any.
//! - The same question about the same vault gives the same bytes on any number of cores: order comes from scores and note
//!   paths, never from a hash or a clock.
//! - A crate that does a room's work stays in that room; its types do not cross the door. `tests/it/house.rs` holds all this.
//!
//! # An example
//!
//! ```
//! use resonote::answer::{PathQuestion, path};
//! use resonote::snapshot::Snapshot;
//! use resonote::vault::Vault;
//!
//! let vault = Vault::from_texts(
//!     [
//!         ("empathy.md", "It rests on [[affective sharing]], among other things."),
//!         ("affective sharing.md", "---\naliases: [shared affect]\n---\nFirst described in infants."),
//!     ],
//!     false,
//! );
//! let snapshot = Snapshot::of(vault);
//! let answer = path(&snapshot, &PathQuestion::between("shared affect", "empathy")).expect("both concepts are there");
//! let step = &answer.routes[0].steps[0];
//! assert!(!step.is_forward, "empathy links to affective sharing, so the step goes against the link");
//! let sentence = step.evidence.told.passage().expect("the link stands in a sentence");
//! assert_eq!(sentence.text, "It rests on affective sharing, among other things.");
//! ```

pub mod answer;
pub mod cellar;
pub mod cli;
pub mod graph;
pub mod index;
pub mod model;
pub mod note;
pub mod render;
pub mod snapshot;
pub mod vault;
