//! Colours that people with colour-vision deficiencies can distinguish, with light and dark variants.

use plotters::style::RGBColor;

/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(0x22, 0x2b, 0x36);
/// Grid lines.
pub(super) const GRID: RGBColor = RGBColor(0xdd, 0xe2, 0xe8);

/// The colour of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// The model.
    Model,
    /// First passage, and debt past the liquidation threshold.
    FirstPassage,
    /// The health factor.
    HealthFactor,
    /// Observations.
    Observed,
}

impl Colour {
    /// Every colour.
    const ALL: [Self; 4] = [Self::Model, Self::FirstPassage, Self::HealthFactor, Self::Observed];

    /// The colour in the light theme.
    pub(super) const fn rgb(self) -> RGBColor {
        match self {
            Self::Model => RGBColor(0x0b, 0x5f, 0xa5),
            Self::FirstPassage => RGBColor(0xb9, 0x4f, 0x12),
            Self::HealthFactor => RGBColor(0x4d, 0x73, 0x20),
            Self::Observed => INK,
        }
    }

    /// The colour in the light theme, as `#rrggbb`.
    #[must_use]
    pub fn hex(self) -> String {
        let RGBColor(r, g, b) = self.rgb();
        format!("#{r:02x}{g:02x}{b:02x}")
    }

    /// The colour's name in the stylesheet: a class and, with `--`, a custom property.
    #[must_use]
    pub const fn css_name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::FirstPassage => "passage",
            Self::HealthFactor => "health",
            Self::Observed => "ink",
        }
    }
}

/// Replaces colours by the stylesheet's custom properties, with the light colours as fallback.
pub(super) fn with_css_variables(svg: &str) -> String {
    let own = Colour::ALL.map(|colour| (colour.rgb(), colour.css_name()));
    let all = own.into_iter().chain([(GRID, "grid")]);
    all.fold(svg.to_owned(), |svg, (RGBColor(r, g, b), name)| {
        let hex = format!("\"#{r:02X}{g:02X}{b:02X}\"");
        svg.replace(&hex, &format!("\"var(--{name},#{r:02x}{g:02x}{b:02x})\""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_becomes_css_variable_with_fallback() {
        let svg = r##"<rect fill="#0B5FA5" stroke="#DDE2E8"/><text fill="#222B36">#0B5FA5</text>"##;
        let themed = with_css_variables(svg);
        assert_eq!(
            themed,
            r##"<rect fill="var(--model,#0b5fa5)" stroke="var(--grid,#dde2e8)"/><text fill="var(--ink,#222b36)">#0B5FA5</text>"##
        );
    }

    #[test]
    fn stylesheet_defines_every_colour_in_both_themes() {
        let style = include_str!("../style.css");
        for name in Colour::ALL.map(Colour::css_name).into_iter().chain(["grid"]) {
            assert!(style.matches(&format!("--{name}:")).count() >= 2, "{name}");
        }
    }
}
