//! Looks for an item of the document in what a language shows: from the method along the declared types.

use crate::document::{Document, Form, Item, Root, Step};
use crate::exceptions::Exceptions;
use crate::shown::{Declared, Shown, Ty};

/// Why an item was not found.
#[derive(Debug)]
pub(crate) enum Gap {
    Missing(String),
    /// The way to it leads through something that can't be read: no exception covers that.
    Unreadable(String),
}

pub(crate) struct Walk<'a> {
    pub(crate) document: &'a Document,
    pub(crate) shown: &'a Shown,
    pub(crate) exceptions: &'a Exceptions,
}

impl Walk<'_> {
    pub(crate) fn look(&self, item: &Item) -> Result<(), Gap> {
        let shown = self.shown;
        let operation = &self.document.operations[item.operation];
        let (resource, method) =
            operation.name.as_ref().ok_or_else(|| missing("the overlay gives it no name".to_owned()))?;
        let name = (shown.code.of(resource), shown.code.of(method));
        let method = shown
            .methods
            .get(&name)
            .ok_or_else(|| missing(format!("there is no method {}.{}", name.0, name.1)))?;
        let parameter = |name: &str| {
            let found = method.parameters.get(name).cloned();
            found.ok_or_else(|| missing(format!("there is no parameter {name}")))
        };
        let renamed = self.exceptions.renamed(shown.language, &item.name);
        let (mut ty, steps) = match (item.root, &item.steps[..]) {
            (Root::Method, _) => return Ok(()),
            (Root::Answer, steps) => (method.answer.clone(), steps),
            (Root::Parameter(in_path), [Step::Field(name), steps @ ..]) => {
                let case = if in_path { shown.code } else { shown.data };
                (parameter(&renamed.map_or_else(|| case.of(name), str::to_owned))?, steps)
            }
            (Root::Body, steps) => {
                let is_field = operation.body.as_ref().is_some_and(|fields| fields.contains(shown.body));
                match (method.parameters.get(shown.body), steps) {
                    (Some(body), steps) if !is_field => (body.clone(), steps),
                    (_, [Step::Field(name), steps @ ..]) => {
                        (parameter(&renamed.map_or_else(|| shown.data.of(name), str::to_owned))?, steps)
                    }
                    _ => return Err(missing("there is no parameter for the body".to_owned())),
                }
            }
            (Root::Parameter(_), _) => return Err(missing("it has no name".to_owned())),
        };
        for step in steps {
            ty = self.step(&ty, step)?;
        }
        self.fits(&ty, item.form)
    }

    /// Whether an item is a field of paged answers, of this name.
    pub(crate) fn is_of_page(&self, item: &Item, field: &str) -> bool {
        let name = self.document.operations[item.operation].name.as_ref();
        let name = name.map(|(resource, method)| (self.shown.code.of(resource), self.shown.code.of(method)));
        let method = name.and_then(|name| self.shown.methods.get(&name));
        item.root == Root::Answer
            && item.steps == [Step::Field(field.to_owned())]
            && method.is_some_and(|method| matches!(method.answer, Ty::Listing(_)))
    }

    /// Where a step leads to.
    fn step(&self, ty: &Ty, step: &Step) -> Result<Ty, Gap> {
        let shown = self.shown;
        match (ty, step) {
            (Ty::Either(all), _) => {
                all.iter().map(|ty| self.step(ty, step)).collect::<Result<_, _>>().map(Ty::Either)
            }
            (Ty::List(row), Step::Each) => Ok((**row).clone()),
            (Ty::Map(value), Step::Entries) => Ok((**value).clone()),
            (Ty::Listing(row), Step::Field(name)) => {
                let member = shown.code.of(self.exceptions.of_page(name));
                match shown.page.get(&member) {
                    Some(Ty::List(of)) if **of == Ty::Row => Ok(Ty::List(row.clone())),
                    Some(member) => Ok(member.clone()),
                    None => Err(missing(format!("a page has no {member}"))),
                }
            }
            (Ty::Named(name), _) => match (self.declared(name)?, step) {
                (Declared::Values(values), Step::Value(value)) => {
                    let value = shown.value.of(value);
                    let known = values.contains_key(&value);
                    known.then_some(Ty::Plain).ok_or_else(|| missing(format!("{name} has no {value}")))
                }
                (Declared::Values(_), _) => match self.changes(name)? {
                    Some(to) => self.step(&to, step),
                    None => Err(missing(format!("{name} is an enum"))),
                },
                (Declared::Record { members, .. }, Step::Field(field)) => {
                    let field = shown.data.of(field);
                    members.get(&field).cloned().ok_or_else(|| missing(format!("{name} has no {field}")))
                }
                (Declared::Record { open, .. }, Step::Others) => open
                    .then_some(Ty::Plain)
                    .ok_or_else(|| missing(format!("{name} doesn't keep fields that it has no name for"))),
                (Declared::Record { .. }, Step::Each) => {
                    let rows = self.rows(name)?;
                    rows.ok_or_else(|| missing(format!("{name} has no elements")))
                }
                _ => Err(missing(format!("{name} is a record"))),
            },
            _ => Err(missing(format!("{ty:?} has no {step:?}"))),
        }
    }

    /// Whether a type is what the document says.
    fn fits(&self, ty: &Ty, form: Form) -> Result<(), Gap> {
        let is = match ty {
            Ty::Either(all) => return all.iter().try_for_each(|ty| self.fits(ty, form)),
            Ty::Plain | Ty::Row => Form::Plain,
            Ty::List(_) => Form::List,
            Ty::Map(_) => Form::Map,
            Ty::Listing(_) => Form::Object,
            Ty::Named(_) if form == Form::Any => Form::Any,
            Ty::Named(name) => match self.declared(name)? {
                Declared::Values(_) => match self.changes(name)? {
                    Some(to) => return self.fits(&to, form),
                    None => Form::Plain,
                },
                Declared::Record { .. } if self.rows(name)?.is_some() => Form::List,
                Declared::Record { .. } => Form::Object,
            },
        };
        if is == form || form == Form::Any {
            Ok(())
        } else {
            Err(missing(format!("{ty:?} is shown where the document has {form:?}")))
        }
    }

    fn declared(&self, name: &str) -> Result<&Declared, Gap> {
        let unreadable = || Gap::Unreadable(format!("{name} is declared in no way that can be read"));
        self.shown.types.get(name).ok_or_else(unreadable)
    }

    /// What an update sets that can also clear: `MaxLimit.Set(value)`.
    fn changes(&self, name: &str) -> Result<Option<Ty>, Gap> {
        let Declared::Values(values) = self.declared(name)? else { return Ok(None) };
        let names: Vec<String> = values.keys().map(|name| name.to_lowercase()).collect();
        let set = values.iter().find(|(name, _)| name.eq_ignore_ascii_case("set"));
        Ok(set.and_then(|(_, to)| to.clone()).filter(|_| names == ["clear", "set"]))
    }

    /// The rows of a record that holds those of an unpaged list, beside those that don't fit: `RoleRows`.
    fn rows(&self, name: &str) -> Result<Option<Ty>, Gap> {
        match self.declared(name)? {
            Declared::Record { members, .. } if name.ends_with("Rows") => match members.get("rows") {
                Some(Ty::List(row)) => Ok(Some((**row).clone())),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }
}

fn missing(what: String) -> Gap {
    Gap::Missing(what)
}
