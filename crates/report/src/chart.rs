//! Charts as inline SVG: dots, lines, bands and bars over two axes.

mod axis;
mod colour;
mod series;

use maud::html;
use plotters::coord::Shift;
use plotters::prelude::*;

use crate::error::ChartError;
use axis::AxisRange;
pub use axis::{Axis, Scale};
pub use colour::Colour;
use colour::{GRID, INK, with_css_variables};
pub use series::{Series, Shape};

/// Drawn small and scaled to the available width, so that the text is readable on a phone.
const SIZE: (u32, u32) = (400, 290);
const FONT: (&str, i32) = ("sans-serif", 18);

/// One chart.
#[derive(Debug)]
pub struct Chart {
    /// Id, unique on the page.
    pub id: String,
    /// Title, also read by screen readers.
    pub title: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The series, the last one on top.
    pub series: Vec<Series>,
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<AxisRange, AxisRange>>;

impl Chart {
    /// The chart as an `svg` element.
    ///
    /// # Errors
    /// [`ChartError`] if the drawing library fails.
    pub fn svg(&self) -> Result<String, ChartError> {
        Ok(self.with_title(&with_css_variables(&self.render(SIZE)?), SIZE))
    }

    /// The chart as a standalone SVG file, in the light theme's colours.
    ///
    /// # Errors
    /// As [`Chart::svg`].
    pub fn standalone(&self, size: (u32, u32)) -> Result<String, ChartError> {
        Ok(self.with_title(&self.render(size)?, size))
    }

    fn render(&self, size: (u32, u32)) -> Result<String, ChartError> {
        let mut svg = String::new();
        let drawn = self.draw_on(&SVGBackend::with_string(&mut svg, size).into_drawing_area());
        let title = || self.title.clone();
        drawn.map_err(|cause| ChartError { title: title(), cause })?;
        Ok(svg)
    }

    fn draw_on(&self, area: &Area<'_>) -> Result<(), String> {
        let (x, y) = (&self.x, &self.y);
        let mut plot = ChartBuilder::on(area)
            .margin(8)
            .margin_right(26)
            .x_label_area_size(50)
            .y_label_area_size(80)
            .build_cartesian_2d(x.to_range(), y.to_range())
            .map_err(error_text)?;
        let letters = FONT.into_font().color(&INK);
        plot.configure_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(INK.mix(0.6))
            .label_style(letters.clone())
            .axis_desc_style(letters)
            .x_desc(&x.name)
            .y_desc(&y.name)
            .x_label_formatter(&|at| x.label_at(*at))
            .y_label_formatter(&|at| y.label_at(*at))
            .draw()
            .map_err(error_text)?;
        self.series.iter().try_for_each(|series| self.draw_series(series, &mut plot))?;
        drop(plot);
        area.present().map_err(error_text)
    }

    fn draw_series(&self, series: &Series, plot: &mut Plot<'_, '_>) -> Result<(), String> {
        let colour = series.colour.rgb();
        let at = |x: f64, y: f64| (self.x.position(x), self.y.position(y));
        let line = |points: &[(f64, f64)]| {
            PathElement::new(
                points.iter().map(|&(x, y)| at(x, y)).collect::<Vec<_>>(),
                colour.stroke_width(2),
            )
        };
        let drawn = match &series.shape {
            Shape::Line(points) => plot.draw_series([line(points)]).map(|_| ()),
            Shape::FaintLine(points) => {
                let points: Vec<_> = points.iter().map(|&(x, y)| at(x, y)).collect();
                let thin = PathElement::new(points, colour.mix(0.45).stroke_width(1));
                plot.draw_series([thin]).map(|_| ())
            }
            Shape::DottedLine(points) => {
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
        drawn.map_err(error_text)
    }

    /// Lets the chart scale to the available width, and adds its title.
    fn with_title(&self, svg: &str, (width, height): (u32, u32)) -> String {
        let elements = svg.split_once('>').map_or(svg, |(_, elements)| elements);
        let Self { id, title, .. } = self;
        let name = html! { title id=(id) { (title) } }.into_string();
        format!(
            "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}\" \
             xmlns=\"http://www.w3.org/2000/svg\">{name}{elements}"
        )
    }
}

fn error_text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
