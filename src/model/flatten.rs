//! From models within models to one list of names: what each starts from, how it changes, and in whose words.
//!
//! A name of a submodel is written with dots, `M_s.gain`; a port is another name for what stands for it outside. What is said
//! outside goes before what is said inside. Formulas are not touched: each keeps the scope that its names are read in.

use super::fault::{Fault, Wrong, nearest_of};
use super::syntax::{At, Dialect, Event, Expression, Function, ModelText, Name, Program, Range, What};
use foldhash::fast::FixedState;
use std::borrow::Cow;
use std::collections::HashMap;

/// One fence, read, with what it uses of others.
#[derive(Clone, Debug)]
pub struct Text {
    /// What it says.
    pub program: Program,
    /// Its words.
    pub dialect: Dialect,
    /// The models it brings in.
    pub uses: Vec<Use>,
    /// How many bytes it has.
    pub size: usize,
}

/// A model brought in from another fence.
#[derive(Clone, Debug)]
pub struct Use {
    /// What it is called here.
    pub name: Box<str>,
    /// Which of the texts it is in.
    pub text: usize,
    /// Its name there, if another.
    pub model: Option<Box<str>>,
}

/// The most models within models.
const DEEPEST: usize = 16;

/// The most bytes of text that a model may be, each copy of a submodel counted.
pub(crate) const LONGEST: usize = 256 << 10;

/// Where names of a formula are read.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// What goes before them.
    pub prefix: String,
    /// The text they stand in.
    pub text: usize,
}

/// A formula and the scope of its names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Formula<'t> {
    pub expression: &'t Expression,
    pub scope: usize,
}

/// How a name gets its value after the start.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Course<'t> {
    /// It stays, but for events.
    Stays,
    /// `x' =`
    Rate(Formula<'t>),
    /// `x :=`
    Rule(Formula<'t>),
    /// `x(t+1) =`
    Next(Formula<'t>),
}

/// One name.
#[derive(Clone, Debug)]
pub(crate) struct Symbol<'t> {
    pub name: Box<str>,
    /// Where it is first written.
    pub text: usize,
    pub at: At,
    pub start: Option<Formula<'t>>,
    pub course: Course<'t>,
    pub range: Option<&'t Range>,
    pub title: Option<&'t str>,
    pub unit: Option<&'t str>,
    pub is_constant: bool,
    /// Whether it is a port that nothing feeds, of the model that runs.
    pub is_open: bool,
    levels: [usize; 2],
}

/// All names of a model, in the order of the text, those of submodels behind those of their models.
#[derive(Debug)]
pub(crate) struct Flat<'t> {
    pub texts: &'t [Text],
    pub scopes: Vec<Scope>,
    pub symbols: Vec<Symbol<'t>>,
    /// Events with their scopes.
    pub events: Vec<(&'t Event, usize)>,
    by_name: HashMap<String, usize, FixedState>,
    /// Ports, and what stands for them.
    aliases: HashMap<String, String, FixedState>,
    size: usize,
}

impl<'t> Flat<'t> {
    /// The names of the model of the first text.
    pub(crate) fn of(texts: &'t [Text], model: Option<&str>) -> Result<Flat<'t>, Fault> {
        let nowhere = At { start: 0, end: 0 };
        let mut flat = Flat {
            texts,
            scopes: Vec::new(),
            symbols: Vec::new(),
            events: Vec::new(),
            by_name: HashMap::default(),
            aliases: HashMap::default(),
            size: 0,
        };
        let first = texts.first().and_then(|text| text.program.main(model));
        let first = first.ok_or(Fault { text: 0, at: nowhere, what: Wrong::Empty })?;
        flat.enter(0, first, String::new(), &mut Vec::new())?;
        for port in &first.ports {
            let at = flat.touch(0, port);
            let symbol = &mut flat.symbols[at];
            symbol.is_open = symbol.start.is_none() && matches!(symbol.course, Course::Stays);
        }
        Ok(flat)
    }

    /// The symbol of a name as it is read in a scope.
    pub(crate) fn find(&self, scope: usize, name: &str) -> Option<usize> {
        let prefix = &self.scopes[scope].prefix;
        // Most models have no submodels, and their names are looked up many times.
        let full = if prefix.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(format!("{prefix}{name}")) };
        self.by_name.get(self.canonical(&full)).copied()
    }

    /// The function of a name in a scope, with the text that it stands in.
    pub(crate) fn function(&self, scope: usize, name: &str) -> Option<&'t Function> {
        self.texts[self.scopes[scope].text].program.functions.iter().find(|function| &*function.name.text == name)
    }

    fn canonical<'n>(&'n self, name: &'n str) -> &'n str {
        let mut name = name;
        // A port may stand for a port of the model around it, and so on; each step leads outwards.
        while let Some(outer) = self.aliases.get(name) {
            name = outer;
        }
        name
    }

    fn enter(
        &mut self,
        text: usize,
        model: &'t ModelText,
        prefix: String,
        chain: &mut Vec<(usize, &'t str)>,
    ) -> Result<(), Fault> {
        let texts = self.texts;
        self.size += texts[text].size;
        let fault = |at: At, what: Wrong| Err(Fault { text, at, what });
        if self.size > LONGEST {
            let at = model.name.as_ref().map_or(At { start: 0, end: 0 }, |name| name.at);
            return fault(at, Wrong::TooMany { what: "bytes of text, submodels counted", count: self.size, most: LONGEST });
        }
        let level = chain.len();
        chain.push((text, model.name.as_ref().map_or("", |name| &name.text)));
        let scope = self.scopes.len();
        self.scopes.push(Scope { prefix: prefix.clone(), text });
        for statement in &model.statements {
            match &statement.what {
                // Names within submodels come with these.
                What::Initial { name, .. } | What::Rate { name, .. } | What::Rule { name, .. } | What::Next { name, .. }
                    if !name.text.contains('.') =>
                {
                    self.touch(scope, name);
                }
                What::Declare { names, .. } => names.iter().for_each(|(name, _)| _ = self.touch(scope, name)),
                _ => {}
            }
        }
        for statement in &model.statements {
            let What::Submodel { name, model: wanted, ports } = &statement.what else { continue };
            let (at_text, inner) = self.model(text, wanted)?;
            let called = inner.name.as_ref().map_or("", |name| &*name.text);
            if chain.contains(&(at_text, called)) {
                let names = chain.iter().copied().chain([(at_text, called)]).map(|(text, name)| (text, name.into()));
                return fault(wanted.at, Wrong::ModelCircle { name: called.into(), chain: names.collect() });
            }
            if chain.len() >= DEEPEST {
                let what = Wrong::TooMany { what: "models within models", count: chain.len() + 1, most: DEEPEST };
                return fault(wanted.at, what);
            }
            if ports.len() > inner.ports.len() {
                let what = Wrong::Ports { name: wanted.text.clone(), ports: inner.ports.len(), given: ports.len() };
                return fault(wanted.at, what);
            }
            for (port, outer) in inner.ports.iter().zip(ports) {
                let outer_name = format!("{prefix}{}", outer.text);
                let outer_name = self.canonical(&outer_name).to_owned();
                let port = format!("{prefix}{}.{}", name.text, port.text);
                if outer_name == port {
                    return fault(outer.at, Wrong::Circle { names: vec![port] });
                }
                self.touch(scope, outer);
                self.aliases.insert(port, outer_name);
            }
            self.enter(at_text, inner, format!("{prefix}{}.", name.text), chain)?;
        }
        for statement in &model.statements {
            self.say(scope, level, &statement.what)?;
        }
        chain.pop();
        Ok(())
    }

    fn model(&self, text: usize, wanted: &Name) -> Result<(usize, &'t ModelText), Fault> {
        let texts = self.texts;
        let own = texts[text].program.models.iter();
        let own = own.clone().find(|model| model.name.as_ref().is_some_and(|name| name.text == wanted.text));
        if let Some(model) = own {
            return Ok((text, model));
        }
        if let Some(used) = texts[text].uses.iter().find(|used| used.name == wanted.text) {
            let name = used.model.as_deref().unwrap_or(&used.name);
            if let Some(model) = texts[used.text].program.main(Some(name)) {
                return Ok((used.text, model));
            }
        }
        let models = texts[text].program.models.iter().filter_map(|model| model.name.as_ref()).map(|name| &*name.text);
        let near = nearest_of(&wanted.text, models.chain(texts[text].uses.iter().map(|used| &*used.name)));
        let what = Wrong::UnknownModel { name: wanted.text.clone(), nearest: near };
        Err(Fault { text, at: wanted.at, what })
    }

    fn say(&mut self, scope: usize, level: usize, what: &'t What) -> Result<(), Fault> {
        if let What::Initial { name, .. } | What::Rate { name, .. } | What::Rule { name, .. } | What::Next { name, .. } = what {
            self.check_name_of_submodel(scope, name)?;
        }
        match what {
            What::Initial { name, value, note } => {
                let at = self.touch(scope, name);
                self.start(at, level, name, Formula { expression: value, scope })?;
                if note.is_some() {
                    self.symbols[at].range = note.as_ref();
                }
            }
            What::Rate { name, value } => self.course(scope, level, name, Course::Rate(Formula { expression: value, scope }))?,
            What::Rule { name, value, note } => {
                self.course(scope, level, name, Course::Rule(Formula { expression: value, scope }))?;
                if let (Some(at), Some(note)) = (self.find(scope, &name.text), note) {
                    self.symbols[at].range = Some(note);
                }
            }
            What::Next { name, value } => self.course(scope, level, name, Course::Next(Formula { expression: value, scope }))?,
            What::Event(event) => self.events.push((event, scope)),
            What::Declare { is_constant, names } => {
                for (name, value) in names {
                    let at = self.touch(scope, name);
                    self.symbols[at].is_constant = *is_constant;
                    if let Some(value) = value {
                        self.start(at, level, name, Formula { expression: value, scope })?;
                    }
                }
            }
            What::HasUnit { name, unit } => {
                let at = self.touch(scope, name);
                self.symbols[at].unit = Some(unit);
            }
            What::Is { name, text } => {
                if let Some(at) = self.find(scope, &name.text) {
                    self.symbols[at].title = Some(text);
                }
            }
            What::Submodel { .. } | What::Unit { .. } => {}
        }
        Ok(())
    }

    /// A name with dots is one that a submodel has; another is a slip, not a new name.
    fn check_name_of_submodel(&self, scope: usize, name: &Name) -> Result<(), Fault> {
        if !name.text.contains('.') || self.find(scope, &name.text).is_some() {
            return Ok(());
        }
        let prefix = &self.scopes[scope].prefix;
        let known = self.symbols.iter().filter_map(|symbol| symbol.name.strip_prefix(&**prefix)).filter(|it| it.contains('.'));
        let what = Wrong::Unknown { name: name.text.clone(), nearest: nearest_of(&name.text, known) };
        Err(Fault { text: self.scopes[scope].text, at: name.at, what })
    }

    /// The symbol of a name; there from now on.
    fn touch(&mut self, scope: usize, name: &Name) -> usize {
        let full = format!("{}{}", self.scopes[scope].prefix, name.text);
        let full = self.canonical(&full).to_owned();
        if let Some(at) = self.by_name.get(&full) {
            return *at;
        }
        let at = self.symbols.len();
        self.symbols.push(Symbol {
            name: full.as_str().into(),
            text: self.scopes[scope].text,
            at: name.at,
            start: None,
            course: Course::Stays,
            range: None,
            title: None,
            unit: None,
            is_constant: false,
            is_open: false,
            levels: [usize::MAX; 2],
        });
        self.by_name.insert(full, at);
        at
    }

    fn start(&mut self, at: usize, level: usize, name: &Name, formula: Formula<'t>) -> Result<(), Fault> {
        if self.symbols[at].levels[0] == level {
            let what = Wrong::Twice { name: name.text.clone(), what: "a value" };
            return Err(Fault { text: self.scopes[formula.scope].text, at: name.at, what });
        }
        let symbol = &mut self.symbols[at];
        // What is said outside goes before a rule inside; a rate inside only gets another start.
        if symbol.levels[1] != usize::MAX && symbol.levels[1] > level && matches!(symbol.course, Course::Rule(_)) {
            symbol.course = Course::Stays;
        }
        symbol.levels[0] = level;
        symbol.start = Some(formula);
        Ok(())
    }

    fn course(&mut self, scope: usize, level: usize, name: &Name, course: Course<'t>) -> Result<(), Fault> {
        let at = self.touch(scope, name);
        let symbol = &mut self.symbols[at];
        if symbol.levels[1] == level {
            let what = match (&symbol.course, &course) {
                (Course::Rate(_), Course::Rate(_)) => Wrong::Twice { name: name.text.clone(), what: "a rate" },
                (Course::Rule(_), Course::Rule(_)) => Wrong::Twice { name: name.text.clone(), what: "a rule" },
                (Course::Next(_), Course::Next(_)) => Wrong::Twice { name: name.text.clone(), what: "a next value" },
                _ => Wrong::Both { name: name.text.clone(), one: "a rate", other: "a rule" },
            };
            return Err(Fault { text: self.scopes[scope].text, at: name.at, what });
        }
        if matches!(course, Course::Rule(_)) && symbol.levels[0] != usize::MAX && symbol.levels[0] > level {
            symbol.start = None;
        }
        symbol.levels[1] = level;
        symbol.course = course;
        Ok(())
    }
}
