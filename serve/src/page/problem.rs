//! An error, as people see it.

use maud::{DOCTYPE, Markup, html};

use super::frame::head;
use crate::Problem;

/// The page of a problem; it needs nothing of what is served.
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
