//! Text templates with `${name}` placeholders.

/// Replaces every placeholder of a template by its value. Values are inserted unchanged: a
/// placeholder in a value is not expanded.
pub(super) fn render(template: &str, values: &[(&str, &str)]) -> String {
    let mut parts = template.split("${");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').expect("a placeholder is closed");
        let value = values.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        text.push_str(value.unwrap_or_else(|| panic!("placeholder `{name}` has no value")));
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_replaced_and_values_are_not_expanded() {
        let values = [("a", "${b}"), ("b", "2")];
        assert_eq!(render("{${a}} + ${b} = {}", &values), "{${b}} + 2 = {}");
        assert_eq!(render("no placeholder", &[]), "no placeholder");
    }
}
