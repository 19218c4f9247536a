//! The frame of all pages: head, navigation and footer.

use std::sync::OnceLock;

use maud::{DOCTYPE, Markup, html};
use plimsoll_report::STYLE;

use crate::page::{content_hash, links};
use crate::state::market_state::MarketState;
use crate::state::server_snapshot::ServerSnapshot;

/// The icon: a Plimsoll mark.
pub(crate) const ICON: &str = include_str!("icon.svg");

/// Path of the icon.
pub(crate) const ICON_PATH: &str = "/assets/icon.svg";

/// Path of the stylesheet: it contains a hash of the content, so that it can be cached forever.
pub(crate) fn style_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| format!("/assets/{}.css", content_hash::hex_digest(STYLE.as_bytes())))
}

/// The frame of a page.
pub(crate) struct Frame<'a> {
    pub(crate) title: &'a str,
    /// The market of the page, if it has one.
    pub(crate) market: Option<&'a str>,
}

impl Frame<'_> {
    /// Renders the page with its content.
    pub(crate) fn render(&self, snapshot: &ServerSnapshot, content: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                (head(self.title))
                body {
                    a.skip href="#content" { "Skip to the content" }
                    (self.banner(snapshot))
                    main #content { (content) }
                    (footer(snapshot))
                }
            }
        }
    }

    fn banner(&self, snapshot: &ServerSnapshot) -> Markup {
        let current = |name: &str| (self.market == Some(name)).then_some("page");
        html! {
            header.banner {
                a.home href="/" { img src=(ICON_PATH) alt="" width="24" height="24"; "Plimsoll" }
                nav aria-label="Markets" { @for market in snapshot.markets() {
                    a href=(links::market(market.name())) aria-current=[current(market.name())] {
                        (market.name())
                    } " "
                } }
            }
        }
    }
}

/// The `head` element of a page with this title.
pub(crate) fn head(title: &str) -> Markup {
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

fn footer(snapshot: &ServerSnapshot) -> Markup {
    html! {
        footer {
            p {
                "Plimsoll " (env!("CARGO_PKG_VERSION")) ". All figures are as of their market's "
                "time, the end of the data that the server has. Programs can use the API: "
                a href="/v1/openapi.json" { "/v1/openapi.json" } "."
            }
            @let weights = &snapshot.model().manifest().weights_sha256;
            @if !weights.is_empty() { p { "Model " code { (weights) } "." } }
        }
    }
}

/// The market's name and the time of its state.
pub(crate) fn market_title(market: &MarketState) -> Markup {
    html! {
        h1 { (market.name()) }
        p.lead {
            "On " (market.chain()) ", as of "
            time datetime=(market.as_of().to_rfc3339()) { (plimsoll_report::format_time(market.as_of())) } "."
        }
    }
}
