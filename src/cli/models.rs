//! `models` and `model`: what there is to run, and what one model says. Nothing runs.

use super::completion::Completes;
use super::failure::Failure;
use crate::answer::{Answer, model_card, models};
use crate::snapshot::Snapshot;
use clap::Args;

/// List the models that concepts carry
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote models\n  resonote models --json")]
pub(super) struct ModelsArguments {}

impl ModelsArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Answer<'s> {
        Answer::Models(models(snapshot))
    }
}

/// Show a concept's model: its equations, its parameters with their ranges, what it uses and who uses it
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  resonote model \"emotional resonance\"\n  \
                        resonote model \"emotional resonance#concept_kuramoto\"")]
pub(super) struct ModelArguments {
    /// A title, file name, alias or path; CONCEPT#MODEL for one of several models
    #[arg(value_name = "CONCEPT", add = Completes::Concept)]
    concept: String,
}

impl ModelArguments {
    pub(super) fn ask<'s>(&self, snapshot: &'s Snapshot) -> Result<Answer<'s>, Failure> {
        Ok(Answer::Model(Box::new(model_card(snapshot, &self.concept)?)))
    }
}
