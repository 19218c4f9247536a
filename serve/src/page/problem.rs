//! An error as a page.

use maud::{DOCTYPE, Markup, html};

use crate::api::problem::Problem;
use crate::page::frame::head;

/// The page of a problem; it does not depend on the server's state.
pub(crate) fn problem_page(problem: &Problem) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&problem.title))
            body { main #content {
                h1 { (problem.title) }
                p { (problem.detail) "." }
                p { a href="/" { "All markets" } }
            } }
        }
    }
}
