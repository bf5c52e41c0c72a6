//! `calls.rs`: one function per operation, and the lists that they give.

use std::collections::BTreeMap;

use super::super::rust::{MARK, ident, prose, sentence};
use super::argument::{Kind, arguments, change};
use super::types::ty;
use super::{Answer, answer};
use crate::model::{Api, Operation, TypeRef};

pub(super) fn module() -> String {
    format!("{MARK}pub(crate) mod calls;\npub(crate) mod types;\n")
}

/// The word for a row in the names of its list.
pub(super) fn word(api: &Api, row: &TypeRef) -> String {
    let ty = ty(api, row);
    if ty.chars().all(char::is_alphanumeric) { ty } else { "Json".to_owned() }
}

/// The name of an operation's function.
pub(super) fn function(operation: &Operation) -> String {
    format!("{}_{}", operation.resource, operation.method)
}

/// The rows that operations give, by the word for them: those of lists, and those of bare arrays.
pub(super) fn rows(api: &Api) -> [BTreeMap<String, String>; 2] {
    let (mut lists, mut arrays) = (BTreeMap::new(), BTreeMap::new());
    for operation in api.operations() {
        match answer(api, operation) {
            Answer::List(row) => drop(lists.insert(word(api, row), ty(api, row))),
            Answer::Rows(row) => drop(arrays.insert(word(api, row), ty(api, row))),
            Answer::One(_) => {}
        }
    }
    [lists, arrays]
}

pub(super) fn file(api: &Api) -> String {
    let [lists, arrays] = rows(api);
    let mut body = String::new();
    for (word, row) in &lists {
        body += &format!("list!(Native{word}List, Native{word}Page, Native{word}Items, {row});\n");
    }
    for (word, row) in &arrays {
        body += &format!("rows!({word}Rows, {row});\n");
    }
    body += "\n#[uniffi::export]\nimpl NativeClient {\n";
    let functions: Vec<String> = api.operations().map(|operation| method(api, operation)).collect();
    body += &functions.join("\n");
    body += "}\n";
    let mut out = format!(
        "{MARK}#![allow(unused_imports, clippy::too_many_arguments, reason = \"as the document has it\")]\n\n"
    );
    out += "use std::collections::HashMap;\nuse std::sync::Arc;\nuse std::time::SystemTime;\n\n";
    out += "use crate::billing;\nuse crate::client::NativeClient;\nuse crate::error::DevinError;\nuse \
            crate::generated::types::*;\nuse crate::listing::{list, rows};\nuse crate::secret::Secret;\nuse \
            crate::settings::CallOptions;\nuse crate::value::{Fields, JsonText};\n\n";
    out + &body
}

fn method(api: &Api, operation: &Operation) -> String {
    let arguments = arguments(api, operation);
    let mut out = format!("    /// {}\n", prose(&sentence(&operation.summary)));
    let mut parameters = String::new();
    let mut given = "Fields::default()".to_owned();
    for argument in &arguments {
        let ty = match &argument.kind {
            Kind::Value(ty) => self::ty(api, ty),
            Kind::Change(ty) => change(api, ty),
            Kind::BillingDays => "Vec<i64>".to_owned(),
        };
        let (ty, with) =
            if argument.required { (ty, "with") } else { (format!("Option<{ty}>"), "with_some") };
        let name = ident(&argument.key);
        parameters += &format!("        {name}: {ty},\n");
        let value = match &argument.kind {
            Kind::BillingDays => format!("{name}.map(billing::sent)"),
            _ => name.to_string(),
        };
        given += &format!("\n            .{with}({:?}, {value})", argument.key);
    }
    let (asynchronous, result, end) = match answer(api, operation) {
        Answer::One(ty) => ("async ", self::ty(api, ty), "self.one(NAME, given, options).await".to_owned()),
        Answer::Rows(row) => {
            let name = format!("{}Rows", word(api, row));
            let end = format!("Ok({name}::of(self.all(NAME, given, options).await?))");
            ("async ", name, end)
        }
        Answer::List(row) => {
            let name = format!("Native{}List", word(api, row));
            let end = format!("Ok({name}::new(self.list(NAME, given, options)?))");
            ("", format!("Arc<{name}>"), end)
        }
    };
    out += &format!(
        "    pub {asynchronous}fn {}(\n        &self,\n{parameters}        options: CallOptions,\n    ) -> Result<{result}, \
         DevinError> {{\n        const NAME: &str = {:?};\n        let given = {given};\n        {end}\n    }}\n",
        ident(&function(operation)),
        operation.name(),
    );
    out
}
