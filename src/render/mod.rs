//! Answers to text or JSON, and numbers to pictures. Knows answers; knows no arguments and no terminal.

mod bridges;
pub mod chart;
mod communities;
mod diff;
mod draft;
mod eval;
mod json;
mod mentions;
mod models;
mod paint;
mod path;
mod problem;
mod related;
mod text;

pub use json::{Page, SCHEMA, error_json, json, page_json};
pub use models::{run_csv, run_png, run_svg};
pub use paint::Paint;
pub(crate) use paint::clean;
pub(crate) use problem::message as problem_message;
pub use text::text;
