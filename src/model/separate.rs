//! Taking sums over links apart: `sum(sin(a_j - b_i))` over j is `cos(b_i)*sum(sin(a_j)) - sin(b_i)*sum(cos(a_j))`, which
//! costs a function of each note instead of one of each pair. The identities are those of addition for sine and cosine, and
//! that a sum of products of what depends on one end each is a product of sums.

use super::function::{One, Two};
use super::tape::{End, Id, Net, Tape, Value, Width, parts};
use std::collections::HashMap;

/// The most products that a sum is taken apart into; more would cost more than they save.
const MOST: usize = 16;

/// What is known of values of links, for sums over this net at this end: each is looked at once, however many need it.
pub(crate) type Memory = HashMap<(Net, End, Id), Known>;

/// What a value of links comes apart into.
pub(crate) struct Known {
    /// The value of a note that it is, if it depends on no more than the near end.
    near: Option<Id>,
    /// The same for the far end.
    far: Option<Id>,
    /// The products whose sum it is, if it comes apart.
    terms: Option<Vec<Term>>,
}

/// A product: whether the link's weight is in it, what depends on the far end, what depends on the near one.
#[derive(Clone, Copy)]
struct Term {
    is_weighted: bool,
    far: Id,
    near: Id,
}

/// For each note, the sum of a value of links over those of which it is this end; none if it does not come apart.
pub(crate) fn apart(tape: &mut Tape, memory: &mut Memory, net: Net, end: End, value: Id) -> Option<Id> {
    let terms = Apart { tape, memory, net, near: end }.look(value)?;
    let mut sum = tape.put_number(0.0);
    for term in terms {
        let far = match net {
            Net::Pairs => tape.total(term.far),
            Net::Links => tape.gathered(end, term.is_weighted, term.far),
        };
        let product = tape.of_two(Two::Times, term.near, far);
        sum = tape.of_two(Two::Plus, sum, product);
    }
    Some(sum)
}

struct Apart<'t> {
    tape: &'t mut Tape,
    memory: &'t mut Memory,
    net: Net,
    near: End,
}

impl Apart<'_> {
    /// The products of a value, after all it is made of have been looked at: a chain of any length is no deeper than this.
    fn look(&mut self, value: Id) -> Option<Vec<Term>> {
        let mut open = vec![value];
        while let Some(id) = open.last().copied() {
            let before = open.len();
            if !self.is_known(id) {
                parts(self.tape.value(id), &mut |part| {
                    if !self.is_known(part) {
                        open.push(part);
                    }
                });
            }
            if open.len() == before {
                open.pop();
                if !self.is_known(id) {
                    let (near, far) = (self.at_end(id, self.near), self.at_end(id, self.near.other()));
                    let terms = self.terms_of(id, near, far);
                    self.memory.insert((self.net, self.near, id), Known { near, far, terms });
                }
            }
        }
        self.terms(value)
    }

    /// Whether a value needs no look: one number, or seen before.
    fn is_known(&self, id: Id) -> bool {
        self.tape.width(id) != Width::Over(self.net) || self.memory.contains_key(&(self.net, self.near, id))
    }

    fn terms(&mut self, value: Id) -> Option<Vec<Term>> {
        if self.tape.width(value) == Width::One {
            let one = self.tape.put_number(1.0);
            return Some(vec![Term { is_weighted: false, far: one, near: value }]);
        }
        self.memory.get(&(self.net, self.near, value))?.terms.clone()
    }

    fn terms_of(&mut self, value: Id, near: Option<Id>, far: Option<Id>) -> Option<Vec<Term>> {
        let one = self.tape.put_number(1.0);
        if let Some(near) = near {
            return Some(vec![Term { is_weighted: false, far: one, near }]);
        }
        if let Some(far) = far {
            return Some(vec![Term { is_weighted: false, far, near: one }]);
        }
        let terms = match self.tape.value(value) {
            Value::Weight => vec![Term { is_weighted: true, far: one, near: one }],
            Value::Of(One::Negative, a) => {
                let terms = self.terms(a)?;
                terms.into_iter().map(|term| Term { near: self.tape.of(One::Negative, term.near), ..term }).collect()
            }
            Value::OfTwo(Two::Plus, a, b) => [self.terms(a)?, self.terms(b)?].concat(),
            Value::OfTwo(Two::Minus, a, b) => {
                let minus = self.terms(b)?;
                let minus = minus.into_iter().map(|term| Term { near: self.tape.of(One::Negative, term.near), ..term });
                let minus: Vec<Term> = minus.collect();
                [self.terms(a)?, minus].concat()
            }
            Value::OfTwo(Two::Times, a, b) => {
                let (left, right) = (self.terms(a)?, self.terms(b)?);
                if left.len() * right.len() > MOST {
                    return None;
                }
                let mut products = Vec::new();
                for a in &left {
                    for b in &right {
                        if a.is_weighted && b.is_weighted {
                            return None;
                        }
                        products.push(Term {
                            is_weighted: a.is_weighted || b.is_weighted,
                            far: self.tape.of_two(Two::Times, a.far, b.far),
                            near: self.tape.of_two(Two::Times, a.near, b.near),
                        });
                    }
                }
                products
            }
            Value::OfTwo(Two::Over, a, b) => {
                let below = self.terms(b)?;
                let [below] = below[..] else { return None };
                if below.is_weighted {
                    return None;
                }
                let above = self.terms(a)?;
                let over = |term: Term, tape: &mut Tape| Term {
                    is_weighted: term.is_weighted,
                    far: tape.of_two(Two::Over, term.far, below.far),
                    near: tape.of_two(Two::Over, term.near, below.near),
                };
                above.into_iter().map(|term| over(term, self.tape)).collect()
            }
            Value::Of(function @ (One::Sin | One::Cos), a) => {
                let (far, near) = self.halves(a)?;
                let [sin_far, cos_far] = [One::Sin, One::Cos].map(|it| self.tape.of(it, far));
                let [sin_near, cos_near] = [One::Sin, One::Cos].map(|it| self.tape.of(it, near));
                let term = |far, near| Term { is_weighted: false, far, near };
                if function == One::Sin {
                    vec![term(sin_far, cos_near), term(cos_far, sin_near)]
                } else {
                    let minus = self.tape.of(One::Negative, sin_near);
                    vec![term(cos_far, cos_near), term(sin_far, minus)]
                }
            }
            _ => return None,
        };
        (terms.len() <= MOST).then_some(terms)
    }

    /// A value as the sum of one that depends on the far end and one that depends on the near one.
    fn halves(&mut self, value: Id) -> Option<(Id, Id)> {
        let one = self.tape.put_number(1.0);
        let (mut far, mut near) = (self.tape.put_number(0.0), self.tape.put_number(0.0));
        for term in self.terms(value)? {
            if term.is_weighted {
                return None;
            }
            if self.tape.width(term.far) == Width::One {
                let part = self.tape.of_two(Two::Times, term.far, term.near);
                near = self.tape.of_two(Two::Plus, near, part);
            } else if term.near == one || self.tape.width(term.near) == Width::One {
                let part = self.tape.of_two(Two::Times, term.far, term.near);
                far = self.tape.of_two(Two::Plus, far, part);
            } else {
                return None;
            }
        }
        Some((far, near))
    }

    /// The value of a note that one of links is at this end, if it depends on no more than that.
    fn at_end(&mut self, value: Id, end: End) -> Option<Id> {
        match self.tape.value(value) {
            Value::At(net, at, a) if net == self.net && at == end => Some(a),
            Value::Of(function, a) => {
                let a = self.part_at_end(a, end)?;
                Some(self.tape.of(function, a))
            }
            Value::OfTwo(function, a, b) => {
                let (a, b) = (self.part_at_end(a, end)?, self.part_at_end(b, end)?);
                Some(self.tape.of_two(function, a, b))
            }
            Value::Choice(condition, yes, no) => {
                let condition = self.part_at_end(condition, end)?;
                let (yes, no) = (self.part_at_end(yes, end)?, self.part_at_end(no, end)?);
                Some(self.tape.choice(condition, yes, no))
            }
            _ => None,
        }
    }

    fn part_at_end(&self, part: Id, end: End) -> Option<Id> {
        if self.tape.width(part) == Width::One {
            return Some(part);
        }
        let known = self.memory.get(&(self.net, self.near, part))?;
        if end == self.near { known.near } else { known.far }
    }
}
