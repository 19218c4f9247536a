//! What a chart shows.

use super::Colour;

/// What is drawn in one colour.
#[derive(Debug)]
pub struct Series {
    /// What the legend calls it.
    pub name: &'static str,
    /// Its colour.
    pub colour: Colour,
    /// How it is drawn.
    pub shape: Shape,
}

/// How a series is drawn.
#[derive(Debug)]
pub enum Shape {
    /// Dots joined by a line.
    DottedLine(Vec<(f64, f64)>),
    /// A line alone.
    Line(Vec<(f64, f64)>),
    /// A thin, pale line.
    FaintLine(Vec<(f64, f64)>),
    /// x, then lower and upper end, as a shaded area.
    Band(Vec<(f64, f64, f64)>),
    /// x, then lower and upper end, as whiskers.
    Whiskers(Vec<(f64, f64, f64)>),
    /// From x to x, of this height.
    Bars(Vec<(f64, f64, f64)>),
}

impl Shape {
    /// The shape's name in the stylesheet, where the legend shows it.
    pub(crate) const fn css_class(&self) -> &'static str {
        match self {
            Self::DottedLine(_) => "dotted",
            Self::Line(_) => "line",
            Self::FaintLine(_) => "faint",
            Self::Band(_) => "band",
            Self::Whiskers(_) => "whiskers",
            Self::Bars(_) => "bars",
        }
    }
}
