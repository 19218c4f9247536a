//! The series of a chart.

use super::colour::Colour;

/// One series of a chart.
#[derive(Debug)]
pub struct Series {
    /// Its name in the legend.
    pub name: &'static str,
    /// Its colour.
    pub colour: Colour,
    /// How it is drawn.
    pub shape: Shape,
}

/// How a series is drawn.
#[derive(Debug)]
pub enum Shape {
    /// A line with dots at its points.
    DottedLine(Vec<(f64, f64)>),
    /// A line.
    Line(Vec<(f64, f64)>),
    /// A thin, pale line.
    FaintLine(Vec<(f64, f64)>),
    /// x, lower and upper end, as a shaded area.
    Band(Vec<(f64, f64, f64)>),
    /// x, lower and upper end, as whiskers.
    Whiskers(Vec<(f64, f64, f64)>),
    /// Start x, end x and height.
    Bars(Vec<(f64, f64, f64)>),
}

impl Shape {
    /// The shape's class in the stylesheet, used by the legend.
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
