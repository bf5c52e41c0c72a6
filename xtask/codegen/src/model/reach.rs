//! Which types an operation reaches, and what names of types stand for.

use std::collections::BTreeSet;

use super::{Api, Field, Operation, Shape, TypeRef};

impl Api {
    /// A type; one that is another name for a type is followed to its end.
    pub fn resolve<'a>(&'a self, ty: &'a TypeRef) -> &'a TypeRef {
        match ty {
            TypeRef::Named(name) => match self.shape(name) {
                Some(Shape::Alias(target)) => self.resolve(target),
                _ => ty,
            },
            _ => ty,
        }
    }

    /// The shape of a named type.
    pub fn shape(&self, name: &str) -> Option<&Shape> {
        self.named(name).map(|named| &named.shape)
    }

    /// The named type that a type is, or is a list or map of.
    pub fn named_in(&self, ty: &TypeRef) -> Option<String> {
        match self.resolve(ty) {
            TypeRef::Named(name) => Some(name.clone()),
            TypeRef::Array(inner) | TypeRef::Map(inner) => self.named_in(inner),
            _ => None,
        }
    }

    /// The fields of a body that are arguments of their own: those of an object that only requests send.
    pub fn body_fields<'a>(&'a self, operation: &'a Operation) -> Option<&'a [Field]> {
        let body = operation.body.as_ref()?;
        match &body.ty {
            TypeRef::Named(name) if !self.read.contains(name) => match self.shape(name) {
                Some(Shape::Object(fields)) => Some(fields),
                _ => None,
            },
            _ => None,
        }
    }

    /// Names of the types that answers are made of; the envelopes of pages are the SDK's own business.
    pub fn answer_types(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for operation in self.operations() {
            let ty = operation.paging.as_ref().map_or(&operation.response, |paging| &paging.row);
            self.gather(ty, &mut found);
        }
        found
    }

    /// Names of the types that arguments are made of; the fields of a body that is given field by field are arguments.
    pub fn argument_types(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for operation in self.operations() {
            for parameter in operation.path.iter().chain(&operation.query) {
                self.gather(&parameter.ty, &mut found);
            }
            match self.body_fields(operation) {
                Some(fields) => fields.iter().for_each(|field| self.gather(&field.ty, &mut found)),
                None => {
                    if let Some(body) = &operation.body {
                        self.gather(&body.ty, &mut found);
                    }
                }
            }
        }
        found
    }

    fn gather(&self, ty: &TypeRef, found: &mut BTreeSet<String>) {
        if let Some(name) = self.named_in(ty)
            && found.insert(name.clone())
            && let Some(Shape::Object(fields)) = self.shape(&name)
        {
            fields.iter().for_each(|field| self.gather(&field.ty, found));
        }
    }
}
