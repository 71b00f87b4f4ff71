//! The functions a formula may call: their values and their derivatives. Numbers only; it knows neither text nor time.
//!
//! Values come from `libm`, not from the system, so that a model gives the same digits everywhere. Truth is 1 and 0; whatever
//! is not 0 is true.

use std::f64::consts::LN_10;

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum One {
    Negative,
    Not,
    Abs,
    Sign,
    Floor,
    Ceil,
    Exp,
    Ln,
    Log10,
    Sqrt,
    Factorial,
    Sin,
    Cos,
    Tan,
    Sec,
    Csc,
    Cot,
    Asin,
    Acos,
    Atan,
    Asec,
    Acsc,
    Acot,
    Sinh,
    Cosh,
    Tanh,
    Sech,
    Csch,
    Coth,
    Asinh,
    Acosh,
    Atanh,
    Asech,
    Acsch,
    Acoth,
}

/// A function of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Two {
    Plus,
    Minus,
    Times,
    Over,
    Power,
    Modulo,
    Quotient,
    Least,
    Greatest,
    Angle,
    Less,
    LessOrEqual,
    Equal,
    Unequal,
    And,
    Or,
    Xor,
}

/// The names of functions of one number, as Antimony has them: its `log` is the natural one.
const NAMES: [(&str, One); 51] = [
    ("abs", One::Abs),
    ("acos", One::Acos),
    ("acosh", One::Acosh),
    ("acot", One::Acot),
    ("acoth", One::Acoth),
    ("acsc", One::Acsc),
    ("acsch", One::Acsch),
    ("arccos", One::Acos),
    ("arccosh", One::Acosh),
    ("arccot", One::Acot),
    ("arccoth", One::Acoth),
    ("arccsc", One::Acsc),
    ("arccsch", One::Acsch),
    ("arcsec", One::Asec),
    ("arcsech", One::Asech),
    ("arcsin", One::Asin),
    ("arcsinh", One::Asinh),
    ("arctan", One::Atan),
    ("arctanh", One::Atanh),
    ("asec", One::Asec),
    ("asech", One::Asech),
    ("asin", One::Asin),
    ("asinh", One::Asinh),
    ("atan", One::Atan),
    ("atanh", One::Atanh),
    ("ceil", One::Ceil),
    ("ceiling", One::Ceil),
    ("cos", One::Cos),
    ("cosh", One::Cosh),
    ("cot", One::Cot),
    ("coth", One::Coth),
    ("csc", One::Csc),
    ("csch", One::Csch),
    ("exp", One::Exp),
    ("factorial", One::Factorial),
    ("floor", One::Floor),
    ("ln", One::Ln),
    ("log", One::Ln),
    ("log10", One::Log10),
    ("minus", One::Negative),
    ("neg", One::Negative),
    ("not", One::Not),
    ("sec", One::Sec),
    ("sech", One::Sech),
    ("sgn", One::Sign),
    ("sign", One::Sign),
    ("sin", One::Sin),
    ("sinh", One::Sinh),
    ("sqrt", One::Sqrt),
    ("tan", One::Tan),
    ("tanh", One::Tanh),
];

impl One {
    /// The function of a name.
    pub(crate) fn named(name: &str) -> Option<One> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    /// Its value.
    pub(crate) fn of(self, x: f64) -> f64 {
        match self {
            One::Negative => -x,
            One::Not => truth(x == 0.0),
            One::Abs => x.abs(),
            One::Sign => sign(x),
            One::Floor => libm::floor(x),
            One::Ceil => libm::ceil(x),
            One::Exp => libm::exp(x),
            One::Ln => libm::log(x),
            One::Log10 => libm::log10(x),
            One::Sqrt => x.sqrt(),
            One::Factorial => libm::tgamma(x + 1.0),
            One::Sin => libm::sin(x),
            One::Cos => libm::cos(x),
            One::Tan => libm::tan(x),
            One::Sec => 1.0 / libm::cos(x),
            One::Csc => 1.0 / libm::sin(x),
            One::Cot => 1.0 / libm::tan(x),
            One::Asin => libm::asin(x),
            One::Acos => libm::acos(x),
            One::Atan => libm::atan(x),
            One::Asec => libm::acos(1.0 / x),
            One::Acsc => libm::asin(1.0 / x),
            One::Acot => libm::atan(1.0 / x),
            One::Sinh => libm::sinh(x),
            One::Cosh => libm::cosh(x),
            One::Tanh => libm::tanh(x),
            One::Sech => 1.0 / libm::cosh(x),
            One::Csch => 1.0 / libm::sinh(x),
            One::Coth => 1.0 / libm::tanh(x),
            One::Asinh => libm::asinh(x),
            One::Acosh => libm::acosh(x),
            One::Atanh => libm::atanh(x),
            One::Asech => libm::acosh(1.0 / x),
            One::Acsch => libm::asinh(1.0 / x),
            One::Acoth => libm::atanh(1.0 / x),
        }
    }

    /// Its derivative at `x`, where its value is `y`. Where it has none (a step, a corner) that of one of its sides.
    pub(crate) fn slope(self, x: f64, y: f64) -> f64 {
        match self {
            One::Negative => -1.0,
            One::Not | One::Sign | One::Floor | One::Ceil => 0.0,
            One::Abs => sign(x),
            One::Exp => y,
            One::Ln => 1.0 / x,
            One::Log10 => 1.0 / (x * LN_10),
            One::Sqrt => 0.5 / y,
            One::Factorial => {
                // The function is smooth, and nothing but an exact Newton step depends on this.
                let h = 1e-6 * x.abs().max(1.0);
                (libm::tgamma(x + 1.0 + h) - libm::tgamma(x + 1.0 - h)) / (2.0 * h)
            }
            One::Sin => libm::cos(x),
            One::Cos => -libm::sin(x),
            One::Tan => 1.0 + y * y,
            One::Sec => y * libm::tan(x),
            One::Csc => -y / libm::tan(x),
            One::Cot => -(1.0 + y * y),
            One::Asin => 1.0 / (1.0 - x * x).sqrt(),
            One::Acos => -1.0 / (1.0 - x * x).sqrt(),
            One::Atan => 1.0 / (1.0 + x * x),
            One::Asec => 1.0 / (x.abs() * (x * x - 1.0).sqrt()),
            One::Acsc => -1.0 / (x.abs() * (x * x - 1.0).sqrt()),
            One::Acot => -1.0 / (1.0 + x * x),
            One::Sinh => libm::cosh(x),
            One::Cosh => libm::sinh(x),
            One::Tanh => 1.0 - y * y,
            One::Sech => -y * libm::tanh(x),
            One::Csch => -y / libm::tanh(x),
            One::Coth => 1.0 - y * y,
            One::Asinh => 1.0 / (1.0 + x * x).sqrt(),
            One::Acosh => 1.0 / (x * x - 1.0).sqrt(),
            One::Atanh => 1.0 / (1.0 - x * x),
            One::Asech => -1.0 / (x * (1.0 - x * x).sqrt()),
            One::Acsch => -1.0 / (x.abs() * (1.0 + x * x).sqrt()),
            One::Acoth => 1.0 / (1.0 - x * x),
        }
    }
}

impl Two {
    /// The function of a name, of those that are called by one.
    pub(crate) fn named(name: &str) -> Option<Two> {
        Some(match name {
            "power" | "pow" => Two::Power,
            "divide" => Two::Over,
            "rem" => Two::Modulo,
            "quotient" => Two::Quotient,
            "atan2" | "arctan2" => Two::Angle,
            _ => return None,
        })
    }

    /// Its value.
    pub(crate) fn of(self, a: f64, b: f64) -> f64 {
        match self {
            Two::Plus => a + b,
            Two::Minus => a - b,
            Two::Times => a * b,
            Two::Over => a / b,
            Two::Power => power(a, b),
            Two::Modulo => libm::fmod(a, b),
            Two::Quotient => libm::trunc(a / b),
            Two::Least => least(a, b),
            Two::Greatest => -least(-a, -b),
            Two::Angle => libm::atan2(a, b),
            Two::Less => truth(a < b),
            Two::LessOrEqual => truth(a <= b),
            Two::Equal => truth(a == b),
            Two::Unequal => truth(a != b),
            Two::And => truth(a != 0.0 && b != 0.0),
            Two::Or => truth(a != 0.0 || b != 0.0),
            Two::Xor => truth((a != 0.0) != (b != 0.0)),
        }
    }

    /// How much it changes where its arguments change by `da` and `db`, its value being `y`.
    pub(crate) fn change(self, (a, da): (f64, f64), (b, db): (f64, f64), y: f64) -> f64 {
        match self {
            Two::Plus => da + db,
            Two::Minus => da - db,
            Two::Times => da * b + a * db,
            Two::Over => (da - y * db) / b,
            Two::Power => {
                // Nothing times what has no bound is nothing here: `0^x` stays 0, and `x^0` stays 1.
                let base = if da == 0.0 || b == 0.0 { 0.0 } else { b * power(a, b - 1.0) * da };
                let exponent = if db == 0.0 || y == 0.0 { 0.0 } else { y * libm::log(a) * db };
                base + exponent
            }
            Two::Modulo => da - libm::trunc(a / b) * db,
            Two::Least if a <= b => da,
            Two::Greatest if a >= b => da,
            Two::Least | Two::Greatest => db,
            Two::Angle => (b * da - a * db) / (a * a + b * b),
            _ => 0.0,
        }
    }
}

/// 1 or 0.
pub(crate) fn truth(is_true: bool) -> f64 {
    if is_true { 1.0 } else { 0.0 }
}

/// A power; small whole exponents by multiplication, which is most of what models write.
fn power(a: f64, b: f64) -> f64 {
    if b == 2.0 {
        a * a
    } else if b == 3.0 {
        a * a * a
    } else if b == 1.0 {
        a
    } else {
        libm::pow(a, b)
    }
}

fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x
    }
}

/// What is no number stays so: a model that went wrong should not look right again.
fn least(a: f64, b: f64) -> f64 {
    if a < b || a.is_nan() { a } else { b }
}
