//! The documentation of a call, with a tested example made of the document's own examples.

use serde_json::Value;

use super::super::prose::v3_note;
use super::super::rust;
use super::call::Call;
use crate::model::TypeRef;

impl Call<'_> {
    /// What a reader of the method sees.
    pub(super) fn docs(&self) -> String {
        let operation = self.operation;
        let mut docs = rust::prose(&rust::sentence(&operation.summary));
        if !operation.docs.is_empty() {
            docs += &format!("\n\n{}", rust::prose(&operation.docs));
        }
        docs += &format!("\n\n`{} {}`", operation.http_method, operation.template);
        docs += &match &operation.v3_twin {
            Some(twin) => format!("; in v3: `{twin}`.{}", v3_note(operation)),
            None if self.tells_successors => format!("; no successor in v3 is known.{}", v3_note(operation)),
            None => ".".to_owned(),
        };
        if operation.beta {
            docs += " Beta: it may change.";
        }
        if let Some(phrase) = &operation.confirm {
            docs += &format!("\n\nRefused unless confirmed with the phrase `{phrase}`.");
        }
        if !self.required.is_empty() {
            docs += "\n\n# Arguments\n";
            for argument in &self.required {
                docs +=
                    &format!("- `{}`: {}\n", argument.ident, rust::prose(&argument.docs).replace('\n', " "));
            }
        }
        docs.trim_end().to_owned() + &self.example()
    }

    /// A tested example made of the document's own examples; empty if the document gives too few.
    fn example(&self) -> String {
        let mut arguments = Vec::new();
        for argument in &self.required {
            let Some(value) = argument.example.as_ref().and_then(|example| literal(&argument.ty, example))
            else {
                return String::new();
            };
            arguments.push(value);
        }
        let operation = self.operation;
        let mut chain = format!(
            "client.{}().{}({})",
            rust::ident(&operation.resource),
            self.method,
            arguments.join(", ")
        );
        let page = self.paging().map(|paging| paging.style.parameters());
        for argument in &self.optional {
            if argument.same_as.is_some() || page.is_some_and(|[place, _]| argument.wire == place) {
                continue;
            }
            let value = match &argument.example {
                Some(Value::Null) if argument.nullable => Some("devin_v2::Nullable::Null".to_owned()),
                Some(example) => literal(&argument.ty, example).map(|value| {
                    if argument.nullable
                        && !matches!(
                            argument.ty,
                            TypeRef::String | TypeRef::Integer | TypeRef::Number | TypeRef::Boolean
                        )
                    {
                        format!("{value}.map(str::to_owned).to_vec()")
                    } else {
                        value
                    }
                }),
                None => None,
            };
            if let Some(value) = value {
                chain += &format!(".{}({value})", argument.ident);
            }
        }
        if let Some(phrase) = &operation.confirm {
            let mut phrase = phrase.clone();
            for parameter in &operation.path {
                let Some(Value::String(example)) = &parameter.example else { return String::new() };
                phrase = phrase.replace(&format!("{{{}}}", parameter.name), example);
            }
            chain += &format!(".confirm({phrase:?})");
        }
        let (end, show) = if self.paging().is_some() {
            ("page", "println!(\"{} rows of {:?}\", answer.rows.len(), answer.total);")
        } else {
            ("send", "println!(\"{answer:?}\");")
        };
        [
            "\n\n# Example",
            "```",
            "# #[tokio::main(flavor = \"current_thread\")]",
            "# async fn main() -> Result<(), Box<dyn std::error::Error>> {",
            "# let server = devin_v2_emulator::Emulator::start(Default::default()).await?;",
            "# let client = devin_v2::Client::builder().base_url(server.url()).api_key(server.api_key()).build()?;",
            &format!("let answer = {chain}.{end}().await?;"),
            show,
            "# Ok(())",
            "# }",
            "```",
        ]
        .join("\n")
    }
}

/// An example as an expression of Rust.
fn literal(ty: &TypeRef, example: &Value) -> Option<String> {
    match (ty, example) {
        (TypeRef::String | TypeRef::Timestamp, Value::String(text)) => Some(format!("{text:?}")),
        (TypeRef::Integer | TypeRef::Boolean, value) => Some(value.to_string()),
        (TypeRef::Number, Value::Number(number)) => Some(format!("{:?}", number.as_f64()?)),
        (TypeRef::Array(inner), Value::Array(values)) => {
            let values: Option<Vec<String>> = values.iter().map(|value| literal(inner, value)).collect();
            values.map(|values| format!("[{}]", values.join(", ")))
        }
        (TypeRef::Map(inner), Value::Object(values)) => {
            let values: Option<Vec<String>> = values
                .iter()
                .map(|(key, value)| Some(format!("({key:?}, {})", literal(inner, value)?)))
                .collect();
            values.map(|values| format!("[{}]", values.join(", ")))
        }
        (TypeRef::Named(_), value) => Some(format!("serde_json::from_value(serde_json::json!({value}))?")),
        _ => None,
    }
}
