//! The parts of JSON Schema that the document uses.

use serde_json::Value;

/// An OpenAPI document.
pub(crate) struct Document(pub(crate) Value);

impl Document {
    /// A schema by name.
    pub(crate) fn schema(&self, name: &str) -> &Value {
        &self.0["components"]["schemas"][name]
    }

    /// The schema of a response's body.
    pub(crate) fn response(&self, path: &str, method: &str, status: &str) -> &Value {
        let content = &self.0["paths"][path][method]["responses"][status]["content"];
        let media = content.as_object().and_then(|media| media.values().next());
        &media.unwrap_or_else(|| panic!("{method} {path} documents {status}"))["schema"]
    }

    /// Why a value does not fit a schema; `None` if it does.
    pub(crate) fn mismatch(&self, value: &Value, schema: &Value) -> Option<String> {
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            return self.mismatch(value, self.schema(name));
        }
        let all = schema["allOf"].as_array().into_iter().flatten();
        if let Some(misfit) = all.filter_map(|schema| self.mismatch(value, schema)).next() {
            return Some(misfit);
        }
        let one = schema["oneOf"].as_array();
        if one.is_some_and(|one| one.iter().all(|schema| self.mismatch(value, schema).is_some())) {
            return Some(format!("{value} is none of {schema}"));
        }
        if let Some(listed) = schema["enum"].as_array().filter(|listed| !listed.contains(value)) {
            return Some(format!("{value} is not one of {listed:?}"));
        }
        type_mismatch(value, &schema["type"]).or_else(|| self.part_mismatch(value, schema))
    }

    fn part_mismatch(&self, value: &Value, schema: &Value) -> Option<String> {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if value.get(name).is_none() {
                return Some(format!("{name} is absent"));
            }
        }
        let items = value.as_array().into_iter().flatten();
        let items = items.filter_map(|item| self.mismatch(item, &schema["items"]));
        let fields = value.as_object().into_iter().flatten().filter_map(|(name, field)| {
            let known = schema["properties"].get(name);
            let misfit = self.mismatch(field, known.or(schema.get("additionalProperties"))?)?;
            Some(format!("{name}: {misfit}"))
        });
        items.chain(fields).next()
    }
}

fn type_mismatch(value: &Value, declared: &Value) -> Option<String> {
    let named = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is = |declared: &Value| match declared.as_str() {
        Some("integer") => value.is_u64() || value.is_i64(),
        declared => declared == Some(named),
    };
    let fits = match declared {
        Value::Null => true,
        Value::Array(several) => several.iter().any(is),
        one => is(one),
    };
    (!fits).then(|| format!("{value} is not of type {declared}"))
}
