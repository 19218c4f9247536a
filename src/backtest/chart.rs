//! Charts as inline SVG: dots, lines, bands and bars over two axes.

mod axis;

use anyhow::anyhow;
use plotters::coord::Shift;
use plotters::prelude::*;

use axis::Ruled;
pub(crate) use axis::{Axis, Scale};

/// Drawn small and shown as large as there is room, so that letters can be read on a phone.
const SIZE: (u32, u32) = (400, 290);
const LETTERS: (&str, i32) = ("sans-serif", 18);
const INK: RGBColor = RGBColor(0x22, 0x2b, 0x36);
const GRID: RGBColor = RGBColor(0xdd, 0xe2, 0xe8);

/// What the model says.
pub(crate) const MODEL: RGBColor = RGBColor(0x0b, 0x5f, 0xa5);
/// What first passage says.
pub(crate) const PASSAGE: RGBColor = RGBColor(0xb9, 0x4f, 0x12);
/// What the health factor says.
pub(crate) const HEALTH: RGBColor = RGBColor(0x4d, 0x73, 0x20);
/// What was seen.
pub(crate) const SEEN: RGBColor = INK;

/// One chart.
#[derive(Debug)]
pub(crate) struct Chart {
    /// Name, unique in the page.
    pub(crate) id: String,
    /// Title, for who cannot see it.
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) series: Vec<Series>,
}

/// What is drawn in one colour.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    pub(crate) colour: RGBColor,
    pub(crate) shape: Shape,
}

/// How a series is drawn.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Dots joined by a line.
    Dotted(Vec<(f64, f64)>),
    /// A line alone.
    Line(Vec<(f64, f64)>),
    /// A thin, pale line.
    Faint(Vec<(f64, f64)>),
    /// x, then lower and upper end, as a shaded area.
    Band(Vec<(f64, f64, f64)>),
    /// x, then lower and upper end, as whiskers.
    Whiskers(Vec<(f64, f64, f64)>),
    /// From x to x, of this height.
    Bars(Vec<(f64, f64, f64)>),
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Ruled, Ruled>>;

impl Chart {
    /// The chart as an `svg` element.
    ///
    /// # Errors
    /// The drawing library's own.
    pub(super) fn svg(&self) -> anyhow::Result<String> {
        self.svg_of(SIZE)
    }

    /// The same, of another width and height.
    pub(crate) fn svg_of(&self, size: (u32, u32)) -> anyhow::Result<String> {
        let mut svg = String::new();
        let drawn = self.draw(&SVGBackend::with_string(&mut svg, size).into_drawing_area());
        drawn.map_err(|error| anyhow!("cannot draw {}: {error}", self.title))?;
        Ok(self.titled(&svg, size))
    }

    fn draw(&self, area: &Area<'_>) -> Result<(), String> {
        let (x, y) = (&self.x, &self.y);
        let mut plot = ChartBuilder::on(area)
            .margin(8)
            .margin_right(26)
            .x_label_area_size(50)
            .y_label_area_size(80)
            .build_cartesian_2d(x.ruled(), y.ruled())
            .map_err(told)?;
        let letters = LETTERS.into_font().color(&INK);
        plot.configure_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK.mix(0.6))
            .label_style(letters.clone())
            .axis_desc_style(letters)
            .x_desc(&x.name)
            .y_desc(&y.name)
            .x_label_formatter(&|at| x.label(*at))
            .y_label_formatter(&|at| y.label(*at))
            .draw()
            .map_err(told)?;
        self.series.iter().try_for_each(|series| self.draw_series(series, &mut plot))?;
        drop(plot);
        area.present().map_err(told)
    }

    fn draw_series(&self, series: &Series, plot: &mut Plot<'_, '_>) -> Result<(), String> {
        let colour = series.colour;
        let at = |x: f64, y: f64| (self.x.place(x), self.y.place(y));
        let line = |points: &[(f64, f64)]| {
            PathElement::new(
                points.iter().map(|&(x, y)| at(x, y)).collect::<Vec<_>>(),
                colour.stroke_width(2),
            )
        };
        let drawn = match &series.shape {
            Shape::Line(points) => plot.draw_series([line(points)]).map(|_| ()),
            Shape::Faint(points) => {
                let points: Vec<_> = points.iter().map(|&(x, y)| at(x, y)).collect();
                let thin = PathElement::new(points, colour.mix(0.45).stroke_width(1));
                plot.draw_series([thin]).map(|_| ())
            }
            Shape::Dotted(points) => {
                let dot = |&(x, y): &(f64, f64)| Circle::new(at(x, y), 3, colour.filled());
                let joined = plot.draw_series([line(points)]).map(|_| ());
                joined.and_then(|()| plot.draw_series(points.iter().map(dot)).map(|_| ()))
            }
            Shape::Band(ends) => {
                let lower = ends.iter().map(|&(x, lower, _)| at(x, lower));
                let upper = ends.iter().rev().map(|&(x, _, upper)| at(x, upper));
                let area = Polygon::new(lower.chain(upper).collect::<Vec<_>>(), colour.mix(0.16));
                plot.draw_series([area]).map(|_| ())
            }
            Shape::Whiskers(ends) => {
                let whisker = |&(x, lower, upper): &(f64, f64, f64)| {
                    PathElement::new(
                        vec![at(x, lower), at(x, upper)],
                        colour.mix(0.6).stroke_width(2),
                    )
                };
                plot.draw_series(ends.iter().map(whisker)).map(|_| ())
            }
            Shape::Bars(bars) => {
                let bar = |&(from, to, height): &(f64, f64, f64)| {
                    Rectangle::new([at(from, self.y.from), at(to, height)], colour.filled())
                };
                plot.draw_series(bars.iter().map(bar)).map(|_| ())
            }
        };
        drawn.map_err(told)
    }

    /// Lets the chart fill the width that there is, and says what it shows.
    fn titled(&self, svg: &str, (width, height): (u32, u32)) -> String {
        let elements = svg.split_once('>').map_or(svg, |(_, elements)| elements);
        let Self { id, title, .. } = self;
        format!(
            "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}\" \
             xmlns=\"http://www.w3.org/2000/svg\"><title id=\"{id}\">{}</title>{elements}",
            super::html::escaped(title)
        )
    }
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}
