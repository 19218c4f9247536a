//! What all pages have: head, navigation and foot.

use std::sync::OnceLock;

use maud::{DOCTYPE, Markup, html};

use crate::{STYLE, ServerSnapshot, content_hash, links};

/// The icon: the mark on a ship's hull.
pub(crate) const ICON: &str = include_str!("icon.svg");

/// Where the icon lies.
pub(crate) const ICON_PATH: &str = "/assets/icon.svg";

/// Where the stylesheet lies: its name changes with it, so that it may be kept for good.
pub(crate) fn style_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| format!("/assets/{}.css", content_hash::hex_digest(STYLE.as_bytes())))
}

/// A page.
pub(super) struct Frame<'a> {
    pub(super) title: &'a str,
    /// The market that it is about, if it is about one.
    pub(super) market: Option<&'a str>,
}

impl Frame<'_> {
    /// The page around its content.
    pub(super) fn render(&self, state: &ServerSnapshot, content: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                (head(self.title))
                body {
                    a.skip href="#content" { "Skip to the content" }
                    (self.banner(state))
                    main #content { (content) }
                    (footer(state))
                }
            }
        }
    }

    fn banner(&self, state: &ServerSnapshot) -> Markup {
        let current = |name: &str| (self.market == Some(name)).then_some("page");
        html! {
            header.banner {
                a.home href="/" { img src=(ICON_PATH) alt="" width="24" height="24"; "Plimsoll" }
                nav aria-label="Markets" { @for market in state.markets() {
                    a href=(links::market(market.name())) aria-current=[current(market.name())] {
                        (market.name())
                    } " "
                } }
            }
        }
    }
}

/// The head of a page of this title.
pub(super) fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " · Plimsoll" }
            link rel="stylesheet" href=(style_path());
            link rel="icon" type="image/svg+xml" href=(ICON_PATH);
        }
    }
}

fn footer(state: &ServerSnapshot) -> Markup {
    html! {
        footer {
            p {
                "Plimsoll " (env!("CARGO_PKG_VERSION")) ". All figures stand at their market's "
                "time, the end of what the server knows. Programs ask the API: "
                a href="/v1/openapi.json" { "/v1/openapi.json" } "."
            }
            @let weights = &state.model().manifest().weights_sha256;
            @if !weights.is_empty() { p { "Model " code { (weights) } "." } }
        }
    }
}
