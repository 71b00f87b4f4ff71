//! resonote
pub mod answer;
pub mod cli;
pub mod graph;
pub mod index;
pub mod note;
pub mod render;
pub mod snapshot;
pub mod vault;
