//! Answers to text or JSON, and numbers to pictures; the one kind of JSON that people hand in, judged queries, is read here
//! as well. Knows answers; knows no arguments and no terminal.

mod bridges;
pub mod chart;
mod communities;
mod diff;
mod draft;
mod eval;
mod explain;
mod json;
mod judged;
mod mentions;
mod models;
mod paint;
mod path;
mod pick;
mod problem;
mod related;
mod text;

pub use json::{Page, SCHEMA, error_json, json, page_json};
pub use judged::{JudgedError, NoJudgement, judged_queries};
pub use models::{run_csv, run_png, run_svg};
pub use paint::Paint;
pub(crate) use paint::clean;
pub use pick::{PickScreen, PickView, pick, pick_rows};
pub(crate) use problem::message as problem_message;
pub use text::text;
